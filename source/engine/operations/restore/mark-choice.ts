import type {ByteString} from '../../byte-string.ts';
import {partsOf} from '../browse/entry-address.ts';
import type {Choice} from './choice.ts';
import type {RestoreMark} from './restore-request.ts';

type Mark = {
	readonly isIncluded: boolean;
	readonly shownPath: string;
	isUsed: boolean;
};

const join = (parts: readonly ByteString[]): ByteString => parts.join('/') as ByteString;

/** Exactly the entries that somebody marked in the tree of a snapshot. A mark on an entry wins over those above it; without any above it, nothing is included. */
export class MarkChoice implements Choice {
	readonly isEverything: boolean;
	readonly #marks = new Map<ByteString, Mark>();
	/** Directories on the way to something included. */
	readonly #leading = new Set<ByteString>();

	/** @param marks - Of several for one entry the last one counts. @throws `usage` for what is no path in a snapshot */
	constructor(marks: readonly RestoreMark[]) {
		const byPath = new Map(marks.map(mark => {
			const parts = partsOf(mark);
			return [join(parts), {parts, mark}];
		}));
		this.isEverything = byPath.get(join([]))?.mark.isIncluded ?? false;
		for (const [path, {parts, mark: {isIncluded, path: shownPath}}] of byPath) {
			const above = parts.map((_, length) => join(parts.slice(0, length)));
			const isInherited = above.map(folder => byPath.get(folder)?.mark.isIncluded).findLast(value => value !== undefined) ?? false;
			if (parts.length === 0 || (!isIncluded && !isInherited)) {
				// What is left out anyway is not looked for.
				continue;
			}

			this.#marks.set(path, {isIncluded, shownPath, isUsed: false});
			for (const folder of isIncluded ? above : []) {
				this.#leading.add(folder);
			}
		}
	}

	get unused(): string[] {
		return [...this.#marks.values()].filter(mark => !mark.isUsed).map(mark => mark.shownPath);
	}

	isIncluded(path: ByteString, _isDirectory: boolean, isInherited: boolean): boolean {
		const mark = this.#marks.get(path);
		if (mark === undefined) {
			return isInherited;
		}

		mark.isUsed = true;
		return mark.isIncluded;
	}

	mayIncludeBelow(folder: ByteString): boolean {
		return this.#leading.has(folder);
	}
}
