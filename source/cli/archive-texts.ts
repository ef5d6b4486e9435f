import type {ArchiveFacts, ArchiveRestoration, ArchiveVerification, ImportSummary} from '../engine/index.ts';
import {formatAmount, formatBytes, formatDuration, formatTime} from '../text/format.ts';

/** What a tool that reads such an archive can know, and what not. */
export const proofText = 'Archives of "openssl enc" carry no authentication: padding, the checksums of gzip and tar, and a .sha256 beside the file find accidents, '
	+ 'but not what somebody changed who could write the archive (and its .sha256).';

function describeContent({content, isPacked}: ArchiveFacts): string {
	return `${content === 'tar' ? 'a tar' : 'one file'}${isPacked ? ' in gzip' : ''}`;
}

function describeOpening(archive: ArchiveFacts): string {
	return `opens with ${archive.derivation}; ${describeContent(archive)}${archive.hasChecksum ? '; its .sha256 fits' : ''}`;
}

/** What a verification found. */
export function verificationText({archive, files, directories, others, bytes, durationMs}: ArchiveVerification): string {
	return `${archive.file}: ${describeOpening(archive)}: ${formatAmount(files, 'file')}, ${formatAmount(directories, 'folder')}, ${formatAmount(others, 'other entry', 'other entries')}, ${formatBytes(bytes)}; ${formatDuration(durationMs)}. `
		+ `It would become a snapshot of "${archive.source}" of ${formatTime(archive.time)}${archive.timeFrom === 'mtime' ? ' (the time of the file, as its name has none that has been)' : ''}.`;
}

/** What was restored. */
export function restorationText({archive, restored, directories, bytes, durationMs}: ArchiveRestoration, target: string): string {
	return `${archive.file}: ${describeOpening(archive)}. Restored ${formatAmount(restored, 'file')} and ${formatAmount(directories, 'folder')}, ${formatBytes(bytes)}, into ${target}; ${formatDuration(durationMs)}.`;
}

/** What was imported. */
export function importText({archive, snapshot, files, bytes, addedBytes, storedBytes, durationMs}: ImportSummary & {readonly snapshot: NonNullable<ImportSummary['snapshot']>}): string {
	return `${archive.file}: ${describeOpening(archive)}. ${archive.source}: snapshot ${snapshot.id.slice(0, 8)} of ${formatTime(archive.time)}${archive.timeFrom === 'mtime' ? ' (the time of the file, as its name has none that has been)' : ''}, `
		+ `${formatAmount(files, 'file')}, ${formatBytes(bytes)}, ${formatBytes(addedBytes)} new, ${formatBytes(storedBytes)} stored, ${formatDuration(durationMs)}.`;
}
