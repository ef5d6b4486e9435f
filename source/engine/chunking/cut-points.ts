import type {Buffer} from 'node:buffer';
import {SketchBuilder} from './sketch.ts';

/** Sizes in bytes; `averageBytes` is a power of two. */
export type ChunkingParameters = {
	readonly minimumBytes: number;
	readonly averageBytes: number;
	readonly maximumBytes: number;
};

/** What new repositories use. Larger chunks compress better and keep the index small; what changes inside of one is stored as a delta. */
export const defaultChunking: ChunkingParameters = {minimumBytes: 256 * 1024, averageBytes: 1024 * 1024, maximumBytes: 2 * 1024 * 1024};
/** One place in 2^11 is a sample for the sketch. */
const sampleBits = 11;

/** @throws RangeError when the parameters are not usable. */
export function assertChunkingParameters({minimumBytes, averageBytes, maximumBytes}: ChunkingParameters): void {
	const isPowerOfTwo = Number.isSafeInteger(averageBytes) && averageBytes >= 256 && averageBytes <= 2 ** 26 && (averageBytes & (averageBytes - 1)) === 0;
	const isWhole = Number.isSafeInteger(minimumBytes) && Number.isSafeInteger(maximumBytes);
	if (!isPowerOfTwo || !isWhole || minimumBytes < 64 || minimumBytes > averageBytes || maximumBytes < averageBytes || maximumBytes > 2 ** 27) {
		throw new RangeError('Chunking parameters must satisfy 64 ≤ minimum ≤ average ≤ maximum, with an average that is a power of two');
	}
}

/** A mask of the highest `bits` bits: in a Gear hash the high bits depend on the most bytes. */
function highBits(bits: number): number {
	return bits === 0 ? 0 : (-1 << (32 - bits));
}

/**
Finds the cut points of a stream: FastCDC (Xia et al., USENIX ATC 2016) with its normalised chunking of level 2 and a 32-bit Gear hash. A cut depends only on the bytes since the previous cut.
*/
export class CutPointFinder {
	readonly minimumBytes: number;
	readonly averageBytes: number;
	readonly maximumBytes: number;
	readonly #gear: Int32Array;
	readonly #strictMask: number;
	readonly #looseMask: number;
	readonly #sampleMask: number;
	readonly #sketch = new SketchBuilder();

	/** @param gear - 256 numbers, see `createGearTable`. */
	constructor(parameters: ChunkingParameters, gear: Int32Array) {
		assertChunkingParameters(parameters);
		this.minimumBytes = parameters.minimumBytes;
		this.averageBytes = parameters.averageBytes;
		this.maximumBytes = parameters.maximumBytes;
		this.#gear = gear;
		const bits = Math.log2(parameters.averageBytes);
		this.#strictMask = highBits(bits + 2);
		const looseBits = Math.max(bits - 2, 1);
		this.#looseMask = highBits(looseBits);
		// A subset of the bits of both other masks, so that one test for each byte serves all three.
		this.#sampleMask = highBits(Math.min(sampleBits, looseBits));
	}

	/** The sketch of the chunk that `next` found last, from what follows its smallest size; `undefined` where that is too little. */
	buildSketch(): Buffer | undefined {
		return this.#sketch.build();
	}

	/**
	The length of the chunk that begins at `start`. When the stream goes on after `end`, at least `maximumBytes` bytes must be there: then the result
	does not depend on how the stream was sliced.
	*/
	next(bytes: Uint8Array, start: number, end: number): number {
		const available = end - start;
		const sketch = this.#sketch;
		sketch.reset();
		if (available <= this.minimumBytes) {
			return available;
		}

		const gear = this.#gear;
		const limit = start + Math.min(available, this.maximumBytes);
		const middle = Math.min(start + this.averageBytes, limit);
		let hash = 0;
		let position = start + this.minimumBytes;
		// The hash forgets a byte after 32 more: starting 32 bytes early makes the first decision depend on a full window.
		for (let warm = position - 32; warm < position; warm++) {
			hash = ((hash << 1) + gear[bytes[warm]!]!) | 0;
		}

		const sampleMask = this.#sampleMask;
		const strictMask = this.#strictMask;
		const looseMask = this.#looseMask;
		while (position < limit) {
			const mask = position < middle ? strictMask : looseMask;
			const stop = position < middle ? middle : limit;
			// Nothing but this in the inner loop: it runs once for each byte.
			for (hash = ((hash << 1) + gear[bytes[position++]!]!) | 0; (hash & sampleMask) !== 0 && position < stop;) {
				hash = ((hash << 1) + gear[bytes[position++]!]!) | 0;
			}

			if ((hash & sampleMask) !== 0) {
				continue;
			}

			sketch.add(hash, bytes[position - 1]! | (bytes[position - 2]! << 8) | (bytes[position - 3]! << 16) | (bytes[position - 4]! << 24));
			if ((hash & mask) === 0) {
				return position - start;
			}
		}

		return limit - start;
	}
}
