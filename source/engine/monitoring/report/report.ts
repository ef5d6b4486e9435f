import type {JobKind} from '../../scheduling/job.ts';
import type {Alert} from '../alert.ts';
import type {KeyStatus} from '../key-status.ts';
import type {StorageOverview} from '../overview.ts';
import type {SourceState} from '../source-status.ts';

/** How long something took, in milliseconds. */
export type Durations = {readonly medianMs: number; readonly longestMs: number};

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
};

/** A destination in the time of a report. */
export type StorageReport = Pick<StorageOverview, 'url' | 'usedBytes' | 'freeBytes' | 'usedPercent' | 'growthBytesPerDay' | 'daysUntilFull'> & {
	/** What it grew by, from the first sample in that time to now; negative when it shrank. */
	readonly grownBytes?: number;
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
};

/** A time in the life of a repository, as one host knows it. Plain data. */
export type Report = {
	readonly host: string;
	readonly url: string;
	/** RFC 3339. */
	readonly from: string;
	readonly to: string;
	readonly sources: readonly SourceReport[];
	readonly totals: Pick<SourceReport, 'runs' | 'partial' | 'failed' | 'successRate' | 'snapshots' | 'bytes' | 'addedBytes' | 'storedBytes'>;
	readonly storage: readonly StorageReport[];
	readonly jobs: readonly JobReport[];
	/** Open at the end. */
	readonly alerts: readonly Alert[];
	readonly verification: VerificationReport;
	readonly keys: Pick<KeyStatus, 'keys' | 'epochs' | 'rotateAfterDays' | 'age' | 'rotation'>;
};
