import type {ProcessIdentity} from '../runtime.ts';
import {assessJob, findDueJobs, isDone, type DueFacts, type DueVerdict} from './due.ts';
import type {Job, JobKind, Slot} from './job.ts';

/** After so long a job that failed is tried again, in milliseconds. */
export const retryAfterMs = 60 * 60 * 1000;

/** What a job's process has said to a slot. */
export type SlotAnswer = {
	readonly slotStartMs: number;
	/** In milliseconds since 1970. */
	readonly endedMs: number;
	/** Nothing is left to be done in this slot. */
	readonly isDone: boolean;
};

/** A process that runs now, started by who asks. */
export type RunningJob = {readonly job: Job; readonly startedMs: number};

export type StartFacts = Omit<DueFacts, 'snapshots' | 'isWaitingForJitter' | 'retryAfterMs'> & {
	/** The last answer of each job, by its name. */
	readonly answers: ReadonlyMap<string, SlotAnswer>;
	readonly running: readonly RunningJob[];
	/** The process that asks: of runs that others have begun it knows those of the same boot to be alive. */
	readonly identity: ProcessIdentity;
	/** Since when it holds the schedule, in milliseconds since 1970: what failed before is tried again at once. */
	readonly sinceMs: number;
};

/** A run that is left out, because an earlier one of the same job still goes on. */
export type LeftOut = {readonly job: Job; readonly slot: Slot; readonly since: number};

export type Starts = {
	/** To be started now: at most one that works on the data, and one that only looks. */
	readonly starts: ReadonlyArray<Pick<DueVerdict, 'job' | 'slot'>>;
	readonly leftOut: readonly LeftOut[];
};

/** Kinds that only look, and tell: they run beside the others. */
const lookingKinds: ReadonlySet<JobKind> = new Set(['monitor', 'audit', 'report']);

const isLooking = (job: Job): boolean => lookingKinds.has(job.kind);

function isOwnBoot({host, bootId}: ProcessIdentity, own: ProcessIdentity): boolean {
	return host === own.host && bootId === own.bootId;
}

/** The runs that go on now, ours and those of others, with their jobs. */
function findRunning({jobs, runs, running, identity}: StartFacts): RunningJob[] {
	const ofOthers = runs.flatMap((run): RunningJob[] => {
		const job = jobs.find(({name}) => name === run.job);
		return run.end === undefined && job && isOwnBoot(run.process, identity) ? [{job, startedMs: Date.parse(run.started)}] : [];
	});
	return [...running, ...ofOthers];
}

/** Whether the answer to this slot keeps the job from being asked again. */
function isAnswered({answers, nowMs}: StartFacts, name: string, slot: Slot): boolean {
	const answer = answers.get(name);
	if (answer?.slotStartMs !== slot.startMs) {
		return false;
	}

	const sinceMs = nowMs - answer.endedMs;
	return answer.isDone || (sinceMs >= 0 && sinceMs < retryAfterMs);
}

/**
Which jobs are to be started now, by who holds the schedule and has no key: whether a backup is due only the repository tells, so its process is asked once in each slot, and ends at once where it is not.
Jobs that work on the data run one after the other, backups of the greatest class first; those that only look run beside them, one after the other.
@throws RangeError for an expression or a time zone that is none
*/
export function chooseStarts(facts: StartFacts): Starts {
	const {nowMs, sinceMs} = facts;
	const due: DueFacts = {
		...facts,
		snapshots: [],
		isWaitingForJitter: true,
		retryAfterMs,
		runs: facts.runs.filter(run => run.end === undefined || isDone(run) || Date.parse(run.end.time) >= sinceMs),
	};
	const running = findRunning(facts);
	const isRunning = (job: Job) => running.some(other => other.job.name === job.name);
	const waiting = findDueJobs(due).filter(({job, slot}) => !isRunning(job) && !isAnswered(facts, job.name, slot));
	const starts = [false, true].flatMap(isLook => {
		const isBusy = running.some(({job}) => isLooking(job) === isLook);
		return isBusy ? [] : waiting.filter(({job}) => isLooking(job) === isLook).slice(0, 1);
	});
	const leftOut = facts.jobs.filter(job => job.isEnabled && job.overlap === 'skip').flatMap((job): LeftOut[] => {
		const earlier = running.find(other => other.job.name === job.name);
		const {slot, startMs} = assessJob(job, due);
		const isOver = earlier !== undefined && earlier.startedMs < slot.startMs && nowMs >= startMs && !isAnswered(facts, job.name, slot);
		return isOver ? [{job, slot, since: earlier.startedMs}] : [];
	});
	return {starts, leftOut};
}
