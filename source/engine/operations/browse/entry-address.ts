import {Buffer} from 'node:buffer';
import {fromBytes, fromText, type ByteString} from '../../byte-string.ts';
import {CofferError} from '../../errors.ts';
import type {EntryPath} from './entry.ts';

/** How an entry is named: by its path as text, or by what a listing gave, which also names those whose bytes are no UTF-8. It counts from `/`, with and without a slash at its start. */
export type EntryAddress = string | EntryPath;

/** The names on the way from the root to an entry. @throws `usage` for `..`, which leads nowhere without links being followed */
export function partsOf(address: EntryAddress): ByteString[] {
	const {path, path64} = typeof address === 'string' ? {path: address} : address;
	const bytes = path64 === undefined ? fromText(path) : fromBytes(Buffer.from(path64, 'base64'));
	const parts = bytes.split('/').filter(part => part !== '' && part !== '.') as ByteString[];
	if (parts.includes('..' as ByteString) || bytes.includes('\0')) {
		throw new CofferError('usage', `"${path}" is no path in a snapshot. Name it from the root, without "..".`);
	}

	return parts;
}
