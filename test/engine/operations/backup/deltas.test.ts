import {Buffer} from 'node:buffer';
import {mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {isCofferError} from '../../../../source/engine/errors.ts';
import {backup, type FilesBackupRequest, type BackupSummary} from '../../../../source/engine/operations/backup/backup.ts';
import {verify} from '../../../../source/engine/operations/verify/verify.ts';
import {deepestWritten, listSnapshots, type ChunkingParameters, type RepositorySession, type Storage} from '../../../../source/engine/repository/repository.ts';
import {createSystemRuntime, type Runtime} from '../../../../source/engine/runtime.ts';
import {createLocalStorage} from '../../../../source/engine/storage/local.ts';
import {createMemoryStorage} from '../../../../source/engine/storage/memory.ts';
import {createDump, editDump} from '../../../helpers/dump-days.ts';
import {createFaultyStorage} from '../../../helpers/faulty-storage.ts';
import {createStorageOf, readAllObjects} from '../../../helpers/repository-fixture.ts';
import {createTestRepository, describeSnapshots, newestSnapshot, readSnapshot, reopen, withRole, type TestRepository} from '../../../helpers/repository-session.ts';
import {findLosses} from '../../../helpers/snapshot-losses.ts';
import {createFolder, writeLayout, type Layout} from '../../../helpers/source-folder.ts';
import {readStoredChunks} from '../../../helpers/stored-chunks.ts';
import {createByteStream} from '../../../helpers/test-runtime.ts';
import {assertLosses} from '../../../helpers/verify-assertions.ts';

const system = createSystemRuntime();
/** What changed within the clock's last tick is read again by the next run; for this clock that is long ago. Keys, and so the cuts, are the same each time. */
const createRuntime = (seed: string): Runtime => ({...system, now: () => system.now() + 10_000, randomBytes: createByteStream(seed)});
/** More chunks in little data; smaller ones would share segments, and have no sketch. */
const small: ChunkingParameters = {minimumBytes: 256 * 1024, averageBytes: 512 * 1024, maximumBytes: 1024 * 1024};
const noise = createByteStream('backup of deltas');
const [firstDay, secondDay] = [createDump(16_000, 1), createDump(16_000, 2)];

type Scene = {
	readonly folder: string;
	readonly repository: TestRepository;
	readonly session: RepositorySession;
	readonly storage: Storage;
	readonly runtime: Runtime;
	file(name: string): string;
	run(request?: Partial<FilesBackupRequest>, session?: RepositorySession): Promise<BackupSummary>;
	/** The content of every file of the newest snapshot equals what is on disk. */
	assertNewest(): Promise<void>;
};

type SceneOptions = {readonly storage?: Storage; readonly chunking?: ChunkingParameters; readonly folder?: string};

async function createScene(t: ExecutionContext, layout: Layout, {storage, chunking = small, folder = createFolder(t, layout)}: SceneOptions = {}): Promise<Scene> {
	const runtime = createRuntime(t.title);
	const repository = await createTestRepository(runtime, storage, chunking);
	const {session} = repository;
	return {
		folder, repository, session, runtime,
		storage: repository.storage,
		file: name => path.join(folder, name),
		run: async (request = {}, as = session) => backup(as, {source: {kind: 'files', name: 'files', paths: [folder]}, ...request}),
		async assertNewest() {
			let files = 0;
			for (const [name, {content}] of await readSnapshot(session, await newestSnapshot(session))) {
				if (!content) {
					continue;
				}

				t.true(content.equals(readFileSync(name)), name);
				files++;
			}

			t.true(files > 0);
		},
	};
}

const objectNames = async ({storage}: Scene): Promise<ReadonlySet<string>> => new Set((await storage.list('')).map(({name}) => name));

/**
Back up, change the folder, and back up again; beside it the same without deltas.
@returns What the second run stored with deltas, as a part of what it stored without.
*/
async function measureGrowth(t: ExecutionContext, layout: Layout, change: (folder: string) => void, options: {readonly chunking?: ChunkingParameters} = {}) {
	const scene = await createScene(t, layout, options);
	const twin = await createScene(t, {}, {...options, folder: scene.folder});
	await scene.run();
	await twin.run({deltas: false});
	const seen = await objectNames(scene);
	change(scene.folder);
	const {storedBytes} = await scene.run();
	const {storedBytes: wholeBytes} = await twin.run({deltas: false});
	await scene.assertNewest();
	await twin.assertNewest();
	t.deepEqual((await readStoredChunks(twin.session)).filter(({depth}) => depth > 0), []);
	t.deepEqual((await verify(scene.session, {readData: 'all'})).problems, []);
	const added = await readStoredChunks(scene.session, seen);
	t.log(`${storedBytes} bytes instead of ${wholeBytes}; ${added.filter(({depth}) => depth > 0).length} of ${added.length} new chunks are deltas`);
	return {part: storedBytes / wholeBytes, wholeBytes, added, scene};
}

test('a dump of the next day under the same name, with the chunks of new repositories', async t => {
	const dumps = [createDump(16_000, 1, 'large'), createDump(16_000, 2, 'large')] as const;
	const {part, added} = await measureGrowth(t, {'dump.sql': dumps[0]}, folder => {
		writeFileSync(path.join(folder, 'dump.sql'), dumps[1]);
	}, {chunking: {minimumBytes: 256 * 1024, averageBytes: 1024 * 1024, maximumBytes: 3 * 1024 * 1024}});
	t.true(added.length >= 3 && added.every(({depth}) => depth === 1));
	t.true(part < 0.1, `${part}`);
});

test('a dump of the next day under the same name, with smaller chunks', async t => {
	const {part, added} = await measureGrowth(t, {'dumps/shop.sql': firstDay}, folder => {
		writeFileSync(path.join(folder, 'dumps/shop.sql'), secondDay);
	});
	t.true(added.length > 5);
	t.true(part < 0.15, `${part}`);
});

test('a dump with the date in its name is recognised by its content', async t => {
	const {part} = await measureGrowth(t, {'dumps/shop-2026-11-21.sql': firstDay}, folder => {
		rmSync(path.join(folder, 'dumps/shop-2026-11-21.sql'));
		writeFileSync(path.join(folder, 'dumps/shop-2026-11-22.sql'), secondDay);
	});
	t.true(part < 0.3, `${part}`);
});

test('a folder that was moved, and whose files changed', async t => {
	const {part} = await measureGrowth(t, {'old/place/a.sql': firstDay, 'old/place/b.sql': createDump(8000, 1, 'other')}, folder => {
		mkdirSync(path.join(folder, 'new'));
		renameSync(path.join(folder, 'old/place'), path.join(folder, 'new/home'));
		writeFileSync(path.join(folder, 'new/home/a.sql'), secondDay);
		writeFileSync(path.join(folder, 'new/home/b.sql'), createDump(8000, 2, 'other'));
	});
	t.true(part < 0.2, `${part}`);
});

test('many rows inserted in front, and changes all over', async t => {
	const inserted = createDump(3000, 1, 'inserted');
	const {part, wholeBytes} = await measureGrowth(t, {'shop.sql': firstDay}, folder => {
		writeFileSync(path.join(folder, 'shop.sql'), `${inserted}${secondDay}`);
	});
	// The rows themselves are new.
	const newPart = inserted.length / (inserted.length + secondDay.length);
	t.true(part < newPart + 0.15, `${part} of ${wholeBytes}, ${newPart} of them new`);
});

test('the second half removed, and the first repeated', async t => {
	const half = secondDay.slice(0, secondDay.length / 2);
	const {part} = await measureGrowth(t, {'shop.sql': firstDay}, folder => {
		writeFileSync(path.join(folder, 'shop.sql'), `${half}${half}`);
	});
	t.true(part < 0.4, `${part}`);
});

test('other content under the same name, and content that nothing makes smaller, is stored whole, and costs no more', async t => {
	for (const [before, after] of [[firstDay, noise(4_000_000)], [noise(4_000_000), noise(4_000_000)], [noise(4_000_000), createDump(12_000, 1, 'unrelated')]] as const) {
		const {part, added} = await measureGrowth(t, {file: before}, folder => {
			writeFileSync(path.join(folder, 'file'), after);
		});
		t.true(added.length > 3 && added.every(({depth}) => depth === 0));
		t.true(part < 1.02, `${part}`);
	}
});

test('of a file that became another one no more than a few bases are read', async t => {
	const storage = createFaultyStorage(createMemoryStorage(), []);
	const scene = await createScene(t, {file: noise(8_000_000)}, {storage});
	await scene.run();
	writeFileSync(scene.file('file'), noise(8_000_000));
	const before = storage.calls.length;
	await scene.run();
	const dataReads = storage.calls.slice(before).filter(({call, name}) => call === 'read' && name.startsWith('packs/')).length;
	const chunks = (await readStoredChunks(scene.session)).length;
	t.true(dataReads < 15 && chunks > 20, `${dataReads} reads for ${chunks} chunks`);
});

test('twenty days in a row: no chain grows beyond its bound, one that would begins again where it began, and every day can be read', async t => {
	const scene = await createScene(t, {});
	const days: Buffer[] = [];
	let dump = createDump(2500, 1, 'daily');
	let deepest = 0;
	let deltas = 0;
	let renewed = 0;
	let first = 0;
	let most = 0;
	for (let day = 1; day <= 20; day++) {
		writeFileSync(scene.file('daily.sql'), dump);
		days.push(Buffer.from(dump));
		const seen = await objectNames(scene);
		const {storedBytes} = await scene.run();
		const added = await readStoredChunks(scene.session, seen);
		deepest = Math.max(deepest, ...added.map(({depth}) => depth));
		deltas += added.filter(({depth}) => depth > 0).length;
		if (day === 1) {
			first = storedBytes;
		} else {
			renewed += day > 3 ? added.filter(({depth}) => depth <= 2).length : 0;
			most = Math.max(most, storedBytes);
			t.true(added.every(({depth}) => depth > 0), `day ${day}`);
			t.true(storedBytes < first / 10, `day ${day}: ${storedBytes} of ${first}`);
		}

		dump = editDump(dump, day);
	}

	t.is(deepest, deepestWritten);
	t.true(renewed > 0 && deltas > renewed * 5, `${deltas} deltas, ${renewed} from the beginning`);
	const {snapshots} = await listSnapshots(scene.session);
	for (const [day, snapshot] of snapshots.entries()) {
		t.true((await readSnapshot(scene.session, snapshot)).get(scene.file('daily.sql'))?.content?.equals(days[day]!), `day ${day + 1}`);
	}

	t.deepEqual((await verify(scene.session, {readData: 'all'})).problems, []);
	t.log(`20 days: ${deltas} deltas, the deepest ${deepest}; ${renewed} from the beginning of their chain; ${first} bytes, later at most ${most}`);
});

test('a key that may not read stores no deltas, and reads nothing to make them', async t => {
	const storage = createFaultyStorage(createMemoryStorage(), []);
	const scene = await createScene(t, {'shop.sql': firstDay}, {storage});
	await scene.run();
	writeFileSync(scene.file('shop.sql'), secondDay);
	const before = storage.calls.length;
	await scene.run({}, await withRole(scene.session, 'backup'));
	t.deepEqual(storage.calls.slice(before).filter(({call, name}) => call === 'read' && name.startsWith('packs/')), []);
	t.true((await readStoredChunks(scene.session)).every(({depth}) => depth === 0));
	await scene.assertNewest();
});

test('a storage that is far away gets no deltas', async t => {
	const scene = await createScene(t, {'shop.sql': firstDay}, {storage: {...createMemoryStorage(), isLocal: false}});
	await scene.run();
	writeFileSync(scene.file('shop.sql'), secondDay);
	await scene.run();
	t.true((await readStoredChunks(scene.session)).every(({depth}) => depth === 0));
});

test('in worker threads and on a disk it is the same', async t => {
	const folder = createFolder(t);
	const scene = await createScene(t, {'a.sql': createDump(16_000, 1, 'a'), 'b.sql': createDump(16_000, 1, 'b')}, {storage: createLocalStorage({folder: path.join(folder, 'repository'), runtime: system})});
	await scene.run();
	const seen = await objectNames(scene);
	writeLayout(scene.folder, {'a.sql': createDump(16_000, 2, 'a'), 'b-moved.sql': createDump(16_000, 2, 'b')});
	rmSync(scene.file('b.sql'));
	const {storedBytes, bytes} = await scene.run();
	const added = await readStoredChunks(scene.session, seen);
	t.true(added.filter(({depth}) => depth === 1).length > added.length * 0.8);
	t.true(storedBytes < bytes / 20, `${storedBytes} of ${bytes}`);
	await scene.assertNewest();
	t.deepEqual((await verify(scene.session, {readData: 'all'})).problems, []);
});

/** Two days with a chain, and a third in the folder. @param others - Files that stay as they are. */
async function createChain(t: ExecutionContext, others: Layout = {}): Promise<Scene> {
	const scene = await createScene(t, {'shop.sql': createDump(2000, 1), ...others});
	await scene.run();
	writeFileSync(scene.file('shop.sql'), createDump(2000, 2));
	await scene.run();
	writeFileSync(scene.file('shop.sql'), editDump(createDump(2000, 2), 3));
	return scene;
}

for (const {what, damage, isNoticed} of [
	{what: 'damaged', isNoticed: false, damage: (bytes: Buffer) => Buffer.from(bytes.map((byte, index) => index > 80 && index % 500 === 0 ? byte ^ 1 : byte))},
	{what: 'missing', isNoticed: true, damage: () => undefined},
	{what: 'truncated', isNoticed: true, damage: (bytes: Buffer) => bytes.subarray(0, bytes.length / 10)},
]) {
	test(`chunks whose bases are in a ${what} pack are stored whole, and verify says right what is lost`, async t => {
		// What nobody notices is lost of an untouched file stays lost.
		const chain = await createChain(t, isNoticed ? {other: 'untouched'} : {});
		const objects = await readAllObjects(chain.storage);
		const packs = [...new Set((await readStoredChunks(chain.session)).map(({object}) => object))];
		t.is(packs.length, 2);
		let lost = 0;
		for (const object of packs) {
			const storage = await createStorageOf(objects);
			const damaged = damage(objects.get(object)!);
			await (damaged ? storage.write(object, damaged) : storage.remove(object));
			const session = await reopen(chain.repository, storage, chain.runtime);
			const warnings: string[] = [];
			await backup(session, {source: {kind: 'files', name: 'files', paths: [chain.folder]}}, {onEvent(event) {
				if (event.event === 'warning') {
					warnings.push(event.message);
				}
			}});
			t.is(warnings.some(message => message.includes(object)), isNoticed);
			const newest = await newestSnapshot(session);
			const summary = await verify(session, {readData: 'all'});
			const losses = await findLosses(session);
			assertLosses(t, summary, losses, object);
			t.deepEqual(summary.problems.map(problem => problem.object), [object]);
			t.false(losses.snapshots.includes(newest.id), 'the newest has all it needs');
			t.true((await readSnapshot(session, newest)).get(chain.file('shop.sql'))?.content?.equals(readFileSync(chain.file('shop.sql'))));
			t.true(losses.files.includes(chain.file('shop.sql')));
			lost += losses.snapshots.length;
		}

		t.true(lost >= 3, 'the first day is in the second, too');
		t.log(`${packs.length} packs, ${lost} snapshots hit; the newest dump could be read`);
	});
}

test('whatever read of a pack is damaged: the backup stores what it cannot compare whole, and is right', async t => {
	const chain = await createChain(t);
	const objects = await readAllObjects(chain.storage);
	const source = {kind: 'files', name: 'files', paths: [chain.folder]} as const;
	const calm = createFaultyStorage(await createStorageOf(objects), []);
	await backup(await reopen(chain.repository, calm, chain.runtime), {source});
	const reads = calm.calls.filter(({call, name}) => call === 'read' && name.startsWith('packs/')).length;
	t.true(reads > 5);
	let whole = 0;
	for (let at = 1; at <= reads; at++) {
		const inner = await createStorageOf(objects);
		const faulty = createFaultyStorage(inner, [{at, name: /^packs\//, effect: {kind: 'flip-bit', bitIndex: 1000 + at}}]);
		await backup(await reopen(chain.repository, faulty, chain.runtime), {source});
		const session = await reopen(chain.repository, inner, chain.runtime);
		t.deepEqual((await verify(session, {readData: 'all'})).problems, [], `read ${at}`);
		whole += (await readStoredChunks(session, new Set(objects.keys()))).filter(({depth}) => depth === 0).length;
		t.true((await readSnapshot(session, await newestSnapshot(session))).get(chain.file('shop.sql'))?.content?.equals(readFileSync(chain.file('shop.sql'))));
	}

	t.true(whole > 0);
	t.log(`${reads} of ${reads} damaged reads: intact snapshots, ${whole} chunks stored whole instead`);
});

test('whatever read of a pack fails: the run fails or is right, and what was there stays', async t => {
	const chain = await createChain(t);
	const objects = await readAllObjects(chain.storage);
	const before = await describeSnapshots(chain.session);
	const source = {kind: 'files', name: 'files', paths: [chain.folder]} as const;
	let failed = 0;
	for (let at = 1; at <= 6; at++) {
		const inner = await createStorageOf(objects);
		const faulty = createFaultyStorage(inner, [{at, among: ['read'], name: /^packs\//, effect: {kind: 'throw', when: 'before'}}]);
		try {
			await backup(await reopen(chain.repository, faulty, chain.runtime), {source});
		} catch (error) {
			t.true(isCofferError(error, 'storage-failed'));
			failed++;
		}

		const session = await reopen(chain.repository, inner, chain.runtime);
		t.deepEqual((await describeSnapshots(session)).slice(0, 2), before);
		await backup(session, {source});
		t.deepEqual((await verify(session, {readData: 'all'})).problems, []);
	}

	t.true(failed > 0);
	t.log(`${failed} of 6 runs failed with storage-failed`);
});
