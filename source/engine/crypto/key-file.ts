import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {CofferError} from '../errors.ts';
import type {SlotId} from '../ids.ts';
import {fromDigits, toDigits} from '../secret-digits.ts';

/*
A key file is text, so that it can be printed, typed and read by a shell script:

	# comment lines
	slot  <32 hex digits>
	key   <64 hex digits>
	check <8 hex digits: the first 4 bytes of SHA-256("coffer key file" ‖ slot ‖ key), slot and key as the text above>
*/

/** A key file's content. `key` is 32 random bytes; who keeps it wipes it. */
export type KeyFile = {
	readonly slotId: SlotId;
	readonly key: Buffer;
};

/** No key file is longer; more is not read. */
export const maximumKeyFileBytes = 4096;

/** @param slot - Digits, as is `key`. */
function checkOf(slot: Uint8Array, key: Uint8Array): string {
	return createHash('sha256').update('coffer key file').update(slot).update(key).digest('hex').slice(0, 8);
}

/** @returns The text in ASCII, which the caller wipes. */
export function encodeKeyFile(keyFile: KeyFile): Buffer {
	const key = toDigits(keyFile.key);
	const text = Buffer.concat([
		Buffer.from(`# coffer key file. Who holds it can open the repository; without it nobody can. Keep a copy in another place.\nslot  ${keyFile.slotId}\nkey   `),
		key,
		Buffer.from(`\ncheck ${checkOf(Buffer.from(keyFile.slotId), key)}\n`),
	]);
	key.fill(0);
	return text;
}

const spaces = Buffer.from(' \t\v\f\r');
const isSpace = (byte: number | undefined): boolean => byte !== undefined && spaces.includes(byte);

/** A view without the spaces at both ends. */
function trim(line: Buffer): Buffer {
	let [start, end] = [0, line.byteLength];
	while (start < end && isSpace(line[start])) {
		start++;
	}

	while (end > start && isSpace(line[end - 1])) {
		end--;
	}

	return line.subarray(start, end);
}

/** @yields Name and value of each line; the value is a view. */
function * readLines(text: Buffer): Generator<readonly [name: string, value: Buffer]> {
	for (let start = 0; start < text.byteLength;) {
		const found = text.indexOf(0x0A, start);
		const end = found === -1 ? text.byteLength : found;
		const line = trim(text.subarray(start, end));
		start = end + 1;
		if (line.byteLength === 0 || line[0] === 0x23) {
			continue;
		}

		const space = line.findIndex(byte => isSpace(byte));
		const name = ['slot', 'key', 'check'].find(candidate => space === candidate.length && line.subarray(0, space).equals(Buffer.from(candidate)));
		const value = line.subarray(space + 1);
		if (name === undefined) {
			throw new CofferError('key-file-invalid', 'it has a line that is not one each of "slot", "key" and "check"');
		}

		yield [name, trim(value)];
	}
}

/**
@param text - As in the file; the caller wipes it.
@throws `key-file-invalid`, with what is wrong; the message never holds the content.
*/
export function decodeKeyFile(text: Uint8Array): KeyFile {
	const fields = new Map<string, Buffer>();
	for (const [name, value] of readLines(Buffer.from(text.buffer, text.byteOffset, text.byteLength))) {
		if (fields.has(name)) {
			throw new CofferError('key-file-invalid', 'it has a line that is not one each of "slot", "key" and "check"');
		}

		fields.set(name, value);
	}

	const [slot = Buffer.alloc(0), keyDigits = Buffer.alloc(0), check] = ['slot', 'key', 'check'].map(name => fields.get(name));
	const key = fromDigits(keyDigits, 32);
	if (fromDigits(slot, 16) === undefined || key === undefined) {
		key?.fill(0);
		throw new CofferError('key-file-invalid', 'it needs a slot of 32 and a key of 64 hexadecimal digits');
	}

	if (check?.toString('latin1') !== checkOf(slot, keyDigits)) {
		key.fill(0);
		throw new CofferError('key-file-invalid', 'its check digits do not fit: a digit was changed or mistyped');
	}

	return {slotId: slot.toString('latin1') as SlotId, key};
}
