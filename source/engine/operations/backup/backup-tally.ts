import {toDisplayText, type ByteString} from '../../byte-string.ts';
import {errorText, systemErrorCode} from '../../errors.ts';
import type {EventListener} from '../../events.ts';
import type {ProgressReporter} from '../progress.ts';

/** Counts what a backup meets, and tells its listener. */
export class BackupTally {
	files = 0;
	directories = 0;
	bytes = 0;
	/** Entries that are missing from the snapshot though they should be in it. */
	unreadable = 0;
	/** Entries that changed while they were read. */
	changed = 0;
	#foundFiles = 0;
	#foundBytes = 0;
	#current = '' as ByteString;
	readonly #progress: ProgressReporter;
	readonly #onEvent: EventListener | undefined;

	constructor(progress: ProgressReporter, onEvent: EventListener | undefined) {
		this.#progress = progress;
		this.#onEvent = onEvent;
	}

	/** What progress shows. The totals are what was found so far: they grow while the walk goes on. */
	counts() {
		return {files: this.files, bytes: this.bytes, totalFiles: Math.max(this.#foundFiles, this.files), totalBytes: Math.max(this.#foundBytes, this.bytes), current: toDisplayText(this.#current)};
	}

	countDirectory(): void {
		this.directories++;
	}

	/** A file that has yet to be read. */
	expectFile(sizeBytes: number): void {
		this.#foundFiles = Math.max(this.#foundFiles, this.files) + 1;
		this.#foundBytes = Math.max(this.#foundBytes, this.bytes) + sizeBytes;
	}

	/** A file that is in the snapshot. */
	countFile(path: ByteString, sizeBytes: number): void {
		this.files++;
		this.bytes += sizeBytes;
		this.#current = path;
		this.#progress.update(() => this.counts());
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

	warn(message: string): void {
		this.#onEvent?.({event: 'warning', kind: 'repository', message});
	}
}
