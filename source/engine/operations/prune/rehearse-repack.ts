import type {DataKeyId, PackId} from '../../ids.ts';
import {findLivingPart, plaintextBytesOf, targetPackBytes, type BlobKind, type PackDescription, type SegmentEntry} from '../../repository/repository.ts';
import type {Runtime} from '../../runtime.ts';

/** Header, trailer, and what a table takes besides its entries. */
const packOverheadBytes = 80 + 64 + 150;
/** Of the table, for each segment and each blob: ids do not get smaller. */
const segmentEntryBytes = 20;
const blobEntryBytes = 33;

export type RehearsalOptions = {
	readonly kind: BlobKind;
	readonly dataKeyId: DataKeyId;
	readonly runtime: Runtime;
	readonly isNeeded: (id: Uint8Array, pack: PackId, segment: number) => boolean;
};

/** What would be left of a segment; `undefined` for nothing. */
function shrink(pack: PackDescription, number: number, segment: SegmentEntry, {isNeeded}: RehearsalOptions): SegmentEntry | undefined {
	const {positions, isWhole} = findLivingPart(segment, id => isNeeded(id, pack.id, number));
	if (positions.length === 0 || isWhole) {
		return positions.length === 0 ? undefined : segment;
	}

	const lengths = positions.map(position => segment.lengths[position]!);
	const share = plaintextBytesOf({lengths}) / plaintextBytesOf(segment);
	return {...segment, ids: Buffer.concat(positions.map(position => segment.ids.subarray(position * 32, (position + 1) * 32))), lengths, sealedBytes: Math.ceil(segment.sealedBytes * share)};
}

/**
What `repack` would write, without reading a pack: sizes are exact but for segments that would be compressed anew, tables and padding.
@returns Packs that are nowhere.
*/
export function rehearseRepack(packs: readonly PackDescription[], options: RehearsalOptions): PackDescription[] {
	const {kind, dataKeyId, runtime} = options;
	const rehearsed: PackDescription[] = [];
	let segments: SegmentEntry[] = [];
	let sizeBytes = packOverheadBytes;
	const close = () => {
		rehearsed.push({id: runtime.randomBytes(32).toString('hex') as PackId, kind, dataKeyId, sizeBytes, createdMs: packs[0]!.createdMs, segments});
		segments = [];
		sizeBytes = packOverheadBytes;
	};

	for (const pack of packs) {
		for (const [number, segment] of pack.segments.entries()) {
			const left = shrink(pack, number, segment, options);
			if (left === undefined) {
				continue;
			}

			segments.push({...left, offset: sizeBytes});
			sizeBytes += left.sealedBytes + segmentEntryBytes + blobEntryBytes * left.lengths.length;
			if (sizeBytes >= targetPackBytes) {
				close();
			}
		}
	}

	if (segments.length > 0) {
		close();
	}

	return rehearsed;
}
