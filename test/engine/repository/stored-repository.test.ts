import {Buffer} from 'node:buffer';
import {chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {decodeKeyFile} from '../../../source/engine/crypto/key-file.ts';
import {backup} from '../../../source/engine/operations/backup/backup.ts';
import {verify} from '../../../source/engine/operations/verify/verify.ts';
import {listSnapshots, listTombstones, LoadedIndex, openRepository, openStorage, type RepositorySession, type Secret} from '../../../source/engine/repository/repository.ts';
import {createSystemRuntime} from '../../../source/engine/runtime.ts';
import {IndependentReader} from '../../helpers/independent-reader.ts';
import {optionalTest} from '../../helpers/optional-test.ts';
import {recoveryLack, runRecovery} from '../../helpers/recovery-script.ts';
import {readSnapshot} from '../../helpers/repository-session.ts';
import {createFolder} from '../../helpers/source-folder.ts';
import {walkFolder} from '../../helpers/walk-folder.ts';

/*
Repositories that were made when their format was frozen. They must open for ever, with every kind of key. What is in them: a dump that was stored as differences on four days, hard and symbolic links, a name that is not UTF-8, a forgotten snapshot, a rotation of the keys, and one with re-encryption.
*/
const stored = new URL('../../vectors/repository-1/', import.meta.url);
const runtime = createSystemRuntime();
type Expected = ReadonlyArray<{readonly id: string; readonly time: string; readonly entries: ReadonlyArray<readonly string[]>}>;
const expected = JSON.parse(readFileSync(new URL('expected.json', stored), 'utf8')) as Expected;
const keyNames = ['owner', 'passphrase', 'both', 'recovery', 'backup', 'auditor'] as const;

function secretOf(name: string): Secret {
	const files = readdirSync(new URL('keys/', stored));
	const read = (file: string): Buffer => readFileSync(new URL(`keys/${file}`, stored));
	return {
		...(files.includes(`${name}.key`) && {keyFile: decodeKeyFile(read(`${name}.key`))}),
		...(files.includes(`${name}.txt`) && {passphrase: Buffer.from(read(`${name}.txt`).toString().trimEnd())}),
	};
}

/** A copy: Git keeps neither modes nor empty folders. */
function copyRepository(t: ExecutionContext): string {
	const folder = path.join(createFolder(t), 'repository');
	cpSync(new URL('repository/', stored), folder, {recursive: true});
	return folder;
}

const open = async (t: ExecutionContext, name: string, folder = copyRepository(t)): Promise<RepositorySession> => openRepository(openStorage(folder, runtime), secretOf(name), runtime);

for (const name of keyNames) {
	test(`the stored repository of format 1 opens with the key "${name}", and is intact`, async t => {
		const session = await open(t, name);
		t.deepEqual(session.problems, []);
		const {snapshots, problems} = await listSnapshots(session);
		t.deepEqual(problems, []);
		t.deepEqual(snapshots.map(({id, time}) => ({id, time})), expected.map(({id, time}) => ({id, time})));
		t.is((await listTombstones(session)).tombstones.length, 1);
		if (session.keyring.role !== 'owner') {
			t.deepEqual((await verify(session, {})).problems, []);
			return;
		}

		t.deepEqual((await verify(session, {readData: {fraction: 1}})).problems, []);
		for (const [index, snapshot] of snapshots.entries()) {
			const entries = [...await readSnapshot(session, snapshot)].filter(([file]) => file.startsWith('/tmp/coffer-repository-1/'));
			t.deepEqual(entries.map(([file, {node, sha256}]) => [file, node.type, node.mode, String(node.mtimeNs), sha256 ?? node.target ?? '']), expected[index]!.entries as unknown[][]);
		}
	});
}

test('it holds what it is to show: differences, slots of each kind, one epoch', async t => {
	const session = await open(t, 'owner');
	let deltas = 0;
	await LoadedIndex.load(session, {onContent({packs}) {
		deltas += packs.reduce((sum, {segments}) => sum + segments.filter(({delta}) => delta).length, 0);
	}});
	t.true(deltas > 0);
	const counts: number[] = [];

	const reader = IndependentReader.open(copyRepository(t), {keyFile: readFileSync(new URL('keys/owner.key', stored), 'utf8')});
	const {objectsByEpoch, unreadable, readable} = reader.report();
	t.deepEqual(unreadable, {});
	t.is(Object.keys(objectsByEpoch).length, 1);
	for (const snapshot of reader.snapshots()) {
		const files = expected.find(({id}) => id === snapshot.id)!.entries.filter(entry => entry[1] === 'file').map(entry => [entry[0]!, entry[4]!] as const);
		t.deepEqual([...reader.restore(snapshot)].filter(([file]) => file.startsWith('/tmp/coffer-repository-1/')), files.map(entry => [...entry]));
		counts.push(files.length);
	}

	t.log(`${readable} objects, ${deltas} deltas, ${counts.length} snapshots, ${counts.reduce((sum, count) => sum + count, 0)} files`);
});

test('programs of today go on with it', async t => {
	const session = await open(t, 'owner');
	const data = createFolder(t, {'new.txt': 'new'});
	await backup(session, {source: {kind: 'files', name: 'new', paths: [data]}});
	t.is((await listSnapshots(session)).snapshots.length, expected.length + 1);
	t.deepEqual((await verify(session, {readData: {fraction: 1}})).problems, []);
});

optionalTest(recoveryLack, 'the script of docs/disaster-recovery.md restores its newest snapshot', t => {
	const work = createFolder(t);
	const keyFile = path.join(work, 'key');
	writeFileSync(keyFile, readFileSync(new URL('keys/owner.key', stored)));
	chmodSync(keyFile, 0o600);
	const target = path.join(work, 'target');
	mkdirSync(target);
	const {id, entries} = expected.at(-1)!;
	const {code, stderr} = runRecovery(work, [copyRepository(t), keyFile, id, target]);
	t.is(code, 0, stderr);
	const restored = [...walkFolder(path.join(target, 'tmp/coffer-repository-1')).keys()].filter(name => name !== '').map(name => `/tmp/coffer-repository-1/${name}`);
	t.deepEqual(restored.sort(), entries.map(([file]) => file!).sort());
});
