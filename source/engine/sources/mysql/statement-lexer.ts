import {Buffer} from 'node:buffer';

const [newline, quote, doubleQuote, backtick, backslash] = [0x0A, 0x27, 0x22, 0x60, 0x5C] as const;
const [dash, hash, slash, star, exclamation, letterM, open] = [0x2D, 0x23, 0x2F, 0x2A, 0x21, 0x4D, 0x28] as const;
const quotes = new Set<number>([quote, doubleQuote, backtick]);

/** What a byte is to whoever cuts statements. */
export type Mark =
	/** The delimiter ends with it. */
	| 'end'
	/** A bracket opens. */
	| 'open'
	/** A line ends outside of quotes. */
	| 'line'
	| 'none';

/** Follows quotes, comments and the delimiter through a statement as the clients of MariaDB and MySQL do. */
export class StatementLexer {
	/** Off while the SQL mode has NO_BACKSLASH_ESCAPES. */
	hasBackslashEscapes = true;
	#delimiter = Buffer.from(';');
	/** Bytes of the delimiter that have come. */
	#matched = 0;
	/** The quote that is open; 0 for none. */
	#quote = 0;
	#isEscaped = false;
	#comment: 'none' | 'line' | 'opened' | 'openedM' | 'block' = 'none';
	#before = newline as number;
	#beforeThat = newline as number;

	/** From now on statements end with this. @param text - One byte a character. */
	useDelimiter(text: string): void {
		this.#delimiter = Buffer.from(text, 'latin1');
	}

	/** A statement begins. */
	begin(): void {
		this.#matched = 0;
		this.#quote = 0;
		this.#isEscaped = false;
		this.#comment = 'none';
		this.#before = newline;
		this.#beforeThat = newline;
	}

	/** The next byte. */
	take(byte: number): Mark {
		let mark: Mark = 'none';
		if (this.#quote !== 0) {
			this.#passQuoted(byte);
		} else if (this.#comment === 'none') {
			mark = this.#passCode(byte);
		} else {
			this.#passComment(byte);
		}

		this.#beforeThat = this.#before;
		this.#before = byte;
		return mark === 'none' && byte === newline && this.#quote === 0 ? 'line' : mark;
	}

	#passCode(byte: number): Mark {
		if (quotes.has(byte)) {
			this.#quote = byte;
		} else if (byte === hash || (byte <= 0x20 && this.#before === dash && this.#beforeThat === dash)) {
			this.#comment = byte === newline ? 'none' : 'line';
		} else if (byte === star && this.#before === slash) {
			this.#comment = 'opened';
		}

		if (this.#quote !== 0 || this.#comment !== 'none') {
			this.#matched = 0;
			return 'none';
		}

		this.#matched = byte === this.#delimiter[this.#matched] ? this.#matched + 1 : Number(byte === this.#delimiter[0]);
		return this.#matched === this.#delimiter.byteLength ? 'end' : (byte === open ? 'open' : 'none');
	}

	#passQuoted(byte: number): void {
		if (this.#isEscaped) {
			this.#isEscaped = false;
		} else if (byte === backslash && this.#quote !== backtick && this.hasBackslashEscapes) {
			this.#isEscaped = true;
		} else if (byte === this.#quote) {
			this.#quote = 0;
		}
	}

	/** What begins with `/*!` or `/*M!` is no comment but code for those who know it. */
	#passComment(byte: number): void {
		switch (this.#comment) {
			case 'line': {
				this.#comment = byte === newline ? 'none' : 'line';
				break;
			}

			case 'opened': {
				this.#comment = byte === exclamation ? 'none' : (byte === letterM ? 'openedM' : 'block');
				break;
			}

			case 'openedM': {
				this.#comment = byte === exclamation ? 'none' : 'block';
				break;
			}

			default: {
				this.#comment = byte === slash && this.#before === star ? 'none' : 'block';
			}
		}
	}
}
