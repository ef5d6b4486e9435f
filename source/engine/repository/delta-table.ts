import {Buffer} from 'node:buffer';
import type {BlobId} from '../ids.ts';

/** What a segment needs besides itself to be unpacked: it is a delta. */
export type Delta = {
	/** The blobs whose plaintexts, one after the other, are the dictionary of the segment's zstd frame. */
	readonly bases: readonly BlobId[];
	/** At least `depthOver` its bases; that of a blob that is stored whole is 0. */
	readonly depth: number;
};

/**
The depth of a delta on bases of these depths: how many further segments have to be unpacked for it, even if none of them is at hand twice. Where every delta is at least as deep, reading ends after a
known amount of work: no circles, and no tree of bases that grows without bound.
*/
export function depthOver(baseDepths: readonly number[]): number {
	return baseDepths.reduce((sum, depth) => sum + depth + 1, 0);
}

/**
Whether a delta is as deep as its bases ask for; only such a one is read.
@param depthOf - 0 for what is stored whole, or not known.
*/
export function isSound({bases, depth}: Delta, depthOf: (base: BlobId) => number): boolean {
	return depthOver(bases.map(base => depthOf(base))) <= depth;
}

/** A reader unpacks no more further segments for one blob, however damaged the index is. */
export const maximumDepth = 64;
/** Writers store a chunk whole again before it becomes deeper: each link is unpacked when it is read. */
export const deepestWritten = 16;
/** No delta has more bases. */
export const maximumBases = 16;
/** The bases of a delta together are never longer. */
export const maximumDictionaryBytes = 64 * 1024 * 1024;

/** The memory of a `DeltaTable`, to be handed to a worker thread. */
export type DeltaTableMemory = readonly SharedArrayBuffer[];

const idWords = 8;
const wordsPerBlock = 64 * 1024;
const blockBits = 16;

/**
The bases of all deltas of a repository, in shared memory: depth, count and 32 bytes a base each. Only one thread adds; what others were handed does not change.
*/
export class DeltaTable {
	readonly #blocks: Uint32Array[];
	#used = wordsPerBlock;

	constructor(memory: DeltaTableMemory = []) {
		this.#blocks = memory.map(block => new Uint32Array(block));
	}

	get memory(): DeltaTableMemory {
		return this.#blocks.map(block => block.buffer as SharedArrayBuffer);
	}

	/** @returns The number under which `get` finds it; never 0. */
	add({bases, depth}: Delta): number {
		const words = 2 + (bases.length * idWords);
		if (this.#used + words > wordsPerBlock) {
			this.#blocks.push(new Uint32Array(new SharedArrayBuffer(wordsPerBlock * 4)));
			// So that no entry has the number 0.
			this.#used = 1;
		}

		const block = this.#blocks.at(-1)!;
		const start = this.#used;
		block[start] = depth;
		block[start + 1] = bases.length;
		const bytes = new Uint8Array(block.buffer, (start + 2) * 4, bases.length * 32);
		for (const [index, base] of bases.entries()) {
			bytes.set(Buffer.from(base, 'hex'), index * 32);
		}

		this.#used += words;
		return (((this.#blocks.length - 1) << blockBits) | start) >>> 0;
	}

	get(number: number): Delta {
		const block = this.#blocks[number >>> blockBits]!;
		const start = number & (wordsPerBlock - 1);
		const count = block[start + 1]!;
		const bytes = Buffer.from(block.buffer, (start + 2) * 4, count * 32);
		return {depth: block[start]!, bases: Array.from({length: count}, (_, index) => bytes.toString('hex', index * 32, (index + 1) * 32) as BlobId)};
	}
}
