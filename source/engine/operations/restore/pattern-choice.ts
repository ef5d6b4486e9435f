import {CofferError} from '../../errors.ts';
import {toDisplayText, type ByteString} from '../../byte-string.ts';
import type {Choice} from './choice.ts';
import {createMatcher, type PathMatcher} from './pattern-matching.ts';

type Include = {
	readonly pattern: string;
	readonly isMatch: PathMatcher;
	/** The pattern read as a path, without slashes at the ends. */
	readonly literal: string;
	/** It can match at one place only. */
	readonly isPath: boolean;
	isUsed: boolean;
};

const trim = (pattern: string): string => pattern.split('/').filter(part => part !== '').join('/');

function toInclude(pattern: string): Include {
	if (pattern.startsWith('!') || pattern.trim() === '') {
		throw new CofferError('usage', `"${pattern}" cannot be included. Name a path in the snapshot or a pattern in gitignore's syntax; use --exclude for what shall be left out.`);
	}

	const literal = trim(pattern);
	const isPath = (literal === '' || literal.includes('/') || pattern.startsWith('/')) && !/[*?[\\]/.test(pattern);
	return {pattern, isMatch: createMatcher([pattern]), literal, isPath, isUsed: false};
}

/** Everything that one of several patterns matches, and all below it; everything where there is no pattern. */
export class PatternChoice implements Choice {
	readonly #includes: readonly Include[];

	/** @throws `usage` for a pattern that is empty or negative */
	constructor(patterns: readonly string[]) {
		this.#includes = patterns.map(pattern => toInclude(pattern));
	}

	get isEverything(): boolean {
		return this.#includes.length === 0 || this.#includes.some(include => include.literal === '');
	}

	get unused(): string[] {
		return this.#includes.filter(include => !include.isUsed && include.literal !== '').map(include => include.pattern);
	}

	isIncluded(path: ByteString, isDirectory: boolean, isInherited: boolean): boolean {
		// Below a directory that is included only those matter that have not shown yet that they match anything.
		const asked = isInherited ? this.#includes.filter(include => !include.isUsed) : this.#includes;
		if (asked.length === 0) {
			return isInherited;
		}

		const bare = toDisplayText(path);
		const matching = asked.filter(({literal, isMatch}) => literal === bare || isMatch(path, isDirectory));
		for (const include of matching) {
			include.isUsed = true;
		}

		return isInherited || matching.length > 0;
	}

	mayIncludeBelow(folder: ByteString): boolean {
		const prefix = folder === '' ? '' : `${toDisplayText(folder)}/`;
		return this.#includes.some(include => !include.isPath || include.literal.startsWith(prefix));
	}
}
