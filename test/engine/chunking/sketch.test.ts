import test from 'ava';
import fc from 'fast-check';
import {CutPointFinder, type ChunkingParameters} from '../../../source/engine/chunking/cut-points.ts';
import {createGearTable} from '../../../source/engine/chunking/gear-table.ts';
import {featuresOf, featuresPerSketch, sketchBytes, SketchBuilder} from '../../../source/engine/chunking/sketch.ts';
import {Random} from '../../benchmark/random.ts';
import {createByteStream} from '../../helpers/test-runtime.ts';

/** The whole of the data becomes one chunk, all but the first 64 bytes of which is sampled. */
const parameters: ChunkingParameters = {minimumBytes: 64, averageBytes: 2 ** 26, maximumBytes: 2 ** 27};
const finder = new CutPointFinder(parameters, createGearTable(Buffer.alloc(32, 5)));
const data = createByteStream('sketches')(400_000);

function sketchOf(bytes: Uint8Array): Buffer | undefined {
	finder.next(bytes, 0, bytes.byteLength);
	return finder.buildSketch();
}

function sharedFeatures(one: Uint8Array, other: Uint8Array): number {
	const features = new Set(featuresOf(sketchOf(one)!));
	return featuresOf(sketchOf(other)!).filter(feature => features.has(feature)).length;
}

test('stability: the sketch of fixed samples never changes', t => {
	const builder = new SketchBuilder();
	builder.reset();
	const samples = createByteStream('samples')(4000);
	for (let at = 0; at < samples.length; at += 8) {
		builder.add(samples.readInt32LE(at), samples.readInt32LE(at + 4));
	}

	t.is(builder.build()?.toString('hex'), '132fd12aaa5a6408585e4a478285f940');
	t.is(sketchOf(data)?.toString('hex'), 'd7a9736b774b2eac3c40b9200be51e40');
	t.deepEqual(featuresOf(Buffer.from('ffffffff00000000040000807f000000', 'hex')), [0xFF_FF_FF_FC, 1, 0x80_00_00_06, 0x7F]);
});

test('features are what format.md says, counted with whole numbers', t => {
	const word = 2n ** 32n;
	const multipliers = [0x9E_37_79_B1n, 0x85_EB_CA_77n, 0xC2_B2_AE_3Dn, 0x27_D4_EB_2Fn] as const;
	const anyWord = fc.bigInt(0n, word - 1n);
	fc.assert(fc.property(fc.array(fc.tuple(anyWord, anyWord), {minLength: 8, maxLength: 100}), samples => {
		const builder = new SketchBuilder();
		builder.reset();
		for (const [hash, bytes] of samples) {
			builder.add(Number(BigInt.asIntN(32, hash)), Number(BigInt.asIntN(32, bytes)));
		}

		const expected = multipliers.map(multiplier => {
			const rankOf = ([hash, bytes]: readonly [bigint, bigint]) => BigInt.asIntN(32, ((hash * multipliers[1]) + (bytes * multipliers[2])) * multiplier);
			const [hash, bytes] = samples.toSorted((a, b) => rankOf(a) < rankOf(b) ? 1 : (rankOf(a) > rankOf(b) ? -1 : 0))[0]!;
			return Number((((bytes ^ (hash * 256n % word)) * multipliers[0]) % word) ^ hash);
		});
		const sketch = builder.build()!;
		t.deepEqual(expected.map((_, index) => sketch.readUInt32LE(index * 4)), expected);
	}));
});

test('the order of the samples, and how often each comes, does not matter', t => {
	const anyNumber = fc.integer({min: -(2 ** 31), max: 2 ** 31 - 1});
	fc.assert(fc.property(fc.array(fc.tuple(anyNumber, anyNumber), {minLength: 8, maxLength: 200}), samples => {
		const build = (pairs: typeof samples) => {
			const builder = new SketchBuilder();
			builder.reset();
			for (const pair of pairs) {
				builder.add(...pair);
			}

			return builder.build();
		};

		t.deepEqual(build(samples), build([...samples, ...samples].toReversed()));
	}));
});

test('features are numbers of 32 bits, and no two of them are ever equal', t => {
	fc.assert(fc.property(fc.uint8Array({minLength: sketchBytes, maxLength: sketchBytes}), sketch => {
		const features = featuresOf(sketch);
		t.is(new Set(features).size, featuresPerSketch);
		t.true(features.every(feature => Number.isSafeInteger(feature) && feature >= 0 && feature < 2 ** 32));
	}));
});

test('data that is mostly the same shares features, wherever it stands', t => {
	const noise = createByteStream('changes');
	const versions = {
		'a byte changed in each 20,000': Buffer.from(data.map((byte, index) => index % 20_000 === 7 ? byte ^ 1 : byte)),
		'1,000 bytes inserted in front': Buffer.concat([noise(1000), data]),
		'a tenth removed in front': data.subarray(40_000),
		'a tenth removed at the end': data.subarray(0, 360_000),
		'a tenth inserted in the middle': Buffer.concat([data.subarray(0, 200_000), noise(40_000), data.subarray(200_000)]),
		'the halves exchanged': Buffer.concat([data.subarray(200_000), data.subarray(0, 200_000)]),
	};
	for (const [about, version] of Object.entries(versions)) {
		t.true(sharedFeatures(data, version) >= 2, `${about}: ${sharedFeatures(data, version)}`);
	}
});

/** As an average chunk of new repositories has them: hashes whose highest bits are zero, made of text. */
function createSamples(random: Random): Buffer {
	const builder = new SketchBuilder();
	builder.reset();
	const letter = () => 97 + random.below(26);
	for (let sample = 0; sample < 400; sample++) {
		builder.add(random.next() >>> 11, letter() | (letter() << 8) | (letter() << 16) | (letter() << 24));
	}

	return builder.build()!;
}

test('data that is unlike shares none, also among very many chunks', t => {
	const noise = createByteStream('others');
	const seen = new Set(featuresOf(sketchOf(data)!));
	for (let round = 0; round < 30; round++) {
		for (const feature of featuresOf(sketchOf(noise(150_000))!)) {
			t.false(seen.has(feature));
			seen.add(feature);
		}
	}

	const random = new Random(1);
	const count = 10_000;
	const features = new Set(Array.from({length: count}, () => featuresOf(createSamples(random))).flat());
	const accidents = count * featuresPerSketch - features.size;
	t.true(accidents <= 5, `${accidents} of ${count * featuresPerSketch} features were there before`);
	t.log(`${count} sketches of unlike chunks: ${accidents} of ${count * featuresPerSketch} features are equal by accident`);
});

test('of too few samples there is no sketch, and one stream leaves nothing to the next', t => {
	const builder = new SketchBuilder();
	builder.reset();
	for (let sample = 1; sample <= 7; sample++) {
		builder.add(sample, 0);
		t.is(builder.build(), undefined);
	}

	builder.add(8, 0);
	t.is(builder.build()?.byteLength, sketchBytes);
	builder.reset();
	t.is(builder.build(), undefined);
	t.is(sketchOf(Buffer.alloc(0)), undefined);
	t.is(sketchOf(data.subarray(0, 64)), undefined);
	const first = sketchOf(data);
	sketchOf(data.subarray(1000));
	t.deepEqual(sketchOf(data), first);
});
