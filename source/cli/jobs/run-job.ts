import type {Job, JobOutcome} from '../../engine/index.ts';
import type {BackupRuns} from '../backup-runs.ts';
import type {CommandContext} from '../command-line.ts';
import type {LogFacts} from '../log.ts';

/** How a job ended that could be run. */
export type JobResult = {
	/** The exit code: what the command would end with that does the same by hand. */
	readonly code: number;
	/** One line for people, without the job's name: "3 sources, 12.1 GB, 40 MB new, 12 s". */
	readonly summary: string;
	/** How the run is remembered, where the code does not say it: a monitor that found something has done its work. @default by the code */
	readonly outcome?: Extract<JobOutcome, 'ok' | 'partial'>;
	/** For the log. */
	readonly facts?: LogFacts;
	/** Nothing had to be done: where several jobs are summed up, it goes without saying. @default false */
	readonly isIdle?: boolean;
	/** backup: how its sources went, for who sums up several jobs. */
	readonly runs?: BackupRuns;
};

/**
What each kind of job exports. It prints nothing but warnings and errors; the caller prints the summary.
@param context - Its `interruptible` gives the same signal.
@throws what ends the job as a whole; `aborted`
*/
export type RunJob = (context: CommandContext, job: Job, signal: AbortSignal) => Promise<JobResult>;
