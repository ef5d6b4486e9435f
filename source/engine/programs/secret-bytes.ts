import {Buffer} from 'node:buffer';
import {CofferError} from '../errors.ts';

/** No secret is longer; more is not read. */
export const maximumSecretBytes = 65_536;

const lineFeed = 0x0A;
const carriageReturn = 0x0D;

/**
Read a secret to its end.
@param read - Fills a part of the buffer and gives the bytes read; 0 at the end.
@param isLine - Whether the end of a line is the end, too: the other side may stay open.
@returns A buffer of its own, which the caller wipes.
*/
export async function readSecretBytes(read: (buffer: Buffer, offset: number) => Promise<number>, isLine: boolean): Promise<Buffer> {
	const buffer = Buffer.alloc(maximumSecretBytes);
	let length = 0;
	try {
		while (length < buffer.byteLength && !(isLine && buffer.subarray(0, length).includes(lineFeed))) {
			const bytesRead = await read(buffer, length);
			if (bytesRead === 0) {
				break;
			}

			length += bytesRead;
		}

		return Buffer.from(buffer.subarray(0, length));
	} finally {
		buffer.fill(0);
	}
}

/**
The first line without its end: editors and `echo` put one there. Wipes what it is given.
@param what - Names the setting in the error.
@param noun - What is meant to stand there.
@throws `configuration-invalid` where it is empty
*/
export function takeFirstLine(bytes: Buffer, what: string, noun = 'passphrase'): Buffer {
	const end = bytes.indexOf(lineFeed);
	const line = bytes.subarray(0, end === -1 ? bytes.byteLength : (bytes[end - 1] === carriageReturn ? end - 1 : end));
	if (line.byteLength === 0) {
		throw new CofferError('configuration-invalid', `${what} gives an empty ${noun}.`);
	}

	const copy = Buffer.from(line);
	bytes.fill(0);
	return copy;
}
