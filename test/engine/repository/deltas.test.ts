import process from 'node:process';
import test from 'ava';
import fc from 'fast-check';
import {isCofferError} from '../../../source/engine/errors.ts';
import type {BlobId} from '../../../source/engine/ids.ts';
import type {BlobReader} from '../../../source/engine/repository/blob-reader.ts';
import {LoadedIndex} from '../../../source/engine/repository/loaded-index.ts';
import {compressSegment} from '../../../source/engine/repository/compression.ts';
import {minimumDeltaBytes} from '../../../source/engine/repository/blob-writer.ts';
import {maximumBases, maximumDepth, type Delta} from '../../../source/engine/repository/delta-table.ts';
import type {PackDescription, SegmentEntry} from '../../../source/engine/repository/segment-table.ts';
import {createMemoryStorage} from '../../../source/engine/storage/memory.ts';
import {DeltaStore} from '../../helpers/delta-store.ts';
import {refusesAsync} from '../../helpers/error-assertions.ts';
import {createFaultyStorage} from '../../helpers/faulty-storage.ts';
import {Random} from '../../benchmark/random.ts';
import {createByteStream} from '../../helpers/test-runtime.ts';

const noise = createByteStream('deltas');
const chunkBytes = 300_000;

/** A next version: a few bytes changed, others each time. */
function change(bytes: Uint8Array, version: number): Buffer {
	const changed = Buffer.from(bytes);
	for (let at = version * 7; at < changed.length; at += 50_000) {
		changed[at]! ^= 0xFF;
	}

	return changed;
}

/** What the read of a chunk comes to, so that a failed test does not print the chunk. */
async function readLength(reader: BlobReader, id: BlobId): Promise<number> {
	const {byteLength} = await reader.read(id);
	return byteLength;
}

/** Chunks of which each is a difference to the one before. */
async function storeChain(store: DeltaStore, length: number, first: Buffer = noise(chunkBytes)): Promise<{ids: BlobId[]; plaintexts: Buffer[]}> {
	const plaintexts = [first];
	const ids = [await store.store(first)];
	for (let version = 1; version < length; version++) {
		plaintexts.push(change(plaintexts.at(-1)!, version));
		ids.push(await store.store(plaintexts.at(-1)!, [store.baseOf(ids.at(-1)!)]));
	}

	return {ids, plaintexts};
}

/** The packs, with the delta of one chunk described otherwise. */
function withDelta(store: DeltaStore, id: BlobId, delta: Delta): PackDescription[] {
	const wrong = store.packOf(id);
	return store.packs.map(pack => pack === wrong ? {...pack, segments: pack.segments.map((segment): SegmentEntry => ({...segment, compression: 'zstd', delta}))} : pack);
}

test('a chain of sixteen deltas is small, and every link can be read, through the index and by the packs\' own tables', async t => {
	const store = await DeltaStore.create();
	const {ids, plaintexts} = await storeChain(store, 17);
	t.deepEqual(ids.map(id => store.depthOf(id)), Array.from({length: 17}, (_, depth) => depth));
	t.true(store.packs.slice(1).every(({segments}) => segments[0]!.sealedBytes < 2000));
	const unindexed = await LoadedIndex.load(store.session);
	t.is((await unindexed.addUnindexedPacks()).length, 17);
	await store.writeIndex();
	const loaded = await LoadedIndex.load(store.session);
	for (const [depth, id] of ids.entries()) {
		for (const index of [unindexed, loaded]) {
			t.deepEqual(index.blobs.locate(Buffer.from(id, 'hex'))?.delta, depth === 0 ? undefined : {bases: [ids[depth - 1]!], depth});
		}
	}

	for (const cacheBytes of [0, 16 * 1024 * 1024]) {
		const reader = await store.openReader(cacheBytes);
		for (const [index, id] of ids.toReversed().entries()) {
			t.true((await reader.read(id)).equals(plaintexts.toReversed()[index]!));
		}
	}

	const cached = await store.openReader(16 * 1024 * 1024);
	t.is(cached.readCached(ids[16]!), undefined);
	await cached.read(ids[16]!);
	t.true(cached.readCached(ids[16]!)?.equals(plaintexts[16]!));
});

test('a delta may have several bases, in their order, and several deltas one base, which may lie in a segment with others', async t => {
	const store = await DeltaStore.create();
	const parts = [noise(100_000), noise(minimumDeltaBytes), noise(chunkBytes)];
	const ids: BlobId[] = [];
	for (const part of parts) {
		ids.push(await store.store(part));
	}

	const joined = change(Buffer.concat(parts), 1);
	const whole = await store.store(joined, [store.baseOf(...ids)]);
	t.deepEqual(store.packOf(whole).segments[0]!.delta, {bases: ids, depth: 3});
	const reversed = change(Buffer.concat(parts.toReversed()), 2);
	const other = await store.store(reversed, [store.baseOf(...ids.toReversed())]);
	t.deepEqual(store.packOf(other).segments[0]!.delta?.bases, ids.toReversed());
	await store.writeIndex();
	const reader = await store.openReader();
	t.true((await reader.read(whole)).equals(joined));
	t.true((await reader.read(other)).equals(reversed));
});

test('what a delta saves less than half of is stored whole; the next candidate is tried first', async t => {
	const store = await DeltaStore.create();
	const random = new Random(3);
	const text = Buffer.from(Array.from({length: 8000}, () => `2026-11-21 18:46:00 web nginx: GET /index.html 200 ${random.below(1000)}\n`).join(''));
	t.true(compressSegment(text).byteLength < text.byteLength / 16);
	const base = await store.store(noise(chunkBytes));
	const [noisy, half, small] = [await store.store(noise(chunkBytes), [store.baseOf(base)]), noise(chunkBytes), noise(minimumDeltaBytes - 1)];
	t.is(store.depthOf(noisy), 0, 'unlike');
	t.is(store.depthOf(await store.store(text, [store.baseOf(base)])), 0, 'small by itself');
	const mixed = Buffer.concat([half.subarray(0, 180_000), noise(120_000)]);
	const halfId = await store.store(half);
	t.is(store.depthOf(await store.store(mixed, [store.baseOf(halfId)])), 1, 'three fifths are the same');
	t.is(store.depthOf(await store.store(Buffer.concat([half.subarray(0, 120_000), noise(180_000)]), [store.baseOf(halfId)])), 0, 'two fifths are');
	const smallId = await store.store(small);
	t.is(store.depthOf(await store.store(change(small, 1), [store.baseOf(smallId)])), 0, 'too small to be asked about');
	const second = await store.store(change(half, 3), [store.baseOf(base), store.baseOf(halfId)]);
	t.deepEqual(store.packOf(second).segments[0]!.delta?.bases, [halfId]);
	const sketch = noise(16);
	t.deepEqual(store.packOf(await store.store(change(half, 4), [store.baseOf(halfId)], sketch)).segments[0]!.sketch, sketch);
	t.deepEqual(store.packOf(await store.store(noise(chunkBytes), [], sketch)).segments[0]!.sketch, sketch);
});

test('a base that is lost or damaged: every delta above it names the base and its pack', async t => {
	const store = await DeltaStore.create();
	const {ids, plaintexts} = await storeChain(store, 4);
	await store.writeIndex();
	const object = store.objectOf(ids[1]!);
	const bytes = await store.storage.read(object);
	const readsLike = async (context: Readonly<Record<string, string>>, message: RegExp) => {
		const reader = await store.openReader();
		t.true((await reader.read(ids[0]!)).equals(plaintexts[0]!));
		for (const id of ids.slice(1)) {
			const error = await refusesAsync(t, async () => readLength(reader, id), 'damaged', message);
			t.deepEqual(error.context, context);
			t.is(reader.readCached(id), undefined);
		}
	};

	await store.storage.remove(object);
	await readsLike({object, blob: ids[1]!}, new RegExp(object));
	const flipped = Buffer.from(bytes);
	flipped[100]! ^= 1;
	await store.storage.write(object, flipped);
	await readsLike({object, blob: ids[1]!}, new RegExp(`${object}.*not authentic`));

	// Its own content is not damaged, but in the place of another one.
	await store.storage.write(object, bytes);
	for (const {name} of await store.storage.list('index')) {
		await store.storage.remove(name);
	}

	await store.writeIndex(store.packs.filter(pack => pack !== store.packOf(ids[1]!)));
	const reader = await store.openReader();
	await refusesAsync(t, async () => readLength(reader, ids[1]!), 'damaged', /is in no pack that the index names/);
	for (const id of ids.slice(2)) {
		const error = await refusesAsync(t, async () => readLength(reader, id), 'damaged', /differences to is in no pack that the index names/);
		t.deepEqual(error.context, {blob: ids[1]!});
	}
});

test('another content as a base is noticed by the id of what needs it', async t => {
	const store = await DeltaStore.create();
	const {ids} = await storeChain(store, 2);
	const other = await store.store(noise(chunkBytes));
	await store.writeIndex(withDelta(store, ids[1]!, {bases: [other], depth: 1}));
	const error = await refusesAsync(t, async () => readLength(await store.openReader(), ids[1]!), 'damaged');
	t.deepEqual(error.context, {object: store.objectOf(ids[1]!), blob: ids[1]!});
});

test('circles, and depths that do not fall, are refused without an end being waited for', async t => {
	const store = await DeltaStore.create();
	const {ids} = await storeChain(store, 3);
	for (const [id, delta] of [
		[ids[1]!, {bases: [ids[1]!], depth: 1}],
		[ids[1]!, {bases: [ids[2]!], depth: 1}],
		[ids[1]!, {bases: [ids[2]!], depth: 2}],
		[ids[1]!, {bases: [ids[2]!], depth: maximumDepth}],
		[ids[2]!, {bases: [ids[0]!, ids[1]!], depth: 2}],
	] as const) {
		for (const {name} of await store.storage.list('index')) {
			await store.storage.remove(name);
		}

		await store.writeIndex(withDelta(store, id, delta));
		const error = await refusesAsync(t, async () => readLength(await store.openReader(), ids[2]!), 'damaged', /as deep as it is/);
		t.is(error.context['object'], store.objectOf(error.context['blob'] as BlobId));
	}
});

test('a tree of bases that grows with each level is no more work than the depth says', async t => {
	const faulty = createFaultyStorage(createMemoryStorage(), []);
	const store = await DeltaStore.create(faulty);
	let level = [await store.store(noise(chunkBytes)), await store.store(noise(chunkBytes))];
	for (let version = 1; store.baseOf(...level).delta.depth <= maximumDepth; version++) {
		const base = store.baseOf(...level);
		level = [await store.store(change(base.dictionary.subarray(0, chunkBytes), version), [base]), await store.store(change(base.dictionary.subarray(chunkBytes), version), [base])];
	}

	await store.writeIndex();
	const reader = await store.openReader();
	const before = faulty.calls.filter(({call}) => call === 'read').length;
	await reader.read(level[0]!);
	const reads = faulty.calls.filter(({call}) => call === 'read').length - before;
	t.true(reads <= 2 * (store.depthOf(level[0]!) + 1), `${reads}`);

	// The same with depths that only fall: refused, as it would double with each level.
	const levels = [level];
	for (let depth = 1; depth < 20; depth++) {
		levels.push([await store.store(noise(1000)), await store.store(noise(1000))]);
	}

	for (const {name} of await store.storage.list('index')) {
		await store.storage.remove(name);
	}

	const depths = new Map(levels.slice(1).flatMap((pair, index) => pair.map(id => [store.packOf(id), {bases: levels[index]!, depth: 40 + index}] as const)));
	await store.writeIndex(store.packs.map(pack => {
		const delta = depths.get(pack);
		return delta ? {...pack, segments: pack.segments.map((segment): SegmentEntry => ({...segment, compression: 'zstd', delta}))} : pack;
	}));
	const hostile = await store.openReader();
	const start = faulty.calls.filter(({call}) => call === 'read').length;
	await refusesAsync(t, async () => readLength(hostile, levels.at(-1)![0]!), 'damaged', /as deep as it is/);
	const spent = faulty.calls.filter(({call}) => call === 'read').length - start;
	t.true(spent <= 2 * maximumDepth, `${spent} reads`);
	t.log(`${reads} reads for a tree of depth ${store.depthOf(level[0]!)}, ${spent} for one that would need 2^19`);
});

test('a dictionary beyond the limit is refused before anything is read for it', async t => {
	const faulty = createFaultyStorage(createMemoryStorage(), []);
	const store = await DeltaStore.create(faulty);
	const ids = [await store.store(noise(chunkBytes)), await store.store(noise(chunkBytes)), await store.store(noise(chunkBytes))];
	const delta = {bases: ids.slice(0, 2), depth: 2};
	const huge = 33 * 1024 * 1024;
	await store.writeIndex(withDelta(store, ids[2]!, delta).map(pack => pack.segments[0]!.delta ? pack : {...pack, segments: pack.segments.map(segment => ({...segment, lengths: [huge]}))}));
	const reader = await store.openReader();
	const calls = faulty.calls.length;
	const before = process.memoryUsage().rss;
	const error = await refusesAsync(t, async () => readLength(reader, ids[2]!), 'damaged', /more than any part is/);
	t.deepEqual(error.context, {object: store.objectOf(ids[2]!), blob: ids[2]!});
	t.is(faulty.calls.length, calls);
	t.true(process.memoryUsage().rss - before < 32 * 1024 * 1024);
});

test('whatever an index says about deltas, a reader gives the content or says that it is damaged', async t => {
	const store = await DeltaStore.create();
	const {ids, plaintexts} = await storeChain(store, 6, noise(70_000));
	const all = new Map(ids.map((id, index) => [id, plaintexts[index]!]));
	const anyId = fc.oneof(fc.constantFrom(...ids), fc.uint8Array({minLength: 32, maxLength: 32}).map(bytes => Buffer.from(bytes).toString('hex') as BlobId));
	const anyDelta = fc.record<Delta>({bases: fc.array(anyId, {minLength: 1, maxLength: maximumBases}), depth: fc.integer({min: 1, max: maximumDepth})});
	const anyMutation = fc.record({delta: fc.option(anyDelta, {nil: undefined}), length: fc.option(fc.nat(200_000), {nil: undefined}), compression: fc.constantFrom('zstd' as const, 'zstd' as const, 'none' as const)});
	let intact = 0;
	let damaged = 0;
	await fc.assert(fc.asyncProperty(fc.array(fc.oneof({weight: 4, arbitrary: fc.constant(undefined)}, {weight: 1, arbitrary: anyMutation}), {minLength: 6, maxLength: 6}), async mutations => {
		for (const {name} of await store.storage.list('index')) {
			await store.storage.remove(name);
		}

		await store.writeIndex(store.packs.map((pack, number) => {
			const mutation = mutations[number];
			return mutation
				? {...pack, segments: pack.segments.map(({delta: _delta, ...segment}): SegmentEntry => ({
					...segment,
					compression: mutation.delta ? 'zstd' : mutation.compression,
					...(mutation.delta && {delta: mutation.delta}),
					...(mutation.length !== undefined && {lengths: [mutation.length]}),
				}))}
				: pack;
		}));
		const index = await LoadedIndex.load(store.session, {areLostPacksIgnored: true});
		const reader = await store.openReader();
		for (const [id, plaintext] of all) {
			try {
				t.true((await reader.read(id)).equals(plaintext));
				t.true(index.blobs.has(Buffer.from(id, 'hex')), 'what can be read counts as there');
				intact++;
			} catch (error) {
				t.true(isCofferError(error, 'damaged'), String(error));
				damaged++;
			}
		}
	}), {numRuns: 150});
	t.log(`${intact} read, ${damaged} refused`);
	t.true(intact > 50 && damaged > 50);
});

test('of a blob that is stored several times the least deep place counts, whatever the order of index objects and packs', async t => {
	const store = await DeltaStore.create();
	const first = noise(70_000);
	const changed = change(first, 1);
	const a = await store.store(first);
	const b = await store.store(changed, [store.baseOf(a)]);
	const c = await store.store(change(changed, 2), [store.baseOf(b)]);
	const again = change(first, 3);
	const places = [
		await store.store(again, [store.baseOf(c)]),
		await store.store(again, [store.baseOf(b)]),
		await store.store(again),
		await store.store(again, [store.baseOf(a)]),
	];
	t.is(new Set(places).size, 1);
	const copies = store.packs.slice(3);
	t.deepEqual(copies.map(({segments}) => segments[0]!.delta?.depth ?? 0), [3, 2, 0, 1]);
	const random = new Random(7);
	const shuffled = (packs: readonly PackDescription[]) => packs.map(pack => ({pack, order: random.next()})).toSorted((one, other) => one.order - other.order).map(({pack}) => pack);
	for (let left = 15; left > 0; left--) {
		const kept = copies.filter((_, index) => (left >> index) % 2 === 1);
		const expected = Math.min(...kept.map(({segments}) => segments[0]!.delta?.depth ?? 0));
		for (let round = 0; round < 4; round++) {
			for (const {name} of await store.storage.list('index')) {
				await store.storage.remove(name);
			}

			for (const pack of shuffled([...store.packs.slice(0, 3), ...kept])) {
				await store.writeIndex([{...pack, createdMs: round % 2 === 0 ? pack.createdMs : random.below(2)}]);
			}

			for (const areLostPacksIgnored of [false, true]) {
				const {blobs} = await LoadedIndex.load(store.session, {areLostPacksIgnored});
				t.is(blobs.locate(Buffer.from(places[0]!, 'hex'))?.delta?.depth ?? 0, expected);
			}

			t.true((await (await store.openReader()).read(places[0]!)).equals(again));
		}
	}
});

test('for who writes, a delta counts as not there when its base is lost, or only there as deep as itself', async t => {
	const store = await DeltaStore.create();
	const {ids, plaintexts} = await storeChain(store, 4);
	const known = async (areLostPacksIgnored: boolean) => {
		const {blobs} = await LoadedIndex.load(store.session, {areLostPacksIgnored});
		return ids.map(id => blobs.has(Buffer.from(id, 'hex')));
	};

	await store.writeIndex();
	t.deepEqual(await known(true), [true, true, true, true]);
	await store.storage.remove(store.objectOf(ids[1]!));
	t.deepEqual(await known(true), [true, false, false, false]);
	t.deepEqual(await known(false), [true, true, true, true], 'who reads is told which pack is lost');

	// The same chunk again, but as deep as the one that needs it.
	const other = await store.store(noise(70_000));
	t.is(await store.store(plaintexts[1]!, [store.baseOf(ids[0]!, other)]), ids[1]!);
	t.is(store.depthOf(ids[1]!), 2);
	await store.writeIndex();
	t.deepEqual(await known(true), [true, true, false, false]);
	const reader = await store.openReader();
	t.true((await reader.read(ids[1]!)).equals(plaintexts[1]!));
	await refusesAsync(t, async () => readLength(reader, ids[2]!), 'damaged', /a less deep copy of them is lost/);
});
