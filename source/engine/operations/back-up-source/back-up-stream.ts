import type {RepositorySession} from '../../repository/repository.ts';
import {openStream} from '../../sources/open-stream.ts';
import type {SourceContext} from '../../sources/source-stream.ts';
import type {StreamSource} from '../../sources/source.ts';
import type {BackupSummary, FilesBackupRequest, OperationOptions} from '../backup/backup.ts';
import {storeStream} from '../store-stream/store-stream.ts';

export type StreamBackupRequest = Omit<FilesBackupRequest, 'source'> & {readonly source: StreamSource};

const nothing: Omit<BackupSummary, 'durationMs'> = {files: 0, directories: 0, bytes: 0, addedBytes: 0, storedBytes: 0, unreadable: 0, changed: 0};

/**
Back up a source that is read as a stream. It is looked at first, its server asked: a source that cannot be read leaves the repository as it was. A dry run ends there, as how much there is shows only when it is read.
@throws `source-missing`, `source-failed`; what `storeStream` throws
*/
export async function backUpStream(session: RepositorySession, request: StreamBackupRequest, context: SourceContext, options: OperationOptions): Promise<BackupSummary> {
	const {source, class: backupClass = 'manual', tags = [], program = 'coffer', deltas = true, verifyWrites = false, isDryRun = false} = request;
	const {runtime} = session;
	const startMs = runtime.now();
	const stream = await openStream(source, context);
	try {
		if (isDryRun) {
			return {...nothing, durationMs: Math.max(0, Math.round(runtime.now() - startMs))};
		}

		const {name, kind, classification, maximumBytes} = source;
		return await storeStream(session, {
			source: name, kind, class: backupClass, tags, program, deltas, verifyWrites,
			time: new Date(startMs).toISOString(),
			paths: stream.paths.map(path => path.toWellFormed()),
			...(classification && {classification}),
			...(maximumBytes !== undefined && {maximumBytes}),
			entries: onSkip => stream.entries(onSkip),
			facts: () => stream.facts(),
		}, options);
	} finally {
		await stream.close();
	}
}
