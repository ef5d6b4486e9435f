import type {SnapshotId} from '../ids.ts';

/** A snapshot that this host has seen in the repository. */
export type SeenSnapshot = {
	readonly id: SnapshotId;
	/** Name of its object in the storage. */
	readonly objectName: string;
	readonly time: string;
};

export const runOutcomes = ['ok', 'partial', 'failed', 'interrupted'] as const;

/** How a run ended. `partial`: some source data could not be read. */
export type RunOutcome = typeof runOutcomes[number];

/** One run of a source on this host. */
export type SourceRun = {
	/** When it began. */
	readonly time: string;
	readonly outcome: RunOutcome;
	readonly durationMs: number;
	/** An `ErrorCode`; only of runs that made no snapshot. */
	readonly code?: string;
	/** For people; only of runs that did not end well. */
	readonly error?: string;
	readonly snapshot?: SnapshotId;
	readonly addedBytes?: number;
};

/** What this host remembers of one source. */
export type SourceMemory = {
	readonly source: string;
	/** The newest snapshot of this host's own runs. */
	readonly head?: SeenSnapshot;
	/** Oldest first, at most `maximumRuns`. */
	readonly runs: readonly SourceRun[];
	/** Former heads that vanished from the repository without having been forgotten. */
	readonly losses: readonly SeenSnapshot[];
};

/** Older runs of a source are dropped. */
export const maximumRuns = 100;
