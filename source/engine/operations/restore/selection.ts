import {CofferError} from '../../errors.ts';
import type {ByteString} from '../../byte-string.ts';
import type {Choice} from './choice.ts';
import {MarkChoice} from './mark-choice.ts';
import {PatternChoice} from './pattern-choice.ts';
import {createMatcher, type PathMatcher} from './pattern-matching.ts';
import type {RestoreRequest} from './restore-request.ts';

/** Which entries of a snapshot are wanted. Paths are those in the snapshot, without the slash at the start. */
export class Selection {
	readonly #choice: Choice;
	readonly #isExcluded: PathMatcher | undefined;

	/** @throws `usage` for an include that is empty or negative, for a mark that is no path in a snapshot, and for includes and marks together */
	constructor({includes = [], excludes = [], marks}: Pick<RestoreRequest, 'includes' | 'excludes' | 'marks'>) {
		if (marks && includes.length > 0) {
			throw new CofferError('usage', 'Marks and patterns cannot be included together. Name either.');
		}

		this.#choice = marks ? new MarkChoice(marks) : new PatternChoice(includes);
		this.#isExcluded = excludes.length > 0 ? createMatcher(excludes) : undefined;
	}

	/** Whether the root is wanted, and so all for which nothing else is said. */
	get isEverything(): boolean {
		return this.#choice.isEverything;
	}

	/** Includes and marks that have matched nothing so far. */
	get unused(): string[] {
		return this.#choice.unused;
	}

	isExcluded(path: ByteString, isDirectory: boolean): boolean {
		return this.#isExcluded?.(path, isDirectory) ?? false;
	}

	/** @param isInherited - Whether the directory that holds the entry is included. */
	isWanted(path: ByteString, isDirectory: boolean, isInherited: boolean): boolean {
		return this.#choice.isIncluded(path, isDirectory, isInherited) && !this.isExcluded(path, isDirectory);
	}

	/** Whether a directory that is not wanted itself leads to something that may be. */
	isOnTheWay(folder: ByteString): boolean {
		return this.#choice.mayIncludeBelow(folder) && !this.isExcluded(folder, true);
	}
}
