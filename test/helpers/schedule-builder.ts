import {slotAt, type Job, type JobOverview, type JobOutcome, type JobRun, type ScheduleOverview} from '../../source/engine/index.ts';
import {ago, nowMs} from './overview-builder.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export function buildJob(name: string, change: Partial<Job> = {}): Job {
	return {
		name, kind: 'backup', expression: '0 2 * * *', timeZone: 'UTC', isEnabled: true, jitterMs: 0, catchesUp: true, overlap: 'skip', niceness: 10, ioPriority: 'low', ...change,
	};
}

type RunChange = Partial<JobRun> & {readonly agoMs: number; readonly durationMs?: number; readonly summary?: string};

/** A run that ended so, and began so long ago; of `undefined` it goes on. */
export function buildRun(job: string, outcome: JobOutcome | undefined, {agoMs, durationMs = 12_000, summary = '3 sources, 12.1 GB, 40 MB new', ...rest}: RunChange): JobRun {
	return {
		id: `${job}-${agoMs}`, job, trigger: 'timer', slot: ago(agoMs), started: ago(agoMs), process: {host: 'vault01', bootId: 'boot', pid: 812, startTicks: 1},
		...(outcome !== undefined && {end: {time: ago(agoMs - durationMs), outcome, code: outcome === 'ok' ? 0 : 1, summary}}), ...rest,
	};
}

/** A job in its slot, with what a test changes of it. */
export function buildJobOverview(job: Job, change: Partial<JobOverview> = {}): JobOverview {
	const slot = slotAt(job, nowMs);
	return {job, slot, runs: [], ...(job.isEnabled && {nextRun: new Date(slot.endMs).toISOString()}), ...change};
}

/** The jobs of the design's sketch, started by cron. */
export function buildSchedule(change: Partial<ScheduleOverview> = {}): ScheduleOverview {
	const jobs: ReadonlyArray<readonly [job: Job, change: Partial<JobOverview>]> = [
		[buildJob('daily', {class: 'daily', jitterMs: 10 * minuteMs, timeLimitMs: 4 * hourMs, bytesPerSecond: 20_000_000}), {usualDurationMs: 12_000, runs: [...Array.from({length: 4}, (_, index) => buildRun('daily', 'ok', {agoMs: (12 + 24 * (4 - index)) * hourMs})), buildRun('daily', 'ok', {agoMs: 12 * hourMs})]}],
		[buildJob('win-share', {expression: '15 1 * * *', timeZone: 'Europe/Berlin', sources: ['win-share']}), {usualDurationMs: 110 * minuteMs, runs: [buildRun('win-share', 'failed', {agoMs: 13 * hourMs, durationMs: 3000, summary: 'win-share: The source could not be read: /srv/share does not exist'})]}],
		[buildJob('monitor', {kind: 'monitor', expression: '*/30 * * * *', catchesUp: false, niceness: 0, ioPriority: 'normal'}), {usualDurationMs: 400, runs: [buildRun('monitor', 'ok', {agoMs: 3 * minuteMs, summary: 'no alerts'})]}],
		[buildJob('verify', {kind: 'verify', expression: '0 5 * * *', parts: 30}), {}],
		[buildJob('rotate', {kind: 'rotate', expression: '30 5 * * *'}), {}],
		[buildJob('cleanup', {kind: 'prune', expression: '0 4 * * 6', isEnabled: false}), {}],
		[buildJob('report', {kind: 'report', expression: '0 7 * * 1', days: 7}), {runs: [buildRun('report', undefined, {agoMs: minuteMs})]}],
	];
	return {jobs: jobs.map(([job, own]) => buildJobOverview(job, own)), lastRun: ago(3 * minuteMs), ...change};
}
