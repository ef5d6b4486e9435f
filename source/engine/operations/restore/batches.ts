import type {BlobId} from '../../ids.ts';
import type {BlobReader} from '../../repository/repository.ts';

const batchBytes = 8 * 1024 * 1024;
const batchFiles = 256;
/** Where the files of one segment would not end, a batch is cut inside it. */
const maximumFiles = 1024;
/** Batches of files this large go first, so that none is left for the end when all other threads have nothing to do. */
const largeBytes = 4 * batchBytes;

/** A file that is to be written. */
export type Batchable = {
	readonly content: readonly BlobId[];
	readonly sizeBytes: number;
};

type Placed<Item> = {readonly item: Item; readonly bytes: number; readonly segment: number; readonly offset: number};

/** Deal files out so that each part of the repository is read once: in the order in which their first chunks lie there, cut between segments. */
export function createBatches<Item extends Batchable>(items: readonly Item[], blobs: BlobReader): Item[][] {
	const placed = items.map((item): Placed<Item> => {
		const [first] = item.content;
		const location = first === undefined ? undefined : blobs.locate(first);
		// A pack is at most 1 GiB long.
		const segment = location === undefined ? -1 : location.pack * 2 ** 30 + location.segmentOffset;
		return {item, bytes: item.sizeBytes, segment, offset: location?.offset ?? 0};
	}).sort((a, b) => (a.segment === b.segment ? a.offset - b.offset : a.segment - b.segment));
	type Batch = {readonly items: Item[]; bytes: number};
	const batches: Batch[] = [];
	let current: Batch | undefined;
	let segment = -1;
	for (const place of placed) {
		const isNewSegment = place.segment !== segment;
		if (current === undefined || ((current.bytes >= batchBytes || current.items.length >= batchFiles) && (isNewSegment || current.items.length >= maximumFiles))) {
			current = {items: [], bytes: 0};
			batches.push(current);
		}

		current.items.push(place.item);
		current.bytes += place.bytes;
		segment = place.segment;
	}

	const weight = ({bytes}: {readonly bytes: number}): number => (bytes >= largeBytes ? bytes : 0);
	return batches.toSorted((a, b) => weight(b) - weight(a)).map(batch => batch.items);
}
