import {createHash} from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import {assertChunkingParameters, CutPointFinder, defaultChunking, type ChunkingParameters} from '../../../source/engine/chunking/cut-points.ts';
import {createGearTable} from '../../../source/engine/chunking/gear-table.ts';
import {FileChunker} from '../../../source/engine/repository/file-chunker.ts';
import {createByteStream} from '../../helpers/test-runtime.ts';

const chunkerKey = Buffer.alloc(32, 5);
const small: ChunkingParameters = {minimumBytes: 256, averageBytes: 1024, maximumBytes: 4096};
const finder = new CutPointFinder(small, createGearTable(chunkerKey));

/** The lengths of the chunks of `data`, fed in slices as `nextSlice` says. */
async function lengthsOf(parameters: ChunkingParameters, data: Uint8Array, nextSlice: () => number = () => data.byteLength): Promise<number[]> {
	const lengths: number[] = [];
	let position = 0;
	const chunks: Buffer[] = [];
	const total = await new FileChunker(parameters, chunkerKey).cut((buffer, offset, length) => {
		const count = Math.min(length, data.byteLength - position, Math.max(nextSlice(), 1));
		buffer.set(data.subarray(position, position + count), offset);
		position += count;
		return count;
	}, chunk => {
		lengths.push(chunk.byteLength);
		chunks.push(Buffer.from(chunk));
	});
	if (total !== data.byteLength || !Buffer.concat(chunks).equals(data)) {
		throw new Error('The chunks are not the stream');
	}

	return lengths;
}

test('a stream fed whole, byte by byte and in random slices is cut at the same points', async t => {
	const data = createByteStream('slices')(40_000);
	const whole = await lengthsOf(small, data);
	t.true(whole.length > 10);
	t.deepEqual(await lengthsOf(small, data, () => 1), whole);
	await fc.assert(fc.asyncProperty(fc.infiniteStream(fc.integer({min: 1, max: 10_000})), async slices => {
		t.deepEqual(await lengthsOf(small, data, () => Number(slices.next().value)), whole);
	}), {numRuns: 50});
});

test('every stream is cut into chunks within the bounds, whatever it holds', async t => {
	await fc.assert(fc.asyncProperty(fc.nat(20_000), fc.constantFrom('random', 'zeros', 'period'), fc.string(), async (size, kind, seed) => {
		const data = kind === 'random' ? createByteStream(seed)(size) : Buffer.alloc(size, kind === 'zeros' ? '\0' : 'abcdefg');
		const lengths = await lengthsOf(small, data);
		for (const [index, length] of lengths.entries()) {
			t.true(length <= small.maximumBytes && (length >= small.minimumBytes || index === lengths.length - 1) && length > 0);
		}
	}));
});

test('the edges: nothing, one byte, the smallest and the largest chunk', async t => {
	t.deepEqual(await lengthsOf(small, Buffer.alloc(0)), []);
	t.deepEqual(await lengthsOf(small, Buffer.alloc(1)), [1]);
	t.deepEqual(await lengthsOf(small, Buffer.alloc(256)), [256]);
	const constant = await lengthsOf(small, Buffer.alloc(4096 * 2 + 1));
	t.is(constant.reduce((sum, length) => sum + length), 4096 * 2 + 1);
});

test('minimum, average and maximum may be the same: chunks of one size', async t => {
	const fixed = {minimumBytes: 1024, averageBytes: 1024, maximumBytes: 1024};
	t.deepEqual(await lengthsOf(fixed, createByteStream('fixed')(3000)), [1024, 1024, 952]);
});

test('the average comes out near what was asked for', async t => {
	const lengths = await lengthsOf(small, createByteStream('average')(2_000_000));
	const average = 2_000_000 / lengths.length;
	t.true(average > 900 && average < 1500, String(average));
});

test('after an insertion the cuts find each other again', async t => {
	const data = createByteStream('insertion')(200_000);
	const ends = (lengths: readonly number[], shift = 0): Set<number> => {
		let end = shift;
		return new Set(lengths.map(length => {
			end += length;
			return end;
		}));
	};

	const before = ends(await lengthsOf(small, data));
	for (const [at, inserted] of [[0, 1], [50_000, 1], [50_000, 777], [199_999, 1]] as const) {
		const changed = Buffer.concat([data.subarray(0, at), Buffer.alloc(inserted, 9), data.subarray(at)]);
		const after = ends(await lengthsOf(small, changed), -inserted);
		const lost = [...before].filter(end => end > at && !after.has(end));
		t.true(lost.length <= 12, `${lost.length} cuts lost after ${inserted} bytes at ${at}`);
	}
});

test('another key cuts elsewhere', t => {
	const data = createByteStream('keys')(4096);
	const other = new CutPointFinder(small, createGearTable(Buffer.alloc(32, 6)));
	t.not(finder.next(data, 0, data.byteLength), other.next(data, 0, data.byteLength));
});

/** What repositories made before chunks became larger use. */
const half: ChunkingParameters = {minimumBytes: 128 * 1024, averageBytes: 512 * 1024, maximumBytes: 2 * 1024 * 1024};

test('stability: the cuts of fixed input never change', async t => {
	const hash = createHash('sha256');
	for (const [parameters, size] of [[small, 3_000_000], [half, 24_000_000], [{minimumBytes: 64, averageBytes: 256, maximumBytes: 65_536}, 500_000]] as const) {
		hash.update(JSON.stringify(await lengthsOf(parameters, createByteStream('stability')(size))));
	}

	t.is(hash.digest('hex'), 'e4f3788e124da4cbaf1c87fca654139e6af4d91b68b3953ccf18663201781c80');
	const lengths = await lengthsOf(defaultChunking, createByteStream('stability')(24_000_000));
	t.is(createHash('sha256').update(JSON.stringify(lengths)).digest('hex'), 'ee4a48c7a25a51f9f57fbb72db955abb0da10d494728d8b128424129f60a8823');
});

test('the sketch does not change the cuts: each is where the bits of the hash say so', t => {
	const gear = createGearTable(chunkerKey);
	for (const parameters of [small, {minimumBytes: 64, averageBytes: 256, maximumBytes: 2048}, {minimumBytes: 1024, averageBytes: 65_536, maximumBytes: 200_000}]) {
		const data = createByteStream('sketch')(400_000);
		const cutter = new CutPointFinder(parameters, gear);
		const bits = Math.log2(parameters.averageBytes);
		let cuts = 0;
		for (let start = 0; start < data.byteLength;) {
			// As format.md tells it, without samples.
			let end = Math.min(start + parameters.minimumBytes, data.byteLength);
			let hash = 0;
			for (let at = end - 32; at < end; at++) {
				hash = ((hash << 1) + gear[data[at]!]!) | 0;
			}

			for (const limit = Math.min(start + parameters.maximumBytes, data.byteLength); end < limit;) {
				const isBeforeAverage = end < start + parameters.averageBytes;
				hash = ((hash << 1) + gear[data[end++]!]!) | 0;
				if (hash >>> (32 - bits - (isBeforeAverage ? 2 : -2)) === 0) {
					break;
				}
			}

			t.is(cutter.next(data, start, data.byteLength), end - start);
			const sketch = cutter.buildSketch();
			t.is(cutter.next(data, start, data.byteLength), end - start);
			t.deepEqual(cutter.buildSketch(), sketch, 'the same chunk has the same sketch');
			start = end;
			cuts++;
		}

		t.true(cuts > 2);
	}
});

test('stability: the Gear table of a key never changes', t => {
	const table = createGearTable(chunkerKey);
	t.is(table.length, 256);
	t.is(createHash('sha256').update(new Uint8Array(table.buffer, table.byteOffset, table.byteLength)).digest('hex'), '9a4e5f1fbfa6a6db1d59c64d828640102da2b12545022b3c6b3403fdc7fbc33c');
});

test('parameters that cannot work are refused', t => {
	assertChunkingParameters(defaultChunking);
	const wrong: ReadonlyArray<Partial<ChunkingParameters>> = [
		{averageBytes: 1000}, {averageBytes: 128, minimumBytes: 64}, {averageBytes: 2 ** 27, maximumBytes: 2 ** 27}, {averageBytes: 0}, {averageBytes: Number.NaN}, {averageBytes: 1024.5},
		{minimumBytes: 63}, {minimumBytes: 1025}, {minimumBytes: Number.NaN}, {maximumBytes: 1023}, {maximumBytes: 2 ** 27 + 1}, {maximumBytes: Infinity},
	];
	for (const change of wrong) {
		t.throws(() => {
			assertChunkingParameters({...small, ...change});
		}, {instanceOf: RangeError}, JSON.stringify(change));
	}
});

test('what a reader or a taker of chunks throws comes through, and the chunker can be used again', async t => {
	const chunker = new FileChunker(small, chunkerKey);
	await t.throwsAsync(chunker.cut(() => {
		throw new Error('read');
	}, () => undefined), {message: 'read'});
	await t.throwsAsync(chunker.cut((_buffer, _offset, length) => length, () => {
		throw new Error('take');
	}), {message: 'take'});
	let isDone = false;
	t.is(await chunker.cut(() => {
		const count = isDone ? 0 : 10;
		isDone = true;
		return count;
	}, chunk => {
		t.is(chunk.byteLength, 10);
	}), 10);
});
