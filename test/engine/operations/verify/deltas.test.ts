import test from 'ava';
import fc from 'fast-check';
import type {BlobId} from '../../../../source/engine/ids.ts';
import {inspect} from '../../../../source/engine/operations/verify/inspection.ts';
import {verify} from '../../../../source/engine/operations/verify/verify.ts';
import {decodeIndex, encodeIndex} from '../../../../source/engine/repository/index-object.ts';
import {readMetadata, writeHashedMetadata} from '../../../../source/engine/repository/metadata-store.ts';
import {LoadedIndex, packName, type Delta, type RepositorySession} from '../../../../source/engine/repository/repository.ts';
import type {SegmentEntry} from '../../../../source/engine/repository/segment-table.ts';
import {readPackKinds} from '../../../helpers/pack-kinds.ts';
import {createRepositoryFixture, createStorageOf, type RepositoryFixture} from '../../../helpers/repository-fixture.ts';
import {findLosses} from '../../../helpers/snapshot-losses.ts';
import {readStoredChunks, type StoredChunk} from '../../../helpers/stored-chunks.ts';
import type {TestRuntime} from '../../../helpers/test-runtime.ts';
import {assertLosses, namedObjects, sessionOver, verifyAll} from '../../../helpers/verify-assertions.ts';

const dumps = ['/copy/dump.sql', '/srv/dump.sql'];

/** The first chunk of dump.sql as each day stored it: whole, as a difference to that, and as a difference to the difference. */
async function findChain(session: RepositorySession): Promise<readonly [StoredChunk, StoredChunk, StoredChunk]> {
	const chunks = await readStoredChunks(session);
	const last = chunks.find(({depth}) => depth === 2)!;
	const middle = chunks.find(({id}) => id === last.bases[0])!;
	return [chunks.find(({id}) => id === middle.bases[0])!, middle, last];
}

async function createScene() {
	const fixture = await createRepositoryFixture();
	const storage = await createStorageOf(fixture.objects);
	const session = sessionOver(fixture, storage);
	return {fixture, storage, session, chain: await findChain(session)};
}

/** The same object with a bit flipped in its first segment that is a chunk of this size. */
async function flipIn(session: RepositorySession, {id, object}: StoredChunk): Promise<Buffer> {
	const {blobs} = await LoadedIndex.load(session);
	const bytes = await session.storage.read(object);
	bytes[blobs.locate(Buffer.from(id, 'hex'))!.segmentOffset + 20]! ^= 1;
	return bytes;
}

test('the fixture has a chain: a chunk, a difference to it, and a difference to that, in three packs', async t => {
	const {chain, session} = await createScene();
	t.deepEqual(chain.map(({depth}) => depth), [0, 1, 2]);
	t.is(new Set(chain.map(({object}) => object)).size, 3);
	t.deepEqual((await verifyAll(session)).problems, []);
});

test('damage and loss of a pack with bases: every file of every snapshot that depends on it is named, through chains', async t => {
	const {fixture: {snapshots, objects}, storage, session, chain} = await createScene();
	const [, second, third, fourth] = snapshots.map(({id}) => id);
	const expected = [
		{files: dumps, hit: [second, third, fourth]},
		{files: dumps, hit: [third, fourth]},
		{files: ['/copy/dump.sql'], hit: [fourth]},
	];
	for (const [depth, chunk] of chain.entries()) {
		const {files, hit} = expected[depth]!;
		await storage.write(chunk.object, await flipIn(session, chunk));
		const flipped = await verifyAll(session);
		t.deepEqual(namedObjects(flipped), [chunk.object]);
		t.deepEqual(flipped.problems[0]!.files, files);
		t.deepEqual(flipped.problems[0]!.snapshots, hit as string[]);
		assertLosses(t, flipped, await findLosses(session), `depth ${depth} damaged`);

		await storage.remove(chunk.object);
		for (const summary of [await verifyAll(session), await verify(session, {})]) {
			t.deepEqual(namedObjects(summary), [chunk.object]);
			t.true(files.every(file => summary.problems[0]!.files.includes(file)));
			assertLosses(t, summary, await findLosses(session), `depth ${depth} lost`);
		}

		await storage.write(chunk.object, objects.get(chunk.object)!);
	}
});

test('a share in which only the pack of a delta is read finds what is wrong with its bases, and all that depends on them', async t => {
	const {fixture, storage, session, chain} = await createScene();
	const kinds = await readPackKinds(session);
	const sizeOf = (name: string): number => fixture.objects.get(name)!.byteLength;
	const always = [...fixture.objects.keys()].filter(name => !name.startsWith('packs/') || kinds.get(name) === 'tree').reduce((sum, name) => sum + sizeOf(name), 0);
	const [base, ...deltas] = chain;
	t.true(new Set(kinds.keys().map(name => sizeOf(name))).size > 3);
	await storage.write(base.object, await flipIn(session, base));
	const losses = await findLosses(session);
	const found = new Map<string, number>();
	// The share goes round with the clock: by and by every pack is the one that is read.
	for (let round = 0; round < 100 && found.size < deltas.length; round++) {
		(fixture.runtime as TestRuntime).forward(37 * 60_000);
		const summary = await verify(session, {readData: {bytes: 1}});
		const delta = deltas.find(({object}) => summary.checkedBytes === always + sizeOf(object));
		if (!delta) {
			continue;
		}

		t.deepEqual(namedObjects(summary), [base.object], 'the pack that is read is intact itself');
		assertLosses(t, summary, losses, `only ${delta.object}`);
		found.set(delta.object, round);
	}

	t.is(found.size, deltas.length);
	t.log(`found by reading only the pack of depth ${deltas.map(({depth}) => depth).join(', or only that of depth ')}`);
});

test('the packs that a snapshot needs are those of the bases, too', async t => {
	const {fixture: {snapshots}, session, chain} = await createScene();
	const fourth = snapshots[3]!;
	const {contents, index} = await inspect(session, [fourth], undefined);
	const needed = new Set([...contents!.trees.neededPacks].map(number => packName(index.loaded.packs[number]!.id)));
	for (const {object} of chain) {
		t.true(needed.has(object));
	}

	await session.storage.remove(chain[0].object);
	t.deepEqual((await verify(session, {snapshots: [fourth]})).problems.map(({object, files}) => ({object, files})), [{object: chain[0].object, files: ['/copy/dump.sql']}]);
	const only = await verify(session, {snapshots: [snapshots[0]!]});
	t.deepEqual(only.problems.flatMap(({files}) => files), []);
});

/** Describe chunks otherwise in the index: by their ids. */
async function rewriteIndex(fixture: RepositoryFixture, session: RepositorySession, changes: ReadonlyMap<BlobId, Delta | undefined>): Promise<void> {
	for (const {name} of await session.storage.list('index')) {
		await session.storage.remove(name);
	}

	for (const name of fixture.objects.keys().filter(key => key.startsWith('index/'))) {
		await session.storage.write(name, fixture.objects.get(name)!);
		const {packs, dataKeys} = decodeIndex((await readMetadata(session, 'index', name)).body, name);
		await session.storage.remove(name);
		const changed = packs.map(pack => ({...pack, segments: pack.segments.map((segment): SegmentEntry => {
			const id = Buffer.from(segment.ids).toString('hex') as BlobId;
			const {delta: _delta, ...rest} = segment;
			const delta = changes.get(id);
			return changes.has(id) ? {...rest, compression: 'zstd', ...(delta && {delta})} : segment;
		})}));
		await writeHashedMetadata(session, 'index', 'index', encodeIndex({packs: changed, dataKeys}));
	}
}

test('circles and depths that do not fall: verify ends, and names what cannot be read, also without reading data', async t => {
	const {fixture, session, chain} = await createScene();
	const [base, middle, last] = chain.map(({id}) => id) as [BlobId, BlobId, BlobId];
	for (const [id, delta] of [
		[middle, {bases: [last], depth: 1}],
		[middle, {bases: [last], depth: 64}],
		[middle, {bases: [middle], depth: 1}],
		[last, {bases: [base, middle], depth: 2}],
	] as const) {
		await rewriteIndex(fixture, session, new Map([[id, delta]]));
		const losses = await findLosses(session);
		t.true(losses.files.includes('/copy/dump.sql'));
		assertLosses(t, await verify(session, {}), losses, 'structure');
		assertLosses(t, await verifyAll(session), losses, 'all');
	}
});

test('whatever an index says about deltas, verify names exactly the files that cannot be read', async t => {
	const {fixture, session} = await createScene();
	const ids = (await readStoredChunks(session)).map(({id}) => id);
	const anyId = fc.oneof({weight: 8, arbitrary: fc.constantFrom(...ids)}, {weight: 1, arbitrary: fc.constant('ab'.repeat(32) as BlobId)});
	const anyDelta = fc.record<Delta>({bases: fc.array(anyId, {minLength: 1, maxLength: 3}), depth: fc.integer({min: 1, max: 4})});
	const anyChanges = fc.array(fc.tuple(fc.constantFrom(...ids), fc.option(anyDelta, {nil: undefined, freq: 8})), {minLength: 1, maxLength: 4}).map(changes => new Map(changes));
	let lost = 0;
	let rounds = 0;
	await fc.assert(fc.asyncProperty(anyChanges, async changes => {
		await rewriteIndex(fixture, session, changes);
		const losses = await findLosses(session);
		assertLosses(t, await verifyAll(session), losses, JSON.stringify([...changes]));
		lost += losses.files.length;
		rounds++;
	}), {numRuns: 60});
	t.true(lost > rounds / 2);
	t.log(`${rounds} forged indexes, ${lost} files named`);
});
