import {appendFileSync, chmodSync, mkdirSync, renameSync, rmSync, utimesSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {isTold, type Incident} from '../../../../source/engine/incident.ts';
import {backup} from '../../../../source/engine/operations/backup/backup.ts';
import type {RepositorySession, Role, StoredSnapshot} from '../../../../source/engine/repository/repository.ts';
import {createSystemRuntime} from '../../../../source/engine/runtime.ts';
import {encryptFiles, evenBytes, filesBelow, mixedLayout, packedLayout, type EncryptionOptions} from '../../../helpers/mixed-tree.ts';
import {createTestRepository, newestSnapshot, withRole} from '../../../helpers/repository-session.ts';
import {createFolder, writeLayout, type Layout} from '../../../helpers/source-folder.ts';

const system = createSystemRuntime();
const count = 150;

type Scene = {readonly folder: string; readonly session: RepositorySession; readonly backUp: () => Promise<StoredSnapshot>};

/** A tree that was backed up twice. */
async function createScene(t: ExecutionContext, layout: Layout = mixedLayout(count), role: Role = 'owner'): Promise<Scene> {
	const folder = createFolder(t, layout);
	const {session: owner} = await createTestRepository(system);
	const session = role === 'owner' ? owner : await withRole(owner, role);
	const backUp = async () => {
		await backup(session, {source: {kind: 'files', name: 'srv', paths: [folder]}});
		return newestSnapshot(owner);
	};

	t.is((await backUp()).incidents, undefined);
	t.is((await backUp()).incidents, undefined);
	return {folder, session, backUp};
}

const find = ({incidents = []}: StoredSnapshot): Incident | undefined => incidents.find(({kind}) => kind === 'encrypted');

const ways: ReadonlyArray<readonly [string, EncryptionOptions]> = [
	['in place', {}],
	['in place, as openssl does', {isSalted: true}],
	['with another name', {suffix: '.locked'}],
	['only the beginning of each file', {bytes: 4096}],
];

for (const [what, options] of ways) {
	test(`a tree that is encrypted is found in the first backup, and stays so until its files are back: ${what}`, async t => {
		const {folder, backUp} = await createScene(t);
		encryptFiles(filesBelow(folder), options);
		const first = await backUp();
		const found = find(first);
		if (found?.kind !== 'encrypted') {
			t.fail('nothing was found');
			return;
		}

		t.log(`${found.files} of ${found.before} files, ${first.statistics.measures!.opaqueFiles} of ${first.statistics.measures!.examinedFiles} examined; before ${first.statistics.measures!.former!.opaqueFiles} of ${first.statistics.measures!.former!.files}`);
		t.true(found.files >= 0.9 * count && found.before === count && found.time === first.time);
		t.true(isTold(found, 'low'));
		t.deepEqual(find(await backUp()), found, 'nothing has changed since');
		for (const file of filesBelow(folder)) {
			utimesSync(file, 1, 1);
			chmodSync(file, 0o600);
		}

		appendFileSync(path.join(folder, 'note'), 'no help yet');
		t.deepEqual(find(await backUp()), found, 'all files were touched');
		rmSync(folder, {recursive: true});
		writeLayout(folder, mixedLayout(count));
		t.is((await backUp()).incidents, undefined, 'the files are back');
	});
}

test('a key that cannot read what is stored finds it, too', async t => {
	const {folder, backUp} = await createScene(t, mixedLayout(count), 'backup');
	mkdirSync(path.join(folder, 'more'));
	writeLayout(path.join(folder, 'more'), Object.fromEntries(Array.from({length: 100}, (_, number) => [`${number}`, evenBytes(`${number}`, 5000)])));
	t.is((await backUp()).incidents, undefined, 'new files that look encrypted are no loss');
	encryptFiles(filesBelow(folder));
	const found = find(await backUp());
	t.like(found, {kind: 'encrypted', before: count + 100, formerlyOpaque: 100});
	t.deepEqual(find(await backUp()), found);
	writeLayout(folder, mixedLayout(count));
	t.is((await backUp()).incidents, undefined);
});

test('what was stored by a run that was interrupted counts all the same', async t => {
	const {folder, session, backUp} = await createScene(t);
	encryptFiles(filesBelow(folder));
	// Another source has all of it already, as an interrupted run has.
	await backup(session, {source: {kind: 'files', name: 'other', paths: [folder]}});
	t.truthy(find(await backUp()));
});

test('an attack in parts adds up', async t => {
	const {folder, backUp} = await createScene(t);
	const files = filesBelow(folder);
	const told: boolean[] = [];
	for (let part = 0; part < 3; part++) {
		encryptFiles(files.slice(part * 20, (part + 1) * 20));
		const found = find(await backUp());
		told.push(found !== undefined && isTold(found, 'normal'));
	}

	t.deepEqual(told, [false, true, true]);
});

const harmless: ReadonlyArray<readonly [string, Layout, (folder: string) => void]> = [
	['a big folder of videos is new', mixedLayout(count), folder => {
		writeLayout(folder, Object.fromEntries(Array.from({length: 200}, (_, number) => [`videos/${number}.mp4`, Buffer.concat([Buffer.from('00000020667479706D703432', 'hex'), evenBytes(`${number}`, 40_000)])])));
	}],
	['a big folder of encrypted files is new, and some files are gone', mixedLayout(count), folder => {
		writeLayout(folder, Object.fromEntries(Array.from({length: 200}, (_, number) => [`vault/${number}`, evenBytes(`${number}`, 9000)])));
		for (const file of filesBelow(path.join(folder, 'folder-1'))) {
			rmSync(file);
		}
	}],
	['files that are compressed already are others', packedLayout(count), folder => {
		writeLayout(folder, packedLayout(count, 'b'));
	}],
	['files that were encrypted already are others', Object.fromEntries(Array.from({length: 50}, (_, number) => [`vault/${number}.enc`, evenBytes(`${number}`, 9000)])), folder => {
		writeLayout(folder, Object.fromEntries(Array.from({length: 50}, (_, number) => [`vault/${number}.enc`, evenBytes(`b${number}`, 9000)])));
	}],
	['all files are others of the same kinds', mixedLayout(count), folder => {
		writeLayout(folder, mixedLayout(count, 'b'));
	}],
	['the tree has moved', mixedLayout(count), folder => {
		mkdirSync(path.join(folder, 'archive'));
		for (let number = 0; number < 12; number++) {
			renameSync(path.join(folder, `folder-${number}`), path.join(folder, 'archive', `folder-${number}`));
		}
	}],
	['texts were compressed in their place', mixedLayout(count), folder => {
		const texts = filesBelow(folder).filter(file => file.endsWith('.log'));
		for (const [number, file] of texts.entries()) {
			rmSync(file);
			writeLayout(folder, {[`${path.relative(folder, file)}.gz`]: Buffer.concat([Buffer.from('1F8B0800', 'hex'), evenBytes(`${number}`, 8000)])});
		}
	}],
];

for (const [what, layout, change] of harmless) {
	test(`not taken for ransomware: ${what}`, async t => {
		const {folder, backUp} = await createScene(t, layout);
		change(folder);
		const {incidents, statistics: {measures}} = await backUp();
		t.log(JSON.stringify(measures));
		t.is(incidents, undefined);
	});
}
