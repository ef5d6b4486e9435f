import {OpenArchive, type OpenArchiveOptions} from '../../archives/open-archive.ts';
import type {BackupClass, RepositorySession, Snapshot} from '../../repository/repository.ts';
import type {Runtime} from '../../runtime.ts';
import {requireWriter} from '../abilities.ts';
import type {OperationOptions} from '../backup/backup.ts';
import {storeStream, type StreamSummary} from '../store-stream/store-stream.ts';

/** An archive, and what opens it. */
export type ArchiveRequest = Omit<OpenArchiveOptions, 'signal'>;

export type ImportRequest = ArchiveRequest & {
	/** @default 'manual' */
	readonly class?: BackupClass;
	/** @default none */
	readonly tags?: readonly string[];
	/** Store changed chunks as differences to what is stored already, where the key may read that and the repository is near. @default true */
	readonly deltas?: boolean;
	/** Name and version of the program, for the record. @default 'coffer' */
	readonly program?: string;
};

/** What is known of an archive once it was opened. */
export type ArchiveFacts = {
	/** Absolute path of the archive. */
	readonly file: string;
	/** The name in the name of the file. */
	readonly source: string;
	/** When it was made: RFC 3339. */
	readonly time: string;
	/** Where the time comes from: the name of the file, or, where that has none that has been, the file's mtime. */
	readonly timeFrom: 'name' | 'mtime';
	/** The flags of `openssl enc` that open it. */
	readonly derivation: string;
	/** Whether a `.sha256` beside it was compared. */
	readonly hasChecksum: boolean;
	/** Whether what it holds is packed by gzip. */
	readonly isPacked: boolean;
	/** `file`: it is one file, such as a dump. */
	readonly content: 'tar' | 'file';
};

export type ImportSummary = StreamSummary & {readonly archive: ArchiveFacts};

/** When the archive was made: what its name says, unless that is still to come. */
function timeOf({name, mtimeMs}: OpenArchive, nowMs: number): Pick<ArchiveFacts, 'time' | 'timeFrom'> {
	const isPast = name.timeMs !== undefined && name.timeMs <= nowMs;
	return {time: new Date(isPast ? name.timeMs : Math.floor(Math.min(mtimeMs, nowMs))).toISOString(), timeFrom: isPast ? 'name' : 'mtime'};
}

/** What is known of it now. @param runtime - Its clock says what has been. */
export function describeArchive(archive: OpenArchive, runtime: Runtime): ArchiveFacts {
	const {path: file, name, derivation, hasChecksum, isPacked, kind = 'file'} = archive;
	return {file, source: name.source, ...timeOf(archive, runtime.now()), derivation, hasChecksum, isPacked, content: kind};
}

/** Open an archive for the length of an action. @throws what `OpenArchive.open` and the action throw */
export async function withArchive<Result>(request: ArchiveRequest, signal: AbortSignal | undefined, action: (archive: OpenArchive) => Promise<Result>): Promise<Result> {
	const archive = await OpenArchive.open({...request, signal});
	try {
		return await action(archive);
	} finally {
		await archive.close();
	}
}

/**
Take an archive of `openssl enc` over as a snapshot of the time at which it was made; nothing of it is written to a disk in the clear. One that was imported before is left alone (`known`).
Give several in the order of their times: each snapshot names the one before it.
@throws `key-role` before anything is read; `source-missing`, `source-failed`, `usage`, `key-wrong`, `damaged`; what `storeStream` throws
*/
export async function importArchive(session: RepositorySession, {class: backupClass = 'manual', tags = [], program = 'coffer', deltas = true, ...request}: ImportRequest, options: OperationOptions = {}): Promise<ImportSummary> {
	requireWriter(session.keyring);
	return withArchive(request, options.signal, async archive => {
		const {source, time} = describeArchive(archive, session.runtime);
		const snapshot: Pick<Snapshot, 'source' | 'kind' | 'class' | 'tags' | 'paths' | 'time' | 'program'> = {
			source, time, kind: 'files', class: backupClass, tags, program, paths: [archive.path.toWellFormed()],
		};
		const summary = await storeStream(session, {...snapshot, deltas, entries: onSkip => archive.entries(onSkip)}, options);
		return {...summary, archive: describeArchive(archive, session.runtime)};
	});
}
