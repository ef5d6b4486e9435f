import {Buffer} from 'node:buffer';
import type {BlobId} from '../ids.ts';
import {releaseMemory} from '../release-memory.ts';
import type {BlobHasher} from './blob-id.ts';
import type {BlobIndex} from './blob-index.ts';
import {compressDelta, compressSegment} from './compression.ts';
import type {Delta} from './delta-table.ts';
import type {PackWriter} from './pack-writer.ts';
import type {NewSegment} from './segment-table.ts';

/** A blob of this size or more is a segment by itself. */
export const ownSegmentBytes = 256 * 1024;
/** Smaller blobs are compressed and encrypted together, up to about this size. */
export const sharedSegmentBytes = 2 * 1024 * 1024;
/** A smaller chunk is not worth a segment by itself, and the reading of its base. */
export const minimumDeltaBytes = 64 * 1024;

/** What a chunk may be stored as a difference to. */
export type DeltaBase = {
	readonly delta: Delta;
	/** The plaintexts of the bases, one after the other. */
	readonly dictionary: Buffer;
};

/** Looks for what a new chunk may be stored as a difference to, the most promising first. */
export type FindBases = () => AsyncIterable<DeltaBase>;

/** A delta this many times smaller than its plaintext is stored without compressing the whole for comparison: hardly anything is packed to half of that by itself. */
const surelyWorthIt = 64;

/** What was stored beyond what the repository had. */
export type AddedCounts = {
	readonly blobs: number;
	/** Bytes of plaintext. */
	readonly bytes: number;
};

/**
Stores blobs: names them, drops those that the repository has, gathers small ones in segments, compresses, and hands the segments to a pack writer.
*/
export class BlobWriter {
	readonly #hasher: BlobHasher;
	readonly #index: BlobIndex;
	readonly #packs: PackWriter;
	readonly #ownSegmentBytes: number;
	readonly #gathered = Buffer.allocUnsafeSlow(sharedSegmentBytes);
	#gatheredBytes = 0;
	#ids: Buffer[] = [];
	#lengths: number[] = [];
	#blobs = 0;
	#bytes = 0;

	/** @param options.ownSegmentBytes - @default ownSegmentBytes */
	constructor(hasher: BlobHasher, index: BlobIndex, packs: PackWriter, options: {readonly ownSegmentBytes?: number} = {}) {
		this.#ownSegmentBytes = options.ownSegmentBytes ?? ownSegmentBytes;
		this.#hasher = hasher;
		this.#index = index;
		this.#packs = packs;
	}

	get added(): AddedCounts {
		return {blobs: this.#blobs, bytes: this.#bytes};
	}

	/** The caller may reuse the buffer at once. @param sketch - Kept with a blob that is a segment by itself. */
	store(plaintext: Uint8Array, sketch?: Uint8Array): BlobId {
		const id = this.#hasher.idOf(plaintext);
		if (this.#isNew(id, plaintext)) {
			this.#storeWhole(plaintext, id, sketch);
		}

		return id.toString('hex') as BlobId;
	}

	/**
	Store a chunk as a difference to another one if it is new and that saves at least half, else as `store` does.
	@param findBases - Called only when it is new and large enough.
	@throws What `findBases` throws
	*/
	async storeChunk(plaintext: Uint8Array, sketch: Uint8Array | undefined, findBases: FindBases): Promise<BlobId> {
		const id = this.#hasher.idOf(plaintext);
		if (this.#isNew(id, plaintext) && !(plaintext.byteLength >= minimumDeltaBytes && await this.#storeDelta(plaintext, id, sketch, findBases))) {
			this.#storeWhole(plaintext, id, sketch);
		}

		return id.toString('hex') as BlobId;
	}

	/** Wait until little is left to write. @throws What the storage threw. */
	async drain(): Promise<void> {
		await this.#packs.drain();
	}

	/** Write out all that was stored and wait until it is durable. @throws What the storage threw. */
	async finish(): Promise<void> {
		this.#flush();
		await this.#packs.finish();
	}

	/** Throw away what is not yet in a finished pack. Never fails. */
	async discard(): Promise<void> {
		await this.#packs.discard();
	}

	#isNew(id: Buffer, plaintext: Uint8Array): boolean {
		if (!this.#index.add(id)) {
			return false;
		}

		this.#blobs++;
		this.#bytes += plaintext.byteLength;
		return true;
	}

	#storeWhole(plaintext: Uint8Array, id: Buffer, sketch: Uint8Array | undefined): void {
		if (plaintext.byteLength >= this.#ownSegmentBytes) {
			this.#addSegment(plaintext, {ids: id, lengths: [plaintext.byteLength], ...(sketch && {sketch})});
		} else {
			this.#gather(plaintext, id);
		}
	}

	/** @returns Whether it was stored. */
	async #storeDelta(plaintext: Uint8Array, ids: Buffer, sketch: Uint8Array | undefined, findBases: FindBases): Promise<boolean> {
		for await (const {delta, dictionary} of findBases()) {
			const compressed = compressDelta(plaintext, dictionary);
			const isWorthIt = this.#isWorthIt(compressed.byteLength, plaintext);
			if (isWorthIt) {
				this.#packs.add(compressed, {compression: 'zstd', ids, lengths: [plaintext.byteLength], delta, ...(sketch && {sketch})}, dictionary);
			}

			releaseMemory(compressed);
			if (isWorthIt) {
				return true;
			}
		}

		return false;
	}

	/** Whether a delta saves at least half of what the whole would take. */
	#isWorthIt(deltaBytes: number, plaintext: Uint8Array): boolean {
		if (deltaBytes * surelyWorthIt <= plaintext.byteLength) {
			return true;
		}

		const whole = compressSegment(plaintext);
		const wholeBytes = whole.byteLength;
		releaseMemory(whole);
		return deltaBytes * 2 <= wholeBytes;
	}

	#gather(plaintext: Uint8Array, id: Buffer): void {
		if (this.#gatheredBytes + plaintext.byteLength > sharedSegmentBytes) {
			this.#flush();
		}

		this.#gathered.set(plaintext, this.#gatheredBytes);
		this.#gatheredBytes += plaintext.byteLength;
		this.#ids.push(id);
		this.#lengths.push(plaintext.byteLength);
	}

	#flush(): void {
		if (this.#ids.length > 0) {
			this.#addSegment(this.#gathered.subarray(0, this.#gatheredBytes), {ids: Buffer.concat(this.#ids), lengths: this.#lengths});
			this.#gatheredBytes = 0;
			this.#ids = [];
			this.#lengths = [];
		}
	}

	#addSegment(plaintext: Uint8Array, segment: Omit<NewSegment, 'compression'>): void {
		const compressed = compressSegment(plaintext);
		const isWorthIt = compressed.byteLength < plaintext.byteLength - (plaintext.byteLength >> 6);
		this.#packs.add(isWorthIt ? compressed : plaintext, {...segment, compression: isWorthIt ? 'zstd' : 'none'});
		releaseMemory(compressed);
	}
}
