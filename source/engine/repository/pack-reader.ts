import {CofferError, isCofferError} from '../errors.ts';
import type {DataKeyId, PackId} from '../ids.ts';
import {releaseMemory} from '../release-memory.ts';
import type {Runtime} from '../runtime.ts';
import type {Storage} from '../storage/storage.ts';
import type {SegmentCipher} from '../crypto/segment-cipher.ts';
import {decompressZstd} from './compression.ts';
import {decodeHeader, headerBytes} from './object-header.ts';
import {decodeTable, openTrailer, tableNumber, trailerBytes} from './pack-layout.ts';
import {packName} from './pack-writer.ts';
import {cipherFor} from './sealed-object.ts';
import {maximumPackBytes, type SegmentEntry} from './segment-table.ts';

export type PackAddress = {
	readonly id: PackId;
	readonly dataKeyId: DataKeyId;
};

/** Gives the data key of a pack. May throw `damaged` or `key-role`. */
export type DataKeySource = (id: DataKeyId) => Uint8Array | Promise<Uint8Array>;

/** What is needed to decrypt one segment. */
export type SegmentAddress = Pick<SegmentEntry, 'offset' | 'sealedBytes' | 'compression'> & {
	/** Number of the segment in its pack. */
	readonly number: number;
	/** The exact size of the plaintext. */
	readonly plaintextBytes: number;
};

/** Decrypts one pack. It keeps the derived keys and nothing else. */
export class PackReader {
	readonly address: PackAddress;
	readonly #storage: Storage;
	readonly #cipher: SegmentCipher;

	private constructor(storage: Storage, address: PackAddress, cipher: SegmentCipher) {
		this.address = address;
		this.#storage = storage;
		this.#cipher = cipher;
	}

	/** @throws `damaged`, `object-missing`, and what the storage throws */
	static async open(storage: Storage, address: PackAddress, keyOf: DataKeySource, runtime: Runtime): Promise<PackReader> {
		const name = packName(address.id);
		const header = decodeHeader(await storage.read(name, {range: {offset: 0, length: headerBytes}}), 'pack', name);
		if (header.keyId !== address.dataKeyId) {
			throw new CofferError('damaged', `${name} is under another data key than the index says: it was damaged or replaced.`);
		}

		return new PackReader(storage, address, cipherFor(header, await keyOf(address.dataKeyId), runtime));
	}

	/** The data key that a pack's header names, for a pack that no index describes. @throws `damaged` */
	static async dataKeyIdOf(storage: Storage, id: PackId): Promise<DataKeyId> {
		const name = packName(id);
		return decodeHeader(await storage.read(name, {range: {offset: 0, length: headerBytes}}), 'pack', name).keyId as DataKeyId;
	}

	/**
	Read, check and unpack a segment.
	@param dictionary - Of a delta: the plaintexts of its bases.
	@throws `damaged`, `object-missing`, and what the storage throws
	*/
	async read(segment: SegmentAddress, dictionary?: Uint8Array): Promise<Buffer> {
		const sealed = await this.#storage.read(packName(this.address.id), {range: {offset: segment.offset, length: segment.sealedBytes}});
		const content = this.decrypt(segment, sealed);
		releaseMemory(sealed);
		const plaintext = this.unpack(segment, content, dictionary);
		if (plaintext !== content) {
			releaseMemory(content);
		}

		return plaintext;
	}

	/** Check and decrypt a segment whose bytes are at hand. @throws `damaged` */
	decrypt(segment: SegmentAddress, sealed: Uint8Array): Buffer {
		return this.#open(segment.number, sealed, `${packName(this.address.id)}, at byte ${segment.offset}`);
	}

	/** Unpack a segment that is decrypted. @param dictionary - Of a delta: the plaintexts of its bases. @throws `damaged` */
	unpack(segment: SegmentAddress, content: Buffer, dictionary?: Uint8Array): Buffer {
		const name = packName(this.address.id);
		const plaintext = segment.compression === 'zstd' ? decompressZstd(content, segment.plaintextBytes, name, dictionary) : content;
		if (plaintext.byteLength !== segment.plaintextBytes) {
			throw new CofferError('damaged', `${name} holds a segment of another length than the index says.`);
		}

		return plaintext;
	}

	/** Check the padding and the end of a pack whose bytes after the last segment are at hand; returns its own table. @throws `damaged` */
	openEnd(end: Uint8Array, segmentCount: number): SegmentEntry[] {
		const name = packName(this.address.id);
		const tableBytes = this.#tableBytes(end.subarray(-trailerBytes), end.byteLength);
		const tableStart = end.byteLength - trailerBytes - tableBytes;
		if (tableStart > 0) {
			this.#open(segmentCount, end.subarray(0, tableStart), `${name}, its padding`);
		}

		return this.#openTable(end.subarray(tableStart, -trailerBytes));
	}

	/** The pack's own table of its segments. @throws `damaged`, `object-missing` */
	async readTable(): Promise<{segments: SegmentEntry[]; sizeBytes: number}> {
		const name = packName(this.address.id);
		const sizeBytes = await this.#storage.size(name) ?? 0;
		if (sizeBytes < headerBytes + trailerBytes || sizeBytes > maximumPackBytes) {
			throw new CofferError('damaged', `${name} has a size that no pack has: it was truncated or damaged.`);
		}

		const trailer = await this.#storage.read(name, {range: {offset: sizeBytes - trailerBytes, length: trailerBytes}});
		const tableBytes = this.#tableBytes(trailer, sizeBytes);
		const table = await this.#storage.read(name, {range: {offset: sizeBytes - trailerBytes - tableBytes, length: tableBytes}});
		return {segments: this.#openTable(table), sizeBytes};
	}

	#tableBytes(trailer: Uint8Array, limit: number): number {
		const name = packName(this.address.id);
		try {
			return openTrailer(this.#cipher, trailer, Math.max(limit, 0) + headerBytes, name);
		} catch (error) {
			throw isCofferError(error, 'damaged') ? new CofferError('damaged', `The end of ${name} is not authentic: it was truncated or damaged.`, {cause: error}) : error;
		}
	}

	#openTable(sealed: Uint8Array): SegmentEntry[] {
		const what = `${packName(this.address.id)}, its table`;
		return decodeTable(this.#open(tableNumber, sealed, what), what);
	}

	#open(number: number, sealed: Uint8Array, what: string): Buffer {
		try {
			return this.#cipher.open(number, sealed);
		} catch (error) {
			throw isCofferError(error, 'damaged') ? new CofferError('damaged', `${what} is not authentic: it was damaged.`, {cause: error}) : error;
		}
	}
}
