import type {ContentMeasures} from '../../content-measures.ts';
import {isCofferError} from '../../errors.ts';
import type {BlobId} from '../../ids.ts';
import type {BlobReader} from '../../repository/repository.ts';
import {looksOpaque} from './content-look.ts';

/** So many files that look encrypted are worth reading what was there before, and so large a share of those that were read. */
const suspiciousFiles = 3;
const suspiciousShare = 0.1;

/** Whether so much of what was read looks encrypted that what was there before is to be looked at. */
export function isSuspicious({opaqueFiles, examinedFiles, changes}: ContentMeasures): boolean {
	return changes !== undefined && changes.changedFiles + changes.removedFiles >= suspiciousFiles && opaqueFiles >= suspiciousFiles && opaqueFiles >= suspiciousShare * examinedFiles;
}

/**
What a sample of the files that changed or are gone held before. What cannot be read is not counted.
@throws What the storage throws that is no damage
*/
export async function lookAtFormer(reader: BlobReader, chunks: readonly string[]): Promise<NonNullable<ContentMeasures['former']>> {
	let files = 0;
	let opaqueFiles = 0;
	for (const chunk of chunks) {
		try {
			const isOpaque = looksOpaque(await reader.read(chunk as BlobId));
			files += isOpaque === undefined ? 0 : 1;
			opaqueFiles += isOpaque ? 1 : 0;
		} catch (error) {
			if (!isCofferError(error, 'damaged', 'object-missing')) {
				throw error;
			}
		}
	}

	return {files, opaqueFiles};
}
