import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {lstatSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';

const swapPairs = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();

/** The forms in which a text could lie somewhere; base64 at each of its three offsets. */
export function formsOf(text: string): Array<readonly [string, Buffer]> {
	const bytes = Buffer.from(text);
	const utf16 = Buffer.from(text, 'utf16le');
	const base64 = [0, 1, 2].map(offset => {
		const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
		// What depends on the neighbours is left out.
		return encoded.slice(offset === 0 ? 0 : 4, Math.floor((bytes.length + offset) / 3) * 4);
	});
	return [
		['raw', bytes],
		['hex', Buffer.from(bytes.toString('hex'))],
		['HEX', Buffer.from(bytes.toString('hex').toUpperCase())],
		['UTF-16LE', utf16],
		['UTF-16BE', swapPairs(utf16)],
		['reversed', Buffer.from(bytes.toReversed())],
		['percent', Buffer.from([...bytes].map(byte => `%${byte.toString(16)}`).join(''))],
		['sha256', createHash('sha256').update(bytes).digest()],
		['sha256 hex', Buffer.from(createHash('sha256').update(bytes).digest('hex'))],
		...base64.flatMap((encoded, offset) => [
			[`base64 at ${offset}`, Buffer.from(encoded)] as const,
			[`base64url at ${offset}`, Buffer.from(encoded.replaceAll('+', '-').replaceAll('/', '_'))] as const,
		]),
	];
}

/** Every file below some folders: its name and content together. */
export function readEverything(folders: readonly string[]): Array<readonly [string, Buffer]> {
	return folders.flatMap(folder => readdirSync(folder, {recursive: true, encoding: 'utf8'}).map(name => {
		const file = path.join(folder, name);
		return [file, Buffer.concat([Buffer.from(`${name}\n`), lstatSync(file).isFile() ? readFileSync(file) : Buffer.alloc(0)])] as const;
	}));
}
