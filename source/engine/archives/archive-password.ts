import {Buffer} from 'node:buffer';
import {CofferError} from '../errors.ts';

/** What `openssl` reads of a line at most. */
const maximumPasswordBytes = 1023;

function endOf(bytes: Uint8Array, value: number): number {
	const index = bytes.indexOf(value);
	return index === -1 ? bytes.byteLength : index;
}

/**
The password that `openssl enc -pass file:…` takes from a file: its first line, up to a NUL, at most 1,023 bytes; also of a file of random bytes.
@param what - Names the file in errors.
@returns A copy; the caller wipes it.
@throws `key-file-invalid` for a file that gives none
*/
export function passwordOfFile(content: Uint8Array, what: string): Buffer {
	const line = content.subarray(0, Math.min(endOf(content, 0x0A), maximumPasswordBytes));
	const password = Buffer.from(line.subarray(0, endOf(line, 0)));
	if (password.byteLength === 0) {
		throw new CofferError('key-file-invalid', `${what} has no password: openssl would take its first line, which is empty. Name the right file with --archive-key.`);
	}

	return password;
}

/**
See that openssl can be given a passphrase, and would not cut it.
@returns The same bytes.
@throws `usage`
*/
export function passwordOfPassphrase(passphrase: Buffer): Buffer {
	if (passphrase.byteLength === 0 || passphrase.byteLength > maximumPasswordBytes || passphrase.includes(0x0A) || passphrase.includes(0)) {
		throw new CofferError('usage', `A passphrase for an archive is one line of 1 to ${maximumPasswordBytes} bytes: more openssl does not read.`);
	}

	return passphrase;
}
