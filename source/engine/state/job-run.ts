import type {ProcessIdentity} from '../runtime.ts';

/** What began a run: a person, cron or systemd, the daemon, the dashboard that holds the schedule, or a call that makes up for what was missed. */
export const jobTriggers = ['hand', 'timer', 'daemon', 'dashboard', 'catch-up'] as const;
export type JobTrigger = typeof jobTriggers[number];

/** `partial`: some source data could not be read, or warnings were found. `skipped`: another run of the same job was at work. `interrupted`: a signal, or the process died. */
export const jobOutcomes = ['ok', 'partial', 'failed', 'interrupted', 'skipped'] as const;
export type JobOutcome = typeof jobOutcomes[number];

/** One run of a job on this host. */
export type JobRun = {
	readonly id: string;
	readonly job: string;
	readonly trigger: JobTrigger;
	/** Start of the slot that it was for: RFC 3339. */
	readonly slot: string;
	/** When it began. */
	readonly started: string;
	readonly process: ProcessIdentity;
	/** Not there while it runs. */
	readonly end?: {
		/** When it ended: RFC 3339. */
		readonly time: string;
		readonly outcome: JobOutcome;
		/** The exit code. */
		readonly code: number;
		/** One line for people. */
		readonly summary: string;
	};
};

/** The one process of this host that runs the jobs as they become due. */
export type ScheduleHolder = {
	readonly kind: 'daemon' | 'dashboard';
	readonly process: ProcessIdentity;
	/** Since when: RFC 3339. */
	readonly since: string;
};
