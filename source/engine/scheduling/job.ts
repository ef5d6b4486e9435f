import type {BackupClass} from '../repository/repository.ts';

/** What a job does. `verify` reads a share that goes round, so that all data is read in the end; `rotate` the key, when it is due and the policy says so. */
export const jobKinds = ['backup', 'verify', 'prune', 'rotate', 'monitor', 'audit', 'report'] as const;
export type JobKind = typeof jobKinds[number];

/** What happens where the same job still runs: this run is left out, or waits for the other one. */
export const overlapRules = ['skip', 'wait'] as const;
export type OverlapRule = typeof overlapRules[number];

/** How the job's disk accesses stand behind those of others: ionice(1). */
export const ioPriorities = ['normal', 'low', 'idle'] as const;
export type IoPriority = typeof ioPriorities[number];

/** Something that is done again and again. Plain data, so that it passes between threads. */
export type Job = {
	/** Without white space and `/`. */
	readonly name: string;
	readonly kind: JobKind;
	/** Five fields, as crontab(5) has them. */
	readonly expression: string;
	/** A name of the IANA time zone database. */
	readonly timeZone: string;
	readonly isEnabled: boolean;
	/** Who keeps the schedule begins up to so much later in each slot, always the same on one host: so that many hosts do not begin at once. In milliseconds. */
	readonly jitterMs: number;
	/** Whether a slot that passed unused is made up for, by one run. */
	readonly catchesUp: boolean;
	readonly overlap: OverlapRule;
	/** After so long the job is stopped, safely, and has failed. In milliseconds. @default no limit */
	readonly timeLimitMs?: number;
	/** So much it may send to the storage a second. @default no limit */
	readonly bytesPerSecond?: number;
	/** From 0 to 19: nice(1). */
	readonly niceness: number;
	readonly ioPriority: IoPriority;
	/** backup: names of configured sources. @default all of them */
	readonly sources?: readonly string[];
	/** backup: of its snapshots. @default that of the source, else daily; it is due as for daily */
	readonly class?: BackupClass;
	/** verify: in so many runs all data is read. */
	readonly parts?: number;
	/** prune: at most so much is written anew. In bytes. @default as `prune` has it */
	readonly maximumRepackBytes?: number;
	/** report: what it covers, in days. */
	readonly days?: number;
};

/** One slot of a job: one run is due in it. In milliseconds since 1970; `endMs` no longer belongs to it. */
export type Slot = {readonly startMs: number; readonly endMs: number};
