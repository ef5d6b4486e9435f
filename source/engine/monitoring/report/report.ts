import type {JobKind} from '../../scheduling/job.ts';
import type {RunOutcome} from '../../state/source-memory.ts';
import type {Alert} from '../alert.ts';
import type {KeyStatus} from '../key-status.ts';
import type {StorageOverview} from '../overview.ts';
import type {SourceState} from '../source-status.ts';

/** How long something took, in milliseconds. */
export type Durations = {readonly medianMs: number; readonly longestMs: number};

/** One run of a source, for a chart. */
export type RunPoint = {
	readonly time: string;
	readonly outcome: RunOutcome;
	readonly durationMs: number;
	/** Of the snapshot that it made, while that is there. */
	readonly bytes?: number;
	readonly addedBytes?: number;
};

/** How full a destination was. */
export type StoragePoint = {readonly time: string; readonly usedBytes: number};

/** Which share of the data verifications had read by then: 0 to 1. */
export type CoveragePoint = {readonly time: string; readonly share: number};

/** How long a source, or all of them, was without a good backup after one had failed, until the next one. */
export type RecoveryReport = {
	/** Recoveries that ended in that time. */
	readonly count: number;
	/** The mean time to recovery, in milliseconds; not there without any. */
	readonly meanMs?: number;
	readonly longestMs?: number;
	/** When the failures began that last until the end. */
	readonly failedSince?: string;
};

/** An alert that was open in the time of a report. */
export type IncidentReport = {
	readonly key: string;
	/** Words of `alertKinds` and `severities`, or those of another version; the worst that it was. */
	readonly kind: string;
	readonly severity: string;
	readonly object: string;
	readonly message: string;
	/** RFC 3339. */
	readonly raised: string;
	/** When somebody first took note of it, and how long after it was raised, in milliseconds. */
	readonly acknowledged?: {readonly time: string; readonly user?: string; readonly note?: string; readonly afterMs: number};
	readonly resolved?: {readonly time: string; readonly afterMs: number};
};

/** How fast alerts were seen to. */
export type ReactionReport = {
	/** Raised in that time. */
	readonly raised: number;
	/** Of all that were open in it. */
	readonly acknowledged: number;
	readonly resolved: number;
	readonly open: number;
	/** In milliseconds; not there without any. */
	readonly medianAcknowledgeMs?: number;
	/** The mean time until an alert was over. */
	readonly meanResolveMs?: number;
};

/** One source in the time of a report. */
export type SourceReport = {
	readonly name: string;
	readonly host: string;
	/** At the end. */
	readonly state: SourceState;
	/** Runs that ended, those that made a snapshot though some data could not be read, and those that made none. */
	readonly runs: number;
	readonly partial: number;
	readonly failed: number;
	/** Of the runs the share that made a snapshot, 0 to 1; not there without runs. */
	readonly successRate?: number;
	/** Snapshots made. */
	readonly snapshots: number;
	/** Of the newest snapshot that is there. */
	readonly bytes: number;
	/** What the snapshots made brought that was new, and what that took in the storage. */
	readonly addedBytes: number;
	readonly storedBytes: number;
	/** Of the runs that made a snapshot. */
	readonly durations?: Durations;
	readonly lastSuccess?: string;
	readonly lastVerified?: string;
	/** Not there where nothing has failed. */
	readonly recovery?: RecoveryReport;
	/** Oldest first: at most 60. */
	readonly history: readonly RunPoint[];
};

/** A destination in the time of a report. */
export type StorageReport = Pick<StorageOverview, 'url' | 'usedBytes' | 'freeBytes' | 'usedPercent' | 'growthBytesPerDay' | 'daysUntilFull'> & {
	/** What it grew by, from the first sample in that time to now; negative when it shrank. */
	readonly grownBytes?: number;
	/** One a day at most, oldest first. */
	readonly history: readonly StoragePoint[];
};

/** One job of the schedule in the time of a report. */
export type JobReport = {
	readonly name: string;
	readonly kind: JobKind;
	readonly isEnabled: boolean;
	/** Runs that ended, without those that were left out because another one was at work. */
	readonly runs: number;
	/** With warnings, or with data that could not be read. */
	readonly partial: number;
	readonly failed: number;
	readonly interrupted: number;
	/** Slots in which nothing ran; not there where they are not counted. */
	readonly missed?: number;
	readonly durations?: Durations;
	/** The last run that failed or was interrupted. */
	readonly lastFailure?: {readonly time: string; readonly summary: string};
};

/** What was verified in the time of a report. */
export type VerificationReport = {
	readonly runs: number;
	/** Runs that found damage. */
	readonly damaged: number;
	/** When the newest of all verifications was, whether in that time or before. */
	readonly last?: string;
	/** Snapshots that are there, and those of them that were found intact, in that time or ever, with all of their data, or with some or only their structure. */
	readonly snapshots: number;
	readonly verified: number;
	readonly verifiedEver: number;
	readonly withAllData: number;
	/** Which share of the data was read in the days before each of some moments, oldest first; and how many days these are. */
	readonly coverage: readonly CoveragePoint[];
	readonly coverageDays: number;
};

/** A time in the life of a repository, as one host knows it. Plain data. */
export type Report = {
	readonly host: string;
	readonly url: string;
	/** RFC 3339. */
	readonly from: string;
	readonly to: string;
	readonly sources: readonly SourceReport[];
	readonly totals: Pick<SourceReport, 'runs' | 'partial' | 'failed' | 'successRate' | 'snapshots' | 'bytes' | 'addedBytes' | 'storedBytes' | 'recovery'>;
	readonly storage: readonly StorageReport[];
	readonly jobs: readonly JobReport[];
	/** Open at the end. */
	readonly alerts: readonly Alert[];
	/** Alerts that were open at any moment of that time, in the order in which they were raised. */
	readonly incidents: readonly IncidentReport[];
	readonly reactions: ReactionReport;
	readonly verification: VerificationReport;
	readonly keys: Pick<KeyStatus, 'keys' | 'epochs' | 'rotateAfterDays' | 'age' | 'rotation'>;
};
