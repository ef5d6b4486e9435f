import {Buffer} from 'node:buffer';
import {RowScanner, type PassingTable} from './row-scanner.ts';
import {StatementLexer} from './statement-lexer.ts';

/** What a dump is made of, told in its order. Bytes are good until the call returns. */
export type DumpListener = {
	/** What stays as it is: rows, comments and white space between statements, and statements too long to be held. */
	pass?(bytes: Uint8Array): void;
	/** A whole statement with its delimiter, but for those with rows; also the line that switches on the client's sandbox. */
	statement(text: Buffer): void;
	/** A comment of one line between statements, without the end of its line. */
	comment?(line: string): void;
	/** Rows of this table follow. */
	insert(table: string): PassingTable;
};

/** Longer statements are passed on without being looked at; routines and definitions of tables stay far below. */
const maximumHeldBytes = 16 * 1024 * 1024;

const insertion = /^INSERT\s+INTO (`(?:[^`]|``)+`)(?: \(.*\))? VALUES\s*$/s;
const modeChange = /\bset\s+sql_mode\s*=\s*(?:'([^']*)'|@)/i;
const delimiterLine = /^delimiter[ \t]+(\S+)/i;
/** The first line of newer dumps: a command of the client, in a comment that servers do not look into. */
const sandboxLine = /^\/\*M?!999999\\- [^\n]*\*\/\s*$/;
const loneComment = /^(?:#|--(?:\s|$))/;

/** The name that stands between backticks. @param identifier - As bytes, one a character. */
export function unquoteIdentifier(identifier: string): string {
	return Buffer.from(identifier.slice(1, -1).replaceAll('``', '`'), 'latin1').toString('utf8');
}

/**
Cuts a dump of mariadb-dump or mysqldump into statements as their clients do (quotes, comments, DELIMITER, the SQL mode of routines), and finds the rows in extended INSERT statements.
It copes with any bytes; what is no dump gives statements that nobody knows.
*/
export class DumpScanner {
	readonly #listener: DumpListener;
	readonly #lexer = new StatementLexer();
	readonly #rows: RowScanner;
	/** Of the statement that is being read, copied. */
	#held: Buffer[] = [];
	#heldBytes = 0;
	#isTooLong = false;
	#isInStatement = false;

	/** @param isRowWanted - Give tables their rows, not only the number of them. @default false */
	constructor(listener: DumpListener, isRowWanted = false) {
		this.#listener = listener;
		this.#rows = new RowScanner(isRowWanted);
	}

	/** The next piece of the dump. */
	push(piece: Uint8Array): void {
		let position = 0;
		while (position < piece.byteLength) {
			const start = position;
			if (this.#rows.isOpen) {
				position = this.#rows.scan(piece, start);
				this.#pass(piece.subarray(start, position));
			} else {
				position = this.#isInStatement ? this.#scanStatement(piece, start) : this.#scanBetween(piece, start);
			}
		}
	}

	/** The dump has ended. @returns Whether nothing was left open. */
	end(): boolean {
		if (this.#isInStatement) {
			this.#endLine();
		}

		const isWhole = !this.#isInStatement && !this.#rows.isOpen;
		this.#flush();
		return isWhole;
	}

	#scanBetween(piece: Uint8Array, start: number): number {
		let position = start;
		while (position < piece.byteLength && piece[position]! <= 0x20) {
			position++;
		}

		this.#pass(piece.subarray(start, position));
		if (position < piece.byteLength) {
			this.#isInStatement = true;
			this.#lexer.begin();
		}

		return position;
	}

	/** @returns Where to go on: behind the statement or a line of it, or where its rows begin. */
	#scanStatement(piece: Uint8Array, start: number): number {
		for (let position = start; position < piece.byteLength; position++) {
			const mark = this.#lexer.take(piece[position]!);
			if (mark === 'none') {
				continue;
			}

			if (mark === 'open') {
				this.#hold(piece.subarray(start, position));
				if (this.#beginRows()) {
					return position;
				}

				this.#hold(piece.subarray(position, position + 1));
			} else {
				this.#hold(piece.subarray(start, position + 1));
				if (mark === 'end') {
					this.#endStatement();
				} else {
					this.#endLine();
				}
			}

			return position + 1;
		}

		this.#hold(piece.subarray(start));
		return piece.byteLength;
	}

	#hold(bytes: Uint8Array): void {
		if (this.#heldBytes + bytes.byteLength > maximumHeldBytes) {
			this.#passHeld();
			this.#isTooLong = true;
		}

		if (this.#isTooLong) {
			this.#pass(bytes);
		} else if (bytes.byteLength > 0) {
			this.#held.push(Buffer.from(bytes));
			this.#heldBytes += bytes.byteLength;
		}
	}

	/** The first bytes of what is held, one a character. */
	#beginning(): string {
		let text = '';
		for (const part of this.#held) {
			text += part.toString('latin1', 0, 100);
			if (text.length >= 100) {
				break;
			}
		}

		return text;
	}

	/** What is held, in one piece. */
	#text(): Buffer {
		const text = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held);
		this.#held = [text];
		return text;
	}

	#pass(bytes: Uint8Array): void {
		if (bytes.byteLength > 0) {
			this.#listener.pass?.(bytes);
		}
	}

	#passHeld(): void {
		for (const bytes of this.#held) {
			this.#pass(bytes);
		}

		this.#held = [];
		this.#heldBytes = 0;
	}

	/** Pass on what is held, as it is, and be between statements. */
	#flush(): void {
		this.#passHeld();
		this.#isTooLong = false;
		this.#isInStatement = false;
	}

	/** A line has ended that is perhaps no statement: a comment, or DELIMITER. */
	#endLine(): void {
		const beginning = this.#isTooLong ? '' : this.#beginning();
		if (loneComment.test(beginning)) {
			this.#listener.comment?.(this.#text().toString('latin1').trimEnd());
			this.#flush();
			return;
		}

		if (sandboxLine.test(beginning)) {
			this.#endStatement();
			return;
		}

		const found = delimiterLine.exec(beginning);
		if (found) {
			this.#lexer.useDelimiter(found[1]!);
			this.#flush();
		}
	}

	#endStatement(): void {
		if (!this.#isTooLong) {
			const text = this.#text();
			const mode = text.byteLength < 1000 ? modeChange.exec(text.toString('latin1')) : null;
			if (mode) {
				this.#lexer.hasBackslashEscapes = !(mode[1] ?? '').includes('NO_BACKSLASH_ESCAPES');
			}

			this.#held = [];
			this.#heldBytes = 0;
			this.#listener.statement(text);
		}

		this.#flush();
	}

	/** @returns Whether what is held leads to rows, the first of which begins here. */
	#beginRows(): boolean {
		if (this.#isTooLong || !this.#beginning().startsWith('INSERT')) {
			return false;
		}

		const found = insertion.exec(this.#text().toString('latin1'));
		if (!found) {
			return false;
		}

		this.#rows.begin(this.#listener.insert(unquoteIdentifier(found[1]!)));
		this.#flush();
		return true;
	}
}
