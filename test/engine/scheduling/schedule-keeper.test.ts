import {rmSync} from 'node:fs';
import test from 'ava';
import type {Job} from '../../../source/engine/scheduling/job.ts';
import type {Schedule, ScheduleKeeper} from '../../../source/engine/scheduling/schedule-keeper.ts';
import type {ScheduleState} from '../../../source/engine/state/schedule-state.ts';
import {buildJob} from '../../helpers/job-builder.ts';
import {createKeeperScene, holderText} from '../../helpers/kept-schedule.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const daily = buildJob('daily');
const weekly = buildJob('weekly', {expression: '0 3 * * 0', class: 'weekly'});
const monitor = buildJob('monitor', {kind: 'monitor', expression: '*/30 * * * *', catchesUp: false});
const verify = buildJob('verify', {kind: 'verify', expression: '0 5 * * *'});

const scheduleOf = (state: ScheduleState, ...jobs: readonly Job[]): Schedule => ({jobs, sources: ['etc'], state});

async function hold({keeper, state}: {readonly keeper: ScheduleKeeper; readonly state: ScheduleState}, ...jobs: readonly Job[]): Promise<string> {
	return holderText(await keeper.hold(scheduleOf(state, ...jobs)));
}

test('each job runs once in its slot, at its time; a backup is asked once besides, as only the repository knows', async t => {
	const scene = createKeeperScene(t, {checkMs: 10 * minuteMs});
	const {runtime} = scene;
	t.is(await hold(scene.open(), daily, verify, monitor), 'nobody');
	await runtime.pass(0);
	t.deepEqual(scene.news(), ['2026-11-22 12:00 daily', '2026-11-22 12:00 monitor'], 'verify was not known before its slot began');
	await runtime.pass(2 * dayMs);
	const news = scene.news();
	t.deepEqual(news.filter(line => !line.endsWith('monitor')), ['2026-11-23 02:00 daily', '2026-11-23 05:00 verify', '2026-11-24 02:00 daily', '2026-11-24 05:00 verify']);
	t.is(news.filter(line => line.endsWith('monitor')).length, 96);
	t.log(`${news.length} runs in two days of ${2 * 24 * 6} looks`);
});

test('what failed is tried again an hour later, until it is done or its slot is over', async t => {
	const scene = createKeeperScene(t, {startMs: Date.UTC(2026, 10, 22, 22)});
	scene.act = (_name, nowMs) => nowMs < Date.UTC(2026, 10, 23, 3) ? {code: 1} : {};
	await hold(scene.open(), daily);
	await scene.runtime.pass(8 * hourMs);
	t.deepEqual(scene.news(), ['22 22:00', '22 23:01', '23 00:02', '23 01:03', '23 02:00', '23 03:01'].map(time => `2026-11-${time} daily`));
});

test('one that fails before it remembers anything rests as well', async t => {
	const scene = createKeeperScene(t);
	scene.act = () => ({code: 2, outcome: 'none', line: 'coffer: the configuration cannot be used'});
	await hold(scene.open(), daily);
	await scene.runtime.pass(3 * hourMs);
	t.deepEqual(scene.news(), ['2026-11-22 12:00 daily', '2026-11-22 13:01 daily', '2026-11-22 14:02 daily']);
});

test('what reads not everything, and a monitor that finds something, are done', async t => {
	const scene = createKeeperScene(t);
	scene.act = name => ({code: name === 'daily' ? 3 : 21, outcome: 'partial'});
	await hold(scene.open(), daily, monitor);
	await scene.runtime.pass(29 * minuteMs);
	t.deepEqual(scene.news(), ['2026-11-22 12:00 daily', '2026-11-22 12:00 monitor']);
});

test('jobs that work on the data run one after the other, the greatest backup first; those that look run beside them', async t => {
	const scene = createKeeperScene(t, {startMs: Date.UTC(2026, 10, 29, 1, 50), checkMs: 10 * minuteMs});
	const {runtime} = scene;
	scene.act = name => name === 'monitor' ? {} : {durationMs: 2 * hourMs};
	await hold(scene.open(), {...daily, overlap: 'wait'}, {...weekly, expression: '0 2 * * 0'}, {...verify, expression: '0 2 * * *'}, monitor);
	await runtime.pass(0);
	scene.news();
	// What was asked at the start has to end first.
	await runtime.pass(9 * hourMs);
	const news = scene.news();
	const heavy = scene.acted.filter(({name}) => name !== 'monitor');
	t.deepEqual(heavy.map(({name}) => name), ['daily', 'weekly', 'daily', 'verify']);
	for (const [index, {atMs}] of heavy.entries()) {
		t.true(index === 0 || atMs >= heavy[index - 1]!.endMs!, 'never two at once');
	}

	t.is(news.filter(line => line.endsWith('monitor')).length, 18);
});

test('a run that goes on when its next slot begins: left out, or waits, as its rule says', async t => {
	for (const overlap of ['skip', 'wait'] as const) {
		const scene = createKeeperScene(t, {checkMs: 5 * minuteMs});
		const {runtime} = scene;
		const hourly = {...daily, expression: '0 * * * *', overlap};
		scene.act = () => ({durationMs: 90 * minuteMs});
		await hold(scene.open(), hourly);
		await runtime.pass(5 * hourMs);
		t.deepEqual(scene.news(), overlap === 'skip'
			? ['2026-11-22 12:00 daily', '2026-11-22 14:00 daily', '2026-11-22 16:00 daily']
			: ['2026-11-22 12:00 daily', '2026-11-22 13:30 daily', '2026-11-22 15:00 daily', '2026-11-22 16:30 daily'], overlap);
		const leftOut = scene.read().runs().filter(({end}) => end?.outcome === 'skipped');
		t.deepEqual(leftOut.map(({slot, end}) => [slot, end!.summary]), overlap === 'skip'
			? [
				['2026-11-22T13:00:00.000Z', 'left out: the run that began at 2026-11-22T12:00:00.000Z was still at work'],
				['2026-11-22T15:00:00.000Z', 'left out: the run that began at 2026-11-22T14:00:00.000Z was still at work'],
				['2026-11-22T17:00:00.000Z', 'left out: the run that began at 2026-11-22T16:00:00.000Z was still at work'],
			]
			: []);
	}
});

test('a run that a person or cron began counts: beside it the job does not start, and what it has done is not done again', async t => {
	const scene = createKeeperScene(t, {startMs: Date.UTC(2026, 10, 22, 4, 50), checkMs: 10 * minuteMs});
	const {runtime} = scene;
	await hold(scene.open(), verify);
	const state = scene.read();
	const person = {host: 'web1', bootId: 'boot pid:[1]', pid: 77, startTicks: 1};
	const begin = (id: string, time: string) => state.beginRun({id, job: 'verify', trigger: 'hand', slot: time, started: time, process: person});
	await runtime.pass(10 * minuteMs - 1000);
	begin('a', '2026-11-22T05:00:00.000Z');
	await runtime.pass(2 * hourMs);
	t.deepEqual(scene.news(), []);
	state.endRun('a', {time: '2026-11-22T07:00:00.000Z', outcome: 'ok', code: 0, summary: 'all read'});
	await runtime.pass(dayMs - 3 * hourMs);
	t.deepEqual(scene.news(), []);
	// The next day the person's run is killed: its end is noticed, and made up for an hour later.
	begin('b', '2026-11-23T05:00:00.000Z');
	await runtime.pass(2 * hourMs);
	runtime.kill(person);
	const killed = runtime.now();
	await runtime.pass(3 * hourMs);
	t.deepEqual(scene.news().map(line => line.slice(0, 13)), [new Date(killed + hourMs + 10 * minuteMs).toISOString().slice(0, 13).replace('T', ' ')]);
});

test('after a sleep of the machine each job is made up for once, and what is not made up for waits for its next time', async t => {
	const scene = createKeeperScene(t, {checkMs: minuteMs});
	const {runtime} = scene;
	const {keeper, state, wakeUps} = scene.open();
	await hold({keeper, state}, daily, verify, monitor);
	await runtime.pass(hourMs);
	scene.news();
	runtime.shift(3 * dayMs + 10 * minuteMs);
	await runtime.pass(minuteMs);
	t.deepEqual(scene.news(), ['2026-11-25 13:11 daily'], 'verify waits for its turn, monitor for its time');
	await runtime.pass(hourMs);
	t.deepEqual(scene.news(), ['2026-11-25 13:12 verify', '2026-11-25 13:30 monitor', '2026-11-25 14:00 monitor']);
	t.is(wakeUps.length, 1);
});

test('a clock put back gives no second run in a slot; put back by days, what is remembered still says what is done', async t => {
	const scene = createKeeperScene(t, {startMs: Date.UTC(2026, 10, 22, 4, 50), checkMs: 10 * minuteMs});
	const {runtime} = scene;
	await hold(scene.open(), daily, verify);
	await runtime.pass(2 * hourMs);
	t.deepEqual(scene.news(), ['2026-11-22 04:50 daily', '2026-11-22 05:00 verify']);
	runtime.shift(-90 * minuteMs);
	await runtime.pass(hourMs);
	t.deepEqual(scene.news(), []);
	await runtime.pass(dayMs);
	t.deepEqual(scene.news(), ['2026-11-23 02:00 daily', '2026-11-23 05:00 verify']);
	runtime.shift(-dayMs);
	await runtime.pass(hourMs);
	t.deepEqual(scene.news().map(line => line.slice(17)), ['daily'], 'of a backup the repository is asked again');
	// Years ahead, and back again.
	runtime.shift(3650 * dayMs);
	await runtime.pass(hourMs);
	t.deepEqual(scene.news().map(line => line.slice(17)), ['daily', 'verify']);
	runtime.shift(-3650 * dayMs);
	await runtime.pass(dayMs);
	t.deepEqual(scene.news().map(line => line.slice(17)), ['daily', 'daily'], 'verify has had this day');
});

test('02:30 that comes twice or never: one run in each slot', async t => {
	for (const [startMs, expected] of [
		[Date.UTC(2026, 2, 28, 12), ['2026-03-29 01:00', '2026-03-30 00:30']],
		[Date.UTC(2026, 9, 24, 12), ['2026-10-25 00:30', '2026-10-26 01:30']],
	] as const) {
		const scene = createKeeperScene(t, {startMs, checkMs: 10 * minuteMs});
		await hold(scene.open(), {...verify, expression: '30 2 * * *', timeZone: 'Europe/Berlin'});
		await scene.runtime.pass(2 * dayMs);
		t.deepEqual(scene.news(), expected.map(time => `${time} verify`));
	}
});

test('a job with jitter begins that much later, always the same', async t => {
	const scene = createKeeperScene(t, {checkMs: 5 * minuteMs});
	await hold(scene.open(), {...verify, jitterMs: hourMs});
	await scene.runtime.pass(3 * dayMs);
	const times = scene.news().map(line => line.slice(11, 16));
	t.is(times.length, 3);
	t.is(new Set(times).size, 1);
	t.regex(times[0]!, /^05:(?!00)/);
});

test('it is woken at the times of the jobs, too', async t => {
	const scene = createKeeperScene(t, {startMs: Date.UTC(2026, 10, 22, 4, 59, 30)});
	const {keeper, state, wakeUps} = scene.open();
	await hold({keeper, state}, verify);
	await scene.runtime.pass(30_000);
	t.deepEqual(scene.news(), [], 'the look every minute comes later');
	wakeUps[0]!.wake();
	await scene.runtime.pass(0);
	t.deepEqual(scene.news(), ['2026-11-22 05:00 verify']);
});

test('one process holds the schedule; another one is told which, and may when that has let go or is dead', async t => {
	const scene = createKeeperScene(t);
	const first = scene.open(1);
	const second = scene.open(2);
	t.is(await hold(first, daily), 'nobody');
	t.is(await hold(second, daily), 'daemon 1');
	t.false(second.keeper.isHeld);
	t.is(await hold(scene.open(3, '/srv/other'), daily), 'nobody', 'of another repository it is another schedule');
	first.keeper.release();
	t.false(first.keeper.isHeld);
	t.is(await hold(second, daily), 'nobody');
	t.is(await hold(first, daily), 'daemon 2');
	scene.runtime.kill(second.identity);
	t.is(await hold(first, daily), 'nobody');
});

test('killed while a job runs: the next one takes over at once, knows what runs, and does not start it again', async t => {
	const scene = createKeeperScene(t, {startMs: Date.UTC(2026, 10, 22, 4, 59)});
	const {runtime} = scene;
	scene.act = () => ({durationMs: 3 * hourMs});
	const first = scene.open(1);
	await hold(first, verify, daily);
	await runtime.pass(minuteMs);
	const began = scene.news();
	t.deepEqual(began, ['2026-11-22 04:59 daily']);
	runtime.kill(first.identity);
	first.keeper.release();
	const second = scene.open(2);
	t.is(await hold(second, verify, daily), 'nobody');
	await runtime.pass(2 * hourMs);
	t.deepEqual(scene.news(), [], 'what it left behind still works on the data');
	await runtime.pass(2 * hourMs);
	t.deepEqual(scene.news(), ['2026-11-22 08:00 daily'], 'asked once, as every backup is by a new holder');
});

test('what failed or was interrupted before the schedule was held is tried again at once', async t => {
	const scene = createKeeperScene(t, {startMs: Date.UTC(2026, 10, 22, 4, 59)});
	const {runtime} = scene;
	scene.act = () => ({code: 130, outcome: 'interrupted'});
	const first = scene.open(1);
	await hold(first, verify);
	await runtime.pass(2 * minuteMs);
	first.keeper.release();
	await runtime.pass(minuteMs);
	scene.act = () => ({});
	await hold(scene.open(2), verify);
	await runtime.pass(0);
	t.deepEqual(scene.news(), ['2026-11-22 05:00 verify', '2026-11-22 05:02 verify']);
});

test('a verification that found damage, or a monitor that found something, before the schedule was held has done its work', async t => {
	const scene = createKeeperScene(t, {startMs: Date.UTC(2026, 10, 22, 4, 59)});
	const {runtime} = scene;
	scene.act = () => ({code: 13});
	const first = scene.open(1);
	await hold(first, verify);
	await runtime.pass(2 * minuteMs);
	first.keeper.release();
	await hold(scene.open(2), verify);
	await runtime.pass(2 * hourMs);
	t.deepEqual(scene.news(), ['2026-11-22 05:00 verify']);
});

test('the database is taken away, and damaged, under it: it goes on, and holds on', async t => {
	const scene = createKeeperScene(t, {checkMs: 5 * minuteMs});
	const {runtime} = scene;
	const {keeper, state} = scene.open();
	await hold({keeper, state}, daily, monitor);
	await runtime.pass(hourMs);
	scene.news();
	rmSync(scene.stateFolder, {recursive: true});
	await runtime.pass(30 * minuteMs);
	t.deepEqual(scene.news(), ['2026-11-22 13:30 monitor']);
	t.is(holderText(scene.read().holder()), 'daemon 1');
	await runtime.pass(dayMs);
	t.is(scene.news().filter(line => line.endsWith('daily')).join(', '), '2026-11-23 02:00 daily');
	t.deepEqual(scene.events.filter(({event}) => event === 'problem'), []);
});

test('another process that came to hold it meanwhile is yielded to', async t => {
	const scene = createKeeperScene(t, {checkMs: 5 * minuteMs});
	const {runtime} = scene;
	const first = scene.open(1);
	await hold(first, monitor);
	rmSync(scene.stateFolder, {recursive: true});
	t.is(await hold(scene.open(2), monitor), 'nobody');
	scene.news();
	await runtime.pass(2 * hourMs);
	t.false(first.keeper.isHeld);
	t.deepEqual(scene.events.flatMap(event => event.event === 'lost' ? [holderText(event.holder)] : []), ['daemon 2']);
	t.is(scene.news().length, 4);
});

test('another configuration takes over, also of another repository; what is held elsewhere changes nothing', async t => {
	const scene = createKeeperScene(t, {checkMs: 10 * minuteMs});
	const {runtime} = scene;
	const {keeper, state, wakeUps} = scene.open(1);
	await hold({keeper, state}, monitor);
	t.is(holderText(await keeper.hold(scheduleOf(state, verify))), 'nobody');
	t.true(wakeUps[0]!.isStopped);
	t.false(wakeUps[1]!.isStopped);
	await runtime.pass(dayMs);
	t.deepEqual(scene.news(), ['2026-11-22 12:00 monitor', '2026-11-23 05:00 verify']);
	const elsewhere = scene.open(2, '/srv/other');
	await hold(elsewhere, monitor);
	t.is(holderText(await keeper.hold(scheduleOf(scene.open(1, '/srv/other').state, daily))), 'daemon 2');
	t.true(keeper.isHeld);
	elsewhere.keeper.release();
	t.is(holderText(await keeper.hold(scheduleOf(scene.open(1, '/srv/other').state, daily))), 'nobody');
	t.is(holderText(scene.read().holder()), 'nobody');
	t.is(holderText(scene.read('/srv/other').holder()), 'daemon 1');
	await runtime.pass(10 * minuteMs);
	t.is(runtime.waiting, 1, 'its look every minute, once');
});

test('asked to end: no new jobs, what runs is told, and its end is waited for; by force when it does not listen', async t => {
	const scene = createKeeperScene(t, {startMs: Date.UTC(2026, 10, 22, 5)});
	const {runtime} = scene;
	scene.act = name => ({durationMs: dayMs, isStubborn: name === 'monitor'});
	const {keeper, state, processes} = scene.open();
	await hold({keeper, state}, daily, verify, monitor);
	await runtime.pass(0);
	t.deepEqual(processes.running.map(({job: {name}}) => name), ['daily', 'monitor']);
	processes.terminate();
	let isSettled = false;
	const settled = (async () => {
		await processes.settle();
		isSettled = true;
	})();
	await runtime.pass(10 * minuteMs);
	t.deepEqual(processes.running.map(({job: {name}}) => name), ['monitor']);
	t.false(isSettled);
	processes.kill();
	await settled;
	t.deepEqual(scene.acted.map(({name, signals}) => [name, ...signals]), [['daily', 'SIGTERM'], ['monitor', 'SIGTERM', 'SIGKILL']]);
	keeper.release();
	await runtime.pass(dayMs);
	t.is(scene.acted.length, 2);
	t.is(runtime.waiting, 0, 'nothing is left that would wake it');
});

test('a month: nothing adds up', async t => {
	const scene = createKeeperScene(t, {checkMs: hourMs});
	const {runtime} = scene;
	await hold(scene.open(), daily, {...monitor, expression: '0 */6 * * *'});
	let most = 0;
	for (let day = 0; day < 31; day++) {
		await runtime.pass(dayMs);
		most = Math.max(most, runtime.waiting);
	}

	const names = scene.acted.map(({name}) => name);
	t.is(names.filter(name => name === 'daily').length, 32);
	t.is(names.filter(name => name === 'monitor').length, 31 * 4 + 1);
	t.true(most <= 3, `${most} timers`);
	t.log(`${names.length} runs in 31 days, ${most} timers at most`);
});
