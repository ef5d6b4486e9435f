import test from 'ava';
import fc from 'fast-check';
import {featuresOf, sketchBytes} from '../../../source/engine/chunking/sketch.ts';
import {SimilarityIndex} from '../../../source/engine/repository/similarity-index.ts';
import {lookUpInThread} from '../../helpers/look-up.ts';
import {createByteStream} from '../../helpers/test-runtime.ts';

/** A sketch with these features; the lowest two bits of each do not count. */
const sketchOf = (...features: readonly [number, number, number, number]): Buffer => {
	const sketch = Buffer.alloc(sketchBytes);
	for (const [index, feature] of features.entries()) {
		sketch.writeUInt32LE(feature * 4, index * 4);
	}

	return sketch;
};

test('the chunk that shares the most features is found; where several share as many, that of the highest number', t => {
	const index = new SimilarityIndex();
	t.is(index.find(sketchOf(1, 2, 3, 4)), undefined);
	index.add(sketchOf(1, 2, 3, 4), 10);
	index.add(sketchOf(1, 22, 33, 44), 11);
	t.is(index.find(sketchOf(1, 2, 3, 4)), 10);
	t.is(index.find(sketchOf(1, 2, 99, 99)), 11);
	t.is(index.find(sketchOf(1, 99, 99, 99)), 11);
	t.is(index.find(sketchOf(99, 2, 99, 99)), 10);
	t.is(index.find(sketchOf(99, 98, 97, 96)), undefined);
	t.is(index.find(sketchOf(2, 1, 4, 3)), undefined, 'a feature counts only in its place');
});

test('of chunks with the same sketch the one that was added last is found', t => {
	const index = new SimilarityIndex();
	for (const entry of [7, 3, 0]) {
		index.add(sketchOf(5, 6, 7, 8), entry);
		t.is(index.find(sketchOf(5, 6, 7, 8)), entry);
	}
});

test('the lowest and the highest numbers and features are told apart from none', t => {
	const index = new SimilarityIndex();
	index.add(sketchOf(0, 0, 0, 0), 0);
	index.add(sketchOf(2 ** 30 - 1, 2 ** 30 - 1, 2 ** 30 - 1, 2 ** 30 - 1), 2 ** 32 - 2);
	t.is(index.find(sketchOf(0, 0, 0, 0)), 0);
	t.is(index.find(sketchOf(2 ** 30 - 1, 2 ** 30 - 1, 2 ** 30 - 1, 2 ** 30 - 1)), 2 ** 32 - 2);
});

test('it grows, and another thread finds the same', async t => {
	const stream = createByteStream('growth');
	const index = new SimilarityIndex();
	const before = index.memory.byteLength;
	const sketches = Array.from({length: 20_000}, () => stream(sketchBytes));
	for (const [entry, sketch] of sketches.entries()) {
		index.add(sketch, entry);
	}

	t.true(index.memory.byteLength >= before * 64);
	const found = sketches.map(sketch => index.find(sketch));
	t.deepEqual(found, sketches.map((_, entry) => entry));
	t.deepEqual(await lookUpInThread({kind: 'sketches', memory: index.memory, sketches}), found);
	t.log(`${sketches.length} sketches in ${index.memory.byteLength / sketches.length} bytes each`);
});

test('it finds what a plain search over all features finds', t => {
	const anySketch = fc.tuple(fc.nat(5), fc.nat(5), fc.nat(5), fc.nat(5)).map(features => sketchOf(...features));
	fc.assert(fc.property(fc.array(anySketch, {maxLength: 40}), anySketch, (sketches, wanted) => {
		const index = new SimilarityIndex();
		const owners = new Map<number, number>();
		for (const [entry, sketch] of sketches.entries()) {
			index.add(sketch, entry);
			for (const feature of featuresOf(sketch)) {
				owners.set(feature, entry);
			}
		}

		const votes = featuresOf(wanted).flatMap(feature => owners.get(feature) ?? []);
		const countOf = (entry: number) => votes.filter(vote => vote === entry).length;
		t.is(index.find(wanted), votes.toSorted((a, b) => b - a).toSorted((a, b) => countOf(b) - countOf(a))[0]);
	}));
});
