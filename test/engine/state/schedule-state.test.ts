import test, {type ExecutionContext} from 'ava';
import type {RepositoryId} from '../../../source/engine/ids.ts';
import type {ProcessIdentity} from '../../../source/engine/runtime.ts';
import type {JobRun} from '../../../source/engine/state/job-run.ts';
import {maximumJobRuns} from '../../../source/engine/state/job-runs.ts';
import {ScheduleState} from '../../../source/engine/state/schedule-state.ts';
import {createTestRuntime, type TestRuntime} from '../../helpers/test-runtime.ts';
import {createTestState, idOf} from '../../helpers/test-state.ts';

const url = '/srv/backup';
const daily = {name: 'daily', expression: '0 2 * * *', timeZone: 'UTC'};
const dayMs = 24 * 60 * 60 * 1000;

type Opened = {readonly state: ScheduleState; readonly runtime: TestRuntime; readonly identity: ProcessIdentity};

/** The schedule as processes of one host see it. */
function createHost(t: ExecutionContext) {
	const host = createTestState(t);
	const runtimes: TestRuntime[] = [];
	const dead: ProcessIdentity[] = [];
	const open = (pid = 1, place = url): Opened => {
		const identity = {host: 'web1', bootId: 'boot pid:[1]', pid, startTicks: 1};
		const runtime = createTestRuntime({identity});
		const state = new ScheduleState(host.stateFolder, place, {runtime, warn: t.fail});
		runtimes.push(runtime);
		for (const other of dead) {
			runtime.kill(other);
		}

		t.teardown(() => {
			state.close();
		});
		return {state, runtime, identity};
	};

	const kill = (identity: ProcessIdentity) => {
		dead.push(identity);
		for (const runtime of runtimes) {
			runtime.kill(identity);
		}
	};

	return {...host, open, kill, openHost: host.open};
}

function runOf({runtime, identity}: Opened, id: string, change: Partial<JobRun> = {}): Omit<JobRun, 'end'> {
	const started = new Date(runtime.now()).toISOString();
	return {id, job: 'daily', trigger: 'timer', slot: started, started, process: identity, ...change};
}

const end = (time: string, outcome: NonNullable<JobRun['end']>['outcome'] = 'ok') => ({time, outcome, code: 0, summary: '3 sources'});

test('a run begins and ends; nothing is there before, and other places know nothing of it', t => {
	const host = createHost(t);
	const one = host.open();
	t.deepEqual(one.state.runs(), []);
	const run = runOf(one, 'a');
	t.true(one.state.beginRun(run).isBegun);
	t.deepEqual(host.open(2).state.runs(), [run]);
	one.state.endRun('a', end(run.started, 'partial'));
	one.state.endRun('a', end(run.started, 'failed'));
	t.deepEqual(one.state.runs(), [{...run, end: end(run.started, 'partial')}]);
	t.deepEqual(host.open(2, '/srv/other').state.runs(), []);
	t.deepEqual(one.state.runs({job: 'weekly'}), []);
});

test('while a run is at work no other of the same job begins; a dead one is closed as interrupted', t => {
	const host = createHost(t);
	const [one, two] = [host.open(1), host.open(2)];
	one.state.beginRun(runOf(one, 'a'));
	t.like(two.state.beginRun(runOf(two, 'b')), {isBegun: false, overlapped: {id: 'a'}});
	t.true(two.state.beginRun(runOf(two, 'c', {job: 'weekly'})).isBegun);
	host.kill(one.identity);
	t.true(two.state.beginRun(runOf(two, 'b')).isBegun);
	t.like(two.state.runs({job: 'daily'}), [{id: 'a', end: {outcome: 'interrupted', code: 130}}, {id: 'b', end: undefined}]);
	host.kill(two.identity);
	t.deepEqual(host.open(3).state.runs().map(({end: how}) => how?.outcome), ['interrupted', 'interrupted', 'interrupted']);
});

test('of many runs the last are kept, in the order in which they began, also where the clock goes back', t => {
	const host = createHost(t);
	const one = host.open();
	one.state.beginRun(runOf(one, 'hangs', {job: 'weekly'}));
	for (let number = 0; number < maximumJobRuns + 5; number++) {
		const run = runOf(one, `${number}`);
		one.state.addEndedRun({...run, end: end(run.started, 'skipped')});
		one.runtime.forward(number === 100 ? -dayMs : 1000);
	}

	const runs = one.state.runs({job: 'daily'});
	t.deepEqual(runs.map(({id}) => Number(id)), Array.from({length: maximumJobRuns}, (_, index) => index + 5));
	t.deepEqual(one.state.runs({maximum: 2}).map(({id}) => id), ['hangs', String(maximumJobRuns + 3), String(maximumJobRuns + 4)]);
});

test('jobs are known from when they were first seen; with other times they are others; a wrong clock does not last', t => {
	const host = createHost(t);
	const one = host.open();
	const first = one.state.noteJobs([daily]).get('daily');
	one.runtime.forward(dayMs);
	t.is(one.state.noteJobs([daily]).get('daily'), first);
	const changed = {...daily, expression: '0 3 * * *'};
	t.true(one.state.noteJobs([changed]).get('daily')! > first!);
	t.is(one.state.noteJobs([daily]).get('daily'), first);
	t.is(one.state.firstSeen([{...daily, name: 'weekly'}]).size, 0);

	one.runtime.forward(3650 * dayMs);
	const wrong = one.state.noteJobs([{...daily, name: 'weekly'}]).get('weekly')!;
	one.runtime.forward(-3650 * dayMs);
	const right = one.state.noteJobs([{...daily, name: 'weekly'}]).get('weekly')!;
	t.true(right < wrong);
	t.is(right, new Date(one.runtime.now()).toISOString());
	for (let minute = 0; minute < 40; minute++) {
		one.runtime.forward(1000);
		one.state.noteJobs([{...daily, expression: `${minute} 2 * * *`}]);
	}

	t.is(one.state.firstSeen([daily]).size, 0, 'what it was long ago goes');
	t.is(one.state.firstSeen([{...daily, expression: '39 2 * * *'}]).size, 1);
});

test('one living process holds the schedule; who has died, or lets go, holds it no more', t => {
	const host = createHost(t);
	const [one, two] = [host.open(1), host.open(2)];
	t.is(one.state.holder(), undefined);
	t.deepEqual(one.state.takeHolder('daemon').process, one.identity);
	t.like(two.state.takeHolder('dashboard'), {kind: 'daemon', process: one.identity});
	two.state.releaseHolder();
	t.deepEqual(two.state.holder()?.process, one.identity);
	host.kill(one.identity);
	t.is(two.state.holder(), undefined);
	t.like(two.state.takeHolder('dashboard'), {kind: 'dashboard', process: two.identity});
	two.state.releaseHolder();
	t.is(host.open(3).state.holder(), undefined);
});

test('of a process that cannot be looked at, as in another container, it counts when it was last heard of', t => {
	const {stateFolder} = createTestState(t);
	const open = (container: string) => {
		const identity = {host: 'web1', bootId: `boot pid:[${container}]`, pid: 1, startTicks: 1};
		const runtime = createTestRuntime({identity});
		const state = new ScheduleState(stateFolder, url, {runtime, warn: t.fail});
		t.teardown(() => {
			state.close();
		});
		return {state, runtime, identity};
	};

	const minuteMs = 60_000;
	const [old, young] = [open('1'), open('2')];
	const pass = (durationMs: number) => {
		old.runtime.forward(durationMs);
		young.runtime.forward(durationMs);
	};

	const {since} = old.state.takeHolder('daemon');
	for (let minute = 0; minute < 60; minute += 4) {
		t.deepEqual(young.state.takeHolder('daemon').process, old.identity);
		pass(4 * minuteMs);
		t.is(old.state.takeHolder('daemon').since, since);
	}

	// Its container is gone, without a word.
	const run = {...runOf(old, 'a'), process: old.identity};
	t.true(old.state.beginRun(run).isBegun);
	pass(14 * minuteMs);
	t.deepEqual(young.state.holder()?.process, old.identity);
	pass(minuteMs);
	t.is(young.state.holder(), undefined);
	t.deepEqual(young.state.takeHolder('daemon').process, young.identity);
	old.state.releaseHolder();
	t.deepEqual(old.state.takeHolder('daemon').process, young.identity, 'it was only slow: it is told so');
	pass(47 * 60 * minuteMs);
	t.false(young.state.beginRun(runOf(young, 'b')).isBegun);
	pass(60 * minuteMs);
	t.true(young.state.beginRun(runOf(young, 'b')).isBegun);
	t.like(young.state.runs(), [{id: 'a', end: {outcome: 'interrupted'}}, {id: 'b'}]);
});

test('the part that is verified next: of its own for each job, at the same place where parts are numbered otherwise', t => {
	const {state} = createHost(t).open();
	t.is(state.nextPart('verify', 30), 0);
	state.rememberNextPart('verify', 30, 15);
	t.is(state.nextPart('verify', 30), 15);
	t.deepEqual([1, 2, 10, 60].map(parts => state.nextPart('verify', parts)), [0, 1, 5, 30]);
	t.is(state.nextPart('other', 30), 0);
});

test('a new repository at the place makes all of it forgotten', t => {
	const host = createHost(t);
	const one = host.open();
	host.openHost(idOf<RepositoryId>('a')).rememberNewPlace(url);
	one.state.noteJobs([daily]);
	one.state.beginRun(runOf(one, 'a'));
	one.state.rememberNextPart('verify', 30, 3);
	one.state.takeHolder('daemon');
	host.openHost(idOf<RepositoryId>('b')).rememberNewPlace(url);
	t.deepEqual([one.state.runs(), one.state.firstSeen([daily]).size, one.state.nextPart('verify', 30)], [[], 0, 0]);
	t.is(one.state.holder()?.kind, 'daemon');
});
