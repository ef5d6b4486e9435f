import {createHash} from 'node:crypto';

/** One number of 32 bits from several: equal for equal parts, unlike for others (the finaliser of MurmurHash3). */
export function mix(...parts: readonly number[]): number {
	let state = 0x9E_37_79_B9;
	for (const part of parts) {
		state = Math.imul(state ^ part, 0x85_EB_CA_6B);
		state = Math.imul(state ^ (state >>> 13), 0xC2_B2_AE_35);
		state ^= state >>> 16;
	}

	return state >>> 0;
}

/** A seed for `Random` from a text. */
export function seedOf(text: string): number {
	return createHash('sha256').update(text).digest().readUInt32LE();
}

/** Numbers that depend on the seed only, the same on every machine (mulberry32). Quick, and no more random than test data needs. */
export class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = seed;
	}

	/** Begin anew from another seed. */
	restart(seed: number): this {
		this.#state = seed;
		return this;
	}

	/** The next 32 bits. */
	next(): number {
		this.#state = (this.#state + 0x6D_2B_79_F5) | 0;
		let value = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
		value ^= value + Math.imul(value ^ (value >>> 7), 61 | value);
		return (value ^ (value >>> 14)) >>> 0;
	}

	/** From 0 to below 1. */
	fraction(): number {
		return this.next() / 0x1_00_00_00_00;
	}

	/** An integer from 0 to below `limit`. */
	below(limit: number): number {
		return Math.floor(this.fraction() * limit);
	}

	/** One of a list. @param list - Not empty. */
	pick<Item>(list: readonly Item[]): Item {
		return list[this.below(list.length)]!;
	}

	/** Many small ones, few large ones, up to three times the mean. */
	size(mean: number): number {
		return 1 + Math.floor(3 * mean * (this.fraction() ** 2));
	}

	/** Hexadecimal digits. @param length - At most 8. */
	hex(length: number): string {
		return this.next().toString(16).padStart(8, '0').slice(0, length);
	}
}
