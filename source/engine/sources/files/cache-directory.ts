import {closeSync, constants, openSync, readSync} from 'node:fs';
import {Buffer} from 'node:buffer';
import {fromText, joinPath, toPath, type ByteString} from '../../byte-string.ts';

/** The beginning of a CACHEDIR.TAG (Cache Directory Tagging Specification 0.6). */
const signature = 'Signature: 8a477f597d28d172789f06886806bc55';
export const cacheTagName = fromText('CACHEDIR.TAG');

/** Whether a directory declares itself a cache. @param systemPath - Of a directory that holds a file named CACHEDIR.TAG. */
export function isCacheDirectory(systemPath: ByteString): boolean {
	let descriptor: number;
	try {
		descriptor = openSync(toPath(joinPath(systemPath, cacheTagName)), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	} catch {
		return false;
	}

	try {
		const bytes = Buffer.alloc(signature.length);
		return readSync(descriptor, bytes) === bytes.byteLength && bytes.toString('latin1') === signature;
	} catch {
		return false;
	} finally {
		closeSync(descriptor);
	}
}
