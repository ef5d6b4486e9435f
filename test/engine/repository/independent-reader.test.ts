import {Buffer} from 'node:buffer';
import {execFileSync} from 'node:child_process';
import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {encodeKeyFile} from '../../../source/engine/crypto/key-file.ts';
import {createLocalStorage} from '../../../source/engine/storage/local.ts';
import {IndependentReader} from '../../helpers/independent-reader.ts';
import {beginEpoch} from '../../helpers/new-epoch.ts';
import {backUpData, createRecoveryScene, recoveryRuntime, type RecoveryScene} from '../../helpers/recovery-scene.ts';
import {createRepositoryFixture} from '../../helpers/repository-fixture.ts';
import {readSnapshot} from '../../helpers/repository-session.ts';
import {createFolder, writeLayout} from '../../helpers/source-folder.ts';
import {backUp} from '../../helpers/test-repositories.ts';

const keyOf = ({keyFile}: RecoveryScene) => ({keyFile: readFileSync(keyFile, 'utf8')});
const countOf = (lists: Readonly<Record<string, readonly string[]>>, epoch: string): number => lists[epoch]?.length ?? 0;

test('the independent reader imports nothing but Node and itself', t => {
	for (const name of ['reader', 'objects', 'keyring', 'cipher']) {
		const text = readFileSync(new URL(`../../helpers/independent-${name}.ts`, import.meta.url), 'utf8');
		const modules = [...text.matchAll(/\bfrom '(?<module>[^']+)'|\bimport\(/g)].map(match => match.groups!['module']!);
		t.true(modules.length > 0);
		t.deepEqual(modules.filter(module => !/^(?:node:|\.\/independent-)/.test(module)), [], name);
	}
});

test('it opens every object of a repository with each of their types, and restores what the engine reads', async t => {
	const {objects, session, snapshots} = await createRepositoryFixture();
	const folder = createFolder(t, Object.fromEntries(objects));
	const keyFile = encodeKeyFile({slotId: session.slot.slotId, key: Buffer.alloc(32, 7)}).toString();
	const reader = IndependentReader.open(folder, {keyFile});
	const {objectsByEpoch, packsByEpoch, unreadable, readable} = reader.report();
	t.deepEqual(unreadable, {});
	const [epoch, ...others] = Object.keys(objectsByEpoch);
	t.deepEqual([epoch, others], [session.keyring.epochs[0]!.id, []]);
	const copies = objectsByEpoch[epoch!]!.filter(name => name.includes('#'));
	t.is(readable, objects.size + copies.length);
	t.deepEqual(packsByEpoch[epoch!]!.toSorted(), [...objects.keys()].filter(name => name.startsWith('packs/')).toSorted());
	let files = 0;
	for (const snapshot of snapshots) {
		const own = reader.snapshots().find(({id}) => id === snapshot.id)!;
		const expected = [...await readSnapshot(session, snapshot)].filter(([, {node}]) => node.type === 'file').map(([name, {sha256}]) => [name, sha256!] as const);
		t.deepEqual(reader.restore(own), new Map(expected));
		files += expected.length;
	}

	t.log(`${objects.size} objects, ${copies.length} copies of data keys, ${files} files of ${snapshots.length} snapshots`);
});

test('one flipped bit anywhere makes the object unreadable, and no other but what needs it', async t => {
	const {objects, session} = await createRepositoryFixture();
	const folder = createFolder(t, Object.fromEntries(objects));
	const {keyring} = IndependentReader.open(folder, {keyFile: encodeKeyFile({slotId: session.slot.slotId, key: Buffer.alloc(32, 7)}).toString()});
	let flips = 0;
	for (const [name, bytes] of objects) {
		const isHead = /^(?:datakeys|index)/.test(name);
		for (const at of [10, 20, 40, 60, 90, bytes.length - 1].filter(offset => offset < bytes.length)) {
			const damaged = Buffer.from(bytes);
			damaged[at]! ^= 0x10;
			writeFileSync(path.join(folder, name), damaged);
			const {unreadable} = new IndependentReader(folder, keyring).report();
			t.true(Object.hasOwn(unreadable, name), `${name}, byte ${at}`);
			t.true(isHead || Object.keys(unreadable).length === 1, `${name}, byte ${at}: ${Object.keys(unreadable).join(' ')}`);
			flips++;
		}

		writeFileSync(path.join(folder, name), bytes);
	}

	t.log(`${flips} bits in ${objects.size} objects`);
});

test('it tells what lies under which epoch, and that a keyring without an epoch opens nothing of it', async t => {
	const scene = await createRecoveryScene(t);
	writeLayout(scene.data, {first: 'under the first epoch'});
	await backUpData(scene);
	const before = IndependentReader.open(scene.root, keyOf(scene));
	const [old] = before.keyring.epochs.map(({id}) => id);
	const session = await beginEpoch(scene.session, scene.secret);
	writeLayout(scene.data, {second: 'under the second epoch'});
	await backUpData({...scene, session});
	const reader = IndependentReader.open(scene.root, keyOf(scene));
	const now = reader.keyring.epochs.find(({active}) => active)!.id;
	t.not(now, old);
	const {objectsByEpoch, packsByEpoch, unreadable} = reader.report();
	t.deepEqual(unreadable, {});
	t.true([old!, now].every(epoch => countOf(objectsByEpoch, epoch) >= 4 && countOf(packsByEpoch, epoch) >= 2));
	t.deepEqual([...reader.restore(reader.snapshots().at(-1)!).keys()].map(name => path.basename(name)).sort(), ['first', 'second']);

	const outdated = new IndependentReader(scene.root, before.keyring).report();
	// Copies of data keys in an index object are seen by whoever opens that.
	const seen = (epoch: string): string[] => [...objectsByEpoch[epoch]!.filter(name => !name.includes('#')), ...packsByEpoch[epoch]!].sort();
	t.deepEqual(outdated.objectsByEpoch[now], objectsByEpoch[now]!.filter(name => !name.includes('#')));
	t.deepEqual(Object.keys(outdated.unreadable).sort(), seen(now));
	const newOnly = {...reader.keyring, epochs: reader.keyring.epochs.filter(({id}) => id === now)};
	t.deepEqual(Object.keys(new IndependentReader(scene.root, newOnly).report().unreadable).sort(), seen(old!));
	t.log(`${countOf(objectsByEpoch, old!)} and ${countOf(objectsByEpoch, now)} objects, ${countOf(packsByEpoch, old!)} and ${countOf(packsByEpoch, now)} packs`);
});

test('a passphrase opens a repository; another one, or another key file, opens nothing', async t => {
	const scene = await createRecoveryScene(t, {passphrase: 'Größe 7'});
	await backUp(scene.session, []);
	t.deepEqual(IndependentReader.open(scene.root, {passphrase: 'Gro\u0308ße 7'}).report().unreadable, {});
	t.throws(() => IndependentReader.open(scene.root, {passphrase: 'Größe 8'}), {message: /wrong MAC/});
	t.throws(() => IndependentReader.open(scene.root, {keyFile: encodeKeyFile({slotId: scene.session.slot.slotId, key: Buffer.alloc(32)}).toString()}), {message: 'The key opens no slot.'});
});

test('files that do not belong there, lost packs and lost data keys are named', async t => {
	const scene = await createRecoveryScene(t);
	await backUp(scene.session, []);
	const storage = createLocalStorage({folder: scene.root, runtime: recoveryRuntime});
	await storage.write('elsewhere/file', Buffer.from('x'));
	const reader = IndependentReader.open(scene.root, keyOf(scene));
	t.deepEqual(reader.report().unreadable, {'elsewhere/file': 'no part of a repository'});
	const [snapshot] = reader.snapshots();
	rmSync(path.join(scene.root, 'datakeys'), {recursive: true});
	t.is(IndependentReader.open(scene.root, keyOf(scene)).restore(snapshot!).size, 0);
	rmSync(path.join(scene.root, 'packs'), {recursive: true});
	t.throws(() => IndependentReader.open(scene.root, keyOf(scene)).restore(snapshot!), {message: /^The blob [\da-f]{64} cannot be read\. /});
});

test('as a program it prints the same as JSON', async t => {
	const scene = await createRecoveryScene(t);
	await backUp(scene.session, []);
	const program = path.resolve(import.meta.dirname, '../../helpers/independent-reader.ts');
	const printed = execFileSync(process.execPath, [program, scene.root, scene.keyFile], {encoding: 'utf8', env: {}});
	t.deepEqual(JSON.parse(printed), IndependentReader.open(scene.root, keyOf(scene)).report());
	t.false(printed.includes(Buffer.from(scene.secret.keyFile!.key).toString('hex')));
});
