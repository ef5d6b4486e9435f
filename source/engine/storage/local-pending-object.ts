import {join} from 'node:path';
import {CofferError} from '../errors.ts';
import {publish, removeTemporaryFile, writeAllSync, type TemporaryFile} from './durable-file.ts';
import type {DurableFolders} from './durable-folders.ts';
import {assertUsableName, folderOf} from './names.ts';
import type {PendingObject} from './storage.ts';
import {toStorageError} from './storage-errors.ts';

export type LocalPendingOptions = {
	/** Root folder of the storage. */
	readonly root: string;
	readonly folders: DurableFolders;
	readonly file: TemporaryFile;
	/** Called once, when the temporary file is no more. */
	readonly onEnd: () => void;
};

/** All of it, or the first failure, but only once everything has come to an end. */
async function settleBoth<First, Second>(first: Promise<First>, second: Promise<Second>, undo: (value: Second) => Promise<void>): Promise<Second> {
	const [one, two] = await Promise.allSettled([first, second]);
	if (one.status === 'rejected') {
		if (two.status === 'fulfilled') {
			await undo(two.value);
		}

		throw one.reason;
	}

	if (two.status === 'rejected') {
		throw two.reason;
	}

	return two.value;
}

/**
An object in a temporary file. `append` blocks the thread while the system takes the bytes: it is meant for worker threads, where that is fastest.
*/
export class LocalPendingObject implements PendingObject {
	readonly #options: LocalPendingOptions;
	#failure: Error | undefined;
	#commitment: Promise<void> | undefined;
	#isDiscarded = false;

	constructor(options: LocalPendingOptions) {
		this.#options = options;
	}

	async append(parts: readonly Uint8Array[]): Promise<void> {
		this.#assertOpen();
		const {file, root} = this.#options;
		try {
			writeAllSync(file.handle.fd, parts);
		} catch (error) {
			this.#failure = toStorageError(error, {action: 'write', object: 'an unfinished object', url: root});
			throw this.#failure;
		}
	}

	async commit(name: string): Promise<void> {
		assertUsableName(name);
		this.#assertOpen();
		this.#commitment = this.#complete(name);
		return this.#commitment;
	}

	async discard(): Promise<void> {
		if (this.#commitment !== undefined) {
			await Promise.allSettled([this.#commitment]);
			return;
		}

		if (!this.#isDiscarded) {
			this.#isDiscarded = true;
			await removeTemporaryFile(this.#options.file);
			this.#options.onEnd();
		}
	}

	async #complete(name: string): Promise<void> {
		const {file, folders, root, onEnd} = this.#options;
		try {
			const folder = await settleBoth(file.handle.sync(), folders.open(folderOf(name)), async opened => opened.close());
			try {
				await publish(file, join(root, name), folder, `${file.path}-previous`);
			} finally {
				await folder.close();
			}
		} catch (error) {
			await removeTemporaryFile(file);
			throw toStorageError(error, {action: 'store', object: name, url: root});
		} finally {
			onEnd();
		}
	}

	#assertOpen(): void {
		if (this.#commitment !== undefined) {
			throw new TypeError('This object has been committed already');
		}

		if (this.#isDiscarded) {
			throw new CofferError('aborted', `The unfinished object in ${this.#options.root} was thrown away before it was complete. Start the operation again.`);
		}

		if (this.#failure !== undefined) {
			throw this.#failure;
		}
	}
}
