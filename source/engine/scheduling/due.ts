import type {BackupClass} from '../repository/repository.ts';
import type {JobRun} from '../state/job-run.ts';
import type {Job, JobKind, Slot} from './job.ts';
import {slotAt, startInSlot} from './slots.ts';

const minuteMs = 60_000;

/** What is not made up for later begins so soon after its time, or not at all. */
const onTimeMs = 5 * minuteMs;

/** What of a snapshot says whether a backup is due. */
export type DueSnapshot = {readonly source: string; readonly host: string; readonly time: string; readonly class: BackupClass};

/** What is to be known to tell which jobs are due. */
export type DueFacts = {
	readonly jobs: readonly Job[];
	/** Names of the configured sources. */
	readonly sources: readonly string[];
	/** Of all jobs, in the order in which they began; those of dead processes have an end. */
	readonly runs: readonly JobRun[];
	/** In any order. */
	readonly snapshots: readonly DueSnapshot[];
	/** When this host first knew each job: RFC 3339. A job that is missing is known from now on. @default all were always known */
	readonly firstSeen?: ReadonlyMap<string, string>;
	readonly host: string;
	readonly nowMs: number;
	/** Whether a job is due only once its jitter has passed: for who keeps the schedule, not for who calls when it suits. @default false */
	readonly isWaitingForJitter?: boolean;
	/** A run that failed is tried again after so long, in milliseconds. @default 0: at once */
	readonly retryAfterMs?: number;
};

/**
Why a job is due, or not. `unsuccessful`: its last run failed a short while ago. `used`: its slot has what it is for. `unknown-before`: its slot began before this host knew it. `late`: it is not made up for.
`early`: its jitter has not passed. `idle`: there is no source to back up.
*/
export type DueState = 'due' | 'disabled' | 'running' | 'unsuccessful' | 'used' | 'unknown-before' | 'late' | 'early' | 'idle';

/** How a job stands at a moment. */
export type DueVerdict = {
	readonly job: Job;
	readonly slot: Slot;
	/** When it begins in this slot, in milliseconds since 1970. */
	readonly startMs: number;
	readonly state: DueState;
	/** backup: the sources that lack a snapshot. */
	readonly sources: readonly string[];
};

const ranks: Readonly<Record<BackupClass, number>> = {manual: 0, daily: 0, weekly: 1, monthly: 2};
const rankOf = (job: Job): number => ranks[job.class ?? 'daily'];

/** In this order jobs of several kinds run that are due at once. */
const kindOrder: readonly JobKind[] = ['backup', 'rotate', 'prune', 'verify', 'audit', 'monitor', 'report'];

/** A verification that found damage and a look that found something critical have done their work, though not all is well. */
export const findingCodes = new Set([13, 21]);

/** Whether a run has done what its slot is for. */
export const isDone = ({end}: JobRun): boolean => end !== undefined && (end.outcome === 'ok' || end.outcome === 'partial' || (end.outcome === 'failed' && findingCodes.has(end.code)));

/** By the first numbers that differ. */
function compare(one: readonly number[], other: readonly number[]): number {
	const index = one.findIndex((value, at) => value !== other[at]);
	return index === -1 ? 0 : one[index]! - other[index]!;
}

const isIn = ({startMs, endMs}: Slot, time: string): boolean => Date.parse(time) >= startMs && Date.parse(time) < endMs;

/** The sources that a job backs up: of those it names the ones that there are. */
function sourcesOf({sources: chosen}: Job, {sources}: DueFacts): readonly string[] {
	return chosen === undefined ? sources : sources.filter(name => chosen.includes(name));
}

/** Whether no other backup job that covers the source runs more often. */
function isMostFrequent(job: Job, source: string, facts: DueFacts): boolean {
	const lengthOf = (other: Job) => {
		const {startMs, endMs} = slotAt(other, facts.nowMs);
		return endMs - startMs;
	};

	const rivals = facts.jobs.filter(other => other.kind === 'backup' && other.isEnabled && sourcesOf(other, facts).includes(source));
	const [first] = rivals.toSorted((a, b) => compare([lengthOf(a), rankOf(a)], [lengthOf(b), rankOf(b)]));
	return first?.name === job.name;
}

/** The sources that a backup job owes a snapshot. */
function lackingSources(job: Job, slot: Slot, isOwed: boolean, facts: DueFacts): string[] {
	const isCovering = ({host, time, class: ofSnapshot}: DueSnapshot) => host === facts.host && ranks[ofSnapshot] >= rankOf(job) && isIn(slot, time);
	const covered = new Set(facts.snapshots.filter(snapshot => isCovering(snapshot)).map(({source}) => source));
	return sourcesOf(job, facts).filter(source => !covered.has(source) && (isOwed || isMostFrequent(job, source, facts)));
}

/** Whether a run of this slot failed so short ago that it is not tried again yet. */
function isResting({runs, nowMs, retryAfterMs = 0}: DueFacts, job: Job, slot: Slot): boolean {
	const end = runs.findLast(run => run.job === job.name && run.end?.outcome !== 'skipped')?.end;
	const sinceMs = end === undefined ? -1 : nowMs - Date.parse(end.time);
	return (end?.outcome === 'failed' || end?.outcome === 'interrupted') && isIn(slot, end.time) && sinceMs >= 0 && sinceMs < retryAfterMs;
}

function stateOf(job: Job, slot: Slot, startMs: number, facts: DueFacts): Pick<DueVerdict, 'state' | 'sources'> {
	const {runs, nowMs, firstSeen, isWaitingForJitter = false} = facts;
	const verdict = (state: DueState, sources: readonly string[] = []) => ({state, sources});
	if (!job.isEnabled) {
		return verdict('disabled');
	}

	const own = runs.filter(run => run.job === job.name);
	const seen = firstSeen?.get(job.name);
	const knownMs = firstSeen === undefined ? Number.NEGATIVE_INFINITY : Math.min(nowMs, seen === undefined ? nowMs : Date.parse(seen));
	const isOwed = slot.startMs >= knownMs;
	const sources = job.kind === 'backup' ? lackingSources(job, slot, isOwed, facts) : [];
	if (own.some(run => run.end === undefined)) {
		return verdict('running', sources);
	}

	if (job.kind === 'backup' ? sources.length === 0 : !isOwed || own.some(run => isDone(run) && isIn(slot, run.started))) {
		const isIdle = job.kind === 'backup' && sourcesOf(job, facts).length === 0;
		return verdict(isIdle ? 'idle' : (isOwed ? 'used' : 'unknown-before'));
	}

	if (isWaitingForJitter && nowMs < startMs) {
		return verdict('early', sources);
	}

	if (!job.catchesUp && nowMs > slot.startMs + job.jitterMs + onTimeMs) {
		return verdict('late', sources);
	}

	return verdict(isResting(facts, job, slot) ? 'unsuccessful' : 'due', sources);
}

/**
How a job stands: whether it is due, and why not. Its slot has been used by a run that began in it and did its work; that of a backup, when every source that it covers has a snapshot of this host in it whose class is at least
the job's. A slot that began before this host knew the job is not owed, so that a new host does not do at once what is done once a month; but the backup job that runs most often for a source owes it one in any case.
What a wrong clock has dated into another slot counts there and nowhere else.
@throws RangeError for an expression or a time zone that is none
*/
export function assessJob(job: Job, facts: DueFacts): DueVerdict {
	const slot = slotAt(job, facts.nowMs);
	const startMs = startInSlot(job, slot, facts.host);
	return {job, slot, startMs, ...stateOf(job, slot, startMs, facts)};
}

/**
The jobs that are due, in the order in which they are to run: backups of the greatest class first, as its snapshots make others needless. Who runs one asks again before the next.
@throws RangeError for an expression or a time zone that is none
*/
export function findDueJobs(facts: DueFacts): DueVerdict[] {
	const order = ({kind}: Job) => kindOrder.indexOf(kind);
	return facts.jobs
		.map(job => assessJob(job, facts))
		.filter(({state}) => state === 'due')
		.toSorted((a, b) => compare([order(a.job), -rankOf(a.job), a.startMs], [order(b.job), -rankOf(b.job), b.startMs]));
}

/** When a job is to run next: RFC 3339; in the past, when it is due. `undefined` for one that is switched off. */
export function nextRunOf({job, slot, startMs, state}: DueVerdict, host: string): string | undefined {
	if (state === 'disabled') {
		return undefined;
	}

	const isNow = ['due', 'unsuccessful', 'early'].includes(state);
	return isNow ? new Date(startMs).toISOString() : followingRunOf({job, slot}, host);
}

/** When a job's run in the slot after this one is due: RFC 3339. */
export function followingRunOf({job, slot}: Pick<DueVerdict, 'job' | 'slot'>, host: string): string {
	return new Date(startInSlot(job, slotAt(job, slot.endMs), host)).toISOString();
}
