import type {DataKeyId, PackId} from '../../ids.ts';
import type {Compression, Delta, PackDescription, SegmentEntry} from '../../repository/repository.ts';

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
	/** By the number of their segment. */
	readonly deltas: ReadonlyMap<number, Delta>;
};

const fieldsPerSegment = 4;

export function toPackContents({id, sizeBytes, dataKeyId, segments}: PackDescription): PackContents {
	const blobCount = segments.reduce((sum, segment) => sum + segment.lengths.length, 0);
	const deltas = new Map<number, Delta>();
	const contents = {id, sizeBytes, dataKeyId, deltas, segments: new Uint32Array(segments.length * fieldsPerSegment), lengths: new Uint32Array(blobCount), ids: new Uint8Array(blobCount * 32)};
	let blob = 0;
	for (const [number, {offset, sealedBytes, compression, ids, lengths, delta}] of segments.entries()) {
		contents.segments.set([offset, sealedBytes, Number(compression === 'zstd'), lengths.length], number * fieldsPerSegment);
		contents.lengths.set(lengths, blob);
		contents.ids.set(ids, blob * 32);
		blob += lengths.length;
		if (delta) {
			deltas.set(number, delta);
		}
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
		const delta = contents.deltas.get(at / fieldsPerSegment);
		const ids = contents.ids.subarray(blob * 32, (blob + blobCount) * 32);
		entries.push({offset, sealedBytes, compression, ids, lengths: [...contents.lengths.subarray(blob, blob + blobCount)], ...(delta && {delta})});
		blob += blobCount;
	}

	return entries;
}

function isSameDelta(one: Delta | undefined, other: Delta | undefined): boolean {
	return one?.depth === other?.depth && (one?.bases.length === other?.bases.length && (one?.bases ?? []).every((base, index) => base === other!.bases[index]));
}

/** Whether the pack's own table says the same as the index; sketches do not count. */
export function isSameTable(own: readonly SegmentEntry[], indexed: readonly SegmentEntry[]): boolean {
	return own.length === indexed.length && own.every((segment, number) => {
		const other = indexed[number]!;
		return segment.offset === other.offset && segment.sealedBytes === other.sealedBytes && segment.compression === other.compression && isSameDelta(segment.delta, other.delta)
			&& segment.lengths.length === other.lengths.length && segment.lengths.every((length, position) => length === other.lengths[position])
			&& Buffer.compare(segment.ids, other.ids) === 0;
	});
}
