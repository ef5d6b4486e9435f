import type {ByteString} from '../../byte-string.ts';

const forbidden = /[\u0000-\u0020\u007F~^:?*[\\]|\.\.|@\{|\/\/|(?:^|\/)\.|\.lock(?:\/|$)|[./]$/;

/** Whether git takes it for the full name of a ref (git-check-ref-format(1)): two parts at least, and nothing that could be an expression. */
export function isRefName(name: ByteString): boolean {
	return name.includes('/') && !name.startsWith('/') && !forbidden.test(name);
}

/** Whether it is the name of an object, in the length that the repository's hash has. */
export function isObjectId(text: string, hexLength: number): boolean {
	return text.length === hexLength && /^[\da-f]+$/.test(text);
}
