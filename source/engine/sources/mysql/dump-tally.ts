import type {Buffer} from 'node:buffer';
import {TableDigests} from '../databases/table-digest.ts';
import type {TableRows} from '../databases/table-rows.ts';
import {DumpScanner, unquoteIdentifier, type DumpListener} from './dump-scanner.ts';
import type {PassingTable} from './row-scanner.ts';

const creation = /^CREATE TABLE (`(?:[^`]|``)+`)/;
const endLine = /^-- Dump completed\b/;

/** Counts what a dump holds while it passes. */
export class DumpTally implements DumpListener {
	readonly #digests: TableDigests;
	readonly #scanner: DumpScanner;
	#hasEndLine = false;
	#bytes = 0;

	/** @param hasChecksums - Make a checksum of each table's rows, which costs time. */
	constructor(hasChecksums: boolean) {
		this.#digests = new TableDigests(hasChecksums);
		this.#scanner = new DumpScanner(this, hasChecksums);
	}

	get bytes(): number {
		return this.#bytes;
	}

	push(piece: Uint8Array): void {
		this.#bytes += piece.byteLength;
		this.#scanner.push(piece);
	}

	/** @returns Whether it was whole: its last line is there, and nothing behind it. */
	end(): boolean {
		return this.#scanner.end() && this.#hasEndLine;
	}

	/** Every table, also those without rows, by name. */
	get tables(): readonly TableRows[] {
		return this.#digests.all();
	}

	statement(text: Buffer): void {
		this.#hasEndLine = false;
		const found = creation.exec(text.toString('latin1', 0, 1000));
		if (found) {
			this.#digests.table(unquoteIdentifier(found[1]!));
		}
	}

	comment(line: string): void {
		this.#hasEndLine = endLine.test(line);
	}

	insert(table: string): PassingTable {
		this.#hasEndLine = false;
		return this.#digests.table(table);
	}
}

/** Read a dump for its tables alone. @throws what the dump throws */
export async function readTables(dump: AsyncIterable<Uint8Array>, hasChecksums: boolean): Promise<{readonly tables: readonly TableRows[]; readonly isWhole: boolean}> {
	const tally = new DumpTally(hasChecksums);
	for await (const piece of dump) {
		tally.push(piece);
	}

	const isWhole = tally.end();
	return {tables: tally.tables, isWhole};
}
