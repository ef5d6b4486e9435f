import {Buffer, isUtf8} from 'node:buffer';
import {CofferError} from '../errors.ts';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | {readonly [key: string]: JsonValue | undefined};

/** Deeper JSON is refused before it is parsed; ours is at most 6 deep. */
export const maximumJsonDepth = 16;

/**
The one form that a value has in a repository: UTF-8, no white space, the keys of every object in ascending order of their UTF-16 code units,
strings escaped as `JSON.stringify` does, numbers only as integers of at most 2^53 − 1. Members that are `undefined` are left out.

@throws TypeError for a number that is no safe integer or a string that is not well-formed.
*/
export function toCanonicalJson(value: JsonValue): string {
	switch (typeof value) {
		case 'string': {
			if (!value.isWellFormed()) {
				throw new TypeError('A string with a lone surrogate has no canonical form');
			}

			return JSON.stringify(value);
		}

		case 'number': {
			if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
				throw new TypeError(`${value} has no canonical form: only safe integers have`);
			}

			return String(value);
		}

		case 'boolean': {
			return String(value);
		}

		default: {
			if (value === null) {
				return 'null';
			}

			return isList(value) ? listToCanonicalJson(value) : objectToCanonicalJson(value);
		}
	}
}

function isList(value: JsonValue): value is readonly JsonValue[] {
	return Array.isArray(value);
}

function listToCanonicalJson(list: readonly JsonValue[]): string {
	// An index has lists of a hundred thousand numbers: no text is made of each.
	return list.every(item => typeof item === 'number' && Number.isSafeInteger(item) && !Object.is(item, -0)) ? JSON.stringify(list) : `[${list.map(item => toCanonicalJson(item)).join(',')}]`;
}

function objectToCanonicalJson(value: Readonly<Record<string, JsonValue | undefined>>): string {
	const members: string[] = [];
	for (const key of Object.keys(value).toSorted()) {
		const member = value[key];
		if (member !== undefined) {
			members.push(`${toCanonicalJson(key)}:${toCanonicalJson(member)}`);
		}
	}

	return `{${members.join(',')}}`;
}

/** Longer texts are passed with a search, which reads many bytes at once; for short ones it takes longer than looking at each. */
const shortTextBytes = 48;

/** Where a text ends. @param start - After its quote. */
function endOfText(bytes: Buffer, start: number): number {
	for (let index = start; index < bytes.length; index++) {
		if (bytes[index] === 0x5C) {
			index++;
		} else if (bytes[index] === 0x22) {
			return index;
		}

		if (index !== start + shortTextBytes) {
			continue;
		}

		const end = bytes.indexOf(0x22, index + 1);
		if (end !== -1 && !bytes.subarray(index + 1, end).includes(0x5C)) {
			return end;
		}
	}

	return bytes.length;
}

function assertDepth(bytes: Buffer, what: string): void {
	let depth = 0;
	for (let index = 0; index < bytes.length; index++) {
		const byte = bytes[index];
		if (byte === 0x22) {
			index = endOfText(bytes, index + 1);
		} else if (byte === 0x7B || byte === 0x5B) {
			depth++;
			if (depth > maximumJsonDepth) {
				throw new CofferError('damaged', `${what} is nested too deeply: it was damaged or tampered with.`);
			}
		} else if (byte === 0x7D || byte === 0x5D) {
			depth--;
		}
	}
}

/**
Parse JSON that was read from storage.

@param what - Names the object in the error.
@param options.isCanonical - Also refuse text that is not the canonical form, for JSON that no MAC covers. @default false
@throws `damaged`
*/
export function parseStoredJson(bytes: Uint8Array, what: string, options: {readonly isCanonical?: boolean} = {}): JsonValue {
	if (!isUtf8(bytes)) {
		throw new CofferError('damaged', `${what} is not UTF-8: it was damaged.`);
	}

	const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	assertDepth(buffer, what);
	const text = buffer.toString('utf8');
	let value: JsonValue;
	try {
		value = JSON.parse(text) as JsonValue;
		if (!options.isCanonical || toCanonicalJson(value) === text) {
			return value;
		}
	} catch (error) {
		throw new CofferError('damaged', `${what} is not readable JSON: it was damaged.`, {cause: error});
	}

	throw new CofferError('damaged', `${what} is not in canonical form: it was damaged or edited.`);
}
