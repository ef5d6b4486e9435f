import {once} from 'node:events';
import {Worker} from 'node:worker_threads';
import test from 'ava';
import fc from 'fast-check';
import {BlobIndex, type BlobLocation} from '../../../source/engine/repository/blob-index.ts';
import {createByteStream} from '../../helpers/test-runtime.ts';
import type {BlobIndexTask} from '../../helpers/blob-index-worker.ts';

const idsOf = (count: number, seed: string): Buffer[] => {
	const stream = createByteStream(seed);
	return Array.from({length: count}, () => stream(32));
};

const anyLocation = fc.record<BlobLocation>({
	pack: fc.nat(0xFF_FF_FF_FE),
	segment: fc.nat(2 ** 31 - 1),
	compression: fc.constantFrom('none', 'zstd'),
	segmentOffset: fc.nat(2 ** 30),
	sealedBytes: fc.nat(2 ** 30),
	plaintextBytes: fc.nat(2 ** 30),
	offset: fc.nat(2 ** 30),
	length: fc.nat(2 ** 30),
});

test('places come back', t => {
	fc.assert(fc.property(fc.array(anyLocation, {maxLength: 50}), locations => {
		const index = new BlobIndex();
		index.grow();
		const ids = idsOf(locations.length, 'places');
		for (const [number, location] of locations.entries()) {
			t.true(index.add(ids[number]!, location));
		}

		for (const [number, location] of locations.entries()) {
			t.deepEqual(index.locate(ids[number]!), location);
		}
	}), {numRuns: 30});
});

test('the first place of a blob counts, and one without a place is known all the same', t => {
	const index = new BlobIndex();
	index.grow();
	const [one, other, third] = idsOf(3, 'first') as [Buffer, Buffer, Buffer];
	const location = fc.sample(anyLocation, 1)[0]!;
	t.true(index.add(one, location));
	t.false(index.add(one));
	t.deepEqual(index.locate(one), location);
	t.true(index.add(other));
	t.true(index.has(other));
	t.is(index.locate(other), undefined);
	t.false(index.has(third));
	t.is(index.count, 2);
});

test('thousands of blobs through several tables', t => {
	const index = new BlobIndex();
	const ids = idsOf(100_000, 'thousands');
	let tables = 0;
	let added = 0;
	for (const id of ids) {
		tables += Number(index.grow());
		added += Number(index.add(id));
	}

	t.true(tables > 2);
	t.is(added, ids.length);
	t.is(index.count, ids.length);
	t.true(ids.every(id => index.has(id) && !index.add(id)));
	t.false(idsOf(1000, 'others').some(id => index.has(id)));
});

test('ids that share their first bytes are told apart', t => {
	const index = new BlobIndex();
	index.grow();
	const ids = idsOf(3000, 'prefix').map(id => Buffer.concat([Buffer.alloc(28, 0xFF), id.subarray(0, 4)]));
	t.true(ids.every(id => index.add(id)));
	t.true(ids.every(id => index.has(id)));
	t.is(index.count, 3000);
});

test('growing for an expected number makes room for it', t => {
	const index = new BlobIndex();
	t.true(index.grow(50_000));
	t.false(index.grow(50_000));
	t.true(idsOf(50_000, 'expected').every(id => index.add(id)));
	t.true(index.grow(1));
});

test('an index without tables, or full ones, remembers nothing and says that everything is new', t => {
	const empty = new BlobIndex();
	const [id] = idsOf(1, 'empty') as [Buffer];
	t.true(empty.add(id));
	t.true(empty.add(id));
	t.false(empty.has(id));
	const full = new BlobIndex();
	full.grow();
	const ids = idsOf(20_000, 'full');
	t.true(ids.every(one => full.add(one)));
	t.is(full.count, 16_384);
	t.is(ids.filter(one => full.has(one)).length, 16_384);
	t.true(full.add(ids.at(-1)!));
});

test('both sides of the memory see what the other adds, also in tables that come later', t => {
	const main = new BlobIndex();
	main.grow();
	const other = new BlobIndex(main.memory);
	const ids = idsOf(3, 'sides') as [Buffer, Buffer, Buffer];
	main.add(ids[0]);
	other.add(ids[1]);
	t.true(other.has(ids[0]));
	t.true(main.has(ids[1]));
	main.grow(100_000);
	main.add(ids[2]);
	t.false(other.has(ids[2]));
	other.adopt(main.memory);
	t.true(other.has(ids[2]));
	t.false(other.add(ids[2]));
});

async function addInThreads(index: BlobIndex, shares: readonly Buffer[][]): Promise<number[][]> {
	const gate = new SharedArrayBuffer(4);
	return Promise.all(shares.map(async ids => {
		const workerData: BlobIndexTask = {memory: index.memory, ids: Buffer.concat(ids), gate, threads: shares.length};
		const worker = new Worker(new URL('../../helpers/blob-index-worker.ts', import.meta.url), {workerData});
		const [added] = await once(worker, 'message') as [number[]];
		return added;
	}));
}

test('threads that add the same blobs at once: each is new for exactly one of them', async t => {
	const index = new BlobIndex();
	index.grow(200_000);
	const ids = idsOf(50_000, 'race');
	const added = await addInThreads(index, [ids, ids, ids.toReversed(), ids]);
	const counts = new Uint8Array(ids.length);
	for (const [thread, numbers] of added.entries()) {
		for (const number of numbers) {
			counts[thread === 2 ? ids.length - 1 - number : number]!++;
		}
	}

	t.true(counts.every(count => count === 1));
	t.true(ids.every(id => index.has(id)));
});

test('threads that fill a table up lose nothing that it holds', async t => {
	const index = new BlobIndex();
	index.grow();
	const shares = ['a', 'b', 'c'].map(seed => idsOf(4000, seed));
	const added = await addInThreads(index, shares);
	t.deepEqual(added.map(numbers => numbers.length), [4000, 4000, 4000]);
	t.is(index.count, 12_000);
	t.true(shares.flat().every(id => index.has(id) && !index.add(id)));
});
