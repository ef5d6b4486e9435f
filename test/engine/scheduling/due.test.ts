import test from 'ava';
import fc from 'fast-check';
import {assessJob, findDueJobs, nextRunOf, type DueFacts, type DueSnapshot} from '../../../source/engine/scheduling/due.ts';
import type {Job} from '../../../source/engine/scheduling/job.ts';
import {jitterOf, slotAt} from '../../../source/engine/scheduling/slots.ts';
import type {JobRun} from '../../../source/engine/state/job-run.ts';
import {buildJob, buildRun} from '../../helpers/job-builder.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const host = 'web1';
const zone = 'America/New_York';
const at = (time: string): number => Date.parse(time);
const iso = (ms: number): string => new Date(ms).toISOString();

const daily = buildJob('daily', {timeZone: zone});
const weekly = buildJob('weekly', {expression: '0 3 * * 0', class: 'weekly', timeZone: zone});
const monthly = buildJob('monthly', {expression: '0 4 1 * *', class: 'monthly', timeZone: zone});
const verify = buildJob('verify', {kind: 'verify', expression: '0 5 * * *', timeZone: zone});
const monitor = buildJob('monitor', {kind: 'monitor', expression: '*/30 * * * *', timeZone: zone, catchesUp: false});

const snapshot = (time: string, change: Partial<DueSnapshot> = {}): DueSnapshot => ({source: 'etc', host, time, class: 'daily', ...change});
const facts = (now: string | number, change: Partial<DueFacts> = {}): DueFacts => ({
	jobs: [daily, weekly, monthly], sources: ['etc'], runs: [], snapshots: [], host, nowMs: typeof now === 'string' ? at(now) : now, ...change,
});
const state = (job: Job, given: DueFacts) => assessJob(job, given).state;
const names = (given: DueFacts) => findDueJobs(given).map(({job: {name}}) => name);
const noon = '2026-06-10T12:00:00-04:00';

test('a backup is due where a source lacks a snapshot of this host in the slot', t => {
	const stateWith = (...snapshots: DueSnapshot[]) => state(daily, facts(noon, {snapshots}));
	t.is(stateWith(), 'due');
	t.is(stateWith(snapshot('2026-06-09T02:00:00-04:00'), snapshot('2026-06-10T01:59:59-04:00')), 'due');
	t.is(stateWith(snapshot('2026-06-10T02:00:00-04:00')), 'used');
	t.is(stateWith(snapshot('2026-06-10T02:00:00-04:00', {class: 'manual'})), 'used');
	t.is(stateWith(snapshot('2026-06-10T02:00:00-04:00', {host: 'web2'})), 'due');
	t.is(stateWith(snapshot('2026-06-10T02:00:00-04:00', {source: 'www'})), 'due');
	const two = facts(noon, {sources: ['etc', 'www', 'db'], snapshots: [snapshot('2026-06-10T09:00:00-04:00')]});
	t.deepEqual(assessJob(daily, two).sources, ['www', 'db']);
	t.deepEqual(assessJob({...daily, sources: ['www', 'gone']}, two).sources, ['www']);
	t.is(state({...daily, sources: ['gone']}, two), 'idle');
	t.is(state(daily, facts(noon, {sources: []})), 'idle');
});

test('classes: a greater one serves for a smaller one, never the other way round; the greatest runs first', t => {
	const sunday = '2026-11-01T12:00:00-05:00';
	const due = (...classes: Array<DueSnapshot['class']>) => names(facts(sunday, {snapshots: classes.map(each => snapshot('2026-11-01T08:00:00-05:00', {class: each}))}));
	t.deepEqual(due(), ['monthly', 'weekly', 'daily']);
	t.deepEqual(due('daily'), ['monthly', 'weekly']);
	t.deepEqual(due('manual'), ['monthly', 'weekly']);
	t.deepEqual(due('weekly'), ['monthly']);
	t.deepEqual(due('monthly'), []);
});

test('a slot that began before this host knew a job is not owed, but to the backup that runs most often', t => {
	const firstSeen = new Map([['daily', iso(at(noon))], ['weekly', iso(at(noon))], ['monthly', iso(at(noon))], ['verify', iso(at(noon))]]);
	const jobs = [weekly, monthly, daily, verify];
	t.deepEqual(names(facts(noon, {jobs, firstSeen})), ['daily']);
	t.deepEqual(names(facts(noon, {jobs, firstSeen: new Map()})), ['daily']);
	t.is(state(verify, facts(noon, {jobs, firstSeen})), 'unknown-before');
	t.is(state(weekly, facts(noon, {jobs, firstSeen})), 'unknown-before');
	// A state that is lost every night keeps no backup from being made.
	t.deepEqual(names(facts(at(noon) + dayMs, {jobs, firstSeen: new Map(), snapshots: [snapshot(noon)]})), ['daily']);
	// The next day and the next Sunday are owed.
	t.deepEqual(names(facts(at(noon) + dayMs, {jobs, firstSeen, snapshots: [snapshot(iso(at(noon) + dayMs))]})), ['verify']);
	t.deepEqual(names(facts('2026-06-14T12:00:00-04:00', {jobs: [weekly, daily], firstSeen})), ['weekly', 'daily']);
	// Known from a future that a wrong clock has seen: known from now on.
	t.is(state(verify, facts(noon, {jobs, firstSeen: new Map([['verify', '2036-01-01T00:00:00Z']])})), 'unknown-before');
	// A source of its own for a rarer job.
	t.deepEqual(names(facts(noon, {jobs: [{...weekly, sources: ['www']}, {...daily, sources: ['etc']}], sources: ['etc', 'www'], firstSeen})), ['weekly', 'daily']);
});

test('other jobs: due until a run of the slot did its work', t => {
	const stateWith = (...runs: JobRun[]) => state(verify, facts(noon, {runs}));
	const early = '2026-06-10T05:00:10-04:00';
	t.is(stateWith(), 'due');
	t.is(stateWith(buildRun('verify', '2026-06-10T04:59:00-04:00', 'ok')), 'due');
	t.is(stateWith(buildRun('daily', early, 'ok')), 'due');
	t.is(stateWith(buildRun('verify', early, 'ok')), 'used');
	t.is(stateWith(buildRun('verify', early, 'partial', 3)), 'used');
	t.is(stateWith(buildRun('verify', early, 'failed', 13)), 'used', 'damage was found: it was looked for');
	t.deepEqual((['failed', 'interrupted', 'skipped'] as const).map(outcome => stateWith(buildRun('verify', early, outcome))), ['due', 'due', 'due']);
	t.is(stateWith(buildRun('verify', early)), 'running');
	t.is(stateWith(buildRun('verify', early, 'ok'), buildRun('verify', '2026-06-10T06:00:00-04:00', 'failed')), 'used');
});

test('switched off, tried a short while ago, too late, too early', t => {
	t.is(state({...daily, isEnabled: false}, facts(noon)), 'disabled');
	t.is(nextRunOf(assessJob({...daily, isEnabled: false}, facts(noon)), host), undefined);
	const runs = [buildRun('daily', '2026-06-10T11:29:00-04:00', 'failed'), buildRun('daily', '2026-06-10T11:40:00-04:00', 'skipped')];
	t.is(state(daily, facts(noon, {runs, retryAfterMs: hourMs})), 'unsuccessful');
	t.is(state(daily, facts(noon, {runs, retryAfterMs: 30 * minuteMs})), 'due');
	t.is(state(daily, facts(noon, {runs})), 'due');
	// A failure that a clock which ran ahead has dated is none to wait for.
	t.is(state(daily, facts(noon, {runs: [buildRun('daily', '2026-06-10T20:00:00-04:00', 'failed')], retryAfterMs: hourMs})), 'due');
	t.deepEqual([0, 5, 6].map(minutes => state(monitor, facts(at(noon) + minutes * minuteMs))), ['due', 'due', 'late']);
	const jittered = {...daily, jitterMs: hourMs};
	const jitterMs = jitterOf(jittered, host);
	t.true(jitterMs > minuteMs);
	const startMs = at('2026-06-10T02:00:00-04:00');
	t.is(state(jittered, facts(startMs, {isWaitingForJitter: true})), 'early');
	t.is(state(jittered, facts(startMs + jitterMs - 1, {isWaitingForJitter: true})), 'early');
	t.is(state(jittered, facts(startMs + jitterMs, {isWaitingForJitter: true})), 'due');
	t.is(state(jittered, facts(startMs)), 'due');
	t.is(nextRunOf(assessJob(jittered, facts(startMs, {isWaitingForJitter: true})), host), iso(startMs + jitterMs));
});

test('the next run: now where one is due, else in the next slot', t => {
	const next = (now: string, ...snapshots: DueSnapshot[]) => nextRunOf(assessJob(daily, facts(now, {snapshots})), host);
	t.is(next(noon), iso(at('2026-06-10T02:00:00-04:00')));
	t.is(next(noon, snapshot(noon)), iso(at('2026-06-11T02:00:00-04:00')));
	t.is(nextRunOf(assessJob(weekly, facts(noon, {firstSeen: new Map()})), host), iso(at('2026-06-14T03:00:00-04:00')));
});

test('clock jumps: back within a slot gives no second run; years ahead stop nothing', t => {
	const run = snapshot('2026-06-10T02:00:05-04:00');
	t.is(state(daily, facts('2026-06-10T02:00:01-04:00', {snapshots: [run]})), 'used');
	const yesterday = '2026-06-09T12:00:00-04:00';
	t.is(state(daily, facts(yesterday, {snapshots: [snapshot('2026-06-09T02:00:00-04:00'), run]})), 'used');
	const future = '2036-06-10T12:00:00-04:00';
	t.is(state(daily, facts('2026-06-11T02:00:00-04:00', {snapshots: [run, snapshot(future)]})), 'due');
	t.is(state(daily, facts(future, {snapshots: [run]})), 'due');
	t.is(state(daily, facts(at(future) + 1, {snapshots: [run, snapshot(future)]})), 'used');
	const runs = [buildRun('verify', '2036-06-10T06:00:00-04:00', 'ok')];
	t.is(state(verify, facts('2026-06-11T06:00:00-04:00', {runs})), 'due');
});

test('a machine that slept for a week makes one run', t => {
	const snapshots = [snapshot('2026-06-01T02:00:10-04:00')];
	const now = '2026-06-10T12:00:00-04:00';
	t.deepEqual(names(facts(now, {jobs: [daily], snapshots})), ['daily']);
	t.deepEqual(names(facts(at(now) + hourMs, {jobs: [daily], snapshots: [...snapshots, snapshot(now)]})), []);
});

/** Ask again and again what is due, and run it: how many runs each slot of each job had. */
function simulate(jobs: readonly Job[], moments: Iterable<number>): Map<string, number> {
	const counts = new Map<string, number>();
	let runs: JobRun[] = [];
	let snapshots: DueSnapshot[] = [];
	for (const nowMs of moments) {
		for (const job of jobs) {
			const given = {...facts(nowMs), jobs, runs, snapshots};
			const {state: now, slot} = assessJob(job, given);
			if (now !== 'due') {
				continue;
			}

			const key = `${job.name} ${slot.startMs}`;
			counts.set(key, (counts.get(key) ?? 0) + 1);
			runs = [...runs.slice(-100), buildRun(job.name, iso(nowMs), 'ok')];
			snapshots = job.kind === 'backup' ? [...snapshots.slice(-100), snapshot(iso(nowMs), {class: job.class ?? 'daily'})] : snapshots;
		}
	}

	return counts;
}

test('a try at each half hour of a year gives one run a slot, over both changes of the clock', t => {
	for (const expression of ['0 2 * * *', '30 2 * * *', '30 1 * * *', '15 */6 * * *']) {
		const job = {...verify, expression};
		const [startMs, endMs] = [at('2026-01-01T12:00:00Z'), at('2027-01-01T12:00:00Z')];
		const counts = simulate([job], Array.from({length: (endMs - startMs) / (30 * minuteMs)}, (_, index) => startMs + index * 30 * minuteMs));
		t.true(counts.values().every(count => count === 1), expression);
		let slots = 0;
		for (let nowMs = startMs; nowMs < endMs; nowMs = slotAt(job, nowMs).endMs) {
			slots++;
		}

		t.is(counts.size, slots, expression);
		t.log(`${expression}: ${slots} slots, as many runs`);
	}
});

test('whatever the clock does, no slot has a second run', t => {
	const runs = 60;
	const steps = fc.array(fc.oneof(
		fc.integer({min: 1, max: 5 * 60}).map(minutes => minutes * minuteMs),
		fc.integer({min: -48, max: 48}).map(hours => hours * hourMs),
		fc.constantFrom(-dayMs, 3650 * dayMs, -3650 * dayMs, 7 * dayMs),
	), {minLength: 50, maxLength: 120});
	let counted = 0;
	t.notThrows(() => {
		fc.assert(fc.property(steps, fc.constantFrom('30 2 * * *', '0 2 * * *', '*/30 * * * *', '0 3 * * 0'), (jumps, expression) => {
			let nowMs = at('2026-03-07T12:00:00Z');
			const counts = simulate([{...verify, expression}, {...daily, expression}], jumps.map(jump => {
				nowMs = Math.max(0, nowMs + jump);
				return nowMs;
			}));
			counted += counts.size;
			return counts.values().every(count => count === 1);
		}), {numRuns: runs});
	});
	t.log(`${runs} clocks, ${counted} slots used`);
});
