import type {ContentMeasures} from '../../content-measures.ts';
import {leastFiles, toldShares, type EncryptedIncident} from '../../incident.ts';
import type {Snapshot} from '../../repository/repository.ts';

/** Of a sample of what changed files held before, at most so many looked encrypted already. */
const formerlyOpaqueShare = 0.5;
/** So large a share of what was encrypted has to come back. */
const mendedShare = 0.5;

const leastShare = toldShares.encrypted.high;

/** Files that were encrypted in their place, and as many of the new ones as may stand for those that are gone: encrypted under another name. */
function countHits({opaqueFiles, changes, former}: ContentMeasures): number {
	if (!changes || !former || former.files === 0 || former.opaqueFiles > formerlyOpaqueShare * former.files) {
		return 0;
	}

	const {opaqueChangedFiles, newFiles, removedFiles} = changes;
	return opaqueChangedFiles + Math.min(removedFiles, newFiles, opaqueFiles - opaqueChangedFiles);
}

/** A key that cannot read the previous tree has every file read: then all that looks encrypted is compared. */
function countRise(now: ContentMeasures, before: ContentMeasures): number {
	const rise = now.opaqueFiles - before.opaqueFiles;
	const fall = before.examinedFiles - before.opaqueFiles - (now.examinedFiles - now.opaqueFiles);
	// A new folder of encrypted files takes nothing away from the others.
	return fall * 2 >= rise ? rise : 0;
}

/** Whether many files of a snapshot look encrypted that did not in the one before. @returns What that adds to an incident that is not mended. */
export function findEncrypted({time, statistics: {measures}}: Snapshot, previous: Snapshot, standing: EncryptedIncident | undefined): EncryptedIncident | undefined {
	if (!measures) {
		return standing;
	}

	const earlier = previous.statistics.measures;
	const isEach = measures.changes === undefined && earlier !== undefined && earlier.changes === undefined;
	const before = measures.changes?.before ?? earlier?.readFiles ?? 0;
	const hits = isEach ? countRise(measures, earlier) : countHits(measures);
	if (hits < leastFiles || hits < leastShare * before) {
		return standing;
	}

	return {
		kind: 'encrypted', time,
		files: Math.min(standing?.before ?? before, hits + (standing?.files ?? 0)),
		before: standing?.before ?? before,
		...(isEach && {formerlyOpaque: standing?.formerlyOpaque ?? earlier.opaqueFiles}),
	};
}

/** Whether the files of a later snapshot are again what they were: in one run the content of half of them came back; or where all files are read, so few look encrypted, and so many do not: those that were deleted since are not what they were. */
export function isDecrypted({files, formerlyOpaque = 0}: EncryptedIncident, {statistics: {measures}}: Snapshot): boolean {
	if (!measures) {
		return false;
	}

	const {changes, returnedFiles, examinedFiles, opaqueFiles} = measures;
	const least = mendedShare * files;
	return changes ? returnedFiles >= least : opaqueFiles - formerlyOpaque < least && examinedFiles - opaqueFiles >= least;
}
