import {createHash} from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import {sealedSize} from '../../../source/engine/crypto/segment-cipher.ts';
import {CofferError} from '../../../source/engine/errors.ts';
import {BlobHasher} from '../../../source/engine/repository/blob-id.ts';
import {BlobIndex} from '../../../source/engine/repository/blob-index.ts';
import {BlobReader} from '../../../source/engine/repository/blob-reader.ts';
import {BlobWriter} from '../../../source/engine/repository/blob-writer.ts';
import {toCanonicalJson, type JsonValue} from '../../../source/engine/repository/canonical-json.ts';
import {createDataKey} from '../../../source/engine/repository/data-key.ts';
import {headerBytes} from '../../../source/engine/repository/object-header.ts';
import {paddedSize, trailerBytes} from '../../../source/engine/repository/pack-layout.ts';
import {PackReader} from '../../../source/engine/repository/pack-reader.ts';
import {packName, PackWriter} from '../../../source/engine/repository/pack-writer.ts';
import {plaintextBytesOf, segmentFromJson, segmentToJson, type PackDescription} from '../../../source/engine/repository/segment-table.ts';
import {Fields} from '../../../source/engine/repository/fields.ts';
import {toId, type BlobId, type DataKeyId} from '../../../source/engine/ids.ts';
import {createMemoryStorage} from '../../../source/engine/storage/memory.ts';
import {refuses, refusesAsync} from '../../helpers/error-assertions.ts';
import {createFaultyStorage, SimulatedCrash} from '../../helpers/faulty-storage.ts';
import {mutationsOf} from '../../helpers/mutations.ts';
import {listNames} from '../../helpers/storage-assertions.ts';
import {readPack, writePacks} from '../../helpers/test-packs.ts';
import {createByteStream, createTestRuntime} from '../../helpers/test-runtime.ts';
import {createTestSlots} from '../../helpers/test-slots.ts';

const runtime = createTestRuntime();
const {owner} = createTestSlots(runtime);
const dataKey = createDataKey(owner.keyring, runtime);
const withoutIds = ({ids, ...rest}: PackDescription['segments'][number]): unknown => ({...rest, ids: Buffer.from(ids).toString('hex')});

function collectIn(packs: PackDescription[]): (pack: PackDescription) => void {
	return pack => {
		packs.push(pack);
	};
}

test('blobs of any size come back, the table of the pack is what the index gets, and the name is its hash', async t => {
	await fc.assert(fc.asyncProperty(fc.array(fc.uint8Array({maxLength: 3000}), {minLength: 1, maxLength: 30}), fc.integer({min: 1, max: 20_000}), async (blobs, targetBytes) => {
		const storage = createMemoryStorage();
		const packs = await writePacks(storage, dataKey, blobs, runtime, targetBytes);
		const read: Uint8Array[] = [];
		for (const pack of packs) {
			const bytes = await storage.read(packName(pack.id));
			t.is(createHash('sha256').update(bytes).digest('hex'), pack.id);
			t.is(bytes.byteLength, pack.sizeBytes);
			const reader = await PackReader.open(storage, pack, () => dataKey.key, runtime);
			t.is(await PackReader.dataKeyIdOf(storage, pack.id), dataKey.id);
			const table = await reader.readTable();
			t.is(table.sizeBytes, pack.sizeBytes);
			t.deepEqual(table.segments.map(segment => withoutIds(segment)), pack.segments.map(segment => withoutIds(segment)));
			const last = pack.segments.at(-1)!;
			t.deepEqual(reader.openEnd(bytes.subarray(last.offset + last.sealedBytes), pack.segments.length).map(segment => withoutIds(segment)), table.segments.map(segment => withoutIds(segment)));
			read.push(...await readPack(storage, pack, dataKey.key, runtime));
		}

		t.deepEqual(new Set(read.map(blob => Buffer.from(blob).toString('hex'))), new Set(blobs.map(blob => Buffer.from(blob).toString('hex'))));
		t.is(read.length, blobs.length);
	}), {numRuns: 40});
});

test('Padmé: never smaller, in whole blocks, at most 12 % more, few sizes', t => {
	fc.assert(fc.property(fc.integer({min: 200, max: 2 ** 30}), size => {
		const padded = paddedSize(size);
		t.true(padded >= size && padded % 16 === 0);
		t.true(padded <= size * 1.12 + 16, `${size} ${padded}`);
		t.is(paddedSize(padded), padded);
	}));
	t.deepEqual([0, 1, 2, 16, 17, 1000, 1024, 1025, 33_554_432, 33_554_433].map(size => paddedSize(size)), [0, 1, 16, 16, 32, 1024, 1024, 1088, 33_554_432, 34_603_008]);
	const sizes = new Set(Array.from({length: 100_000}, (_, index) => paddedSize(1_000_000 + index)));
	t.true(sizes.size <= 5, String(sizes.size));
});

test('the last pack of a run has a padded size, those before it end right after their table', async t => {
	const storage = createMemoryStorage();
	const stream = createByteStream('padding');
	const packs = await writePacks(storage, dataKey, Array.from({length: 7}, () => stream(1000)), runtime, 2500);
	t.is(packs.length, 3);
	for (const [index, pack] of packs.entries()) {
		const reader = await PackReader.open(storage, pack, () => dataKey.key, runtime);
		const {segments} = await reader.readTable();
		const end = segments.at(-1)!.offset + segments.at(-1)!.sealedBytes;
		if (index === 2) {
			t.is(pack.sizeBytes, paddedSize(pack.sizeBytes));
		} else {
			t.true(end >= 2500);
			t.true(pack.sizeBytes - end < 1000);
		}
	}
});

test('a pack is closed at its size, and at its number of blobs', async t => {
	const storage = createMemoryStorage();
	const packs: PackDescription[] = [];
	const writer = new PackWriter({storage, dataKey, kind: 'tree', runtime, onPack: collectIn(packs)});
	const lengths = Array.from({length: 50_000}, () => 0);
	for (let round = 0; round < 3; round++) {
		writer.add(Buffer.alloc(0), {compression: 'none', ids: Buffer.alloc(50_000 * 32), lengths});
	}

	await writer.finish();
	t.deepEqual(packs.map(({kind, segments}) => [kind, segments.length]), [['tree', 2], ['tree', 1]]);
});

test('nothing added, nothing written', async t => {
	const storage = createMemoryStorage();
	t.deepEqual(await writePacks(storage, dataKey, [], runtime), []);
	t.deepEqual(await storage.list(''), []);
});

const stream = createByteStream('faults');
const fourBlobs = Array.from({length: 4}, () => stream(600));

test('whatever storage call fails, the error comes out, nothing is announced that is not there, and nothing unfinished stays', async t => {
	const calm = createFaultyStorage(createMemoryStorage());
	await writePacks(calm, dataKey, fourBlobs, runtime, 1000);
	t.true(calm.mutatingCallCount > 8);
	for (let at = 1; at <= calm.mutatingCallCount; at++) {
		for (const when of ['before', 'after'] as const) {
			const inner = createMemoryStorage({runtime});
			const storage = createFaultyStorage(inner, [{at, effect: {kind: 'throw', when, error: new CofferError('storage-full', 'Planned')}}]);
			const announced: PackDescription[] = [];
			let beforeCommits = 0;
			const writer = new PackWriter({storage, dataKey, kind: 'data', runtime, targetBytes: 1000, onPack: collectIn(announced), async beforeCommit() {
				beforeCommits++;
			}});
			for (const blob of fourBlobs) {
				writer.add(blob, {compression: 'none', ids: Buffer.alloc(32), lengths: [blob.byteLength]});
			}

			await refusesAsync(t, async () => writer.finish(), 'storage-full');
			await writer.discard();
			const there = await listNames(inner);
			t.true(announced.every(pack => there.includes(packName(pack.id))), `${at} ${when}`);
			t.true(beforeCommits >= there.length);
			const createdInVain = storage.calls[at - 1]!.call === 'create' && when === 'after' ? 1 : 0;
			t.is(await inner.sweep(0), createdInVain, `${at} ${when}`);
		}
	}
});

test('a failure before the commit leaves no object, and drain reports it', async t => {
	const inner = createMemoryStorage({runtime});
	const writer = new PackWriter({storage: inner, dataKey, kind: 'data', runtime, targetBytes: 100, onPack: () => t.fail(), async beforeCommit() {
		throw new CofferError('storage-denied', 'Planned');
	}});
	writer.add(Buffer.alloc(200), {compression: 'none', ids: Buffer.alloc(32), lengths: [200]});
	await refusesAsync(t, async () => {
		for (;;) {
			await writer.drain();
			await runtime.yieldToEvents();
		}
	}, 'storage-denied');
	await writer.discard();
	t.deepEqual(await inner.list(''), []);
	t.is(await inner.sweep(0), 0);
});

test('after a crash at any call, whole packs are there or none', async t => {
	for (let at = 1; at < 30; at++) {
		const inner = createMemoryStorage({runtime});
		const storage = createFaultyStorage(inner, [{at, effect: {kind: 'crash', when: 'midway'}}]);
		try {
			await writePacks(storage, dataKey, fourBlobs, runtime, 1000);
		} catch (error) {
			t.true(error instanceof SimulatedCrash);
		}

		for (const name of await listNames(inner)) {
			t.is(createHash('sha256').update(await inner.read(name)).digest('hex'), name.slice(-64));
		}
	}
});

test('thrown away: nothing is there', async t => {
	const storage = createMemoryStorage({runtime});
	const writer = new PackWriter({storage, dataKey, kind: 'data', runtime, onPack: () => t.fail()});
	writer.add(Buffer.alloc(10), {compression: 'none', ids: Buffer.alloc(32), lengths: [10]});
	await writer.discard();
	t.deepEqual(await storage.list(''), []);
	t.is(await storage.sweep(0), 0);
});

test('every flipped bit of a pack is noticed by a reader', async t => {
	const storage = createMemoryStorage();
	const [pack] = await writePacks(storage, dataKey, [Buffer.from('one'), Buffer.from('two')], runtime) as [PackDescription];
	const name = packName(pack.id);
	const bytes = await storage.read(name);
	const last = pack.segments.at(-1)!;
	for (let index = 0; index < bytes.byteLength; index++) {
		const wrong = Buffer.from(bytes);
		wrong[index]! ^= 1 << (index % 8);
		await storage.write(name, wrong);
		await refusesAsync(t, async () => {
			await readPack(storage, pack, dataKey.key, runtime);
			const reader = await PackReader.open(storage, pack, () => dataKey.key, runtime);
			reader.openEnd(wrong.subarray(last.offset + last.sealedBytes), pack.segments.length);
		}, index === 6 || index === 7 ? 'format-unsupported' : 'damaged', /packs\//);
	}
});

test('packs that are cut, lengthened, or exchanged', async t => {
	const storage = createMemoryStorage();
	const [pack] = await writePacks(storage, dataKey, [Buffer.from('one')], runtime) as [PackDescription];
	const [other] = await writePacks(storage, dataKey, [Buffer.from('two')], runtime) as [PackDescription];
	const name = packName(pack.id);
	const bytes = await storage.read(name);
	const read = async (): Promise<unknown> => {
		await readPack(storage, pack, dataKey.key, runtime);
		return (await PackReader.open(storage, pack, () => dataKey.key, runtime)).readTable();
	};

	for (const length of [0, 1, headerBytes - 1, headerBytes, headerBytes + 10, bytes.byteLength - trailerBytes, bytes.byteLength - 1]) {
		await storage.write(name, bytes.subarray(0, length));
		await refusesAsync(t, read, 'damaged', /packs\//);
	}

	await storage.write(name, Buffer.concat([bytes, Buffer.alloc(1)]));
	await refusesAsync(t, read, 'damaged', /packs\//);
	const foreign = createDataKey(owner.keyring, runtime);
	await refusesAsync(t, async () => PackReader.open(storage, {id: pack.id, dataKeyId: foreign.id}, () => foreign.key, runtime), 'damaged', /data key/);
	await storage.write(name, await storage.read(packName(other.id)));
	const [content] = await readPack(storage, pack, dataKey.key, runtime);
	t.deepEqual(content, Buffer.from('two'), 'only the blob\'s id tells: see the next test');
});

test('an exchanged pack is noticed by the ids of its blobs', async t => {
	const storage = createMemoryStorage();
	const hasher = new BlobHasher(Buffer.alloc(32, 1));
	const blobs = new BlobIndex();
	const packs: PackDescription[] = [];
	blobs.grow();
	const writer = new PackWriter({storage, dataKey, kind: 'data', runtime, targetBytes: 1, onPack: collectIn(packs)});
	for (const text of ['one', 'two']) {
		const content = Buffer.from(text);
		writer.add(content, {compression: 'none', ids: hasher.idOf(content), lengths: [3]});
	}

	await writer.finish();
	for (const [number, {segments}] of packs.entries()) {
		const [segment] = segments;
		blobs.add(segment!.ids, {pack: number, segment: 0, compression: 'none', segmentOffset: segment!.offset, sealedBytes: segment!.sealedBytes, plaintextBytes: 3, offset: 0, length: 3});
	}

	const id = hasher.idOf(Buffer.from('one')).toString('hex') as BlobId;
	const read = async (): Promise<Buffer> => new BlobReader({storage, runtime, blobs, packs, hasher, keyOf: () => dataKey.key}).read(id);
	t.is(String(await read()), 'one');
	const [one, two] = packs.map(pack => packName(pack.id)) as [string, string];
	await storage.write(one, await storage.read(two));
	const error = await refusesAsync(t, read, 'damaged', /another content/);
	t.deepEqual(error.context, {object: one, blob: id});
	await storage.remove(one);
	t.is((await refusesAsync(t, read, 'damaged')).context['object'], one);
	await refusesAsync(t, async () => new BlobReader({storage, runtime, blobs, packs, hasher, keyOf: () => dataKey.key}).read('00'.repeat(32) as BlobId), 'damaged', /no pack/);
});

test('what a blob writer stores, a blob reader reads, each blob once, also when many read at once', async t => {
	const storage = createMemoryStorage();
	const hasher = new BlobHasher(Buffer.alloc(32, 1));
	const known = new BlobIndex();
	known.grow(10_000);
	const packs: PackDescription[] = [];
	const writer = new BlobWriter(hasher, known, new PackWriter({storage, dataKey, kind: 'data', runtime, targetBytes: 300_000, onPack: collectIn(packs)}));
	const random = createByteStream('blobs');
	const blobs = [
		...Array.from({length: 500}, (_, index) => Buffer.from(`small ${index % 400} `.repeat(index % 50 + 1))),
		...[0, 1, 65_536, 262_143, 262_144, 262_145, 400_000].flatMap(size => [random(size), Buffer.alloc(size, 1)]),
	];
	const ids = blobs.map(blob => writer.store(blob));
	await writer.drain();
	await writer.finish();
	const distinct = new Map(ids.map((id, index) => [id, blobs[index]!]));
	t.is(writer.added.blobs, distinct.size);
	t.is(writer.added.bytes, distinct.values().reduce((sum, blob) => sum + blob.byteLength, 0));
	t.true(packs.length > 1);

	const placed = new BlobIndex();
	placed.grow(10_000);
	for (const [number, pack] of packs.entries()) {
		for (const [segmentNumber, segment] of pack.segments.entries()) {
			let offset = 0;
			for (const [position, length] of segment.lengths.entries()) {
				const {compression, sealedBytes} = segment;
				const location = {pack: number, segment: segmentNumber, compression, segmentOffset: segment.offset, sealedBytes, plaintextBytes: plaintextBytesOf(segment), offset, length};
				placed.add(segment.ids.subarray(position * 32, position * 32 + 32), location);
				offset += length;
			}
		}
	}

	t.is(placed.count, distinct.size);
	for (const cacheBytes of [0, 100_000, 16 * 1024 * 1024]) {
		const reader = new BlobReader({storage, runtime, blobs: placed, packs, hasher, keyOf: () => dataKey.key, cacheBytes});
		const read = await Promise.all(ids.map(async id => reader.read(id)));
		t.true(read.every((blob, index) => blob.equals(blobs[index]!)));
	}
});

test('segments that cannot be are refused', t => {
	const segment = {offset: 80, sealedBytes: sealedSize(3), compression: 'none', ids: Buffer.alloc(32), lengths: [3]} as const;
	const decode = (change: Record<string, JsonValue>): unknown => segmentFromJson(new Fields(JSON.parse(toCanonicalJson({...segmentToJson(segment) as Record<string, JsonValue>, ...change})) as JsonValue, 'x'), 'x');
	t.deepEqual(decode({}), segment);
	const bases = [toId<BlobId>('ab'.repeat(32), 32)];
	t.deepEqual(decode({bases, depth: 3, compression: 'zstd'}), {...segment, compression: 'zstd', delta: {bases, depth: 3}});
	const sketch = Buffer.alloc(16, 5);
	t.deepEqual(decode({sketch: sketch.toString('base64')}), {...segment, sketch});
	for (const change of [
		{offset: -1}, {offset: 2 ** 30 + 1}, {sealedBytes: 2 ** 30}, {compression: 'lzma'}, {ids: 'AAAA'}, {ids: ''}, {lengths: []}, {lengths: [3, 3]}, {lengths: [-3]}, {lengths: [2 ** 53 - 1]}, {lengths: [200 * 1024 * 1024]}, {extra: 1},
		{bases: ['x'], depth: 1, compression: 'zstd'}, {bases, compression: 'zstd'}, {bases, depth: 0, compression: 'zstd'}, {bases, depth: 65, compression: 'zstd'}, {bases, depth: 1}, {bases: [], depth: 1, compression: 'zstd'},
		{bases: Array.from({length: 17}, () => bases[0]!), depth: 1, compression: 'zstd'}, {bases, depth: 1, compression: 'zstd', ids: Buffer.alloc(64).toString('base64'), lengths: [1, 2]}, {depth: 1}, {sketch: 'AAAA'},
		{ids: Buffer.alloc(64).toString('base64'), lengths: [100 * 1024 * 1024, 100 * 1024 * 1024]},
	]) {
		refuses(t, () => decode(change), 'damaged');
	}
});

test('damage by a careless writer, below the encryption, is a clean error', async t => {
	const storage = createMemoryStorage();
	const [pack] = await writePacks(storage, dataKey, [Buffer.from('one'), Buffer.from('two')], runtime) as [PackDescription];
	const bytes = await storage.read(packName(pack.id));
	t.plan(500);
	for (const mutation of mutationsOf(bytes, 500, 'pack')) {
		await storage.write(packName(pack.id), mutation);
		try {
			await readPack(storage, pack, dataKey.key, runtime);
			await (await PackReader.open(storage, pack, () => dataKey.key, runtime)).readTable();
			t.pass();
		} catch (error) {
			t.true(error instanceof CofferError, String(error));
		}
	}
});

test('an unknown data key is the key source\'s error', async t => {
	const storage = createMemoryStorage();
	const [pack] = await writePacks(storage, dataKey, [Buffer.from('one')], runtime) as [PackDescription];
	await refusesAsync(t, async () => PackReader.open(storage, pack, (id: DataKeyId) => {
		throw new CofferError('key-role', id);
	}, runtime), 'key-role');
});
