import test from 'ava';
import {findScheduleTrouble, missedAfterMs, type ScheduleFacts} from '../../../source/engine/monitoring/schedule-findings.ts';
import type {JobOverview} from '../../../source/engine/monitoring/schedule-overview.ts';
import type {Job} from '../../../source/engine/scheduling/job.ts';
import type {JobOutcome, JobRun, JobTrigger} from '../../../source/engine/state/job-run.ts';
import {buildSource} from '../../helpers/overview-builder.ts';

const hour = 60 * 60 * 1000;
const day = 24 * hour;
const nowMs = Date.parse('2026-11-21T18:00:00.000Z');
const at = (agoMs: number): string => new Date(nowMs - agoMs).toISOString();
const process = {host: 'here', bootId: 'boot', pid: 4711, startTicks: 1};

type RunOptions = {readonly outcome?: JobOutcome; readonly code?: number; readonly summary?: string; readonly trigger?: JobTrigger; readonly isRunning?: boolean};

/** A run that began so long ago, at the start of its slot. */
const runOf = (job: string, agoMs: number, {outcome = 'ok', code = outcome === 'ok' ? 0 : 1, summary = 'done', trigger = 'timer', isRunning}: RunOptions = {}): JobRun => ({
	id: `${job} ${agoMs}`, job, trigger, slot: at(agoMs), started: at(agoMs), process, ...(!isRunning && {end: {time: at(agoMs), outcome, code, summary}}),
});

type Standing = {readonly slotAgoMs?: number; readonly slotMs?: number; readonly nextAgoMs?: number; readonly knownAgoMs?: number; readonly runs?: readonly JobRun[]};

/** A job of a daily slot that began so long ago, or of another length. */
function overviewOf(change: Partial<Job> & Standing = {}): JobOverview {
	const {slotAgoMs = 5 * hour, slotMs = day, nextAgoMs, knownAgoMs, runs = [], ...more} = change;
	const job: Job = {
		name: 'verify', kind: 'verify', expression: '0 5 * * *', timeZone: 'UTC', isEnabled: true, jitterMs: 0, catchesUp: true, overlap: 'skip', niceness: 0, ioPriority: 'normal', ...more,
	};
	return {
		job,
		slot: {startMs: nowMs - slotAgoMs, endMs: nowMs - slotAgoMs + slotMs},
		runs,
		...(knownAgoMs !== undefined && {knownSince: at(knownAgoMs)}),
		...(nextAgoMs !== undefined && {nextRun: at(nextAgoMs)}),
	};
}

const find = (jobs: readonly JobOverview[], more: Partial<ScheduleFacts> = {}) => findScheduleTrouble({schedule: {jobs, ...more.schedule}, sources: [], nowMs, host: 'here', ...more});
const other = overviewOf({name: 'daily', kind: 'backup', nextAgoMs: -hour, runs: [runOf('daily', hour)]});

test('no schedule, a fresh one, and one that runs: nothing is wrong', t => {
	t.deepEqual(findScheduleTrouble({sources: [], nowMs, host: 'here'}), []);
	t.deepEqual(find([overviewOf({nextAgoMs: -19 * hour})]), [], 'a slot that began before the host knew the job is not owed');
	t.deepEqual([5 * hour - 1, 5 * hour].map(knownAgoMs => find([overviewOf({nextAgoMs: 5 * hour, knownAgoMs}), other]).length), [0, 1], 'nor is the daily backup that a new host makes at once');
	t.deepEqual(find([overviewOf({runs: [runOf('verify', 5 * hour)], nextAgoMs: -19 * hour}), other]), []);
	t.deepEqual(find([overviewOf({runs: [runOf('verify', day + missedAfterMs)], nextAgoMs: missedAfterMs, slotAgoMs: missedAfterMs}), other]), [], 'it may still wait for others');
	t.deepEqual(find([overviewOf({isEnabled: false, runs: [runOf('verify', 9 * day, {outcome: 'failed'})]})]), []);
});

test('a job that was missed while others run', t => {
	const [missed, ...rest] = find([overviewOf({runs: [runOf('verify', 29 * hour)], nextAgoMs: 5 * hour}), other]);
	t.deepEqual(rest, []);
	t.like(missed, {key: 'missed:here/verify', kind: 'missed', severity: 'warning', object: 'job verify', message: 'it is overdue for 5 hours'});
	t.regex(missed!.cause!, /^its last run began at 2026-11-20T13:00:00\.000Z; other jobs are started$/);
	t.regex(missed!.nextStep, /"coffer schedule run verify"/);
	const [never] = find([overviewOf({name: 'my job', nextAgoMs: 5 * hour}), other]);
	t.regex(never!.cause!, /^it never ran here/);
	t.regex(never!.nextStep, /run 'my job'"/);
	t.deepEqual(find([overviewOf({runs: [runOf('verify', 29 * hour), runOf('verify', hour, {isRunning: true})], nextAgoMs: 5 * hour}), other]), [], 'it runs');
	t.deepEqual(find([overviewOf({runs: [runOf('verify', 29 * hour), runOf('verify', 5 * hour, {outcome: 'skipped'})], nextAgoMs: 5 * hour}), other]).map(({kind}) => kind), ['missed'], 'left out is not run');
});

test('a job that runs often, and is not made up for', t => {
	const often = (lastAgoMs: number) => overviewOf({name: 'monitor', kind: 'monitor', catchesUp: false, slotAgoMs: 60_000, slotMs: hour / 2, nextAgoMs: -hour / 2, runs: [runOf('monitor', lastAgoMs)]});
	const kinds = (lastAgoMs: number) => find([often(lastAgoMs), other]).map(({key}) => key);
	t.deepEqual(kinds(hour), []);
	t.deepEqual(kinds(missedAfterMs + hour / 2), []);
	t.deepEqual(kinds(missedAfterMs + hour / 2 + 1), ['missed:here/monitor']);
});

test('nothing starts the jobs: one finding for all of them', t => {
	const jobs = [overviewOf({nextAgoMs: 5 * hour}), overviewOf({name: 'audit', kind: 'audit', nextAgoMs: 9 * hour, slotAgoMs: 9 * hour})];
	const [idle, ...rest] = find(jobs);
	t.deepEqual(rest, []);
	t.like(idle, {key: 'idle:here', kind: 'idle', severity: 'warning', message: 'nothing starts its jobs: 2 jobs are due, the first for 9 hours', cause: 'no job was ever started by cron, systemd, the daemon or the dashboard'});
	const byHand = overviewOf({name: 'daily', kind: 'backup', nextAgoMs: -hour, runs: [runOf('daily', hour, {trigger: 'hand'})]});
	t.deepEqual(find([...jobs, byHand]).map(({kind}) => kind), ['idle'], 'what a person started says nothing');
	const before = overviewOf({name: 'daily', kind: 'backup', nextAgoMs: -hour, runs: [runOf('daily', 20 * hour)]});
	t.regex(find([...jobs, before])[0]!.cause!, /^the last that was not started by hand was "daily" at 2026-11-20T22:00/);
	const holder = {kind: 'daemon', process, since: at(day)} as const;
	const held = findScheduleTrouble({schedule: {jobs, holder}, sources: [], nowMs, host: 'here'});
	t.deepEqual(held.map(({kind}) => kind), ['missed', 'missed']);
	t.regex(held[0]!.cause!, /the daemon \(process 4711\) holds the schedule since/);
});

test('a job that failed, with its message, how often, and by whose fault', t => {
	const failed = (runs: readonly JobRun[], more: Partial<Job> = {}) => find([overviewOf({nextAgoMs: -hour, runs, ...more})]);
	const [once] = failed([runOf('verify', 5 * hour, {outcome: 'failed', code: 10, summary: 'There is no repository at /r.'})]);
	t.like(once, {key: 'job:here/verify', kind: 'job', severity: 'warning', message: 'its last run failed 5 hours ago with code 10', cause: 'There is no repository at /r'});
	t.regex(failed([runOf('verify', 5 * hour, {outcome: 'interrupted', code: 130})])[0]!.message, /^its last run was interrupted/);
	t.regex(failed([29, 5].map(hours => runOf('verify', hours * hour, {outcome: 'failed'})))[0]!.message, /^its last 2 runs failed/);
	t.deepEqual(failed([runOf('verify', 29 * hour, {outcome: 'failed'}), runOf('verify', 5 * hour)]), [], 'it has run since');
	t.is(failed([runOf('verify', 29 * hour, {outcome: 'failed'}), runOf('verify', 5 * hour, {outcome: 'skipped'})]).length, 1, 'left out is no success');
	t.deepEqual(failed([runOf('verify', 5 * hour, {outcome: 'failed', code: 13})]), [], 'damage is a finding of its own');
});

test('a backup that failed is told once: by its source where that failed, else by its job', t => {
	const jobs = [overviewOf({name: 'daily', kind: 'backup', sources: ['etc'], nextAgoMs: -hour, runs: [runOf('daily', 5 * hour, {outcome: 'failed', summary: 'stopped after 4 h, its limit'})]})];
	const kinds = (sources: ScheduleFacts['sources']) => find(jobs, {sources}).map(({kind}) => kind);
	const [etc, www] = [buildSource('etc', {host: 'here', state: 'failed'}), buildSource('www', {host: 'here', state: 'failed'})];
	t.deepEqual(kinds([etc]), []);
	t.deepEqual(kinds([www, {...etc, state: 'ok'}]), ['job']);
	t.deepEqual(kinds([{...etc, host: 'there'}]), ['job']);
});
