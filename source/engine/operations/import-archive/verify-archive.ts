import {toDisplayText} from '../../byte-string.ts';
import {throwIfAborted} from '../../errors.ts';
import type {Runtime} from '../../runtime.ts';
import {splitStreamedPath} from '../../streamed-entry.ts';
import type {OperationOptions} from '../backup/backup.ts';
import {ProgressReporter} from '../progress.ts';
import {describeArchive, withArchive, type ArchiveFacts, type ArchiveRequest} from './import-archive.ts';

export type ArchiveVerification = {
	readonly archive: ArchiveFacts;
	/** Regular files, further names of them not counted. */
	readonly files: number;
	readonly directories: number;
	/** Links, devices and FIFOs. */
	readonly others: number;
	/** Of all files. */
	readonly bytes: number;
	/** Entries that an import would leave out: each named by a warning event. */
	readonly unreadable: number;
	readonly durationMs: number;
};

/**
Decrypt and unpack all of an archive, compare it with its own checksums and the `.sha256` beside it, and count what it holds. Needs no repository.
As nothing in such an archive authenticates it, this finds accidents, and not what somebody has changed on purpose.
@throws `source-missing`, `source-failed`, `usage`, `key-wrong`, `damaged`, `aborted`
*/
export async function verifyArchive(runtime: Runtime, request: ArchiveRequest, {signal, onEvent}: Pick<OperationOptions, 'signal' | 'onEvent'> = {}): Promise<ArchiveVerification> {
	const start = runtime.monotonicMs();
	return withArchive(request, signal, async archive => {
		const progress = new ProgressReporter(runtime, onEvent, 'checking');
		const counts = {files: 0, directories: 0, others: 0, bytes: 0, unreadable: 0};
		const told = () => ({files: counts.files + counts.others, bytes: archive.bytesRead, totalBytes: archive.sizeBytes});
		const refuse = (path: Parameters<typeof splitStreamedPath>[0], reason: string) => {
			counts.unreadable++;
			const name = toDisplayText(path);
			onEvent?.({event: 'warning', kind: 'unreadable', path: name, message: `${name} cannot be taken from ${archive.path}: ${reason}.`});
		};

		progress.enter('checking', told());
		for await (const {path, type, linkTo, content} of archive.entries(refuse)) {
			throwIfAborted(signal);
			const split = splitStreamedPath(path);
			if ('reason' in split) {
				refuse(path, split.reason);
			} else if (type === 'directory') {
				counts.directories++;
			} else if (linkTo === undefined && type === 'file') {
				counts.files++;
			} else {
				counts.others++;
			}

			for await (const piece of content ?? []) {
				throwIfAborted(signal);
				counts.bytes += piece.byteLength;
				progress.update(told);
			}
		}

		return {archive: describeArchive(archive, runtime), ...counts, durationMs: Math.round(runtime.monotonicMs() - start)};
	});
}
