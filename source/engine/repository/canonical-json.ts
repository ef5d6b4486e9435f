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

			return isList(value) ? `[${value.map(item => toCanonicalJson(item)).join(',')}]` : objectToCanonicalJson(value);
		}
	}
}

function isList(value: JsonValue): value is readonly JsonValue[] {
	return Array.isArray(value);
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

function assertDepth(bytes: Uint8Array, what: string): void {
	let depth = 0;
	let isInString = false;
	for (let index = 0; index < bytes.length; index++) {
		const byte = bytes[index];
		if (isInString) {
			if (byte === 0x5C) {
				index++;
			} else if (byte === 0x22) {
				isInString = false;
			}
		} else if (byte === 0x22) {
			isInString = true;
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

	assertDepth(bytes, what);
	const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
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
