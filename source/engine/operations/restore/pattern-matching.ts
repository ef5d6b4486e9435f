import ignore from 'ignore';
import {toDisplayText, type ByteString} from '../../byte-string.ts';

/** Whether a path in a snapshot, without the slash at its start, is what was asked for. */
export type PathMatcher = (path: ByteString, isDirectory: boolean) => boolean;

/** Matches what any of the patterns in gitignore's syntax does; a later negative one takes back. */
export function createMatcher(patterns: readonly string[]): PathMatcher {
	const matcher = ignore({ignorecase: false}).add([...patterns]);
	return (path, isDirectory) => {
		const text = toDisplayText(path) + (isDirectory ? '/' : '');
		return ignore.isPathValid(text) && matcher.ignores(text);
	};
}
