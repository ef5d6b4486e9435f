import type {Job, Slot} from '../scheduling/job.ts';
import type {JobRun, ScheduleHolder} from '../state/job-run.ts';

/** How one job stands. */
export type JobOverview = {
	readonly job: Job;
	/** The slot that it is in. */
	readonly slot: Slot;
	/** When its next run begins, its jitter in it: RFC 3339; in the past: it is due now. `undefined` for a job that is switched off. */
	readonly nextRun?: string;
	/** Of a backup that has been made of some of its sources: those that it is still due for, and when the others are backed up next (RFC 3339). */
	readonly rest?: {readonly sources: readonly string[]; readonly othersNextRun: string};
	/** When this host first knew it: RFC 3339. A slot that began before that was not missed. @default always */
	readonly knownSince?: string;
	/** At most 14, oldest first; the last one may still run. */
	readonly runs: readonly JobRun[];
	/** The median of the runs that went well, in milliseconds; `undefined` until there are any. */
	readonly usualDurationMs?: number;
};

/** The schedule of this host. */
export type ScheduleOverview = {
	readonly jobs: readonly JobOverview[];
	/** Who runs it now; cron and systemd do not hold it. */
	readonly holder?: ScheduleHolder;
	/** When any job last ended: RFC 3339. */
	readonly lastRun?: string;
};
