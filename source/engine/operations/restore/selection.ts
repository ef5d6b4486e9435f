import ignore, {type Ignore} from 'ignore';
import {CofferError} from '../../errors.ts';
import {toDisplayText, type ByteString} from '../../byte-string.ts';

type Include = {
	readonly pattern: string;
	readonly matcher: Ignore;
	/** The pattern read as a path, without slashes at the ends. */
	readonly literal: string;
	/** It can match at one place only. */
	readonly isPath: boolean;
	isUsed: boolean;
};

const trim = (pattern: string): string => pattern.split('/').filter(part => part !== '').join('/');

function createMatcher(patterns: readonly string[]): Ignore {
	return ignore({ignorecase: false}).add([...patterns]);
}

function toInclude(pattern: string): Include {
	if (pattern.startsWith('!') || pattern.trim() === '') {
		throw new CofferError('usage', `"${pattern}" cannot be included. Name a path in the snapshot or a pattern in gitignore's syntax; use --exclude for what shall be left out.`);
	}

	const literal = trim(pattern);
	return {pattern, matcher: createMatcher([pattern]), literal, isPath: (literal === '' || literal.includes('/') || pattern.startsWith('/')) && !/[*?[\\]/.test(pattern), isUsed: false};
}

/** Which entries of a snapshot are wanted. Paths are those in the snapshot, without the slash at the start. */
export class Selection {
	readonly #includes: readonly Include[];
	readonly #excluded: Ignore | undefined;

	/** @throws `usage` for an include that is empty or negative */
	constructor(includes: readonly string[] = [], excludes: readonly string[] = []) {
		this.#includes = includes.map(pattern => toInclude(pattern));
		this.#excluded = excludes.length > 0 ? createMatcher(excludes) : undefined;
	}

	/** Whether all is wanted that is not excluded. */
	get isEverything(): boolean {
		return this.#includes.length === 0 || this.#includes.some(include => include.literal === '');
	}

	/** Includes that have matched nothing so far. */
	get unused(): string[] {
		return this.#includes.filter(include => !include.isUsed && include.literal !== '').map(include => include.pattern);
	}

	isExcluded(path: ByteString, isDirectory: boolean): boolean {
		return this.#excluded !== undefined && isMatch(this.#excluded, textOf(path, isDirectory));
	}

	/** Whether an entry itself is included; one below an included directory is so without being asked about. */
	isIncluded(path: ByteString, isDirectory: boolean): boolean {
		const text = textOf(path, isDirectory);
		const bare = toDisplayText(path);
		let isIncluded = false;
		for (const include of this.#includes.filter(({literal, matcher}) => literal === bare || isMatch(matcher, text))) {
			include.isUsed = true;
			isIncluded = true;
		}

		return isIncluded;
	}

	/** Whether anything below a directory that is not included itself may be. */
	mayIncludeBelow(folder: ByteString): boolean {
		const prefix = `${toDisplayText(folder)}/`;
		return this.#includes.some(include => !include.isPath || include.literal.startsWith(prefix));
	}
}

function textOf(path: ByteString, isDirectory: boolean): string {
	return toDisplayText(path) + (isDirectory ? '/' : '');
}

function isMatch(matcher: Ignore, text: string): boolean {
	return ignore.isPathValid(text) && matcher.ignores(text);
}
