import type {StoredSnapshot} from '../../repository/repository.ts';
import type {EntryPath} from '../browse/entry.ts';

/**
What happens to an existing file of another content. `never`: it stays. `keep-both`: it stays, and the snapshot's is put beside it as `NAME.coffer-<snapshot>`. `if-changed`: it is replaced when
its size or mtime differ from the snapshot's. `if-newer`: it is replaced when the snapshot's mtime is newer. `always`: it is replaced; content is compared, not only size and mtime.
*/
export const overwritePolicies = ['never', 'keep-both', 'if-changed', 'if-newer', 'always'] as const;
export type OverwritePolicy = typeof overwritePolicies[number];

/** A choice that somebody made in the tree of a snapshot. Of an entry the mark of itself counts, else that of the nearest directory above it. */
export type RestoreMark = EntryPath & {readonly isIncluded: boolean};

/** What would become of one entry. `keep-both`: it is put beside what is there. `compare`: replaced where the content differs. `keep`: what is there stays. */
export const previewActions = ['create', 'replace', 'compare', 'keep-both', 'identical', 'keep', 'delete'] as const;
export type PreviewAction = typeof previewActions[number];

export type PreviewEntry = EntryPath & {
	readonly action: PreviewAction;
	/** Bytes of the file in the snapshot. */
	readonly size?: number;
};

export type RestoreRequest = {
	readonly snapshot: StoredSnapshot;
	/** Absolute; entries go below it by their full path: /usr/share/x becomes TARGET/usr/share/x. `/` means the original places. */
	readonly target: string;
	/** Patterns in gitignore's syntax, or paths in the snapshot. A directory that matches brings all below it. @default everything */
	readonly includes?: readonly string[];
	/** As `includes`. @default nothing */
	readonly excludes?: readonly string[];
	/** Exactly these entries, instead of `includes`. An entry with no mark on it or above it is not restored. @default everything that `includes` says */
	readonly marks?: readonly RestoreMark[];
	/** @default 'never' */
	readonly overwrite?: OverwritePolicy;
	/**
	Remove what is in the restored directories and not in the snapshot; never in directories that are only on the way, nor what `excludes` names.
	It also allows `always` to replace a directory that is not empty by something else.
	@default false
	*/
	readonly delete?: boolean;
	/** Change nothing. @default false */
	readonly isDryRun?: boolean;
	/** For dry runs: how many entries `preview` tells of. @default no preview */
	readonly previewLimit?: number;
	/** Give files to the owners they had, with setuid and setgid bits. @default whether the process is root */
	readonly withOwnership?: boolean;
};

export type RestoreProblem = {
	/** In the snapshot; control characters are not removed. */
	readonly path: string;
	readonly message: string;
};

/** What the plan found, by what was to be done. Directories are counted only under `folders`. */
export type PlannedCounts = {
	/** Directories to be made. */
	readonly folders: number;
	/** Those among `folders` that take the place of something that is no directory. */
	readonly foldersReplacing: number;
	readonly create: number;
	readonly replace: number;
	/** Compared by content, and replaced where it differs. */
	readonly compare: number;
	/** Put beside what is there; also counted under `create`. */
	readonly beside: number;
	/** There already. */
	readonly identical: number;
	/** Left as they are. */
	readonly kept: number;
	/** Entries to be deleted, without what is below them. */
	readonly delete: number;
};

/** Counts of a restore. Directories count only in `planned.folders`, and in `deleted`. In a dry run: what would be. */
export type RestoreSummary = {
	/** Files, links and special files that were made, replaced or repaired. */
	readonly restored: number;
	/** Those that were there already, or had to stay as they were. */
	readonly skipped: number;
	/** What could not be restored: each named in `problems`. */
	readonly failed: number;
	/** Content of the files restored. */
	readonly bytes: number;
	readonly deleted: number;
	readonly problems: readonly RestoreProblem[];
	readonly planned: PlannedCounts;
	readonly durationMs: number;
	/** Of dry runs that ask for it: what would become of the first `previewLimit` entries, in the order of a walk by name, each directory before what it holds. What cannot be restored is in `problems`. */
	readonly preview?: readonly PreviewEntry[];
	/** Of dry runs: what new and replaced files and directories take in whole blocks of the target's file system, as long as what they replace is still there; holes are counted as if they were filled. */
	readonly neededBytes?: number;
	/** Of dry runs: what the target's file system has left for this user. */
	readonly freeBytes?: number;
};
