import {Buffer} from 'node:buffer';

/** Takes the rows of one COPY; each is good until it returns. */
export type TakeRow = (row: Buffer) => void;

export type ScriptReaderOptions = {
	/** Is told of each statement, with its semicolon. @returns What takes the rows that follow; only where it is a `COPY … FROM stdin`. */
	readonly onStatement: (statement: string) => TakeRow | undefined;
	/** Whether rows are given whole; otherwise each is given empty, and none is held in memory. */
	readonly hasContents: boolean;
};

const [newline, backslash, dot, hyphen] = [0x0A, 0x5C, 0x2E, 0x2D];
const [quote, doubleQuote, semicolon] = [0x27, 0x22, 0x3B];
const noContent = Buffer.alloc(0);
/** Of a row that nobody wants to see, so much tells it from the line that ends the table. */
const tellingBytes = 3;

function isEndOfRows(bytes: Uint8Array, start: number, end: number): boolean {
	return end - start === 2 && bytes[start] === backslash && bytes[start + 1] === dot;
}

/**
Takes apart what pg_dump, pg_restore and pg_dumpall write, while it comes: statements, which end with a line, and the rows of each COPY.
Comments and lines for psql are left out. It knows quotes, which are doubled inside of quotes; not the dollar quotes of functions, so it is for data and roles.
*/
export class ScriptReader {
	readonly #options: ScriptReaderOptions;
	/** What has come of the line that goes on. */
	#parts: Buffer[] = [];
	#partBytes = 0;
	/** The lines of the statement that goes on. */
	#statement: Buffer[] = [];
	#openQuote = 0;
	#takeRow: TakeRow | undefined;

	constructor(options: ScriptReaderOptions) {
		this.#options = options;
	}

	/** Whether a line, a statement or a table goes on: what has come is not all. */
	get isOpen(): boolean {
		return this.#takeRow !== undefined || this.#statement.length > 0 || this.#partBytes > 0;
	}

	/** @param piece - Of any size; must not be changed any more. */
	add(piece: Buffer): void {
		const {hasContents} = this.#options;
		let start = 0;
		for (let end = piece.indexOf(newline); end !== -1; end = piece.indexOf(newline, start)) {
			const takeRow = this.#takeRow;
			if (takeRow && !hasContents && this.#parts.length === 0 && !isEndOfRows(piece, start, end)) {
				takeRow(noContent);
			} else {
				this.#readLine(this.#complete(piece.subarray(start, end)));
			}

			start = end + 1;
		}

		this.#keep(piece.subarray(start));
	}

	#keep(part: Buffer): void {
		const isWanted = this.#options.hasContents || this.#takeRow === undefined || this.#partBytes < tellingBytes;
		if (part.byteLength > 0 && isWanted) {
			this.#parts.push(part);
			this.#partBytes += part.byteLength;
		}
	}

	#complete(end: Buffer): Buffer {
		if (this.#parts.length === 0) {
			return end;
		}

		const line = Buffer.concat([...this.#parts, end]);
		this.#parts = [];
		this.#partBytes = 0;
		return line;
	}

	#readLine(line: Buffer): void {
		const takeRow = this.#takeRow;
		if (!takeRow) {
			this.#readStatementLine(line);
		} else if (isEndOfRows(line, 0, line.byteLength)) {
			this.#takeRow = undefined;
		} else {
			takeRow(this.#options.hasContents ? line : noContent);
		}
	}

	#readStatementLine(line: Buffer): void {
		const isBetween = this.#statement.length === 0;
		if (isBetween && (line.byteLength === 0 || line[0] === backslash || (line[0] === hyphen && line[1] === hyphen))) {
			return;
		}

		this.#statement.push(Buffer.from(line));
		for (const byte of line) {
			if (byte === this.#openQuote) {
				this.#openQuote = 0;
			} else if (this.#openQuote === 0 && (byte === quote || byte === doubleQuote)) {
				this.#openQuote = byte;
			}
		}

		if (this.#openQuote === 0 && line.at(-1) === semicolon) {
			const statement = this.#statement.map(part => part.toString()).join('\n');
			this.#statement = [];
			this.#takeRow = this.#options.onStatement(statement);
		}
	}
}
