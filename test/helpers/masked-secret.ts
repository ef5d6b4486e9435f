import {Buffer} from 'node:buffer';

/** Change bytes into others that nobody would look for, or back. */
export function mask(bytes: Uint8Array): void {
	for (let index = 0; index < bytes.byteLength; index++) {
		bytes[index]! ^= 0x55;
	}
}

/** The bytes behind hexadecimal digits, masked, or back. */
export function masked(hexadecimal: string): Buffer {
	const bytes = Buffer.from(hexadecimal, 'hex');
	mask(bytes);
	return bytes;
}
