import {hash} from 'node:crypto';
import type {TableRows} from './table-rows.ts';

/** Words of 32 bits of the sum, the lowest first. */
const wordCount = 4;
const wordRange = 2 ** 32;

/**
Counts the rows of one table. If asked, it sums up the first 128 bits of each row's SHA-256, modulo 2^128: the same rows give the same sum in any order, and one that is there twice counts twice.
It finds what was lost or changed by accident; against somebody who makes rows up to fit, a sum of hashes is no protection.
*/
export class TableDigest {
	readonly #sum: Float64Array | undefined;
	#rows = 0;

	/** @param hasChecksum - Whether the sum is wanted, which costs about a microsecond a row. */
	constructor(hasChecksum: boolean) {
		this.#sum = hasChecksum ? new Float64Array(wordCount) : undefined;
	}

	/** @param row - As the dump writes it; read before this returns. */
	add(row: Uint8Array): void {
		this.#rows++;
		const sum = this.#sum;
		if (!sum) {
			return;
		}

		const digest = hash('sha256', row, 'buffer');
		let carry = 0;
		for (let index = 0; index < wordCount; index++) {
			const value = sum[index]! + digest.readUInt32LE(index * 4) + carry;
			carry = value >= wordRange ? 1 : 0;
			sum[index] = value - (carry * wordRange);
		}
	}

	get rows(): number {
		return this.#rows;
	}

	/** 32 hexadecimal digits; `undefined` where it was not wanted. */
	get checksum(): string | undefined {
		return this.#sum && [...this.#sum].toReversed().map(word => word.toString(16).padStart(8, '0')).join('');
	}
}

/** In the order of their names. */
export function byName(tables: readonly TableRows[]): TableRows[] {
	return tables.toSorted(({name: a}, {name: b}) => (a < b ? -1 : Number(a > b)));
}

/** The digests of all tables of a database. */
export class TableDigests {
	readonly #tables = new Map<string, TableDigest>();
	readonly #hasChecksums: boolean;

	constructor(hasChecksums: boolean) {
		this.#hasChecksums = hasChecksums;
	}

	/** The digest of a table, which counts as met from now on, also where no row of it comes. @param name - As people write it. */
	table(name: string): TableDigest {
		let digest = this.#tables.get(name);
		if (!digest) {
			digest = new TableDigest(this.#hasChecksums);
			this.#tables.set(name, digest);
		}

		return digest;
	}

	/** Every table that was met, by name. */
	all(): TableRows[] {
		return byName([...this.#tables].map(([name, {rows, checksum}]) => ({name, rows, ...(checksum !== undefined && {checksum})})));
	}
}
