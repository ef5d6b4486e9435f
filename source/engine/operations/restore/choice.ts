import type {ByteString} from '../../byte-string.ts';

/** What of a snapshot is asked for, before anything is left out again. Paths are those in the snapshot, without the slash at the start. */
export type Choice = {
	/** Whether the root is included, and so all for which nothing else is said. */
	readonly isEverything: boolean;
	/** For people: what has matched nothing so far. */
	readonly unused: string[];
	/** @param isInherited - Whether the directory that holds the entry is included. */
	isIncluded(path: ByteString, isDirectory: boolean, isInherited: boolean): boolean;
	/** Whether anything below a directory that is not included may be. @param folder - Empty for the root. */
	mayIncludeBelow(folder: ByteString): boolean;
};
