import {Buffer} from 'node:buffer';
import type {BlobId, DataKeyId, PackId} from '../ids.ts';
import {sketchBytes} from '../chunking/sketch.ts';
import {CofferError} from '../errors.ts';
import type {JsonValue} from './canonical-json.ts';
import type {Compression} from './compression.ts';
import {maximumBases, maximumDepth, type Delta} from './delta-table.ts';
import type {Fields} from './fields.ts';

/** What a pack holds: chunks of files, or trees. Apart, so that all trees are read with few requests. */
export type BlobKind = 'data' | 'tree';

export type SegmentEntry = {
	/** Where the sealed segment begins in the pack. */
	readonly offset: number;
	readonly sealedBytes: number;
	readonly compression: Compression;
	/** The ids of its blobs, 32 bytes each, in the order in which their plaintexts follow one another. */
	readonly ids: Uint8Array;
	/** The length of each blob's plaintext. */
	readonly lengths: readonly number[];
	/** It is a delta: one blob, compressed with others as its dictionary. */
	readonly delta?: Delta;
	/** Of a segment with one chunk: what finds it when another one resembles it. A hint; nothing else depends on it. */
	readonly sketch?: Uint8Array;
};

/** A segment before it has its place in a pack. */
export type NewSegment = Omit<SegmentEntry, 'offset' | 'sealedBytes'>;

export type PackDescription = {
	readonly id: PackId;
	readonly sizeBytes: number;
	readonly dataKeyId: DataKeyId;
	readonly kind: BlobKind;
	/** When it was written, in milliseconds since 1970; 0 where that is not known. */
	readonly createdMs: number;
	readonly segments: readonly SegmentEntry[];
};

/** The plaintext of one segment is never longer. */
export const maximumSegmentBytes = 130 * 1024 * 1024;
/** A sealed segment is never longer: what does not get smaller is not compressed. */
const maximumSealedBytes = maximumSegmentBytes + 1024;
/** No pack is larger. */
export const maximumPackBytes = 1024 * 1024 * 1024;

export function segmentToJson(segment: SegmentEntry): JsonValue {
	return {
		bases: segment.delta?.bases,
		compression: segment.compression,
		depth: segment.delta?.depth,
		ids: Buffer.from(segment.ids.buffer, segment.ids.byteOffset, segment.ids.byteLength).toString('base64'),
		lengths: segment.lengths,
		offset: segment.offset,
		sealedBytes: segment.sealedBytes,
		sketch: segment.sketch && Buffer.from(segment.sketch).toString('base64'),
	};
}

function deltaFromJson(fields: Fields): Delta | undefined {
	return fields.has('bases') ? {bases: fields.ids<BlobId>('bases', 32), depth: fields.integer('depth', maximumDepth)} : undefined;
}

/** Whether a delta is one that a writer makes. */
function isPossible({delta, compression, lengths}: SegmentEntry): boolean {
	return delta === undefined || (delta.depth > 0 && delta.bases.length > 0 && delta.bases.length <= maximumBases && compression === 'zstd' && lengths.length === 1);
}

/** @throws `damaged` */
export function segmentFromJson(fields: Fields, what: string): SegmentEntry {
	const delta = deltaFromJson(fields);
	const sketch = fields.has('sketch') ? fields.bytes('sketch', sketchBytes) : undefined;
	const segment: SegmentEntry = {
		offset: fields.integer('offset', maximumPackBytes),
		sealedBytes: fields.integer('sealedBytes', maximumSealedBytes),
		compression: fields.choice<Compression>('compression', ['none', 'zstd']),
		ids: fields.bytes('ids'),
		lengths: fields.integers('lengths', maximumSegmentBytes),
		...(delta && {delta}),
		...(sketch && {sketch}),
	};
	fields.end();
	let plaintextBytes = 0;
	for (const length of segment.lengths) {
		plaintextBytes += length;
	}

	if (segment.ids.byteLength !== segment.lengths.length * 32 || plaintextBytes > maximumSegmentBytes || !isPossible(segment)) {
		throw new CofferError('damaged', `${what} describes a segment that cannot be: it was damaged.`);
	}

	return segment;
}

/** The plaintext size of a segment. */
export function plaintextBytesOf(segment: Pick<SegmentEntry, 'lengths'>): number {
	let sum = 0;
	for (const length of segment.lengths) {
		sum += length;
	}

	return sum;
}
