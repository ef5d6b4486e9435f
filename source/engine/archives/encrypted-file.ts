import {Buffer} from 'node:buffer';
import {createDecipheriv, type Decipheriv, type Hash} from 'node:crypto';
import {open, type FileHandle} from 'node:fs/promises';
import {constants} from 'node:fs';
import {CofferError, errorText, throwIfAborted} from '../errors.ts';
import {saltBytes} from './derivations.ts';

/*
What `openssl enc -aes-256-cbc -salt` writes:

	0   "Salted__"
	8   salt, 8 bytes
	16  AES-256-CBC with PKCS#7 padding (RFC 5652, section 6.3) of the content, to the end

Nothing says how the key was derived, and nothing authenticates: whoever can write the file can change what it decrypts to.
*/

export const magic = 'Salted__';
/** The same in base64, as `-a` writes it. */
const base64Magic = 'U2FsdGVkX1';
const prefixBytes = magic.length + saltBytes;
const blockBytes = 16;
/** Of the content, to tell what it is. */
const headBytes = 4096;
/** Read and decrypted at a time. */
export const pieceBytes = 64 * 1024;

export type Key = {readonly key: Buffer; readonly iv: Buffer};

/** A part of the content to look at, decrypted on trial. */
export type Sample = {
	/** The first bytes of the content, without padding where its end is among them. */
	readonly head: Buffer;
	/** Whether the end is padded as it has to be; `undefined` where the file was cut within a block, so that nobody can tell. */
	readonly isPadded: boolean | undefined;
};

/** An encrypted archive that is open for reading. */
export class EncryptedFile {
	readonly path: string;
	readonly sizeBytes: number;
	readonly mtimeMs: number;
	readonly salt: Buffer;
	/** How far `decrypt` has read. */
	bytesRead = 0;
	readonly #handle: FileHandle;
	readonly #prefix: Buffer;

	private constructor(path: string, handle: FileHandle, facts: {readonly sizeBytes: number; readonly mtimeMs: number; readonly prefix: Buffer}) {
		this.path = path;
		this.#handle = handle;
		this.sizeBytes = facts.sizeBytes;
		this.mtimeMs = facts.mtimeMs;
		this.#prefix = facts.prefix;
		this.salt = facts.prefix.subarray(magic.length);
	}

	/** @param path - Absolute. @throws `source-missing`, `usage` for what is no such archive, `damaged` for what may have been one */
	static async open(path: string): Promise<EncryptedFile> {
		let handle: FileHandle;
		try {
			// A FIFO must not make us wait.
			handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
		} catch (error) {
			throw new CofferError('source-missing', `The archive ${path} cannot be read: ${errorText(error)}. Name another file.`, {context: {file: path}, cause: error});
		}

		try {
			const stats = await handle.stat();
			if (!stats.isFile()) {
				throw new CofferError('usage', `${path} is no regular file. Name the archive itself.`, {context: {file: path}});
			}

			const prefix = Buffer.alloc(prefixBytes);
			const {bytesRead} = await handle.read(prefix, 0, prefixBytes, 0);
			if (prefix.toString('latin1', 0, base64Magic.length) === base64Magic) {
				throw new CofferError('usage', `${path} was written in base64 ("openssl enc -a"). Decode it first: base64 -d ${path} > other.enc`, {context: {file: path}});
			}

			if (bytesRead < prefixBytes || prefix.toString('latin1', 0, magic.length) !== magic || stats.size < prefixBytes + blockBytes) {
				throw new CofferError('damaged', `${path} does not begin as "openssl enc -salt" writes: it is no such archive, or it was damaged or cut off.`, {context: {file: path}});
			}

			return new EncryptedFile(path, handle, {sizeBytes: stats.size, mtimeMs: stats.mtimeMs, prefix});
		} catch (error) {
			await handle.close();
			throw error;
		}
	}

	/** Whether nothing is missing of the last block. */
	get hasWholeBlocks(): boolean {
		return (this.sizeBytes - prefixBytes) % blockBytes === 0;
	}

	/** Decrypt beginning and end on trial. */
	async sample({key, iv}: Key): Promise<Sample> {
		const cipherBytes = this.sizeBytes - prefixBytes;
		const length = Math.min(headBytes, cipherBytes - (cipherBytes % blockBytes));
		const head = this.#decryptBlocks(await this.#readAt(prefixBytes, length), {key, iv});
		if (!this.hasWholeBlocks) {
			return {head, isPadded: undefined};
		}

		const tail = await this.#readAt(this.sizeBytes - Math.min(cipherBytes, 2 * blockBytes), Math.min(cipherBytes, 2 * blockBytes));
		const last = tail.byteLength > blockBytes ? this.#decryptBlocks(tail.subarray(blockBytes), {key, iv: tail.subarray(0, blockBytes)}) : head;
		const padding = last.at(-1)!;
		const isPadded = padding >= 1 && padding <= blockBytes && last.subarray(-padding).every(byte => byte === padding);
		return {head: isPadded && length === cipherBytes ? head.subarray(0, -padding) : head, isPadded};
	}

	/**
	The whole content, decrypted.
	@param hash - Is given every byte of the file.
	@yields The next piece.
	@throws `damaged` in the end, where the padding is wrong; `source-failed`; `aborted`
	*/
	async * decrypt({key, iv}: Key, {hash, signal}: {readonly hash?: Hash | undefined; readonly signal?: AbortSignal | undefined} = {}): AsyncGenerator<Buffer, void> {
		const decipher = createDecipheriv('aes-256-cbc', key, iv);
		hash?.update(this.#prefix);
		this.bytesRead = prefixBytes;
		for await (const bytes of this.#pieces(signal)) {
			hash?.update(bytes);
			const plaintext = decipher.update(bytes);
			if (plaintext.byteLength > 0) {
				yield plaintext;
			}
		}

		const last = this.#finish(decipher);
		if (last.byteLength > 0) {
			yield last;
		}
	}

	/** Have every byte of the file hashed. @throws `source-failed`; `aborted` */
	async hash(hash: Hash, signal?: AbortSignal): Promise<void> {
		hash.update(this.#prefix);
		this.bytesRead = prefixBytes;
		for await (const bytes of this.#pieces(signal)) {
			hash.update(bytes);
		}
	}

	async close(): Promise<void> {
		await this.#handle.close();
	}

	async * #pieces(signal: AbortSignal | undefined): AsyncGenerator<Buffer, void> {
		for (;;) {
			throwIfAborted(signal);
			const bytes = await this.#readAt(this.bytesRead, pieceBytes);
			if (bytes.byteLength === 0) {
				return;
			}

			this.bytesRead += bytes.byteLength;
			yield bytes;
		}
	}

	#finish(decipher: Decipheriv): Buffer {
		try {
			return decipher.final();
		} catch (error) {
			throw new CofferError('damaged', `${this.path} does not end as it was written: it was cut off or changed.`, {context: {file: this.path}, cause: error});
		}
	}

	async #readAt(position: number, length: number): Promise<Buffer> {
		try {
			const buffer = Buffer.allocUnsafe(length);
			const {bytesRead} = await this.#handle.read(buffer, 0, length, position);
			return buffer.subarray(0, bytesRead);
		} catch (error) {
			throw new CofferError('source-failed', `The archive ${this.path} cannot be read: ${errorText(error)}.`, {context: {file: this.path}, cause: error});
		}
	}

	#decryptBlocks(bytes: Buffer, {key, iv}: Key): Buffer {
		const decipher = createDecipheriv('aes-256-cbc', key, iv);
		decipher.setAutoPadding(false);
		const plaintext = decipher.update(bytes);
		decipher.final();
		return plaintext;
	}
}
