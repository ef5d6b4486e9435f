import test from 'ava';
import {BlobHasher} from '../../../source/engine/repository/blob-id.ts';
import {BlobReader} from '../../../source/engine/repository/blob-reader.ts';
import {createDataKey} from '../../../source/engine/repository/data-key.ts';
import {decodeIndex, encodeIndex} from '../../../source/engine/repository/index-object.ts';
import {LoadedIndex} from '../../../source/engine/repository/loaded-index.ts';
import {readMetadata, writeHashedMetadata} from '../../../source/engine/repository/metadata-store.ts';
import {RepositorySession} from '../../../source/engine/repository/session.ts';
import type {Snapshot} from '../../../source/engine/repository/snapshot.ts';
import {createMemoryStorage} from '../../../source/engine/storage/memory.ts';
import type {Storage} from '../../../source/engine/storage/storage.ts';
import {refusesAsync} from '../../helpers/error-assertions.ts';
import {listNames} from '../../helpers/storage-assertions.ts';
import {backUp, createTestRepository} from '../../helpers/test-repositories.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';

const runtime = createTestRuntime();
const texts = ['one', 'two '.repeat(400), 'three '.repeat(900)];

async function create(): Promise<{storage: Storage; session: RepositorySession; snapshots: Snapshot[]}> {
	const storage = createMemoryStorage();
	const {session} = await createTestRepository(storage, runtime);
	const snapshots = [await backUp(session, texts)];
	runtime.forward(1000);
	snapshots.push(await backUp(session, ['four', 'five '.repeat(600)]));
	return {storage, session, snapshots};
}

async function readAll(session: RepositorySession, index: LoadedIndex, snapshots: readonly Snapshot[]): Promise<string[]> {
	const reader = new BlobReader({storage: session.storage, runtime, blobs: index.blobs, packs: index.packs, keyOf: async id => index.dataKey(id), hasher: new BlobHasher(session.keyring.idKey!)});
	return Promise.all(snapshots.flatMap(({tree}) => tree.slice(1)).map(async id => String(await reader.read(id))));
}

const all = [...texts, 'four', 'five '.repeat(600)];

test('all index objects together', async t => {
	const {session, snapshots, storage} = await create();
	const seen: string[] = [];
	const index = await LoadedIndex.load(session, {onContent(content, name) {
		seen.push(name);
		t.true(content.packs.length > 0);
	}});
	t.deepEqual(seen.sort(), await listNames(storage, 'index'));
	t.deepEqual(index.problems, []);
	t.deepEqual(index.packs.map(({id}) => `packs/${id.slice(0, 2)}/${id}`).sort(), await listNames(storage, 'packs'));
	t.true(index.packs.every(pack => index.has(pack.id)));
	t.deepEqual(await readAll(session, index, snapshots), all);
});

test('ignored packs count as not there', async t => {
	const {session} = await create();
	const {packs} = await LoadedIndex.load(session);
	const index = await LoadedIndex.load(session, {ignoredPacks: new Set([packs[0]!.id])});
	t.false(index.has(packs[0]!.id));
	t.is(index.packs.length, packs.length - 1);
});

test('a damaged index object is a problem, and its packs are read by their own tables', async t => {
	const {session, snapshots, storage} = await create();
	for (const name of await listNames(storage, 'index')) {
		const bytes = await storage.read(name);
		bytes[100]! ^= 1;
		await storage.write(name, bytes);
	}

	const index = await LoadedIndex.load(session);
	t.is(index.problems.length, 2);
	t.deepEqual(await readAll(session, index, snapshots), all);
});

test('an index object in the place of another one is noticed', async t => {
	const {session, snapshots, storage} = await create();
	const [one, other] = await listNames(storage, 'index') as [string, string];
	await storage.write(one, await storage.read(other));
	const index = await LoadedIndex.load(session);
	t.deepEqual(index.problems.map(({object}) => object), [one]);
	t.deepEqual(await readAll(session, index, snapshots), all);
});

test('an index lost without trace: its packs can be taken in', async t => {
	const {session, snapshots, storage} = await create();
	const names = await listNames(storage, 'index');
	await storage.remove(names[0]!);
	const index = await LoadedIndex.load(session);
	await refusesAsync(t, async () => readAll(session, index, snapshots), 'damaged', /no pack that the index names/);
	const added = await index.addUnindexedPacks();
	t.true(added.length > 0);
	t.deepEqual(await readAll(session, index, snapshots), all);
	t.deepEqual(await index.addUnindexedPacks(), []);
});

test('packs that cannot be read by themselves are problems: damage, format, a foreign key, wrong names', async t => {
	const {session, storage} = await create();
	for (const name of await listNames(storage, 'index')) {
		await storage.write(name, Buffer.alloc(10));
	}

	const [first, second] = await listNames(storage, 'packs') as [string, string];
	const damaged = await storage.read(first);
	damaged[damaged.byteLength - 1]! ^= 1;
	await storage.write(first, damaged);
	const later = await storage.read(second);
	later[6] = 9;
	await storage.write(second, later);
	await storage.write('packs/readme', Buffer.from('x'));
	await storage.write(`packs/00/${'00'.repeat(32)}`, Buffer.from('x'));
	const index = await LoadedIndex.load(session);
	t.deepEqual(index.problems.filter(({object}) => object.startsWith('packs/')).map(({object}) => object).sort(), [`packs/00/${'00'.repeat(32)}`, first, second].sort());
});

test('who may not read contents still gets an index, with the loss named', async t => {
	const {session, storage} = await create();
	const [name] = await listNames(storage, 'index') as [string];
	await storage.write(name, Buffer.alloc(10));
	const {privateKey: _private, ...epoch} = session.keyring.epochs[0]!;
	const restricted = new RepositorySession(storage, runtime, {slot: {...session.slot, keyring: {...session.keyring, role: 'backup', epochs: [epoch]}}, fileName: ''});
	const index = await LoadedIndex.load(restricted);
	t.true(index.problems.length >= 2);
	t.true(index.packs.length > 0);
});

test('the data key comes from the index, else from its own object', async t => {
	const {session, snapshots, storage} = await create();
	for (const name of await listNames(storage, 'datakeys')) {
		await storage.remove(name);
	}

	t.deepEqual(await readAll(session, await LoadedIndex.load(session), snapshots), all);

	const other = await create();
	const [name] = await listNames(other.storage, 'index') as [string];
	const content = decodeIndex((await readMetadata(other.session, 'index', name)).body, name);
	const wrong = createDataKey(other.session.keyring, runtime).sealed;
	await other.storage.remove(name);
	await writeHashedMetadata(other.session, 'index', 'index', encodeIndex({...content, dataKeys: content.dataKeys.map(({id}) => ({id, sealed: wrong}))}));
	t.deepEqual((await readAll(other.session, await LoadedIndex.load(other.session), other.snapshots)).sort(), all.toSorted());
	for (const key of await listNames(other.storage, 'datakeys')) {
		await other.storage.remove(key);
	}

	await t.throwsAsync(LoadedIndex.load(other.session).then(async index => readAll(other.session, index, other.snapshots)), {name: 'CofferError'});
});

test('objects that vanish between listing and reading are listed again', async t => {
	const {session, snapshots, storage} = await create();
	let listings = 0;
	const racing: Storage = {...storage, async list(folder, signal) {
		const objects = await storage.list(folder, signal);
		listings += Number(folder === 'index');
		return folder === 'index' && listings === 1 ? [...objects, {name: `index/${'00'.repeat(32)}`, sizeBytes: 1}] : objects;
	}};
	const other = new RepositorySession(racing, runtime, {slot: session.slot, fileName: ''});
	t.deepEqual(await readAll(session, await LoadedIndex.load(other), snapshots), all);
	t.is(listings, 2);
});

test('an interrupted load stops, and a failing storage is reported', async t => {
	const {session, storage} = await create();
	const controller = new AbortController();
	controller.abort();
	await refusesAsync(t, async () => LoadedIndex.load(session, {signal: controller.signal}), 'aborted');
	const failing = new RepositorySession({...storage, async read() {
		throw new Error('planned');
	}}, runtime, {slot: session.slot, fileName: ''});
	await t.throwsAsync(LoadedIndex.load(failing), {message: 'planned'});
});
