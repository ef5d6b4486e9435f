import {BlobIndex} from './blob-index.ts';
import {plaintextBytesOf, type PackDescription} from './segment-table.ts';

/** The blobs that packs of some kind hold, to tell which other packs say nothing new. */
export class CoveredBlobs {
	readonly #blobs = new BlobIndex();

	add({segments}: PackDescription): void {
		let count = 0;
		for (const {lengths} of segments) {
			count += lengths.length;
		}

		this.#blobs.grow(count);
		for (const [number, {offset: segmentOffset, ...segment}] of segments.entries()) {
			const place = {...segment, pack: 0, segment: number, segmentOffset, plaintextBytes: plaintextBytesOf(segment), offset: 0};
			for (const [position, length] of segment.lengths.entries()) {
				this.#blobs.add(segment.ids.subarray(position * 32, (position + 1) * 32), {...place, length});
			}
		}
	}

	/** Whether every blob of a pack is here, no deeper in a chain of deltas than there. */
	hasAllOf({segments}: PackDescription): boolean {
		return segments.every(({ids, lengths, delta}) => lengths.every((_, position) => {
			const location = this.#blobs.locate(ids.subarray(position * 32, (position + 1) * 32));
			return location !== undefined && (location.delta?.depth ?? 0) <= (delta?.depth ?? 0);
		}));
	}
}
