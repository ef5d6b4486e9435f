import type {ByteString} from '../../byte-string.ts';
import {isObjectId, isRefName} from './ref-name.ts';

/** What a ref stands on: an object, or another ref. */
export type RefValue = {readonly id: string} | {readonly target: ByteString};

/** The content of a file below refs/, or of HEAD (gitrepository-layout(5)). `undefined` where it is neither an id nor a name. */
export function parseRefFile(content: string, hexLength: number): RefValue | undefined {
	if (content.startsWith('ref:')) {
		const target = content.slice(4).trim() as ByteString;
		return isRefName(target) ? {target} : undefined;
	}

	const id = content.slice(0, hexLength);
	return isObjectId(id, hexLength) && /^\s*$/.test(content.slice(hexLength)) ? {id} : undefined;
}

/** The refs in `packed-refs`: lines of `ID NAME`, after some of them `^ID` of what a tag is of, and comments. @throws Error with the line that is none of these */
export function parsePackedRefs(content: string, hexLength: number): Map<ByteString, string> {
	const refs = new Map<ByteString, string>();
	for (const line of content.split('\n')) {
		if (line === '' || line.startsWith('#') || line.startsWith('^')) {
			continue;
		}

		const id = line.slice(0, hexLength);
		const name = line.slice(hexLength + 1) as ByteString;
		if (!isObjectId(id, hexLength) || line[hexLength] !== ' ' || !isRefName(name)) {
			throw new Error(`packed-refs holds a line that is none of git's: ${JSON.stringify(line.slice(0, 100))}`);
		}

		refs.set(name, id);
	}

	return refs;
}

/** As git reads them again, whatever their order. */
export function encodePackedRefs(refs: ReadonlyMap<ByteString, string>): string {
	return ['# pack-refs with: \n', ...[...refs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, id]) => `${id} ${name}\n`)].join('');
}

/** The objects that a log of a ref has led to, one a line, in its order. */
export function parseRefLog(content: string, hexLength: number): string[] {
	return content.split('\n').flatMap(line => {
		const id = line.slice(hexLength + 1, 2 * hexLength + 1);
		return line[hexLength] === ' ' && isObjectId(id, hexLength) ? [id] : [];
	});
}
