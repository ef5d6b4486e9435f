import {Buffer} from 'node:buffer';
import {CofferError, type ErrorCode} from '../../errors.ts';
import {TableDigests} from '../databases/table-digest.ts';
import type {TableRows} from '../databases/table-rows.ts';
import {readIdentifier, readTableName} from './identifier.ts';
import {ScriptReader, type TakeRow} from './script-reader.ts';

type Copy = {readonly table: string; readonly columns: readonly string[]};

/** Take apart `COPY schema.table (column, …) FROM stdin;`; `undefined` for every other statement. */
function readCopy(statement: string): Copy | undefined {
	const name = statement.startsWith('COPY ') ? readTableName(statement, 'COPY '.length) : undefined;
	if (!name) {
		return undefined;
	}

	const columns: string[] = [];
	let {table, end} = name;
	if (statement.startsWith(' (', end)) {
		end += 2;
		for (let column = readIdentifier(statement, end); column; column = readIdentifier(statement, end)) {
			columns.push(column.name);
			end = column.end + (statement.startsWith(', ', column.end) ? 2 : 1);
		}
	}

	return statement.slice(end).trimStart() === 'FROM stdin;' ? {table, columns} : undefined;
}

const tab = 0x09;
const separator = Buffer.of(tab);
const noField = Buffer.alloc(0);

/** Puts the columns of rows in the order of their names: a table that inherits may have them in another one when it is made anew. */
class ColumnOrder {
	readonly #order: readonly number[];
	readonly isKept: boolean;

	constructor(columns: readonly string[]) {
		this.#order = [...columns.keys()].toSorted((a, b) => (columns[a]! < columns[b]! ? -1 : 1));
		this.isKept = this.#order.every((index, place) => index === place);
	}

	apply(row: Buffer): Buffer {
		const fields: Buffer[] = [];
		let start = 0;
		for (let end = row.indexOf(tab); end !== -1; end = row.indexOf(tab, start)) {
			fields.push(row.subarray(start, end));
			start = end + 1;
		}

		fields.push(row.subarray(start));
		return Buffer.concat(this.#order.flatMap((index, place) => [...(place === 0 ? [] : [separator]), fields[index] ?? noField]));
	}
}

/** Counts the rows of each table, and sums them up if asked, in what `pg_restore --section=data` or `pg_dump --section=data` writes. */
export class TableReader {
	readonly #digests: TableDigests;
	readonly #script: ScriptReader;

	constructor(hasChecksums: boolean) {
		this.#digests = new TableDigests(hasChecksums);
		this.#script = new ScriptReader({hasContents: hasChecksums, onStatement: statement => this.#begin(statement, hasChecksums)});
	}

	/** @param piece - Of any size; must not be changed any more. */
	add(piece: Buffer): void {
		this.#script.add(piece);
	}

	/** Every table, once all has come. @throws `code` where it was cut off */
	finish(code: ErrorCode, what: string): readonly TableRows[] {
		if (this.#script.isOpen) {
			throw new CofferError(code, `${what} was cut off in the middle of a table.`);
		}

		return this.#digests.all();
	}

	#begin(statement: string, hasChecksums: boolean): TakeRow | undefined {
		const copy = readCopy(statement);
		if (!copy) {
			return undefined;
		}

		const digest = this.#digests.table(copy.table);
		const order = new ColumnOrder(copy.columns);
		return order.isKept || !hasChecksums
			? row => {
				digest.add(row);
			}
			: row => {
				digest.add(order.apply(row));
			};
	}
}
