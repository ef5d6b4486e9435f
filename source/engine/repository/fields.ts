import {Buffer} from 'node:buffer';
import {CofferError} from '../errors.ts';
import {isHex} from '../ids.ts';
import type {JsonValue} from './canonical-json.ts';

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The bytes of a text in the standard alphabet, padded (RFC 4648, section 4); `undefined` for any other. Index objects have long ones: an expression over all of it would take as long as all else. */
function fromBase64(text: string): Buffer | undefined {
	const padding = text.endsWith('==') ? 2 : Number(text.endsWith('='));
	const bytes = Buffer.from(text, 'base64');
	// What is not of the alphabet is passed over, and missing afterwards; the alphabet for URLs is read as well.
	const isComplete = text.length % 4 === 0 && bytes.byteLength === (text.length / 4 * 3) - padding;
	return isComplete && !text.includes('-') && !text.includes('_') ? bytes : undefined;
}

/**
Takes the members of a JSON object that was read from storage one by one, each checked for its kind and limit; `end` refuses what is left over.
Every method throws `damaged`, naming the object and the member.
*/
export class Fields {
	readonly #members: Map<string, JsonValue>;
	readonly #what: string;

	constructor(value: JsonValue | undefined, what: string) {
		this.#what = what;
		if (typeof value !== 'object' || value === null || Array.isArray(value)) {
			this.#refuse('is not an object');
		}

		this.#members = new Map(Object.entries(value as Record<string, JsonValue>));
	}

	has(name: string): boolean {
		return this.#members.has(name);
	}

	text(name: string, maximumLength = 65_536): string {
		const value = this.#take(name);
		if (typeof value !== 'string' || value.length > maximumLength) {
			this.#refuse(`needs a text "${name}"`);
		}

		return value;
	}

	optionalText(name: string, maximumLength?: number): string | undefined {
		return this.has(name) ? this.text(name, maximumLength) : undefined;
	}

	choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
		const value = this.text(name);
		const found = choices.find(choice => choice === value);
		return found ?? this.#refuse(`has an unknown "${name}"`);
	}

	integer(name: string, maximum = Number.MAX_SAFE_INTEGER): number {
		const value = this.#take(name);
		if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > maximum) {
			this.#refuse(`needs an integer "${name}" from 0 to ${maximum}`);
		}

		return value;
	}

	optionalInteger(name: string, maximum?: number): number | undefined {
		return this.has(name) ? this.integer(name, maximum) : undefined;
	}

	/** A decimal integer that may exceed 2^53, as text. */
	decimal(name: string): bigint {
		const value = this.text(name, 24);
		return /^-?\d+$/.test(value) ? BigInt(value) : this.#refuse(`needs a decimal number "${name}"`);
	}

	flag(name: string): boolean {
		if (!this.has(name)) {
			return false;
		}

		return this.#take(name) === true || this.#refuse(`has a "${name}" that is not true`);
	}

	id<Id extends string>(name: string, byteCount: 16 | 32): Id {
		const value = this.text(name);
		return isHex(value, byteCount) ? value as Id : this.#refuse(`needs ${byteCount} bytes in hexadecimal as "${name}"`);
	}

	ids<Id extends string>(name: string, byteCount: 16 | 32): Id[] {
		return this.list(name).map(value => typeof value === 'string' && isHex(value, byteCount) ? value as Id : this.#refuse(`has a wrong identifier in "${name}"`));
	}

	bytes(name: string, byteCount?: number): Buffer {
		const value = this.#take(name);
		const bytes = typeof value === 'string' ? fromBase64(value) : undefined;
		if (bytes === undefined) {
			this.#refuse(`needs base64 as "${name}"`);
		}

		return byteCount === undefined || bytes.byteLength === byteCount ? bytes : this.#refuse(`needs ${byteCount} bytes as "${name}"`);
	}

	/** An instant in RFC 3339: UTC, with milliseconds, the one form that sorts as text. */
	time(name: string): string {
		const value = this.text(name, 40);
		return timePattern.test(value) && !Number.isNaN(Date.parse(value)) ? value : this.#refuse(`needs a time "${name}"`);
	}

	list(name: string, maximumLength = 10_000_000): readonly JsonValue[] {
		const value = this.#take(name);
		return Array.isArray(value) && value.length <= maximumLength ? value as readonly JsonValue[] : this.#refuse(`needs a list "${name}"`);
	}

	texts(name: string): string[] {
		return this.list(name).map(value => typeof value === 'string' ? value : this.#refuse(`needs texts in "${name}"`));
	}

	integers(name: string, maximum = Number.MAX_SAFE_INTEGER): number[] {
		return this.list(name).map(value => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= maximum ? value : this.#refuse(`needs integers in "${name}"`));
	}

	/** The objects of a list, each to be taken apart in the same way. */
	objects(name: string): Fields[] {
		return this.list(name).map(value => new Fields(value, this.#what));
	}

	object(name: string): Fields {
		return new Fields(this.#take(name), this.#what);
	}

	/** Call it last: members that nobody took are refused. */
	end(): void {
		for (const name of this.#members.keys()) {
			this.#refuse(`has an unknown member ${JSON.stringify(name.slice(0, 40))}`);
		}
	}

	#take(name: string): JsonValue | undefined {
		const value = this.#members.get(name);
		this.#members.delete(name);
		return value;
	}

	#refuse(reason: string): never {
		throw new CofferError('damaged', `${this.#what} ${reason}: it was damaged, or written by another program.`);
	}
}
