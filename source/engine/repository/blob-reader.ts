import {Buffer} from 'node:buffer';
import {CofferError, isCofferError} from '../errors.ts';
import type {BlobId} from '../ids.ts';
import {releaseMemory} from '../release-memory.ts';
import type {Runtime} from '../runtime.ts';
import type {Storage} from '../storage/storage.ts';
import type {BlobHasher} from './blob-id.ts';
import type {BlobLocation} from './blob-index.ts';
import {isSound, maximumDictionaryBytes, type Delta} from './delta-table.ts';
import {PackReader, type DataKeySource, type PackAddress} from './pack-reader.ts';
import {packName} from './pack-writer.ts';

/** Knows where blobs lie. */
export type BlobLocator = {
	locate(id: Uint8Array): BlobLocation | undefined;
	/** A pack was found missing: what lies in it is looked for elsewhere from now on, where that is possible. @param pack - Its number. */
	noteMissing?(pack: number): void;
	/** Look for what was written since, after a pack was found missing, or a blob not known. @param missing - Number of the pack. @default nothing is ever found */
	lookAgain?(missing?: number): Promise<void>;
};

export type BlobReaderOptions = {
	readonly storage: Storage;
	readonly runtime: Runtime;
	readonly blobs: BlobLocator;
	/** By their numbers; may grow while the reader is used. */
	readonly packs: readonly PackAddress[];
	readonly keyOf: DataKeySource;
	readonly hasher: BlobHasher;
	/** Unpacked segments that are kept. @default 16 MiB */
	readonly cacheBytes?: number;
	/** `releaseUnused` will be called. @default false */
	readonly isReleased?: boolean;
};

const maximumOpenPacks = 64;

const segmentKey = ({pack, segment}: BlobLocation): string => `${pack}:${segment}`;

/** Reads blobs, each checked against its id. Where a pack was replaced meanwhile, by others that hold the same blobs, it reads from those. It keeps the segments it used last, as neighbours are mostly wanted together. */
export class BlobReader {
	readonly #options: BlobReaderOptions;
	readonly #packs = new Map<number, PackReader>();
	readonly #segments = new Map<string, Buffer>();
	readonly #unused: Buffer[] = [];
	#cachedBytes = 0;

	constructor(options: BlobReaderOptions) {
		this.#options = options;
	}

	locate(id: BlobId): BlobLocation | undefined {
		return this.#options.blobs.locate(Buffer.from(id, 'hex'));
	}

	/**
	@returns The plaintext; it shares memory with the cache and must not be changed.
	@throws `damaged`, with the object in `context`, when it is missing or not what was stored; what the storage throws
	*/
	async read(id: BlobId): Promise<Buffer> {
		const idBytes = Buffer.from(id, 'hex');
		return this.#withPlace(id, async (location, address) => {
			const segment = await this.#readSegment(address, location);
			const plaintext = segment.subarray(location.offset, location.offset + location.length);
			if (!this.#options.hasher.idOf(plaintext).equals(idBytes)) {
				throw new CofferError('damaged', `${packName(address.id)} holds another content than the index says.`);
			}

			return plaintext;
		}, () => new CofferError('damaged', `A part (${id.slice(0, 12)}…) is in no pack that the index names: the index object or the pack that held it is lost.`, {context: {blob: id}}));
	}

	/**
	The dictionary of a delta: the plaintexts of its bases, one after the other. Its memory is the caller's.
	@param options.areChecked - Check each base against its id, and what that is a difference to as well, to know which of them is wrong. Whoever only reads need not: the blob itself is checked. @default false
	@throws `damaged`, with the base and, where it has one, its pack in `context`, or with neither where the delta itself cannot be; what the storage throws
	*/
	async readDictionary(delta: Delta, {areChecked = false}: {readonly areChecked?: boolean} = {}): Promise<Buffer> {
		const {bases} = delta;
		if (bases.some(base => !this.locate(base))) {
			await this.#options.blobs.lookAgain?.();
		}

		const locations = bases.map(base => this.locate(base) ?? this.#failOnBase(base));
		this.assertSound(delta);
		const dictionaryBytes = locations.reduce((sum, {length}) => sum + length, 0);
		if (dictionaryBytes > maximumDictionaryBytes) {
			throw new CofferError('damaged', 'The index describes a part as a difference to more than any part is: it was damaged, or written by another program.');
		}

		const dictionary = Buffer.allocUnsafeSlow(dictionaryBytes);
		let offset = 0;
		for (const [index, location] of locations.entries()) {
			await this.#copyBase(bases[index]!, dictionary.subarray(offset, offset + location.length), areChecked);
			offset += location.length;
		}

		return dictionary;
	}

	/** Whether a delta is as deep as its bases ask for: following another one might never end. */
	isSound(delta: Delta): boolean {
		return isSound(delta, base => this.locate(base)?.delta?.depth ?? 0);
	}

	/** @throws `damaged` for a delta that is not sound */
	assertSound(delta: Delta): void {
		if (!this.isSound(delta)) {
			throw new CofferError('damaged', 'The index describes a part as a difference to others that are as deep as it is: a less deep copy of them is lost, or the index was damaged, or written by another program.');
		}
	}

	/** As `read`, but only from memory; `undefined` where `read` has to be asked, also about what is wrong. */
	readCached(id: BlobId): Buffer | undefined {
		const idBytes = Buffer.from(id, 'hex');
		const location = this.#options.blobs.locate(idBytes);
		const segment = location && this.#cached(segmentKey(location));
		const plaintext = segment?.subarray(location!.offset, location!.offset + location!.length);
		return plaintext && this.#options.hasher.idOf(plaintext).equals(idBytes) ? plaintext : undefined;
	}

	/** Give the memory of segments that are kept no longer back at once, where `isReleased` says so. To be called where nobody has a plaintext of this reader any more. */
	releaseUnused(): void {
		for (let segment = this.#unused.pop(); segment; segment = this.#unused.pop()) {
			releaseMemory(segment);
		}
	}

	#failOnBase(base: BlobId): never {
		throw new CofferError('damaged', `A part (${base.slice(0, 12)}…) that others are stored as differences to is in no pack that the index names: the index object or the pack that held it is lost.`, {context: {blob: base}});
	}

	/** Bases are hardly ever needed twice: they are not kept. */
	async #copyBase(id: BlobId, into: Buffer, isChecked: boolean): Promise<void> {
		await this.#withPlace(id, async (location, address) => {
			if (location.length !== into.byteLength) {
				throw new CofferError('damaged', 'Index objects say of a part that others are stored as differences to that it has different lengths: one was damaged, or written by another program.');
			}

			const cached = this.#cached(segmentKey(location));
			const segment = cached ?? await this.#unpackSegment(address, location, isChecked);
			segment.copy(into, 0, location.offset, location.offset + location.length);
			if (!cached) {
				releaseMemory(segment);
			}

			if (isChecked && this.#options.hasher.idOf(into).toString('hex') !== id) {
				throw new CofferError('damaged', `${packName(address.id)} holds another content than the index says.`);
			}
		}, () => this.#failOnBase(id));
	}

	/**
	Read a blob in its place, and, should its pack be missing, in any other that is known or was made meanwhile.
	@param read - What is wrong with the pack is thrown with pack and blob in `context`; with a base of a delta, with the base's.
	@param toUnknown - The error for a blob that lies nowhere.
	*/
	async #withPlace<Result>(id: BlobId, read: (location: BlobLocation, address: PackAddress) => Promise<Result>, toUnknown: () => Error): Promise<Result> {
		const {blobs, packs} = this.#options;
		const missing = new Set<number>();
		let hasLooked = false;
		for (let failure: Error | undefined; ;) {
			const location = this.locate(id);
			if (location === undefined || missing.has(location.pack)) {
				if (hasLooked || !blobs.lookAgain) {
					throw failure ?? toUnknown();
				}

				await blobs.lookAgain(location?.pack);
				hasLooked = true;
				continue;
			}

			const address = packs[location.pack]!;
			try {
				return await read(location, address);
			} catch (error) {
				if (!isCofferError(error, 'damaged', 'format-unsupported', 'object-missing')) {
					throw error;
				}

				failure = error.context['blob'] === undefined ? new CofferError('damaged', error.message, {context: {object: packName(address.id), blob: id}, cause: error}) : error;
				if (error.code !== 'object-missing') {
					throw failure;
				}

				missing.add(location.pack);
				hasLooked = false;
				blobs.noteMissing?.(location.pack);
			}
		}
	}

	#cached(key: string): Buffer | undefined {
		const cached = this.#segments.get(key);
		if (cached) {
			// Move it to the end: the first of the map is the one that was not used for longest.
			this.#segments.delete(key);
			this.#segments.set(key, cached);
		}

		return cached;
	}

	async #readSegment(address: PackAddress, location: BlobLocation): Promise<Buffer> {
		const key = segmentKey(location);
		const cached = this.#cached(key);
		if (cached) {
			return cached;
		}

		const plaintext = await this.#unpackSegment(address, location);
		if (this.#segments.has(key)) {
			// Another call was faster: it must not be counted twice.
			return plaintext;
		}

		this.#segments.set(key, plaintext);
		this.#cachedBytes += plaintext.byteLength;
		for (const [oldest, segment] of this.#segments) {
			if (this.#cachedBytes <= (this.#options.cacheBytes ?? 16 * 1024 * 1024) || oldest === key) {
				break;
			}

			this.#segments.delete(oldest);
			this.#cachedBytes -= segment.byteLength;
			if (this.#options.isReleased) {
				this.#unused.push(segment);
			}
		}

		return plaintext;
	}

	async #unpackSegment(address: PackAddress, location: BlobLocation, areBasesChecked = false): Promise<Buffer> {
		const {pack, segment: number, segmentOffset: offset, sealedBytes, compression, plaintextBytes, delta} = location;
		const dictionary = delta && await this.readDictionary(delta, {areChecked: areBasesChecked});
		const reader = await this.#openPack(pack, address);
		const plaintext = await reader.read({number, offset, sealedBytes, compression, plaintextBytes}, dictionary);
		if (dictionary) {
			releaseMemory(dictionary);
		}

		return plaintext;
	}

	async #openPack(number: number, address: PackAddress): Promise<PackReader> {
		let reader = this.#packs.get(number);
		if (reader === undefined) {
			const {storage, keyOf, runtime} = this.#options;
			reader = await PackReader.open(storage, address, keyOf, runtime);
			this.#packs.set(number, reader);
			if (this.#packs.size > maximumOpenPacks) {
				this.#packs.delete(this.#packs.keys().next().value!);
			}
		}

		return reader;
	}
}
