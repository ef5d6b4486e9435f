import {execFileSync} from 'node:child_process';
import {chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {checkCanaries, maximumCanaryBytes} from '../../../../source/engine/operations/backup/canaries.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {createFolder} from '../../../helpers/source-folder.ts';

const time = '2026-11-22T15:00:00.000Z';
/** SHA-256 of "abc" (FIPS 180-4, the first example). */
const ofAbc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const statesOf = ({incidents}: ReturnType<typeof checkCanaries>) => incidents.map(({path: file, state}) => `${path.basename(file)} ${state}`);

test('what a canary held first is what it has to hold, until it does again', t => {
	const folder = createFolder(t, {a: 'abc', b: 'abc'});
	const paths = ['a', 'b', 'c'].map(name => path.join(folder, name));
	const first = checkCanaries(paths, [], time);
	t.deepEqual(first.canaries, [{path: paths[0]!, sha256: ofAbc}, {path: paths[1]!, sha256: ofAbc}, {path: paths[2]!}]);
	t.deepEqual(statesOf(first), ['c missing'], 'one that was never there is not what was asked for');
	writeFileSync(paths[0]!, 'abd');
	rmSync(paths[1]!);
	writeFileSync(paths[2]!, 'abc');
	const second = checkCanaries(paths, first.canaries, time);
	t.deepEqual(statesOf(second), ['a changed', 'b missing']);
	t.deepEqual(second.canaries.map(({sha256}) => sha256), [ofAbc, ofAbc, ofAbc]);
	writeFileSync(paths[0]!, 'abc');
	writeFileSync(paths[1]!, 'abc');
	t.deepEqual(checkCanaries(paths, second.canaries, time).incidents, []);
	t.deepEqual(checkCanaries([paths[2]!], second.canaries, time).canaries, [{path: paths[2]!, sha256: ofAbc}], 'one that is not named any more is forgotten');
});

test('what is no file any more has changed; nothing is followed or waited for', t => {
	const folder = createFolder(t, {file: 'abc'});
	const make: Readonly<Record<string, (place: string) => void>> = {
		link(place) {
			symlinkSync(path.join(folder, 'file'), place);
		},
		folder(place) {
			mkdirSync(place);
		},
		fifo(place) {
			execFileSync('mkfifo', [place]);
		},
	};
	const paths = Object.entries(make).map(([name, create]) => {
		const place = path.join(folder, name);
		create(place);
		return place;
	});
	const known = paths.map(place => ({path: place, sha256: ofAbc}));
	t.deepEqual(statesOf(checkCanaries(paths, known, time)), ['link changed', 'folder changed', 'fifo changed']);
	t.deepEqual(statesOf(checkCanaries([path.join(folder, 'file', 'below')], [], time)), ['below missing']);
});

test('of a huge one the beginning counts', t => {
	const file = path.join(createFolder(t), 'huge');
	const content = new Uint8Array(maximumCanaryBytes + 10);
	writeFileSync(file, content);
	const {canaries} = checkCanaries([file], [], time);
	content[maximumCanaryBytes] = 1;
	writeFileSync(file, content);
	t.deepEqual(checkCanaries([file], canaries, time).incidents, []);
	content[maximumCanaryBytes - 1] = 1;
	writeFileSync(file, content);
	t.deepEqual(statesOf(checkCanaries([file], canaries, time)), ['huge changed']);
});

optionalTest(process.geteuid?.() === 0 ? 'root may read everything' : undefined, 'one that cannot be read is told', t => {
	const file = path.join(createFolder(t, {file: 'abc'}), 'file');
	chmodSync(file, 0);
	t.deepEqual(statesOf(checkCanaries([file], [{path: file, sha256: ofAbc}], time)), ['file unreadable']);
});
