import type {Buffer} from 'node:buffer';
import {toMilliseconds} from '../stat-time.ts';

const quote = 0x22;
const backslash = 0x5C;
const zero = 0x30;
const comma = 0x2C;
const space = 0x20;
const idDigits = 64;
const notHex = 0xFF;
/** The value of a lower-case hexadecimal digit by its byte. */
const hexValues = new Uint8Array(256).fill(notHex);
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
	hexValues[digit.codePointAt(0)!] = value;
}

const isDigit = (byte: number | undefined): byte is number => byte !== undefined && byte >= zero && byte <= zero + 9;

/**
Reads canonical JSON byte by byte without making anything of it, for a caller who knows what comes next. What comes instead makes it fail: then nothing more is read, and all that was read counts for nothing.
Texts with escapes are not read.
*/
export class JsonScanner {
	/** Where it is. */
	at = 0;
	hasFailed = false;
	readonly #bytes: Buffer;

	/** @param bytes - Valid UTF-8. */
	constructor(bytes: Buffer) {
		this.#bytes = bytes;
	}

	fail(): void {
		this.hasFailed = true;
		this.at = this.#bytes.length;
	}

	/** Whether this comes next, and nothing after it. */
	endsWith(text: Uint8Array): boolean {
		return this.at + text.length === this.#bytes.length && this.#isNext(text);
	}

	/** Pass this, if it comes next. */
	take(text: Uint8Array): boolean {
		const isNext = this.#isNext(text);
		if (isNext) {
			this.at += text.length;
		}

		return isNext;
	}

	/** Pass this, or fail. */
	expect(text: Uint8Array): void {
		if (!this.take(text)) {
			this.fail();
		}
	}

	expectByte(byte: number): void {
		if (this.#bytes[this.at] === byte) {
			this.at++;
		} else {
			this.fail();
		}
	}

	/** An integer from 0 on. */
	readNatural(maximum: number): number {
		const start = this.at;
		let value = 0;
		for (let byte = this.#bytes[this.at]; isDigit(byte); byte = this.#bytes[++this.at]) {
			value = (value * 10) + (byte - zero);
		}

		const length = this.at - start;
		if (length === 0 || (length > 1 && this.#bytes[start] === zero) || value > maximum) {
			this.fail();
		}

		return value;
	}

	/** A decimal number as text, rounded as `Number` does. */
	readDecimal(): number {
		const length = this.#skipDigits();
		const start = this.at - length - 1;
		// Digit by digit is exact up to here.
		return length <= 15 ? this.#digits(start, this.at - 1) : Number(this.#bytes.toString('latin1', start, this.at - 1));
	}

	/** Nanoseconds since 1970 as text; gives milliseconds as `Stats` of node:fs has them. Times before 1970 are not read. */
	readTime(): number {
		const length = this.#skipDigits();
		const end = this.at - 1;
		const split = Math.max(end - 9, end - length);
		return toMilliseconds(this.#digits(end - length, split), this.#digits(split, end));
	}

	/** Pass a text. @param forbidden - A byte that must not be in it. @returns How many bytes it has. */
	skipText(forbidden = quote): number {
		this.expectByte(quote);
		const start = this.at;
		for (;;) {
			const byte = this.#bytes[this.at];
			if (byte === quote) {
				return this.at++ - start;
			}

			if (byte === undefined || byte === backslash || byte === forbidden || byte < space) {
				this.fail();
				return 0;
			}

			this.at++;
		}
	}

	/** Pass a list of identifiers of 32 bytes. @returns How many there are. */
	skipIds(): number {
		this.expectByte(0x5B);
		let count = 0;
		if (this.#bytes[this.at] !== 0x5D) {
			for (;;) {
				this.expectByte(quote);
				const end = this.at + idDigits;
				while (this.at < end && hexValues[this.#bytes[this.at] ?? 0] !== notHex) {
					this.at++;
				}

				if (this.at !== end) {
					this.fail();
				}

				this.expectByte(quote);
				count++;
				if (this.#bytes[this.at] !== comma) {
					break;
				}

				this.at++;
			}
		}

		this.expectByte(0x5D);
		return count;
	}

	/** Write an identifier of a list that was passed into `target`. @param start - Where the list begins. */
	readId(start: number, index: number, target: Uint8Array): void {
		// Each takes two quotes and a comma, and the list a bracket.
		let at = start + 2 + (index * (idDigits + 3));
		for (let position = 0; position < idDigits / 2; position++) {
			target[position] = (hexValues[this.#bytes[at]!]! << 4) | hexValues[this.#bytes[at + 1]!]!;
			at += 2;
		}
	}

	#isNext(text: Uint8Array): boolean {
		for (let index = 0; index < text.length; index++) {
			if (this.#bytes[this.at + index] !== text[index]) {
				return false;
			}
		}

		return true;
	}

	/** Pass a text of digits. @returns How many they are. */
	#skipDigits(): number {
		this.expectByte(quote);
		const start = this.at;
		while (isDigit(this.#bytes[this.at])) {
			this.at++;
		}

		const length = this.at - start;
		this.expectByte(quote);
		if (length === 0 || length > 24) {
			this.fail();
		}

		return length;
	}

	#digits(start: number, end: number): number {
		let value = 0;
		for (let at = start; at < end; at++) {
			value = (value * 10) + (this.#bytes[at]! - zero);
		}

		return value;
	}
}
