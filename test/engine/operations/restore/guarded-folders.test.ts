import {closeSync, constants, fstatSync, mkdirSync, openSync, readdirSync, renameSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import type {ByteString} from '../../../../source/engine/byte-string.ts';
import {GuardedFolders, openPathOnly} from '../../../../source/engine/operations/restore/guarded-folders.ts';
import {nameBeside} from '../../../../source/engine/operations/restore/beside.ts';
import {splitDevice} from '../../../../source/engine/operations/restore/special-files.ts';
import {createFolder} from '../../../helpers/source-folder.ts';

const bytes = (text: string): ByteString => text as ByteString;

function createGuarded(folder: string, maximumOpen: number) {
	const root = openSync(folder, openPathOnly | constants.O_DIRECTORY);
	const folders = new GuardedFolders(root, maximumOpen);
	return {
		folders,
		close() {
			folders.close();
			closeSync(root);
		},
	};
}

test.serial('keeps few descriptors open, whatever the order and the depth', t => {
	const folder = createFolder(t);
	const deep = Array.from({length: 30}, (_, index) => `n${index}`);
	mkdirSync(path.join(folder, ...deep), {recursive: true});
	const before = readdirSync('/proc/self/fd').length;
	const {folders, close} = createGuarded(folder, 3);
	let opened = 0;
	for (let round = 0; round < 100; round++) {
		const depth = (round * 7) % 31;
		const relative = deep.slice(0, depth).join('/');
		t.is(fstatSync(folders.open(bytes(relative))).ino, statSync(path.join(folder, relative)).ino);
		t.true(readdirSync('/proc/self/fd').length <= before + 4);
		opened++;
	}

	close();
	t.is(readdirSync('/proc/self/fd').length, before);
	t.is(opened, 100);
});

test('follows no link, and stays in a folder that was moved', t => {
	const folder = createFolder(t, {'a/b/': '', 'elsewhere/b/': '', file: ''});
	symlinkSync('elsewhere', path.join(folder, 'link'));
	const {folders, close} = createGuarded(folder, 8);
	for (const name of ['link', 'link/b', 'file', 'file/b']) {
		t.throws(() => folders.open(bytes(name)), {code: 'ENOTDIR'}, name);
	}

	t.throws(() => folders.open(bytes('missing')), {code: 'ENOENT'});
	folders.open(bytes('a/b'));
	renameSync(path.join(folder, 'a', 'b'), path.join(folder, 'moved'));
	symlinkSync('../elsewhere/b', path.join(folder, 'a', 'b'));
	writeFileSync(folders.at(bytes('a/b'), 'x'), '');
	t.deepEqual(readdirSync(path.join(folder, 'moved')), ['x']);
	folders.forget(bytes('a/b'));
	t.throws(() => folders.open(bytes('a/b')), {code: 'ENOTDIR'});
	close();
});

test('names beside others', t => {
	const taken = new Set(['f.s', 'f.s-2']);
	const stateOf = (name: string) => (taken.has(name) ? 'taken' : 'free');
	t.deepEqual(nameBeside(bytes('f'), '.s', stateOf), {name: bytes('f.s-3'), isThere: false});
	t.is(nameBeside(bytes('x'.repeat(255)), '.coffer-12345678', stateOf).name.length, 255);
	t.is(nameBeside(bytes('x'.repeat(239)), '.coffer-12345678', stateOf).name, bytes(`${'x'.repeat(239)}.coffer-12345678`));
	t.deepEqual(nameBeside(bytes('f'), '.s', name => (name === 'f.s' ? 'identical' : 'free')), {name: bytes('f.s'), isThere: true});
});

test('device numbers', t => {
	t.deepEqual(splitDevice(259n), {major: 1n, minor: 3n});
	t.deepEqual(splitDevice(0x12_30_08_45n), {major: 8n, minor: 0x1_23_45n});
});
