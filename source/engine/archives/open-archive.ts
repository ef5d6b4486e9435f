import type {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {type ByteString, fromText} from '../byte-string.ts';
import {CofferError, systemErrorCode} from '../errors.ts';
import type {StreamedEntry} from '../streamed-entry.ts';
import {parseArchiveName, type ArchiveName} from './archive-name.ts';
import {ByteSource} from './byte-source.ts';
import {decodeChecksumFile} from './checksum-file.ts';
import {recognizeContent} from './content-kind.ts';
import {describeDerivation, listDerivations} from './derivations.ts';
import {EncryptedFile} from './encrypted-file.ts';
import {findKey, type FoundKey} from './find-key.ts';
import {gunzip} from './gzip.ts';
import {TarReader} from './tar/tar-reader.ts';

export type OpenArchiveOptions = {
	/** Absolute. */
	readonly path: string;
	/** As openssl would be given it; it stays the caller's. */
	readonly password: Uint8Array;
	/** @default those that are usual */
	readonly iterations?: number | undefined;
	readonly signal?: AbortSignal | undefined;
};

const sniffedBytes = 512;
const maximumChecksumFileBytes = 65_536;

async function readChecksum(archive: string): Promise<string | undefined> {
	const file = `${archive}.sha256`;
	try {
		const text = await readFile(file, 'latin1');
		return decodeChecksumFile(text.slice(0, maximumChecksumFileBytes), file);
	} catch (error) {
		if (systemErrorCode(error) === 'ENOENT') {
			return undefined;
		}

		throw error instanceof CofferError ? error : new CofferError('source-failed', `The file ${file} cannot be read. Without it the archive is read without this check.`, {context: {file}, cause: error});
	}
}

/** An encrypted archive of which the key is found. */
export class OpenArchive {
	readonly name: ArchiveName;
	/** The flags of `openssl enc` that opened it. */
	readonly derivation: string;
	/** Whether a `.sha256` lies beside it; `entries` compares it. */
	readonly hasChecksum: boolean;
	/** What it holds: entries, or one file; known once the first entry is read. */
	kind: 'tar' | 'file' | undefined;
	readonly isPacked: boolean;
	readonly #file: EncryptedFile;
	readonly #key: FoundKey;
	readonly #sha256: string | undefined;
	readonly #signal: AbortSignal | undefined;

	private constructor(file: EncryptedFile, key: FoundKey, sha256: string | undefined, signal: AbortSignal | undefined) {
		this.#file = file;
		this.#key = key;
		this.#sha256 = sha256;
		this.#signal = signal;
		this.name = parseArchiveName(path.basename(file.path));
		this.derivation = describeDerivation(key.derivation);
		this.hasChecksum = sha256 !== undefined;
		this.isPacked = key.kind === 'gzip';
	}

	/** @throws `source-missing`, `source-failed`, `usage`, `key-wrong`, `damaged`, `aborted` */
	static async open({path: file, password, iterations, signal}: OpenArchiveOptions): Promise<OpenArchive> {
		const derivations = listDerivations(iterations);
		const encrypted = await EncryptedFile.open(file);
		try {
			const sha256 = await readChecksum(file);
			return new OpenArchive(encrypted, await findKey(encrypted, {password, derivations, sha256, signal}), sha256, signal);
		} catch (error) {
			await encrypted.close();
			throw error;
		}
	}

	get path(): string {
		return this.#file.path;
	}

	get sizeBytes(): number {
		return this.#file.sizeBytes;
	}

	/** In milliseconds since 1970. */
	get mtimeMs(): number {
		return this.#file.mtimeMs;
	}

	/** How far it has been read. */
	get bytesRead(): number {
		return this.#file.bytesRead;
	}

	/**
	Everything in it, once. It was read to its end, and compared with all that guards it against accidents (padding, the checksums of gzip and tar, the `.sha256` beside it), when the last entry is followed by the end.
	@param onSkip - Told of each entry that cannot be taken.
	@yields The next entry.
	@throws `damaged`, perhaps after some entries; `source-failed`; `aborted`
	*/
	async * entries(onSkip: (path: ByteString, reason: string) => void): AsyncGenerator<StreamedEntry, void> {
		const hash = this.#sha256 === undefined ? undefined : createHash('sha256');
		const decrypted = this.#file.decrypt(this.#key, {hash, signal: this.#signal});
		const content = this.isPacked ? gunzip(decrypted, this.path) : decrypted;
		try {
			const source = new ByteSource(content);
			const head = await source.read(sniffedBytes);
			source.unread(head);
			this.kind = (this.isPacked ? recognizeContent(head) : this.#key.kind) === 'tar' ? 'tar' : 'file';
			if (this.kind === 'tar') {
				yield * new TarReader(source, {what: this.path, onSkip}).entries();
			} else {
				yield this.#singleFile(source);
			}

			// What follows the end of a tar is no part of it, but of what gzip and padding guard.
			await source.skip(Number.POSITIVE_INFINITY);
			await drain(decrypted);
			if (hash !== undefined && hash.digest('hex') !== this.#sha256) {
				throw new CofferError('damaged', `${this.path} is not what its .sha256 was made of: it was damaged or exchanged. Use another copy.`, {context: {file: this.path}});
			}
		} finally {
			await content.return();
			await decrypted.return();
		}
	}

	/** Forget the key and close the file. */
	async close(): Promise<void> {
		this.#key.key.fill(0);
		await this.#file.close();
	}

	#singleFile(source: ByteSource): StreamedEntry {
		const extension = /\.[^.\-/]{1,10}$/.exec(path.basename(this.path).replace(/\.enc$/i, '').replace(/\.gz$/i, ''))?.[0] ?? '';
		return {
			path: fromText(`${this.name.source}${extension}`.replaceAll('/', '-')),
			type: 'file',
			mode: 0o600,
			uid: 0,
			gid: 0,
			mtimeNs: BigInt(Math.floor(this.name.timeMs ?? this.mtimeMs)) * 1_000_000n,
			content: pieces(source),
		};
	}
}

async function * pieces(source: ByteSource): AsyncGenerator<Buffer, void> {
	for (let piece = await source.next(Number.POSITIVE_INFINITY); piece; piece = await source.next(Number.POSITIVE_INFINITY)) {
		yield piece;
	}
}

/** gunzip stops at the end of what was packed; the padding comes after. */
async function drain(rest: AsyncIterator<Buffer>): Promise<void> {
	while (!(await rest.next()).done) {
		// Nothing is wanted of it.
	}
}
