import ignore, {type Ignore} from 'ignore';
import {toDisplayText, type ByteString} from '../../byte-string.ts';

/** Rules in gitignore's syntax that hold below one directory. */
type Rules = {
	/** Absolute, with a slash at the end. */
	readonly base: string;
	readonly matcher: Ignore;
};

/** The rules that hold in a directory: its own and its ancestors'; immutable, so that siblings do not see each other's. */
export class Exclusion {
	static readonly none = new Exclusion([]);
	readonly #rules: readonly Rules[];

	private constructor(rules: readonly Rules[]) {
		this.#rules = rules;
	}

	/** @param patterns - Lines in gitignore's syntax. */
	with(folder: ByteString, patterns: string | readonly string[]): Exclusion {
		if (patterns.length === 0) {
			return this;
		}

		const text = toDisplayText(folder);
		const base = text.endsWith('/') ? text : `${text}/`;
		return new Exclusion([...this.#rules, {base, matcher: ignore().add(patterns)}]);
	}

	/** As in git, the innermost rule that says anything about a path decides. A directory that is excluded is not entered. */
	isExcluded(path: ByteString, isDirectory: boolean): boolean {
		if (this.#rules.length === 0) {
			return false;
		}

		const text = toDisplayText(path) + (isDirectory ? '/' : '');
		for (let index = this.#rules.length - 1; index >= 0; index--) {
			const {base, matcher} = this.#rules[index]!;
			const relative = text.startsWith(base) ? text.slice(base.length) : '';
			if (relative === '' || !ignore.isPathValid(relative)) {
				continue;
			}

			const {ignored, unignored} = matcher.test(relative);
			if (ignored || unignored) {
				return ignored;
			}
		}

		return false;
	}
}
