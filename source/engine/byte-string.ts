import {Buffer, isUtf8} from 'node:buffer';

declare const brand: unique symbol;

/**
A file name or path as raw bytes, one character (0–255) a byte. File names on Linux are bytes without an encoding; in this form they
compare in byte order with `<`, serve as keys of a `Map`, and lose nothing. Convert with `toPathBuffer` at each system call.
*/
export type ByteString = string & {readonly [brand]: 'ByteString'};

const nonAscii = /[^\u0000-\u007F]/;

export function fromBytes(bytes: Uint8Array): ByteString {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1') as ByteString;
}

/** From a JavaScript string, encoded as UTF-8. */
export function fromText(text: string): ByteString {
	return (nonAscii.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text) as ByteString;
}

export function toBytes(value: string): Buffer {
	return Buffer.from(value, 'latin1');
}

/** What `node:fs` takes: the string itself where it is ASCII (faster), else its bytes. */
export function toPath(value: ByteString): string | Buffer {
	return nonAscii.test(value) ? Buffer.from(value, 'latin1') : value;
}

/** The text, when the bytes are valid UTF-8; else `undefined`. */
export function toExactText(value: ByteString): string | undefined {
	if (!nonAscii.test(value)) {
		return value;
	}

	const bytes = Buffer.from(value, 'latin1');
	return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

/** A text for people: bytes that are not UTF-8 become U+FFFD. Not safe for a terminal by itself: control characters stay. */
export function toDisplayText(value: ByteString): string {
	return nonAscii.test(value) ? Buffer.from(value, 'latin1').toString('utf8') : value;
}

/** Join a folder and a name with one slash. */
export function joinPath(folder: ByteString, name: ByteString): ByteString {
	return (folder.endsWith('/') ? folder + name : `${folder}/${name}`) as ByteString;
}
