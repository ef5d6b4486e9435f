import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {constants} from 'node:fs';
import {link, lstat, open, rm, type FileHandle} from 'node:fs/promises';
import path from 'node:path';
import {CofferError, errorText, isCofferError, systemErrorCode} from '../../errors.ts';
import type {Runtime} from '../../runtime.ts';

/** A file that is being made, and those that belong beside it. */
type Part = {readonly temporary: string; readonly final: string};

const newFileFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

function toOutputError(error: unknown, file: string): unknown {
	if (isCofferError(error) || systemErrorCode(error) === undefined) {
		return error;
	}

	const reason = systemErrorCode(error) === 'EEXIST' ? 'it exists already, and is never overwritten. Name another one with --target' : errorText(error);
	return new CofferError('target-unusable', `The archive ${file} cannot be written: ${reason}.`, {context: {file}, cause: error});
}

/**
Writes a file and others that belong beside it, of mode 600, under temporary names: they appear together, whole and durable, or not at all. Nothing that exists is replaced.
*/
export class ArchiveOutput {
	readonly file: string;
	readonly #handle: FileHandle;
	readonly #hash = createHash('sha256');
	readonly #suffix: string;
	readonly #parts: Part[] = [];
	#sizeBytes = 0;

	private constructor(file: string, handle: FileHandle, suffix: string) {
		this.file = file;
		this.#handle = handle;
		this.#suffix = suffix;
	}

	/**
	@param file - Absolute; its folder is there.
	@param besides - What the names of the other files end with.
	@throws `target-unusable`, also where one of the names is taken
	*/
	static async create(file: string, besides: readonly string[], runtime: Runtime): Promise<ArchiveOutput> {
		const suffix = `.${runtime.randomBytes(8).toString('hex')}.part`;
		for (const name of [file, ...besides.map(ending => `${file}${ending}`)]) {
			if (await lstat(name).catch(() => undefined)) {
				throw toOutputError(Object.assign(new Error('The name is taken'), {code: 'EEXIST'}), name);
			}
		}

		try {
			const handle = await open(`${file}${suffix}`, newFileFlags, 0o600);
			const output = new ArchiveOutput(file, handle, suffix);
			output.#parts.push({temporary: `${file}${suffix}`, final: file});
			await handle.chmod(0o600);
			return output;
		} catch (error) {
			throw toOutputError(error, file);
		}
	}

	get sizeBytes(): number {
		return this.#sizeBytes;
	}

	/** @throws `target-unusable` */
	async write(bytes: Uint8Array): Promise<void> {
		this.#hash.update(bytes);
		this.#sizeBytes += bytes.byteLength;
		await this.#writeAll(this.#handle, bytes);
	}

	/** Of all that was written; nothing can be written any more. */
	digest(): string {
		return this.#hash.digest('hex');
	}

	/** Write a file beside it. @param ending - One of those that `create` was told. @throws `target-unusable` */
	async addBeside(ending: string, text: string): Promise<void> {
		const final = `${this.file}${ending}`;
		const temporary = `${final}${this.#suffix}`;
		try {
			const handle = await open(temporary, newFileFlags, 0o600);
			this.#parts.push({temporary, final});
			try {
				await handle.chmod(0o600);
				await this.#writeAll(handle, Buffer.from(text));
				await handle.sync();
			} finally {
				await handle.close();
			}
		} catch (error) {
			throw toOutputError(error, final);
		}
	}

	/** Give all files their names, the archive last: where it is there, the others are. @throws `target-unusable`, and then nothing is there */
	async commit(): Promise<void> {
		const named: string[] = [];
		try {
			await this.#handle.sync();
			for (const {temporary, final} of [...this.#parts].reverse()) {
				// Unlike a rename, a link fails where there is a file already.
				await link(temporary, final);
				named.push(final);
			}

			const folder = await open(path.dirname(this.file), constants.O_RDONLY | constants.O_DIRECTORY);
			try {
				await folder.sync();
			} finally {
				await folder.close();
			}
		} catch (error) {
			await Promise.all(named.map(async final => rm(final, {force: true})));
			throw toOutputError(error, this.file);
		}
	}

	/** Close, and remove what has only a temporary name. Never fails. */
	async close(): Promise<void> {
		await Promise.allSettled([this.#handle.close(), ...this.#parts.map(async ({temporary}) => rm(temporary, {force: true}))]);
	}

	async #writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
		try {
			let written = 0;
			while (written < bytes.byteLength) {
				written += (await handle.write(bytes, written)).bytesWritten;
			}
		} catch (error) {
			throw toOutputError(error, this.file);
		}
	}
}
