import {featuresOf, featuresPerSketch} from '../chunking/sketch.ts';

/** The memory of a `SimilarityIndex`, to be handed to a worker thread. */
export type SimilarityMemory = SharedArrayBuffer;

const smallestSlots = 1024;
/** A slot is two numbers: a feature, and one more than the entry that has it. */
const wordsPerSlot = 2;

/**
Finds the chunk that a new one resembles, by the features of its sketch: a table with open addressing in shared memory. Where several chunks share a feature, the one that was added last has it.
Only one thread adds, before others look.
*/
export class SimilarityIndex {
	#table: Uint32Array;
	#used = 0;

	/** @param memory - Of another one, to look things up in it. @default an empty one */
	constructor(memory: SimilarityMemory = new SharedArrayBuffer(smallestSlots * wordsPerSlot * 4)) {
		this.#table = new Uint32Array(memory);
	}

	get memory(): SimilarityMemory {
		return this.#table.buffer as SharedArrayBuffer;
	}

	/** @param entry - A number below 2^32 − 1. */
	add(sketch: Uint8Array, entry: number): void {
		if ((this.#used + featuresPerSketch) * wordsPerSlot * 2 > this.#table.length) {
			this.#grow();
		}

		for (const feature of featuresOf(sketch)) {
			this.#put(feature, entry + 1);
		}
	}

	/** The entry that shares the most features; the highest number where several share as many. `undefined` where none shares any. */
	find(sketch: Uint8Array): number | undefined {
		const votes = new Map<number, number>();
		for (const feature of featuresOf(sketch)) {
			const slot = this.#slotOf(feature);
			const entry = this.#table[slot + 1]!;
			if (entry !== 0) {
				votes.set(entry, (votes.get(entry) ?? 0) + 1);
			}
		}

		let best: number | undefined;
		for (const [entry, count] of votes) {
			if (best === undefined || count > votes.get(best)! || (count === votes.get(best)! && entry > best)) {
				best = entry;
			}
		}

		return best === undefined ? undefined : best - 1;
	}

	/** Where a feature is, or would be. */
	#slotOf(feature: number): number {
		const slots = this.#table.length / wordsPerSlot;
		// The lowest bits are those of the feature's number: spread what stands above them.
		for (let slot = Math.imul(feature, 0x9E_37_79_B1) >>> 0; ; slot++) {
			const at = (slot & (slots - 1)) * wordsPerSlot;
			if (this.#table[at + 1] === 0 || this.#table[at] === feature) {
				return at;
			}
		}
	}

	#put(feature: number, value: number): void {
		const at = this.#slotOf(feature);
		this.#used += Number(this.#table[at + 1] === 0);
		this.#table[at] = feature;
		this.#table[at + 1] = value;
	}

	#grow(): void {
		const old = this.#table;
		this.#table = new Uint32Array(new SharedArrayBuffer(old.byteLength * 2));
		this.#used = 0;
		for (let at = 0; at < old.length; at += wordsPerSlot) {
			if (old[at + 1] !== 0) {
				this.#put(old[at]!, old[at + 1]!);
			}
		}
	}
}
