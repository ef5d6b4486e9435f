import test from 'ava';
import fc from 'fast-check';
import {sketchBytes} from '../../../source/engine/chunking/sketch.ts';
import type {BlobId} from '../../../source/engine/ids.ts';
import {toCanonicalJson, type JsonValue} from '../../../source/engine/repository/canonical-json.ts';
import {maximumBases, maximumDepth} from '../../../source/engine/repository/delta-table.ts';
import {Fields} from '../../../source/engine/repository/fields.ts';
import {decodeIndex} from '../../../source/engine/repository/index-object.ts';
import {segmentFromJson, segmentToJson, type SegmentEntry} from '../../../source/engine/repository/segment-table.ts';

const baseIds = (count: number): BlobId[] => Array.from({length: count}, (_, index) => index.toString(16).padStart(64, '0') as BlobId);
const whole: SegmentEntry = {offset: 80, sealedBytes: 64, compression: 'zstd', ids: Buffer.alloc(32, 1), lengths: [100_000]};
const decode = (value: unknown): SegmentEntry => segmentFromJson(new Fields(value as JsonValue, 'index/x'), 'index/x');
const encode = (segment: SegmentEntry) => JSON.parse(toCanonicalJson(segmentToJson(segment))) as Record<string, unknown>;

test('segments come back, whole or as deltas, with a sketch or without', t => {
	const anySketch = fc.option(fc.uint8Array({minLength: sketchBytes, maxLength: sketchBytes}).map(bytes => Buffer.from(bytes)), {nil: undefined});
	const anyDelta = fc.option(fc.record({bases: fc.integer({min: 1, max: maximumBases}).map(count => baseIds(count)), depth: fc.integer({min: 1, max: maximumDepth})}), {nil: undefined});
	fc.assert(fc.property(anySketch, anyDelta, (sketch, delta) => {
		const segment = {...whole, ...(sketch && {sketch}), ...(delta && {delta})};
		t.deepEqual(decode(encode(segment)), segment);
	}));
});

test('index objects from before there were deltas open: without times of packs, and without sketches', t => {
	const key = '0d'.repeat(16);
	const segment = {compression: 'zstd', ids: Buffer.alloc(32, 1).toString('base64'), lengths: [3], offset: 80, sealedBytes: 64};
	const pack = {dataKey: key, id: '0e'.repeat(32), kind: 'data', segments: [segment], sizeBytes: 1000};
	const {packs} = decodeIndex({dataKeys: [{id: key, sealed: 'c2VhbGVk'}], packs: [pack]}, 'index/x');
	t.is(packs[0]!.createdMs, 0);
	t.deepEqual(packs[0]!.segments, [{...whole, lengths: [3]}]);
});
