import test from 'ava';
import type {PackId} from '../../../source/engine/ids.ts';
import {LoadedIndex} from '../../../source/engine/repository/loaded-index.ts';
import {writeMetadata} from '../../../source/engine/repository/metadata-store.ts';
import {packName} from '../../../source/engine/repository/pack-writer.ts';
import {encodePruningMark} from '../../../source/engine/repository/pruning-mark.ts';
import {openRepository} from '../../../source/engine/repository/open-repository.ts';
import {RepositorySession} from '../../../source/engine/repository/session.ts';
import {listSnapshots} from '../../../source/engine/repository/snapshot-store.ts';
import {BlobHasher} from '../../../source/engine/repository/blob-id.ts';
import {BlobReader} from '../../../source/engine/repository/blob-reader.ts';
import {heartbeatIntervalMs, writerExpiryMs} from '../../../source/engine/repository/writer-record.ts';
import {WriterRun} from '../../../source/engine/repository/writer-run.ts';
import {createMemoryStorage} from '../../../source/engine/storage/memory.ts';
import type {Storage} from '../../../source/engine/storage/storage.ts';
import {refusesAsync} from '../../helpers/error-assertions.ts';
import {createFaultyStorage, SimulatedCrash, type FaultyStorage} from '../../helpers/faulty-storage.ts';
import {listNames} from '../../helpers/storage-assertions.ts';
import {backUp, createTestRepository} from '../../helpers/test-repositories.ts';
import {createTestRuntime, type TestRuntime} from '../../helpers/test-runtime.ts';
import {createTestSnapshot} from '../../helpers/test-snapshots.ts';

const texts = ['one', 'two '.repeat(400), 'three '.repeat(900)];

/** The same session on another storage. */
const on = (session: RepositorySession, storage: Storage): RepositorySession => new RepositorySession(storage, session.runtime, {slot: session.slot, fileName: ''});

async function create(): Promise<{inner: Storage; storage: FaultyStorage; session: RepositorySession; runtime: TestRuntime}> {
	const runtime = createTestRuntime();
	const inner = createMemoryStorage({runtime});
	const storage = createFaultyStorage(inner);
	return {inner, storage, runtime, session: (await createTestRepository(storage, runtime)).session};
}

async function readTexts(session: RepositorySession): Promise<string[][]> {
	const index = await LoadedIndex.load(session, {arePacksTrusted: true});
	const {snapshots, problems} = await listSnapshots(session);
	if (problems.length > 0 || index.problems.length > 0) {
		throw new Error(JSON.stringify([problems, index.problems]));
	}

	const {storage, runtime, keyring} = session;
	const reader = new BlobReader({storage, runtime, blobs: index.blobs, packs: index.packs, keyOf: async id => index.dataKey(id), hasher: new BlobHasher(keyring.idKey!)});
	return Promise.all(snapshots.map(async ({tree}) => Promise.all(tree.slice(1).map(async id => String(await reader.read(id))))));
}

test('things become durable in their order: record, data key, packs, index, snapshot; then the record goes', async t => {
	const {storage, session} = await create();
	const before = storage.calls.length;
	await backUp(session, texts);
	const order = storage.calls.slice(before).filter(({call}) => ['write', 'commit', 'remove'].includes(call)).map(({call, name}) => `${call} ${name.split('/')[0]!}`);
	t.deepEqual([...new Set(order)], ['write writers', 'write datakeys', 'commit packs', 'write index', 'write snapshots', 'remove writers']);
	t.is(order.lastIndexOf('commit packs') + 1, order.indexOf('write index'));
	t.is(order.at(-2), 'write snapshots');
	t.deepEqual(await readTexts(session), [texts]);
});

test('the record is there before the marks are read', async t => {
	const {storage, session} = await create();
	const before = storage.calls.length;
	const run = await WriterRun.start(session);
	const calls = storage.calls.slice(before).map(({call, name}) => `${call} ${name}`);
	t.true(calls.indexOf(`write writers/${run.id}`) < calls.indexOf('list pruning'));
	await run.close();
});

test('a second run stores nothing twice', async t => {
	const {inner, session, runtime} = await create();
	await backUp(session, texts);
	const packs = await inner.list('packs');
	runtime.forward(1000);
	await backUp(session, texts);
	t.deepEqual(await inner.list('packs'), packs);
	t.is((await inner.list('datakeys')).length, 1);
	t.deepEqual(await readTexts(session), [texts, texts]);
});

for (const when of ['before', 'midway', 'after'] as const) {
	test(`a crash ${when} every storage call: earlier snapshots read as before, and the next run succeeds`, async t => {
		const {inner, session, runtime} = await create();
		await backUp(session, texts);
		const names = await listNames(inner);
		const restore = async (): Promise<void> => {
			for (const name of await listNames(inner)) {
				if (!names.includes(name)) {
					await inner.remove(name);
				}
			}
		};

		const calm = createFaultyStorage(inner);
		await backUp(on(session, calm), ['new', ...texts, 'newer '.repeat(500)]);
		await restore();
		t.true(calm.calls.length > 12);
		let committed = 0;
		for (let at = 1; at <= calm.calls.length; at++) {
			const faulty = createFaultyStorage(inner, [{at, among: 'all', effect: {kind: 'crash', when}}]);
			const crashed = on(session, faulty);
			try {
				await backUp(crashed, ['new', ...texts, 'newer '.repeat(500)]);
			} catch (error) {
				t.true(error instanceof SimulatedCrash, String(error));
			}

			const [first, ...others] = await readTexts(on(session, inner));
			t.deepEqual(first, texts);
			t.true(others.length <= 1);
			committed += others.length;
			runtime.forward(1000);
			await backUp(on(session, inner), ['after the crash']);
			t.deepEqual((await readTexts(on(session, inner))).at(-1), ['after the crash']);
			await restore();
		}

		t.true(committed >= 1);
	});
}

test('any storage call that fails: the run fails with its error, nothing is half there, its record is gone', async t => {
	const {inner, session} = await create();
	await backUp(session, texts);
	const calm = createFaultyStorage(createMemoryStorage());
	await backUp((await createTestRepository(calm, session.runtime)).session, ['x']);
	for (let at = 1; at < 40; at++) {
		const faulty = createFaultyStorage(inner, [{at, among: ['read', 'size', 'list', 'write', 'create', 'append', 'commit', 'sweep'], effect: {kind: 'throw', when: 'before'}}]);
		try {
			await backUp(on(session, faulty), [`new ${at}`]);
		} catch (error) {
			t.is((error as {code?: string}).code, 'storage-failed', String(error));
		}

		t.deepEqual(await inner.list('writers'), []);
		t.deepEqual((await readTexts(on(session, inner)))[0], texts);
	}
});

test('packs that prune has marked are not relied upon', async t => {
	const {inner, session} = await create();
	await backUp(session, ['one']);
	const [{name}] = await inner.list('packs') as [{name: string; sizeBytes: number}];
	const marked = name.slice(-64) as PackId;
	await writeMetadata(session, 'pruningMark', `pruning/${'ab'.repeat(16)}`, encodePruningMark({packs: [marked]}));
	const run = await WriterRun.start(session);
	t.deepEqual(run.ignoredPacks, new Set([marked]));
	await run.close();
	await backUp(session, ['one']);
	t.is((await inner.list('packs')).length, 2);
});

test('a mark that cannot be read stops a run, and its record does not stay', async t => {
	const {inner, session} = await create();
	await inner.write(`pruning/${'ab'.repeat(16)}`, Buffer.alloc(200));
	await refusesAsync(t, async () => WriterRun.start(session), 'damaged', /pruning/);
	t.deepEqual(await inner.list('writers'), []);
});

test('a run whose record is gone makes no snapshot', async t => {
	const {inner, session} = await create();
	const run = await WriterRun.start(session);
	await inner.remove(`writers/${run.id}`);
	await refusesAsync(t, async () => run.commit(createTestSnapshot()), 'writer-expired');
	t.deepEqual(await inner.list('snapshots'), []);
	await run.close();
});

test('a record that vanishes while the snapshot is written takes the snapshot back', async t => {
	const {inner, session} = await create();
	let id = '';
	const racing: Storage = {...inner, async write(name, data) {
		await inner.write(name, data);
		if (name.startsWith('snapshots/')) {
			await inner.remove(`writers/${id}`);
		}
	}};
	const run = await WriterRun.start(on(session, racing));
	id = run.id;
	await refusesAsync(t, async () => run.commit(createTestSnapshot()), 'writer-expired');
	t.deepEqual(await inner.list('snapshots'), []);
	await run.close();
});

test('a pack of the run that vanished takes the snapshot back', async t => {
	const {inner, session} = await create();
	const racing: Storage = {...inner, async write(name, data) {
		await inner.write(name, data);
		if (name.startsWith('index/')) {
			for (const pack of await inner.list('packs')) {
				await inner.remove(pack.name);
			}
		}
	}};
	await refusesAsync(t, async () => backUp(on(session, racing), texts), 'writer-expired', /packs\//);
	t.deepEqual(await inner.list('snapshots'), []);
});

test('the record is renewed, and dies with its process or after a day', async t => {
	const {inner, session, runtime} = await create();
	const run = await WriterRun.start(session);
	const name = `writers/${run.id}`;
	const first = await inner.read(name);
	runtime.forward(heartbeatIntervalMs);
	await runtime.yieldToEvents();
	t.notDeepEqual(await inner.read(name), first);
	const other = await WriterRun.start(session);
	t.is((await inner.list('writers')).length, 2);
	await other.close();

	const late = createTestRuntime({seed: 'late', startMs: runtime.now() + writerExpiryMs + 1, identity: {...runtime.identity, host: 'other'}});
	const cleaner = await WriterRun.start(new RepositorySession(inner, late, {slot: session.slot, fileName: ''}));
	t.deepEqual(await listNames(inner, 'writers'), [`writers/${cleaner.id}`]);
	await cleaner.close();
	runtime.forward(heartbeatIntervalMs);
	await runtime.yieldToEvents();
	t.deepEqual(await inner.list('writers'), [], 'a record that was removed is not written again');
	await refusesAsync(t, async () => run.commit(createTestSnapshot()), 'writer-expired');
	await run.close();

	const dying = await WriterRun.start(session);
	runtime.kill(runtime.identity);
	await (await WriterRun.start(session)).close();
	t.is(await inner.size(`writers/${dying.id}`), undefined);
	await dying.close();
});

test('closing during a renewal leaves no record', async t => {
	const {inner, session, runtime} = await create();
	const run = await WriterRun.start(session);
	runtime.forward(heartbeatIntervalMs);
	await run.close();
	await runtime.yieldToEvents();
	t.deepEqual(await inner.list('writers'), []);
	runtime.forward(heartbeatIntervalMs * 3);
	await runtime.yieldToEvents();
	t.deepEqual(await inner.list('writers'), []);
});

test('indexes that are asked for at once name every pack', async t => {
	const {inner, session, runtime} = await create();
	const run = await WriterRun.start(session);
	await run.ensureDataKey();
	const pack = (digit: string) => ({id: digit.repeat(64) as PackId, sizeBytes: 100, dataKeyId: run.dataKey.id, kind: 'data' as const, createdMs: 0, segments: []});
	const calls: Array<Promise<void>> = [];
	for (const digit of ['1', '2', '3', '4']) {
		run.addPack(pack(digit));
		calls.push(run.writeIndex());
		await runtime.yieldToEvents();
	}

	run.addPack(pack('5'));
	calls.push(run.writeIndex(), run.writeIndex());
	await Promise.all(calls);
	const index = await LoadedIndex.load(on(session, inner), {arePacksTrusted: true});
	t.deepEqual(index.packs.map(({id}) => id.slice(0, 1)).sort(), ['1', '2', '3', '4', '5']);
	t.true(run.storedBytes > 500);
	await run.close();
});

test('a large number of blobs is spread over several index objects', async t => {
	const {inner, session} = await create();
	const run = await WriterRun.start(session);
	const lengths = Array.from({length: 60_000}, () => 1);
	for (const digit of ['1', '2', '3', '4', '5']) {
		run.addPack({id: digit.repeat(64) as PackId, sizeBytes: 100, dataKeyId: run.dataKey.id, kind: 'data', createdMs: 0, segments: [{offset: 80, sealedBytes: 64, compression: 'none', ids: Buffer.alloc(60_000 * 32, digit), lengths}]});
	}

	await run.writeIndex();
	t.is((await inner.list('index')).length, 3);
	t.is((await LoadedIndex.load(session, {arePacksTrusted: true})).packs.length, 5);
	await run.close();
});

test('a damaged snapshot is a problem, the others are listed', async t => {
	const {inner, session, runtime} = await create();
	await backUp(session, ['one']);
	runtime.forward(1000);
	await backUp(session, ['two']);
	const [oldest, newest] = await listNames(inner, 'snapshots') as [string, string];
	await inner.write(oldest, await inner.read(newest));
	await inner.write(`snapshots/99991231T235959.999Z-${'00'.repeat(16)}`, await inner.read(newest));
	const {snapshots, problems} = await listSnapshots(session);
	t.deepEqual(snapshots.map(({objectName}) => objectName), [newest]);
	t.is(problems.length, 2);
	t.true((await inner.list('packs')).every(({name}) => name === packName(name.slice(-64) as PackId)));
});

test('an open repository is the one that was made', async t => {
	const runtime = createTestRuntime();
	const storage = createMemoryStorage();
	const {session, secret} = await createTestRepository(storage, runtime);
	await backUp(session, texts);
	t.deepEqual(await readTexts(await openRepository(storage, secret, runtime)), [texts]);
});
