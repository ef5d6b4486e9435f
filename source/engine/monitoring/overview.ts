import type {EpochId, RepositoryId} from '../ids.ts';
import type {Role} from '../repository/repository.ts';
import type {Activity} from '../state/activity.ts';
import type {SourceRun} from '../state/source-memory.ts';
import type {Alert, Severity} from './alert.ts';
import type {KeyStatus} from './key-status.ts';
import type {ScheduleOverview} from './schedule-overview.ts';
import type {SourceStatus} from './source-status.ts';

/** How many of the last runs of a source are shown. */
export const shownRuns = 14;

export type SourceOverview = SourceStatus & {
	/** An older last success is late. */
	readonly maximumAgeMs: number;
	/** At most `shownRuns`, oldest first. Where this host remembers none, those that its snapshots tell of. */
	readonly runs: readonly SourceRun[];
	/** The epoch that the newest snapshot stands under. */
	readonly epoch?: EpochId;
	/** When a job backs it up next; in the past: one is due now. RFC 3339; only of configured sources. */
	readonly nextRun?: string;
};

/** A destination: where a repository lies. */
export type StorageOverview = {
	readonly url: string;
	/** Bytes of the repository's own objects. */
	readonly usedBytes?: number;
	/** Of the file system or bucket that it lies in. */
	readonly freeBytes?: number;
	readonly totalBytes?: number;
	/** Of the file system: 0 to 100. */
	readonly usedPercent?: number;
	/** Files that the file system has room for; `undefined` where it does not count them. */
	readonly freeInodes?: number;
	readonly totalInodes?: number;
	readonly inodesPercent?: number;
	readonly level: Severity | 'ok';
	/** From samples of several days; `undefined` until there are. */
	readonly growthBytesPerDay?: number;
	/** At that growth; `undefined` where it does not grow. */
	readonly daysUntilFull?: number;
};

/** How much smaller the repository is than all that its snapshots show. */
export type Ratios = {
	/** Bytes of all snapshots by bytes that were new. */
	readonly deduplication?: number;
	/** Bytes that were new by what they took in the storage. */
	readonly compression?: number;
};

/** Everything that is to be known of a repository at one moment, for one screen: plain data that can pass between threads. */
export type Overview = {
	/** When it was looked at: RFC 3339. */
	readonly time: string;
	readonly repositoryId: RepositoryId;
	/** Of the key that opened it. */
	readonly role: Role;
	readonly host: string;
	readonly sources: readonly SourceOverview[];
	readonly keys: KeyStatus;
	readonly storage: readonly StorageOverview[];
	readonly ratios: Ratios;
	/** Most severe first, and the oldest of these first. */
	readonly alerts: readonly Alert[];
	/** Oldest first. */
	readonly activities: readonly Activity[];
	/** Of the jobs that were handed in. */
	readonly schedule: ScheduleOverview;
	/** Which share of the file contents this host's verifications have read in the last so many milliseconds: 0 to 1. */
	readonly dataCoverage?: {readonly share: number; readonly withinMs: number};
	/** The newest verification of any kind. */
	readonly lastVerification?: {readonly time: string; readonly isIntact: boolean};
};
