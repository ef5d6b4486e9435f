import {statSync} from 'node:fs';
import path from 'node:path';
import {formatArchiveName} from '../../archives/archive-name.ts';
import {encodeChecksumFile} from '../../archives/checksum-file.ts';
import {describeDerivation, exportIterations, saltBytes} from '../../archives/derivations.ts';
import {encrypt} from '../../archives/encrypt.ts';
import {gzip} from '../../archives/gzip.ts';
import {writeTar} from '../../archives/tar/tar-writer.ts';
import {toDisplayText} from '../../byte-string.ts';
import {throwIfAborted} from '../../errors.ts';
import {LoadedIndex, type RepositorySession, type StoredSnapshot} from '../../repository/repository.ts';
import {requireReader} from '../abilities.ts';
import type {OperationOptions} from '../backup/backup.ts';
import {FolderReader} from '../browse/folder-reader.ts';
import {ProgressReporter} from '../progress.ts';
import {createBlobReader} from '../reading.ts';
import {openTarget} from '../restore/target.ts';
import {TreeSource} from '../restore/tree-source.ts';
import {ArchiveOutput} from './archive-output.ts';
import {refuseLoss, snapshotEntries} from './snapshot-entries.ts';

export type ExportRequest = {
	readonly snapshot: StoredSnapshot;
	/** Absolute: the file, or a folder that is there, in which it gets the name of the old scripts. */
	readonly target: string;
	/** As openssl will be given it; it stays the caller's. */
	readonly password: Uint8Array;
	/** Name and version of the program, for the description. @default 'coffer' */
	readonly program?: string;
};

export type ExportSummary = {
	/** Absolute path. `.sha256` and `.json` lie beside it. */
	readonly file: string;
	readonly sha256: string;
	/** Of the archive. */
	readonly sizeBytes: number;
	/** Files, links and special files in it. */
	readonly files: number;
	readonly directories: number;
	/** Content of the files. */
	readonly bytes: number;
	/** Entries that a tar cannot hold. */
	readonly skipped: number;
	/** How stock tools unpack it; KEY stands for the key file. */
	readonly command: string;
	readonly durationMs: number;
};

type Counts = Pick<ExportSummary, 'files' | 'directories' | 'bytes' | 'skipped'>;

function chooseFile(target: string, {source, time}: StoredSnapshot): string {
	const isFolder = target.endsWith('/') || (statSync(target, {throwIfNoEntry: false})?.isDirectory() ?? false);
	return isFolder ? path.join(target, formatArchiveName(source, Date.parse(time))) : target;
}

/** For a shell. */
const quote = (word: string): string => /^[\w./+:@%-]+$/.test(word) ? word : `'${word.replaceAll('\'', String.raw`'\''`)}'`;

function unpackCommand(fileName: string): string {
	return `openssl enc -d -aes-256-cbc ${describeDerivation({kind: 'pbkdf2', iterations: exportIterations})} -pass file:KEY -in ${quote(fileName)} | tar -xz`;
}

/** What lies beside the archive, for who finds it one day without this program. */
function describe({snapshot: {id, time, source, kind, class: backupClass, host, user, tags, paths}, program = 'coffer'}: ExportRequest, {file, ...summary}: Omit<ExportSummary, 'durationMs'>): string {
	return `${JSON.stringify({
		file: path.basename(file),
		...summary,
		format: 'tar (pax) in gzip in "openssl enc -aes-256-cbc -salt": AES-256-CBC, key and IV by PBKDF2-HMAC-SHA-256 from the password and the salt in bytes 8 to 15',
		iterations: exportIterations,
		warning: 'AES-CBC without a MAC: the SHA-256 finds accidents, but proves nothing against who can write this folder.',
		program,
		snapshot: {id, time, source, kind, class: backupClass, host, user, tags, paths},
	}, undefined, '\t')}\n`;
}

/**
Write a snapshot as an archive that stock openssl and tar read, with its SHA-256 and a description beside it. All three are of mode 600 and appear together, or not at all.
@throws `damaged` where a part of the snapshot is lost; `target-unusable`, also where a file is there already; `key-role`; `aborted`; what the storage throws
*/
export async function exportArchive(session: RepositorySession, request: ExportRequest, {signal, onEvent}: Pick<OperationOptions, 'signal' | 'onEvent'> = {}): Promise<ExportSummary> {
	const {runtime, storage} = session;
	const {snapshot, password} = request;
	const start = runtime.monotonicMs();
	throwIfAborted(signal);
	requireReader(session.keyring);
	const file = chooseFile(request.target, snapshot);
	// It makes the folder where it is missing, and refuses one in the repository.
	const folder = openTarget(path.dirname(file), storage.url, false);
	try {
		const progress = new ProgressReporter(runtime, onEvent, 'opening');
		const {files: totalFiles, bytes: totalBytes} = snapshot.statistics;
		const counts = {files: 0, directories: 0, bytes: 0, skipped: 0};
		const told = () => ({files: counts.files, bytes: counts.bytes, totalFiles, totalBytes});
		progress.enter('opening', told());
		const index = await LoadedIndex.load(session, {...(signal && {signal})});
		const blobs = createBlobReader(session, index);
		const source = new TreeSource(index, blobs);
		const reader = new FolderReader({source, runtime, signal, onLoss: refuseLoss});
		const output = await ArchiveOutput.create(file, ['.sha256', '.json'], runtime);
		try {
			progress.enter('writing', told());
			const entries = snapshotEntries(snapshot, {
				reader, source, blobs, signal,
				onSkip(at, reason) {
					counts.skipped++;
					const name = toDisplayText(at);
					onEvent?.({event: 'warning', kind: 'skipped', path: name, message: `${name} is left out: ${reason}.`});
				},
				onEntry(_at, {type, size = 0}) {
					counts[type === 'directory' ? 'directories' : 'files']++;
					counts.bytes += size;
					progress.update(told);
				},
			});
			for await (const piece of encrypt(gzip(writeTar(entries)), password, runtime.randomBytes(saltBytes))) {
				throwIfAborted(signal);
				await output.write(piece);
			}

			return await finish(output, request, counts, () => Math.round(runtime.monotonicMs() - start));
		} finally {
			await output.close();
		}
	} finally {
		folder.close();
	}
}

async function finish(output: ArchiveOutput, request: ExportRequest, counts: Counts, duration: () => number): Promise<ExportSummary> {
	const {file, sizeBytes} = output;
	const name = path.basename(file);
	const summary = {file, sha256: output.digest(), sizeBytes, ...counts, command: unpackCommand(name)};
	await output.addBeside('.sha256', encodeChecksumFile(summary.sha256, name));
	await output.addBeside('.json', describe(request, summary));
	await output.commit();
	return {...summary, durationMs: duration()};
}
