import {Buffer} from 'node:buffer';
import type {BlobId} from '../ids.ts';
import type {BlobLocation} from './blob-index.ts';
import {isSound, type Delta} from './delta-table.ts';
import {plaintextBytesOf, type PackDescription, type SegmentEntry} from './segment-table.ts';

/** A pack with its number in the list of packs that locations refer to. */
export type NumberedPack = PackDescription & {readonly number: number};

type PlacedSegment = {
	/** Number of the pack. */
	readonly pack: number;
	/** Number of the segment in it. */
	readonly number: number;
	readonly segment: SegmentEntry;
};

export type PlaceBlobsOptions = {
	/** Where a blob lies as far as is known. */
	readonly locate: (id: Uint8Array) => BlobLocation | undefined;
	/** Called for every place, the ones to be preferred first. */
	readonly add: (id: Uint8Array, location: BlobLocation) => void;
	/** Leave out deltas whose bases are not there, or only too deep: whoever writes stores what they hold again. @default false */
	readonly areUnreadableIgnored?: boolean;
};

/** Blobs in a pack, each as often as it is there. */
export function countBlobs(pack: PackDescription): number {
	let count = 0;
	for (const segment of pack.segments) {
		count += segment.lengths.length;
	}

	return count;
}

function addSegment(add: PlaceBlobsOptions['add'], {pack, number, segment}: PlacedSegment): void {
	const {sealedBytes, compression, delta} = segment;
	const plaintextBytes = plaintextBytesOf(segment);
	let offset = 0;
	for (const [position, length] of segment.lengths.entries()) {
		const id = segment.ids.subarray(position * 32, (position + 1) * 32);
		add(id, {pack, segment: number, compression, segmentOffset: segment.offset, sealedBytes, plaintextBytes, offset, length, ...(delta && {delta})});
		offset += length;
	}
}

/** Whether all bases are there, and none as deep as the delta itself: its place that was less deep may be lost. */
function isReadable(delta: Delta, locate: PlaceBlobsOptions['locate']): boolean {
	const locateBase = (base: BlobId) => locate(Buffer.from(base, 'hex'));
	return delta.bases.every(base => locateBase(base) !== undefined) && isSound(delta, base => locateBase(base)?.delta?.depth ?? 0);
}

/**
Find where the blobs of packs lie. Of one that is stored several times the least deep place is to be preferred, so that a chain of deltas always ends.
@param packs - The oldest first.
*/
export function placeBlobs(packs: readonly NumberedPack[], {locate, add, areUnreadableIgnored = false}: PlaceBlobsOptions): void {
	const deltas: PlacedSegment[] = [];
	for (const pack of packs) {
		for (const [number, segment] of pack.segments.entries()) {
			const placed = {pack: pack.number, number, segment};
			if (segment.delta) {
				deltas.push(placed);
			} else {
				addSegment(add, placed);
			}
		}
	}

	for (const placed of deltas.toSorted((a, b) => a.segment.delta!.depth - b.segment.delta!.depth)) {
		if (!areUnreadableIgnored || isReadable(placed.segment.delta!, locate)) {
			addSegment(add, placed);
		}
	}
}
