import {joinPath, toDisplayText, type ByteString} from '../../byte-string.ts';
import {CofferError, errorText, systemErrorCode} from '../../errors.ts';
import type {EventListener} from '../../events.ts';
import {sizeText} from '../../size-text.ts';
import type {ProgressCounts, ProgressReporter} from '../progress.ts';
import {ContentTally} from './content-tally.ts';

/** The most that a snapshot may hold, and of which source. */
export type SizeLimit = {
	readonly source: string;
	/** @default no limit */
	readonly maximumBytes?: number;
};

/** Counts what a backup meets, and tells its listener. */
export class BackupTally {
	files = 0;
	directories = 0;
	bytes = 0;
	/** Entries that are missing from the snapshot though they should be in it. */
	unreadable = 0;
	/** Entries that changed while they were read. */
	changed = 0;
	/** What was seen of contents. */
	readonly contents = new ContentTally();
	#pendingFiles = 0;
	#pendingBytes = 0;
	#isWalked = false;
	#expected: {readonly files: number; readonly bytes: number} | undefined;
	#currentFolder = '' as ByteString;
	#currentName = '' as ByteString;
	readonly #counts = () => this.counts();
	readonly #progress: ProgressReporter;
	readonly #onEvent: EventListener | undefined;
	readonly #limit: SizeLimit;
	/** Of the file that is being read as a stream. */
	#partBytes = 0;

	constructor(progress: ProgressReporter, onEvent: EventListener | undefined, limit: SizeLimit) {
		this.#progress = progress;
		this.#onEvent = onEvent;
		this.#limit = limit;
	}

	/** What progress shows. Totals are given once all is found; until then what the previous snapshot had stands for them. */
	counts(): ProgressCounts {
		const files = this.files + this.#pendingFiles;
		const bytes = this.bytes + this.#partBytes + this.#pendingBytes;
		const totals = this.#isWalked
			? {totalFiles: files, totalBytes: bytes}
			: (this.#expected && {totalFiles: Math.max(files, this.#expected.files), totalBytes: Math.max(bytes, this.#expected.bytes)});
		// What comes as a stream is named by its whole path.
		const current = this.#currentName === '' || this.#currentName.startsWith('/') ? this.#currentName : joinPath(this.#currentFolder, this.#currentName);
		return {files: this.files, bytes: this.bytes + this.#partBytes, ...totals, current: toDisplayText(current)};
	}

	/** What the previous snapshot of the source had. */
	expect(previous: {readonly files: number; readonly bytes: number} | undefined): void {
		this.#expected = previous;
	}

	/** Everything was found; files may still be waiting to be read. */
	endWalk(): void {
		this.#isWalked = true;
	}

	countDirectory(): void {
		this.directories++;
	}

	/** A file that has yet to be read. */
	expectFile(sizeBytes: number): void {
		this.#pendingFiles++;
		this.#pendingBytes += sizeBytes;
	}

	/** It was read, or could not be. @param sizeBytes - As it was expected. */
	settleFile(sizeBytes: number): void {
		this.#pendingFiles--;
		this.#pendingBytes -= sizeBytes;
	}

	/** A file of a stream is being read. */
	begin(path: ByteString): void {
		this.#partBytes = 0;
		this.#currentFolder = '' as ByteString;
		this.#currentName = path;
	}

	/** More of the file that was begun has come. @throws `source-failed` above the limit */
	advance(sizeBytes: number): void {
		this.#partBytes += sizeBytes;
		this.#checkLimit();
		this.#progress.update(this.#counts);
	}

	/** A file that is in the snapshot. @throws `source-failed` above the limit */
	countFile(folder: ByteString, name: ByteString, sizeBytes: number): void {
		this.files++;
		this.bytes += sizeBytes;
		this.contents.place(folder, name);
		this.#partBytes = 0;
		this.#currentFolder = folder;
		this.#currentName = name;
		this.#checkLimit();
		this.#progress.update(this.#counts);
	}

	fail(path: ByteString, reason: string): void {
		this.unreadable++;
		const name = toDisplayText(path);
		this.#onEvent?.({event: 'warning', kind: 'unreadable', path: name, message: `${name} could not be read and is not in the snapshot: ${reason}`});
	}

	change(path: ByteString, what: string): void {
		this.changed++;
		const name = toDisplayText(path);
		this.#onEvent?.({event: 'warning', kind: 'changed', path: name, message: `${name}: ${what}`});
	}

	/**
	A system error on an entry: it vanished, or it could not be read.
	@throws Any other error.
	*/
	noteError(path: ByteString, error: unknown): void {
		const code = systemErrorCode(error);
		if (code === undefined) {
			throw error;
		}

		if (code === 'ENOENT' || code === 'ENOTDIR') {
			this.change(path, 'it vanished while its directory was read; it is left out');
		} else {
			this.fail(path, errorText(error));
		}
	}

	skip(path: ByteString, reason: string): void {
		const name = toDisplayText(path);
		this.#onEvent?.({event: 'warning', kind: 'skipped', path: name, message: `${name} is left out: ${reason}`});
	}

	#checkLimit(): void {
		const {source, maximumBytes = Number.POSITIVE_INFINITY} = this.#limit;
		if (this.bytes + this.#partBytes > maximumBytes) {
			throw new CofferError('source-failed', `"${source}" has more than its limit of ${sizeText(maximumBytes)}; no snapshot was made. See what has grown, or raise "limits" in the configuration.`, {context: {source, maximumBytes}});
		}
	}

	warn(message: string): void {
		this.#onEvent?.({event: 'warning', kind: 'repository', message});
	}
}
