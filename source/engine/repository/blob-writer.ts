import {Buffer} from 'node:buffer';
import type {BlobId} from '../ids.ts';
import {releaseMemory} from '../release-memory.ts';
import type {BlobHasher} from './blob-id.ts';
import type {BlobIndex} from './blob-index.ts';
import {compressZstd, type Compression} from './compression.ts';
import type {PackWriter} from './pack-writer.ts';

/** A blob of this size or more is a segment by itself. */
export const ownSegmentBytes = 64 * 1024;
/** Smaller blobs are compressed and encrypted together, up to about this size. */
export const sharedSegmentBytes = 1024 * 1024;

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
	readonly #level: number;
	readonly #gathered = Buffer.allocUnsafeSlow(sharedSegmentBytes);
	#gatheredBytes = 0;
	#ids: Buffer[] = [];
	#lengths: number[] = [];
	#blobs = 0;
	#bytes = 0;

	/** @param options.level - Of zstd. @default 3 */
	constructor(hasher: BlobHasher, index: BlobIndex, packs: PackWriter, options: {readonly level?: number} = {}) {
		this.#hasher = hasher;
		this.#index = index;
		this.#packs = packs;
		this.#level = options.level ?? 3;
	}

	get added(): AddedCounts {
		return {blobs: this.#blobs, bytes: this.#bytes};
	}

	/** The caller may reuse the buffer at once. */
	store(plaintext: Uint8Array): BlobId {
		const id = this.#hasher.idOf(plaintext);
		if (this.#index.add(id)) {
			this.#blobs++;
			this.#bytes += plaintext.byteLength;
			if (plaintext.byteLength >= ownSegmentBytes) {
				this.#addSegment(plaintext, id, [plaintext.byteLength]);
			} else {
				this.#gather(plaintext, id);
			}
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
			this.#addSegment(this.#gathered.subarray(0, this.#gatheredBytes), Buffer.concat(this.#ids), this.#lengths);
			this.#gatheredBytes = 0;
			this.#ids = [];
			this.#lengths = [];
		}
	}

	#addSegment(plaintext: Uint8Array, ids: Uint8Array, lengths: readonly number[]): void {
		const compressed = compressZstd(plaintext, this.#level);
		const isWorthIt = compressed.byteLength < plaintext.byteLength - (plaintext.byteLength >> 6);
		const compression: Compression = isWorthIt ? 'zstd' : 'none';
		this.#packs.add(isWorthIt ? compressed : plaintext, compression, ids, lengths);
		releaseMemory(compressed);
	}
}
