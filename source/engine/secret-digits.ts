import {Buffer} from 'node:buffer';
import {createSecretBuffer} from './secret-buffer.ts';

const digits = Buffer.from('0123456789abcdef');

/** Hexadecimal, without a string in between, which could not be wiped. The caller wipes it. */
export function toDigits(bytes: Uint8Array): Buffer {
	const text = createSecretBuffer(bytes.byteLength * 2);
	for (const [index, byte] of bytes.entries()) {
		text[index * 2] = digits[byte >> 4]!;
		text[index * 2 + 1] = digits[byte & 0x0F]!;
	}

	return text;
}

/** The bytes of digits; the caller wipes them. @returns `undefined` for what is not `byteCount` bytes of lower-case hexadecimal */
export function fromDigits(text: Uint8Array, byteCount: number): Buffer | undefined {
	if (text.byteLength !== byteCount * 2 || text.some(byte => !digits.includes(byte))) {
		return undefined;
	}

	const bytes = createSecretBuffer(byteCount);
	for (const index of bytes.keys()) {
		bytes[index] = digits.indexOf(text[index * 2]!) * 16 + digits.indexOf(text[index * 2 + 1]!);
	}

	return bytes;
}
