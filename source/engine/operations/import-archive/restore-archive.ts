import process from 'node:process';
import {CofferError, isCofferError, throwIfAborted} from '../../errors.ts';
import type {Runtime} from '../../runtime.ts';
import type {OperationOptions} from '../backup/backup.ts';
import {ProgressReporter} from '../progress.ts';
import {GuardedFolders} from '../restore/guarded-folders.ts';
import {RestoreReport} from '../restore/restore-report.ts';
import type {RestoreProblem} from '../restore/restore-request.ts';
import {openTarget} from '../restore/target.ts';
import {ArchiveTarget} from './archive-target.ts';
import {describeArchive, withArchive, type ArchiveFacts, type ArchiveRequest} from './import-archive.ts';

export type RestoreArchiveRequest = ArchiveRequest & {
	/** Absolute; made where it does not exist. Entries go below it by the paths that the archive has. */
	readonly target: string;
	/** Where a repository is on this machine: nothing is written in it. @default none */
	readonly repositoryUrl?: string | undefined;
	/** Give files to the owners that the archive names, with setuid and setgid bits, and make devices. @default whether the process is root */
	readonly withOwnership?: boolean;
};

export type ArchiveRestoration = {
	readonly archive: ArchiveFacts;
	/** Files, links and special files that were made. */
	readonly restored: number;
	/** Directories that were made. */
	readonly directories: number;
	/** Entries left as they were, since something of their name was there before. */
	readonly kept: number;
	/** Entries left out for a reason that is no loss. */
	readonly skipped: number;
	/** What could not be restored: each named in `problems`. */
	readonly failed: number;
	readonly problems: readonly RestoreProblem[];
	/** Content of the files restored. */
	readonly bytes: number;
	readonly durationMs: number;
};

const maximumOpen = 24;

/**
Put what an archive holds into a directory, as a restore does: nothing is written outside of it, below it no symbolic link is followed, and nothing that is there is replaced. Needs no repository.
Where the archive turns out to be damaged, what came before the damage stays.
@throws `source-missing`, `source-failed`, `usage`, `key-wrong`, `damaged`, `target-unusable`, `aborted`
*/
export async function restoreArchive(runtime: Runtime, {target: targetPath, repositoryUrl = '', withOwnership, ...request}: RestoreArchiveRequest, {signal, onEvent}: Pick<OperationOptions, 'signal' | 'onEvent'> = {}): Promise<ArchiveRestoration> {
	const start = runtime.monotonicMs();
	return withArchive(request, signal, async archive => {
		const target = openTarget(targetPath, repositoryUrl, false);
		const folders = new GuardedFolders(target.descriptor!, maximumOpen);
		const report = new RestoreReport(onEvent);
		const writer = new ArchiveTarget({folders, report, runtime, hasOwnership: withOwnership ?? process.getuid?.() === 0, targetPath, signal});
		const progress = new ProgressReporter(runtime, onEvent, 'writing');
		const told = () => ({files: report.restored, bytes: archive.bytesRead, totalBytes: archive.sizeBytes});
		try {
			progress.enter('writing', told());
			for await (const entry of archive.entries((path, reason) => {
				report.fail(path, `${reason}.`);
			})) {
				throwIfAborted(signal);
				await writer.add(entry);
				progress.update(told);
			}

			writer.finish();
			const {restored, skipped, failed, problems, bytes} = report;
			const {kept, directories} = writer;
			return {archive: describeArchive(archive, runtime), restored, directories, kept, skipped, failed, problems, bytes, durationMs: Math.round(runtime.monotonicMs() - start)};
		} catch (error) {
			// No directory that was made stays shut.
			writer.finish();
			throw signal?.aborted && isCofferError(error, 'aborted') ? new CofferError('aborted', `The restore of ${archive.path} was interrupted. What is finished stays.`, {cause: error}) : error;
		} finally {
			folders.close();
			target.close();
		}
	});
}
