import type {DataKeyId, PackId} from '../../ids.ts';
import type {Compression, PackDescription, SegmentEntry} from '../../repository/repository.ts';

/** What an index object says of a pack, in few and small pieces of memory: it is kept for every pack, and sent to worker threads. */
export type PackContents = {
	readonly id: PackId;
	readonly sizeBytes: number;
	readonly dataKeyId: DataKeyId;
	/** Four numbers a segment: offset, sealed bytes, 1 when compressed, count of blobs. */
	readonly segments: Uint32Array;
	/** Of each blob. */
	readonly lengths: Uint32Array;
	/** 32 bytes a blob. */
	readonly ids: Uint8Array;
};

const fieldsPerSegment = 4;

export function toPackContents({id, sizeBytes, dataKeyId, segments}: PackDescription): PackContents {
	const blobCount = segments.reduce((sum, segment) => sum + segment.lengths.length, 0);
	const contents = {id, sizeBytes, dataKeyId, segments: new Uint32Array(segments.length * fieldsPerSegment), lengths: new Uint32Array(blobCount), ids: new Uint8Array(blobCount * 32)};
	let blob = 0;
	for (const [number, {offset, sealedBytes, compression, ids, lengths}] of segments.entries()) {
		contents.segments.set([offset, sealedBytes, Number(compression === 'zstd'), lengths.length], number * fieldsPerSegment);
		contents.lengths.set(lengths, blob);
		contents.ids.set(ids, blob * 32);
		blob += lengths.length;
	}

	return contents;
}

/** The segments again; their ids share memory with `contents`. */
export function toSegments(contents: PackContents): SegmentEntry[] {
	const entries: SegmentEntry[] = [];
	let blob = 0;
	for (let at = 0; at < contents.segments.length; at += fieldsPerSegment) {
		const [offset, sealedBytes, isCompressed, blobCount] = contents.segments.subarray(at, at + fieldsPerSegment) as unknown as [number, number, number, number];
		const compression: Compression = isCompressed === 1 ? 'zstd' : 'none';
		entries.push({offset, sealedBytes, compression, ids: contents.ids.subarray(blob * 32, (blob + blobCount) * 32), lengths: [...contents.lengths.subarray(blob, blob + blobCount)]});
		blob += blobCount;
	}

	return entries;
}

/** Whether the pack's own table says the same as the index. */
export function isSameTable(own: readonly SegmentEntry[], indexed: readonly SegmentEntry[]): boolean {
	return own.length === indexed.length && own.every((segment, number) => {
		const other = indexed[number]!;
		return segment.offset === other.offset && segment.sealedBytes === other.sealedBytes && segment.compression === other.compression && segment.bases === undefined
			&& segment.lengths.length === other.lengths.length && segment.lengths.every((length, position) => length === other.lengths[position])
			&& Buffer.compare(segment.ids, other.ids) === 0;
	});
}
