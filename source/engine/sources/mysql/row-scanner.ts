import {Buffer} from 'node:buffer';

/** Takes the rows of a table while they pass. */
export type PassingTable = {
	/** @param row - As the dump has it, from bracket to bracket; nothing where only the number is wanted. */
	add(row: Uint8Array): void;
};

const [quote, backslash, open, close, semicolon] = [0x27, 0x5C, 0x28, 0x29, 0x3B] as const;
const nothing = new Uint8Array();

/** Finds the rows of an INSERT statement behind its VALUES, on lines of their own or not. Dumps quote all texts with `'`, and escape with backslashes. */
export class RowScanner {
	readonly #isRowWanted: boolean;
	#table: PassingTable | undefined;
	#depth = 0;
	#isQuoted = false;
	#isEscaped = false;
	/** Of the row that is being read, copied. */
	#parts: Buffer[] = [];

	/** @param isRowWanted - Give tables their rows, not only the number of them. */
	constructor(isRowWanted: boolean) {
		this.#isRowWanted = isRowWanted;
	}

	/** Rows of this table follow. */
	begin(table: PassingTable): void {
		this.#table = table;
		this.#depth = 0;
		this.#isQuoted = false;
		this.#isEscaped = false;
		this.#parts = [];
	}

	/** Whether there are more rows to come in this statement. */
	get isOpen(): boolean {
		return this.#table !== undefined;
	}

	/** @returns Where in the piece the statement has ended, or the piece's end. */
	scan(piece: Uint8Array, start: number): number {
		let rowStart = start;
		let position = start;
		while (position < piece.byteLength) {
			if (this.#isQuoted) {
				position = this.#leaveQuote(piece, position);
				continue;
			}

			const byte = piece[position++]!;
			if (byte === quote) {
				this.#isQuoted = true;
			} else if (byte === open) {
				if (this.#depth++ === 0) {
					rowStart = position - 1;
				}
			} else if (byte === close) {
				if (--this.#depth === 0) {
					this.#endRow(piece.subarray(rowStart, position));
				}
			} else if (byte === semicolon && this.#depth <= 0) {
				this.#table = undefined;
				return position;
			}
		}

		if (this.#depth > 0 && this.#isRowWanted) {
			this.#parts.push(Buffer.from(piece.subarray(rowStart)));
		}

		return position;
	}

	#endRow(part: Uint8Array): void {
		if (!this.#isRowWanted) {
			this.#table!.add(nothing);
			return;
		}

		this.#table!.add(this.#parts.length === 0 ? part : Buffer.concat([...this.#parts, part]));
		this.#parts = [];
	}

	/** @returns Behind the quote that ends the text, or the end of the piece. */
	#leaveQuote(piece: Uint8Array, start: number): number {
		let position = start;
		if (this.#isEscaped) {
			this.#isEscaped = false;
			position++;
		}

		for (; position < piece.byteLength; position++) {
			const byte = piece[position]!;
			if (byte === backslash) {
				position++;
				this.#isEscaped = position === piece.byteLength;
			} else if (byte === quote) {
				this.#isQuoted = false;
				return position + 1;
			}
		}

		return piece.byteLength;
	}
}
