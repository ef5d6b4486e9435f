import type {ByteString} from '../../byte-string.ts';

/** So long is the rest of a SHA-1 and of a SHA-256 behind the two digits that name the folder. */
const nameLengths: ReadonlySet<number> = new Set([38, 62]);
const folderEnd = /\/objects\/[\da-f]{2}$/;
const digits = /^[\da-f]+$/;

/** Whether an entry is called as Git calls an object that is not in a pack yet (gitrepository-layout(5)). "git gc" makes one file of thousands of them. */
export function isLooseObject(folder: ByteString, name: ByteString): boolean {
	return nameLengths.has(name.length) && digits.test(name) && folderEnd.test(folder);
}
