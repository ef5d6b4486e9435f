import type {JobRun} from '../state/job-run.ts';
import {countText, spanText} from './age-text.ts';
import type {Finding} from './alert.ts';
import type {SourceOverview} from './overview.ts';
import type {JobOverview, ScheduleOverview} from './schedule-overview.ts';

/** Jobs wait for one another, and for a machine that starts: so much later than due they were missed. In milliseconds. */
export const missedAfterMs = 2 * 60 * 60 * 1000;

/** What the schedule is judged by. */
export type ScheduleFacts = {
	readonly schedule?: ScheduleOverview;
	readonly sources: readonly SourceOverview[];
	readonly nowMs: number;
	/** This host's name. */
	readonly host: string;
};

type Missed = {readonly overview: JobOverview; readonly dueMs: number};

const slotMs = (run: JobRun): number => Date.parse(run.slot);

/** Whether a command starts the job by its name alone. */
const runCommand = (name: string): string => `"coffer schedule run ${/^[\w.@+-]+$/.test(name) ? name : `'${name.replaceAll('\'', String.raw`'\''`)}'`}"`;

/** Since when a job is overdue; `undefined` where it is not. What ran in its slot, however it ended, has not been missed. */
function findMissed(overview: JobOverview, nowMs: number): Missed[] {
	const {job, slot, nextRun, runs, knownSince} = overview;
	const nextMs = nextRun === undefined ? Number.POSITIVE_INFINITY : Date.parse(nextRun);
	const last = runs.findLast(({end}) => end?.outcome !== 'skipped');
	const isKnown = knownSince === undefined || Date.parse(knownSince) <= slot.startMs;
	const isExpected = isKnown && job.isEnabled && (nextMs <= nowMs || !job.catchesUp);
	if (!isExpected || (last && (last.end === undefined || slotMs(last) >= slot.startMs))) {
		return [];
	}

	const dueMs = last ? slotMs(last) + slot.endMs - slot.startMs : nextMs;
	return nowMs - dueMs > missedAfterMs ? [{overview, dueMs}] : [];
}

/** Nothing begins any job by itself: one finding for all that were missed. */
function findIdle(missed: readonly Missed[], automatic: JobRun | undefined, {nowMs, host}: ScheduleFacts): Finding {
	const sinceMs = Math.min(...missed.map(({dueMs}) => dueMs));
	return {
		key: `idle:${host}`,
		kind: 'idle',
		severity: 'warning',
		object: `schedule of ${host}`,
		message: `nothing starts its jobs: ${countText(missed.length, 'job')} ${missed.length === 1 ? 'is' : 'are'} due, the first for ${spanText(nowMs - sinceMs)}`,
		cause: automatic ? `the last that was not started by hand was "${automatic.job}" at ${automatic.started}` : 'no job was ever started by cron, systemd, the daemon or the dashboard',
		nextStep: 'look at "coffer schedule status"; where nothing is installed, run "coffer schedule install"',
	};
}

function describeMissed({overview: {job, runs}, dueMs}: Missed, {schedule, nowMs, host}: ScheduleFacts): Finding {
	const last = runs.at(-1);
	const holder = schedule?.holder;
	return {
		key: `missed:${host}/${job.name}`,
		kind: 'missed',
		severity: 'warning',
		object: `job ${job.name}`,
		message: `it is overdue for ${spanText(nowMs - dueMs)}`,
		cause: `${last ? `its last run began at ${last.started}` : 'it never ran here'}; ${holder ? `the ${holder.kind} (process ${holder.process.pid}) holds the schedule since ${holder.since}` : 'other jobs are started'}`,
		nextStep: `run ${runCommand(job.name)}, and look with "coffer schedule status" what should start it`,
	};
}

function findFailure({job, runs}: JobOverview, {sources, host, nowMs}: ScheduleFacts): Finding[] {
	const ended = runs.filter(({end}) => end !== undefined && end.outcome !== 'skipped');
	const last = ended.at(-1);
	const end = last?.end;
	if (!job.isEnabled || end === undefined || end.outcome === 'ok' || end.outcome === 'partial') {
		return [];
	}

	const isOwn = ({name, host: where}: SourceOverview) => where === host && (job.sources?.includes(name) ?? true);
	// What is wrong with its sources, or what a verification found, is a finding of its own.
	if ((job.kind === 'backup' && sources.some(source => isOwn(source) && source.state === 'failed')) || (job.kind === 'verify' && end.code === 13)) {
		return [];
	}

	const failures = ended.length - 1 - ended.findLastIndex(run => run.end!.outcome === 'ok' || run.end!.outcome === 'partial');
	const what = end.outcome === 'interrupted' ? 'was interrupted' : 'failed';
	return [{
		key: `job:${host}/${job.name}`,
		kind: 'job',
		severity: 'warning',
		object: `job ${job.name}`,
		message: failures > 1 ? `its last ${failures} runs failed; the last one ended ${spanText(nowMs - Date.parse(end.time))} ago with code ${end.code}` : `its last run ${what} ${spanText(nowMs - Date.parse(end.time))} ago with code ${end.code}`,
		cause: end.summary === '' ? 'the run left no message' : end.summary.replace(/\.$/, ''),
		nextStep: `mend what the cause names (the log has more), then run ${runCommand(job.name)}`,
	}];
}

/** What is wrong with the schedule of this host: nothing starts it, or jobs were missed, or failed. */
export function findScheduleTrouble(facts: ScheduleFacts): Finding[] {
	const jobs = facts.schedule?.jobs ?? [];
	const missed = jobs.flatMap(overview => findMissed(overview, facts.nowMs));
	const automatic = jobs.flatMap(({runs}) => runs).filter(({trigger}) => trigger !== 'hand').toSorted((a, b) => Date.parse(a.started) - Date.parse(b.started)).at(-1);
	const sinceMs = Math.min(...missed.map(({dueMs}) => dueMs));
	const isIdle = missed.length > 0 && facts.schedule?.holder === undefined && (automatic === undefined || Date.parse(automatic.started) < sinceMs);
	return [
		...(isIdle ? [findIdle(missed, automatic, facts)] : missed.map(each => describeMissed(each, facts))),
		...jobs.flatMap(overview => findFailure(overview, facts)),
	];
}
