import type {SnapshotId} from '../../ids.ts';

/**
How an entry on disk differs from the snapshot. `missing`: it is not there any more, nor anything below it. `new`: it came since, with all below it. `changed`: size, mtime, type, owner, mode or link target differ.
`rewritten`: size and mtime are the same and the content is another, but ctime says that it was changed since. `corrupt`: the content is another although size, mtime and ctime say that nobody changed it.
`unreadable`: it could not be compared. `lost`: the repository does not hold its content any more.
*/
export const sourceDifferenceKinds = ['missing', 'new', 'changed', 'rewritten', 'corrupt', 'unreadable', 'lost'] as const;
export type SourceDifferenceKind = typeof sourceDifferenceKinds[number];

/** Those that nobody's work explains. */
export const problemKinds: ReadonlySet<SourceDifferenceKind> = new Set(['corrupt', 'lost']);

/** One entry that is not on disk as the snapshot has it. */
export type SourceDifference = {
	readonly kind: SourceDifferenceKind;
	readonly snapshot: SnapshotId;
	/** For people; control characters are not removed. */
	readonly path: string;
	/** What differs, in words. */
	readonly message: string;
};

export type SourceComparison = {
	readonly snapshot: SnapshotId;
	readonly source: string;
	readonly time: string;
	/** Entries of the snapshot that were compared; files by their content. */
	readonly entries: number;
	/** Bytes of files that were read and compared. */
	readonly bytes: number;
} & Readonly<Record<SourceDifferenceKind, number>>;

/** Counts what a comparison finds. */
export class ComparisonTally {
	readonly counts: Record<SourceDifferenceKind | 'entries' | 'bytes', number> = {
		entries: 0, bytes: 0, missing: 0, new: 0, changed: 0, rewritten: 0, corrupt: 0, unreadable: 0, lost: 0,
	};

	readonly #snapshot: SnapshotId;
	readonly #onDifference: (difference: SourceDifference) => void;

	constructor(snapshot: SnapshotId, onDifference: (difference: SourceDifference) => void) {
		this.#snapshot = snapshot;
		this.#onDifference = onDifference;
	}

	add(kind: SourceDifferenceKind, path: string, message: string): void {
		this.counts[kind]++;
		this.#onDifference({kind, snapshot: this.#snapshot, path, message});
	}
}
