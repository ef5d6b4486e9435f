import {Buffer} from 'node:buffer';
import type {BlobId, DataKeyId, PackId} from '../ids.ts';
import {CofferError} from '../errors.ts';
import type {JsonValue} from './canonical-json.ts';
import type {Compression} from './compression.ts';
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
	/** The blobs that, one after the other, are the dictionary of this segment's zstd frame: it is a delta. */
	readonly bases?: readonly BlobId[];
};

export type PackDescription = {
	readonly id: PackId;
	readonly sizeBytes: number;
	readonly dataKeyId: DataKeyId;
	readonly kind: BlobKind;
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
		bases: segment.bases,
		compression: segment.compression,
		ids: Buffer.from(segment.ids.buffer, segment.ids.byteOffset, segment.ids.byteLength).toString('base64'),
		lengths: segment.lengths,
		offset: segment.offset,
		sealedBytes: segment.sealedBytes,
	};
}

/** @throws `damaged` */
export function segmentFromJson(fields: Fields, what: string): SegmentEntry {
	const bases = fields.has('bases') ? fields.ids<BlobId>('bases', 32) : undefined;
	const segment = {
		offset: fields.integer('offset', maximumPackBytes),
		sealedBytes: fields.integer('sealedBytes', maximumSealedBytes),
		compression: fields.choice<Compression>('compression', ['none', 'zstd']),
		ids: fields.bytes('ids'),
		lengths: fields.integers('lengths', maximumSegmentBytes),
		...(bases && {bases}),
	};
	fields.end();
	let plaintextBytes = 0;
	for (const length of segment.lengths) {
		plaintextBytes += length;
	}

	if (segment.ids.byteLength !== segment.lengths.length * 32 || plaintextBytes > maximumSegmentBytes) {
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
