import ignore, {type Ignore} from 'ignore';
import {toDisplayText, type ByteString} from '../../byte-string.ts';
import {CofferError} from '../../errors.ts';

/**
What `find` looks for: a pattern in gitignore's syntax, or a name or path as it is. Without a slash before its end it is about names, else about whole paths; a slash at the end asks for a directory.
Unlike in `.gitignore` an entry does not match because it lies below one that does; a pattern for paths that ends in `/**` means all below.
*/
export class NamePattern {
	readonly #matcher: Ignore;
	readonly #literal: string;
	readonly #isPath: boolean;
	readonly #needsDirectory: boolean;
	readonly #isAllBelow: boolean;

	/** @throws `usage` for a pattern that is empty or negative */
	constructor(given: string) {
		// It says the same about names.
		const pattern = given.replace(/^(?:\*\*\/)+(?=[^/]+\/?$)/, '');
		const parts = pattern.split('/').filter(part => part !== '');
		if (pattern.startsWith('!') || parts.length === 0 || pattern.trim() === '') {
			throw new CofferError('usage', `Nothing can be found by "${given}". Name a pattern in gitignore's syntax, such as "*.conf" or "/etc/**/hosts".`);
		}

		// A line that begins so is a comment in a file; here it is meant.
		this.#matcher = ignore({ignorecase: false}).add([pattern.startsWith('#') ? `\\${pattern}` : pattern]);
		this.#literal = parts.join('/');
		this.#isPath = pattern.slice(0, -1).includes('/');
		this.#isAllBelow = pattern.endsWith('/**');
		this.#needsDirectory = pattern.endsWith('/');
	}

	/**
	@param path - Absolute.
	@param isBelowMatch - Whether it lies below a directory that matches.
	*/
	matches(path: ByteString, name: ByteString, isDirectory: boolean, isBelowMatch: boolean): boolean {
		const text = toDisplayText(this.#isPath ? path.slice(1) as ByteString : name);
		if (text === this.#literal && (isDirectory || !this.#needsDirectory)) {
			return true;
		}

		// A pattern for paths matches all below a directory that it matches.
		return (!(this.#isPath && isBelowMatch) || this.#isAllBelow) && ignore.isPathValid(text) && this.#matcher.ignores(isDirectory ? `${text}/` : text);
	}
}
