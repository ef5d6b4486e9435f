import type {Buffer} from 'node:buffer';
import {isTarHeader, isZeroBlock} from './tar/tar-header.ts';

/** What an archive holds: `gzip`: something packed; `tar`; `file`: the bytes of one file, such as a dump. */
export type ContentKind = 'gzip' | 'tar' | 'file';

/** Beginnings of files that are no text: pg_dump's own format, SQLite. */
const knownBeginnings = ['PGDMP', 'SQLite format 3\0'];
/** Below this many bytes chance could look like text. */
const tellingBytes = 256;

function isText(bytes: Buffer): boolean {
	return bytes.every(byte => byte >= 0x20 || (byte >= 0x07 && byte <= 0x0D) || byte === 0x1B);
}

/**
What the first bytes look like; `undefined` where like nothing that an archive holds.
@param head - At least 512 bytes, where there are so many.
@param isSure - Whether they are known to be what was written, so that a short text counts, too. @default false
*/
export function recognizeContent(head: Buffer, {isSure = false}: {readonly isSure?: boolean | undefined} = {}): ContentKind | undefined {
	if (head[0] === 0x1F && head[1] === 0x8B && head[2] === 8 && (head[3]! & 0xE0) === 0) {
		return 'gzip';
	}

	const first = head.subarray(0, 512);
	if (isTarHeader(first) || isZeroBlock(first)) {
		return 'tar';
	}

	const isKnown = knownBeginnings.some(text => head.toString('latin1', 0, text.length) === text) || (isText(head) && (isSure || head.byteLength >= tellingBytes));
	return isKnown ? 'file' : undefined;
}
