import test from 'ava';
import {verify, type VerifySummary} from '../../../../source/engine/operations/verify/verify.ts';
import type {BlobId, SnapshotId} from '../../../../source/engine/ids.ts';
import {restrictKeyring} from '../../../../source/engine/repository/keyring.ts';
import {writeMetadata} from '../../../../source/engine/repository/metadata-store.ts';
import {BlobHasher, BlobIndex, LoadedIndex, packName, RepositorySession} from '../../../../source/engine/repository/repository.ts';
import {encodeSnapshot, snapshotName} from '../../../../source/engine/repository/snapshot.ts';
import {encodeTombstone, tombstoneName} from '../../../../source/engine/repository/tombstone.ts';
import type {Storage} from '../../../../source/engine/storage/storage.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {createFaultyStorage} from '../../../helpers/faulty-storage.ts';
import {readPackKinds} from '../../../helpers/pack-kinds.ts';
import {createRepositoryFixture, createStorageOf, writeFixtureSnapshot, type RepositoryFixture} from '../../../helpers/repository-fixture.ts';
import {findLosses} from '../../../helpers/snapshot-losses.ts';
import {assertLosses, namedObjects, sessionOver, slotFileOf, verifyAll} from '../../../helpers/verify-assertions.ts';

/** A session over a copy of the fixture's objects. */
async function open(fixture: RepositoryFixture): Promise<{storage: Storage; session: RepositorySession}> {
	const storage = await createStorageOf(fixture.objects);
	return {storage, session: sessionOver(fixture, storage)};
}

const sumBytes = (objects: Iterable<Buffer>): number => [...objects].reduce((sum, {length}) => sum + length, 0);

test('an intact repository', async t => {
	const fixture = await createRepositoryFixture();
	const {session} = await open(fixture);
	const summary = await verifyAll(session);
	t.deepEqual(summary.problems, []);
	t.is(summary.checkedObjects, fixture.objects.size);
	t.is(summary.checkedBytes, sumBytes(fixture.objects.values()));
	t.deepEqual(summary.snapshots, fixture.snapshots.map(({id}) => id));
	t.true(summary.isComplete);
	t.deepEqual(summary.dataRead, {share: 1});
	t.is(summary.notes.length, 2, 'the interrupted run: its pack and its data key');

	const structure = await verify(session, {});
	t.deepEqual(structure.problems, []);
	t.true(structure.checkedBytes < summary.checkedBytes / 10);
	t.regex(structure.notes.at(-1)!, /were not read/);
	t.is(structure.dataRead, undefined);

	const parts = await Promise.all([1, 2].map(async part => (await verify(session, {readData: {part, parts: 2}})).dataRead!));
	t.deepEqual(parts.map(({part, parts: of}) => [part, of]), [[1, 2], [2, 2]]);
	t.true(Math.abs(parts[0]!.share + parts[1]!.share - 1) < 1e-9, 'together they are all');
});

test('verify writes nothing', async t => {
	const fixture = await createRepositoryFixture();
	const {storage} = await open(fixture);
	const watched = createFaultyStorage(storage);
	await verifyAll(sessionOver(fixture, watched));
	t.is(watched.mutatingCallCount, 0);
	t.false(watched.calls.some(({call}) => call === 'sweep'));
});

test('only the snapshots asked for', async t => {
	const fixture = await createRepositoryFixture();
	const {storage, session} = await open(fixture);
	const [first, second] = fixture.snapshots;
	const all = await verifyAll(session);
	const some = await verify(session, {snapshots: [first!, first!], readData: 'all'});
	t.deepEqual(some.problems, []);
	t.deepEqual(some.snapshots, [first!.id]);
	t.true(some.checkedBytes < all.checkedBytes / 2, 'packs that it does not need are not read');

	await storage.remove(second!.objectName);
	const gone = await verify(session, {snapshots: [second!]});
	t.true(gone.problems.some(({object, snapshots}) => object === second!.objectName && snapshots.join('') === second!.id));
	await writeMetadata(session, 'tombstone', tombstoneName(second!.id), encodeTombstone({id: second!.id, sha256: second!.sha256, forgotten: '2026-11-21T19:00:00.000Z', host: 'web', user: 'root', reason: 'test'}));
	const forgotten = await verify(session, {snapshots: [second!]});
	t.deepEqual(forgotten.problems, []);
	t.true(forgotten.notes.some(note => note.includes(second!.id)));
});

test('a damaged pack: message, files and snapshots', async t => {
	const fixture = await createRepositoryFixture();
	const {storage, session} = await open(fixture);
	const [name, bytes] = [...fixture.objects].find(([, {length}]) => length > 140_000 && length < 200_000)!;
	const flipped = Buffer.from(bytes);
	flipped[1000]! ^= 1;
	await storage.write(name, flipped);
	const [problem] = (await verifyAll(session)).problems;
	t.is(problem!.object, name);
	t.deepEqual(problem!.files, ['/copy/dump.sql', '/srv/dump.sql']);
	t.deepEqual(problem!.snapshots, fixture.snapshots.slice(1).map(({id}) => id));
	t.regex(problem!.message, /^1 of \d+ segments cannot be read: .* at byte 80 is not authentic.* 2 files or directories of 3 snapshots cannot be restored from it\. Put it back from a copy/);
});

test('a damaged tree: the directory and everything below', async t => {
	const fixture = await createRepositoryFixture();
	const {storage, session} = await open(fixture);
	const kinds = await readPackKinds(session);
	for (const name of [...kinds].filter(([, kind]) => kind === 'tree').map(([name]) => name)) {
		await storage.remove(name);
		const summary = await verify(session, {});
		t.is(summary.problems[0]!.files[0], '/ (everything below)');
		assertLosses(t, summary, await findLosses(session), name);
		await storage.write(name, fixture.objects.get(name)!);
	}
});

test('a snapshot whose tree is no tree, although authentic', async t => {
	const fixture = await createRepositoryFixture();
	const {session} = await open(fixture);
	const id = 'e'.repeat(32) as SnapshotId;
	const tree = [new BlobHasher(session.keyring.idKey!).idOf(Buffer.from('key one')).toString('hex') as BlobId];
	const snapshot = {...fixture.snapshots[0]!, id, tree};
	const {objectName: _name, sha256: _sha256, keyEpoch: _epoch, signer: _signer, ...body} = snapshot;
	await writeMetadata(session, 'snapshot', snapshotName(snapshot), encodeSnapshot(body));
	const summary = await verifyAll(session);
	t.is(summary.problems.length, 1);
	t.like(summary.problems[0], {kind: 'blob', object: tree[0], snapshots: [id], files: ['/ (everything below)']});
});

test('more than 1,000 paths are counted', async t => {
	const fixture = await createRepositoryFixture();
	const {storage, session} = await open(fixture);
	const before = new Set(fixture.objects.keys());
	await writeFixtureSnapshot(session, {many: Object.fromEntries(Array.from({length: 1234}, (_, number) => [`file ${number}`, `content ${number}`]))}, {source: 'many'});
	const kinds = await readPackKinds(session);
	const name = [...kinds].find(([name, kind]) => kind === 'data' && !before.has(name))![0];
	await storage.remove(name);
	const [problem] = (await verify(session, {})).problems;
	t.is(problem!.object, name);
	t.is(problem!.filesTotal, 1234);
	t.is(problem!.files.length, 1000);
});

test('a blob that lies in two packs', async t => {
	const fixture = await createRepositoryFixture();
	const {storage, session} = await open(fixture);
	const before = new Set(fixture.objects.keys());
	await writeFixtureSnapshot(session, {home: {notes: 'remember the milk\n'}}, {source: 'twice', index: new BlobIndex()});
	const kinds = await readPackKinds(session);
	let hit = 0;
	for (const name of kinds.keys()) {
		const bytes = await storage.read(name);
		await storage.write(name, bytes.map((byte, at) => (at === 100 ? byte ^ 1 : byte)));
		const summary = await verifyAll(session);
		t.deepEqual(namedObjects(summary), [name]);
		assertLosses(t, summary, await findLosses(session), name);
		hit += Number(!before.has(name) && summary.problems[0]!.filesTotal > 0);
		await storage.write(name, bytes);
	}

	t.true(hit <= 2);
});

test('without the role to decrypt: all but contents', async t => {
	const fixture = await createRepositoryFixture();
	const {storage, session: {slot, runtime}} = await open(fixture);
	const fileName = slotFileOf(fixture);
	let found = 0;
	for (const role of ['auditor', 'backup'] as const) {
		const session = new RepositorySession(storage, runtime, {fileName, slot: {...slot, keyring: restrictKeyring(slot.keyring, role)}});
		const intact = await verifyAll(session);
		t.deepEqual(intact.problems, []);
		t.false(intact.isComplete);
		t.deepEqual(intact.snapshots, []);
		t.true(intact.notes.some(note => note.includes(role)));
		for (const [name, bytes] of fixture.objects) {
			const flipped = Buffer.from(bytes);
			flipped[bytes.length >> 1]! ^= 1;
			await storage.write(name, flipped);
			const isUnusedKey = name.startsWith('datakeys/') && namedObjects(await verifyAll(session)).length === 0;
			if (!isUnusedKey) {
				t.deepEqual(namedObjects(await verifyAll(session)), [name], `${role}, ${name}`);
				found++;
			}

			await storage.write(name, bytes);
		}
	}

	t.is(found, (fixture.objects.size - 1) * 2, 'all but the data key of which there is no copy');
	t.log(`${found} flipped bits found with the keys of an auditor and of a backup host`);
});

test('a prune that removes things before or while packs are read is no damage', async t => {
	const fixture = await createRepositoryFixture();
	const last = fixture.snapshots[3]!;
	for (const moment of ['list', 'read'] as const) {
		const {storage, session: {slot, runtime}} = await open(fixture);
		const {index: ownIndex, packs: ownPacks} = await objectsOfLastRun(fixture);
		let isPruned = false;
		let rounds = 0;
		const prune = async () => {
			isPruned = true;
			await storage.remove(last.objectName);
			for (const name of [ownIndex, ...ownPacks]) {
				await storage.remove(name);
			}
		};

		const pruning: Storage = {
			...storage,
			async list(folder, signal) {
				rounds += Number(folder === '');
				if (moment === 'list' && folder === '' && !isPruned) {
					await prune();
				}

				return storage.list(folder, signal);
			},
			async read(name, options) {
				// The first read of a data pack: trees have been read.
				if (moment === 'read' && name === ownPacks[0] && !isPruned) {
					await prune();
				}

				return storage.read(name, options);
			},
		};
		const fileName = slotFileOf(fixture);
		const summary = await verify(new RepositorySession(pruning, runtime, {slot, fileName}), {readData: 'all'});
		t.true(isPruned, moment);
		t.deepEqual(summary.problems, [], moment);
		t.is(rounds, moment === 'list' ? 2 : 1);
	}
});

async function objectsOfLastRun(fixture: RepositoryFixture): Promise<{index: string; packs: string[]}> {
	const found: Array<{index: string; packs: string[]}> = [];
	await LoadedIndex.load(fixture.session, {onContent({packs}, index) {
		found.push({index, packs: [...packs.filter(({kind}) => kind === 'data'), ...packs.filter(({kind}) => kind === 'tree')].map(({id}) => packName(id))});
	}});
	// Only the last run's index names nothing that an earlier snapshot needs.
	for (const {index, packs} of found) {
		const storage = await createStorageOf([...fixture.objects].filter(([name]) => name !== index && !packs.includes(name) && name !== fixture.snapshots[3]!.objectName));
		const losses = await findLosses(sessionOver(fixture, storage));
		if (losses.files.length === 0) {
			return {index, packs};
		}
	}

	throw new Error('No run stands for itself');
}

test('a failing storage and an interruption throw', async t => {
	const fixture = await createRepositoryFixture();
	const {storage, session} = await open(fixture);
	const count = createFaultyStorage(storage);
	await verifyAll(sessionOver(fixture, count));
	for (let at = 1; at <= count.calls.length; at++) {
		const faulty = createFaultyStorage(storage, [{at, among: 'all', effect: {kind: 'throw', when: 'before'}}]);
		await refusesAsync(t, async () => verifyAll(sessionOver(fixture, faulty)), 'storage-failed');
	}

	t.log(`each of ${count.calls.length} storage calls failed once`);

	const controller = new AbortController();
	controller.abort();
	await refusesAsync(t, async () => verify(session, {}, {signal: controller.signal}), 'aborted');
	const later = new AbortController();
	let events = 0;
	await refusesAsync(t, async () => verify(session, {readData: 'all'}, {signal: later.signal, onEvent() {
		events++;
		if (events === 2) {
			later.abort();
		}
	}}), 'aborted');
});

test('progress', async t => {
	const fixture = await createRepositoryFixture();
	const {session} = await open(fixture);
	const events: Array<{files: number; bytes: number; totalFiles?: number; totalBytes?: number}> = [];
	const summary: VerifySummary = await verify(session, {readData: 'all'}, {onEvent(event) {
		t.like(event, {event: 'progress', phase: 'checking'});
		if (event.event === 'progress') {
			events.push(event);
		}
	}});
	t.is(events.length, 2, 'the clock stands still');
	t.is(events.at(-1)!.totalBytes, summary.checkedBytes);
	t.is(events.at(-1)!.totalFiles, summary.checkedObjects);
	await t.throwsAsync(verify(session, {readData: {fraction: 2}}), {instanceOf: RangeError});
});
