import {EventEmitter} from 'node:events';
import {chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import test from 'ava';
import {jobsOf} from '../../source/cli/configured-jobs.ts';
import type {JobRun} from '../../source/engine/index.ts';
import {createSystemRuntime, type Runtime} from '../../source/engine/runtime.ts';
import {jitterOf, slotAt} from '../../source/engine/scheduling/slots.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {until} from '../helpers/processes.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {createScheduledHost} from '../helpers/scheduled-host.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const own = createSystemRuntime().identity;

/** Ten hours after the last slot of the daily job began. */
const noon = slotAt({expression: '0 2 * * *', timeZone: 'UTC'}, Date.now()).startMs + 10 * 60 * minuteMs;

/** The system's runtime at a time that moves only while it sleeps. */
function runtimeAt(ms: number, slept: number[] = []): Runtime {
	let nowMs = ms;
	return {...createSystemRuntime(), now: () => nowMs, async sleep(durationMs) {
		slept.push(durationMs);
		nowMs += durationMs;
	}};
}

const openRun = (job: string, startTicks = own.startTicks): Omit<JobRun, 'end'> => ({
	id: `other ${job}`, job, trigger: 'timer', slot: new Date(noon).toISOString(), started: new Date(noon - minuteMs).toISOString(), process: {...own, startTicks},
});

test('a backup by its name: one line, snapshots of its class, a run that is remembered', async t => {
	const host = await createScheduledHost(t, ['a', 'b']);
	const {code, stdout, stderr} = await host.runHere(['schedule', 'run', 'weekly'], {runtime: runtimeAt(noon)});
	t.is(code, 0, stderr);
	t.regex(stdout, /^weekly: 2 sources, 2 files, 2 B, [^\n]+ new, [^\n]+ stored, 0\.0 s\.\n$/);
	t.is(stderr, '');
	const [list] = (await host.runHere(['snapshots', '--json'])).json() as unknown as Array<Array<{class: string}>>;
	t.deepEqual(list!.map(snapshot => snapshot.class), ['weekly', 'weekly']);
	t.like(host.runs(), [{job: 'weekly', trigger: 'hand', end: {outcome: 'ok', code: 0}}]);
	t.is(`weekly: ${host.runs()[0]!.end!.summary}.\n`, stdout);
	t.is(host.runs()[0]!.slot, new Date(slotAt({expression: '0 3 * * 0', timeZone: 'UTC'}, noon).startMs).toISOString());
});

test('--if-due: once a slot, of a backup only what is lacking; the class of another job may do', async t => {
	const host = await createScheduledHost(t, ['a', 'b']);
	const run = async (job: string, ms = noon) => host.runHere(['schedule', 'run', job, '--if-due', '--json', '--trigger', 'timer'], {runtime: runtimeAt(ms)});
	rmSync(host.path('b'), {recursive: true});
	const first = await run('daily');
	t.is(first.code, 1);
	t.like(first.json().at(-1), {event: 'summary', job: 'daily', isDue: true, outcome: 'failed', code: 1, sources: 2, failed: 1});
	mkdirSync(host.path('b'));
	t.like((await run('daily')).json().at(-1), {isDue: true, outcome: 'ok', sources: 1, failed: 0});
	t.like((await run('daily')).json().at(-1), {isDue: false, code: 0});
	t.regex((await host.runHere(['schedule', 'run', 'daily', '--if-due'], {runtime: runtimeAt(noon)})).stdout, /^daily: nothing to do: done since \d{4}-\d\d-\d\d 02:00 UTC\.\n$/);
	t.like((await run('monthly', noon + dayMs)).json().at(-1), {isDue: true, outcome: 'ok', sources: 2});
	t.like((await run('daily', noon + dayMs)).json().at(-1), {isDue: false});
	t.like((await run('weekly', noon + dayMs)).json().at(-1), {isDue: false});
	t.deepEqual(host.runs().map(({job, trigger, end}) => [job, trigger, end?.outcome]), [['daily', 'timer', 'failed'], ['daily', 'timer', 'ok'], ['monthly', 'timer', 'ok']]);
});

test('verify reads part after part; what fails leaves the part as it is', async t => {
	const host = await createScheduledHost(t, ['a'], {verify: {parts: 3}, spare: {do: 'verify', cron: '0 1 * * *'}});
	await host.runHere(['backup']);
	const verify = async (job = 'verify') => host.runHere(['schedule', 'run', job]);
	t.regex((await verify()).stdout, /^verify: intact; part 1 of 3, \d+ objects, /);
	t.regex((await verify()).stdout, /part 2 of 3/);
	t.regex((await verify('spare')).stdout, /part 1 of 30/);
	const wrong = await host.runHere(['schedule', 'run', 'verify', '--repository', host.path('none')]);
	t.is(wrong.code, 10);
	t.regex((await verify()).stdout, /part 3 of 3/);
	t.regex((await verify()).stdout, /part 1 of 3/);
	t.deepEqual(host.runs('verify').map(({end}) => end?.code), [0, 0, 0, 0]);
});

test('cleanup forgets by the rules; rotate says why it has nothing to do', async t => {
	const host = await createScheduledHost(t, ['a']);
	for (const daysAgo of [2, 1, 0]) {
		await host.runHere(['backup'], {runtime: runtimeAt(Date.now() - daysAgo * dayMs)});
	}

	host.configure({}, {retention: {last: 1}});
	t.regex((await host.runHere(['schedule', 'run', 'cleanup'])).stdout, /^cleanup: 2 snapshots forgotten, 1 snapshot left, /);
	t.regex((await host.runHere(['schedule', 'run', 'rotate'])).stdout, /^rotate: nothing to do: "keys\.rotate" of the configuration is not "automatic"\.\n$/);
});

test('while a run is at work: left out, with a line; or waited for; a dead one is closed', async t => {
	const host = await createScheduledHost(t, ['a'], {patient: {do: 'backup', cron: '0 2 * * *', overlap: 'wait'}});
	host.schedule.beginRun(openRun('daily'));
	const left = await host.runHere(['schedule', 'run', 'daily'], {runtime: runtimeAt(noon)});
	t.is(left.code, 0);
	t.regex(left.stdout, /^daily: left out: daily is still at work \(process \d+, began 1m ago\)\.\n$/);
	t.regex((await host.runHere(['schedule', 'run', 'daily', '--if-due'], {runtime: runtimeAt(noon)})).stdout, /^daily: nothing to do: it is being run\.\n$/);

	host.schedule.beginRun(openRun('patient'));
	const slept: number[] = [];
	const runtime = runtimeAt(noon, slept);
	const waited = await host.runHere(['schedule', 'run', 'patient'], {runtime: {...runtime, async sleep(durationMs) {
		await runtime.sleep(durationMs);
		if (slept.length === 3) {
			host.schedule.endRun('other patient', {time: new Date(noon).toISOString(), outcome: 'ok', code: 0, summary: 'done'});
		}
	}}});
	t.is(waited.code, 0, waited.stderr);
	t.is(slept.length, 3);
	host.schedule.beginRun(openRun('weekly', own.startTicks + 1));
	t.is((await host.runHere(['schedule', 'run', 'weekly'])).code, 0);
	t.deepEqual(host.runs().map(({job, end}) => [job, end?.outcome]), [['daily', undefined], ['daily', 'skipped'], ['patient', 'ok'], ['patient', 'ok'], ['weekly', 'interrupted'], ['weekly', 'ok']]);
});

test('a limit of time stops the job, which has failed; a signal interrupts it', async t => {
	const host = await createScheduledHost(t, ['a']);
	const hanging = {sources: [{name: 'hangs', kind: 'command', command: ['/bin/sleep', '600']}]};
	host.configure({daily: {limits: {minutes: 240}}}, hanging);
	const runtime = createSystemRuntime();
	// The four hours are over at once.
	const late = await host.runHere(['schedule', 'run', 'daily'], {runtime: {...runtime, sleep: async (durationMs, signal) => durationMs === 240 * minuteMs ? undefined : runtime.sleep(durationMs, signal)}});
	t.is(late.code, 1);
	t.is(late.stdout, 'daily: stopped after 4 h, its limit.\n');

	host.configure({}, hanging);
	// eslint-disable-next-line unicorn/prefer-event-target
	const signals = new EventEmitter();
	const ended = host.runHere(['schedule', 'run', 'daily'], {signals});
	await until('the run has begun', () => signals.listenerCount('SIGTERM') > 0 && host.runs().length === 2);
	signals.emit('SIGTERM', 'SIGTERM');
	const {code, stdout, stderr} = await ended;
	t.is(code, 130);
	t.is(stdout, 'daily: interrupted.\n');
	t.regex(stderr, /SIGTERM: ending cleanly/);
	t.deepEqual(host.runs().map(({end}) => [end?.outcome, end?.code]), [['failed', 1], ['interrupted', 130]]);
});

test('--jitter waits, always as long on this host; then what is due is run', async t => {
	const host = await createScheduledHost(t, ['a'], {daily: {jitterMinutes: 60}});
	const slept: number[] = [];
	const {startMs} = slotAt({expression: '0 2 * * *', timeZone: 'UTC'}, noon);
	const {code} = await host.runHere(['schedule', 'run', 'daily', '--if-due', '--jitter'], {runtime: runtimeAt(startMs + 500, slept)});
	t.is(code, 0);
	t.deepEqual(slept, [jitterOf({name: 'daily', jitterMs: 60 * minuteMs}, own.host) - 500]);
	t.is(host.runs().length, 1);
	await host.runHere(['schedule', 'run', 'daily', '--jitter'], {runtime: runtimeAt(noon, slept)});
	t.is(slept.length, 1, 'the jitter of the slot has passed');
});

test('what cannot be remembered is run all the same, with a warning', async t => {
	const host = await createScheduledHost(t, ['a']);
	const environment = {...host.environment, COFFER_STATE_DIRECTORY: host.path('a/file')};
	const {code, stdout, stderr} = await host.runHere(['schedule', 'run', 'daily'], {environment});
	t.is(code, 0, stderr);
	t.regex(stdout, /^daily: 1 source, 1 file, /);
	t.regex(stderr, /What this host remembers could not be written/);
});

test('next: every job that is switched on, by time, in its own zone; needs no repository', async t => {
	const host = new TestHost(t);
	const run = async (...argv: string[]) => host.runHere(['schedule', 'next', ...argv], {runtime: runtimeAt(Date.parse('2026-11-21T12:00:00Z'))});
	writeFileSync(host.path('c.json'), JSON.stringify({schedule: {timeZone: 'Europe/Berlin', jobs: {weekly: {enabled: false}, monthly: {timeZone: 'Asia/Kathmandu'}}}}), {mode: 0o600});
	const [list] = (await run('--config', 'c.json', '--json', '--count', '2')).json() as unknown as Array<Array<Record<string, string>>>;
	t.deepEqual(list!.filter(({job}) => job === 'daily').map(({time, local}) => [time, local]), [['2026-11-22T01:00:00.000Z', '2026-11-22 02:00 CET'], ['2026-11-23T01:00:00.000Z', '2026-11-23 02:00 CET']]);
	t.like(list!.find(({job}) => job === 'monthly'), {kind: 'backup', local: '2026-12-01 04:00 GMT+5:45', timeZone: 'Asia/Kathmandu', expression: '0 4 1 * *'});
	t.false(list!.some(({job}) => job === 'weekly' || job === 'rotate'));
	t.true(list!.every(({time}, index) => index === 0 || list![index - 1]!['time']! <= time!));
	t.regex((await run('--config', 'c.json')).stdout, /^2026-11-22 02:00 CET +daily +backup +0 2 \* \* \*$/m);
	t.is((await host.runHere(['schedule', 'next', '--json'])).json()[0]!['length'], jobsOf(undefined).filter(({isEnabled}) => isEnabled).length);
});

test('wrong uses are refused, with what there is', async t => {
	const host = await createScheduledHost(t, ['a']);
	const cases: ReadonlyArray<readonly [argv: readonly string[], message: RegExp]> = [
		[['run'], /Which job is to be run\? There are daily, weekly, /],
		[['run', 'dialy'], /There is no job "dialy"\. Did you mean "daily"\? There are daily, /],
		[['rum', 'daily'], /"coffer schedule" knows [^;]+; not "rum"\. Did you mean "run"\?/],
		[['next', 'daily'], /takes no argument; "daily" is one too many/],
		[['next', '--if-due'], /"coffer schedule next" takes no --if-due/],
		[['run', 'daily', '--count', '3'], /"coffer schedule run" takes no --count/],
		[['next', '--count', '0'], /--count takes a whole number from 1 to 1000, not "0"/],
		[['run', 'daily', '--trigger', 'ghost'], /--trigger is one of/],
	];
	for (const [argv, message] of cases) {
		const {code, stdout, stderr} = await host.runHere(['schedule', ...argv]);
		t.is(code, 2, argv.join(' '));
		t.regex(stderr, message);
		t.is(stdout, '');
	}

	// A configuration with a mistake anywhere starts nothing.
	host.configure({daily: {sources: ['a', 'c']}});
	for (const argv of [['schedule', 'run', 'verify'], ['schedule', 'next'], ['--headless']]) {
		const {code, stderr} = await host.runHere(argv);
		t.is(code, 2);
		t.regex(stderr, /schedule\.jobs\.daily\.sources\[1\] is no source of this configuration: "c"[^\n]* \(line 1, column \d+\)/);
	}

	t.deepEqual(host.runs(), []);
});

test('status: the next run of each source, and the jobs', async t => {
	const host = await createScheduledHost(t, ['a', 'b'], {daily: {sources: ['a']}, weekly: {enabled: false}, monthly: {enabled: false}, hourly: {do: 'backup', cron: '@hourly', sources: ['b']}});
	await host.runHere(['schedule', 'run', 'daily']);
	const runtime = createSystemRuntime();
	const [status] = (await host.runHere(['status', '--json'], {runtime})).json();
	const [a, b] = status!['sources'] as Array<{name: string; nextRun: string}>;
	t.is(Date.parse(a!.nextRun) % dayMs, 2 * 60 * minuteMs);
	t.true(Date.parse(a!.nextRun) > Date.now());
	t.true(Date.parse(b!.nextRun) <= Date.now(), 'it is due');
	const jobs = status!['schedule'] as Array<{name: string; nextRun: string | null; lastRun: unknown}>;
	t.like(jobs.find(({name}) => name === 'daily'), {kind: 'backup', isEnabled: true, expression: '0 2 * * *', nextRun: a!.nextRun, lastRun: {trigger: 'hand', end: {outcome: 'ok'}}});
	t.like(jobs.find(({name}) => name === 'weekly'), {isEnabled: false, nextRun: null, lastRun: null});
	const {stdout} = await host.runHere(['status']);
	t.regex(stdout, /^Schedule {4}[^\n]*hourly due now/m);
	t.regex(stdout, /^OK +a +now +in \d+[mh] /m);
});

test('the log tells of every run in its own channel', async t => {
	const host = await createScheduledHost(t, ['a']);
	await host.runHere(['schedule', 'run', 'daily']);
	const lines = readFileSync(`${host.stateFolder}/logs/cron.log`, 'utf8').trim().split('\n').map(line => JSON.parse(line) as Record<string, unknown>);
	t.like(lines, [{msg: 'job begins', job: 'daily', trigger: 'hand'}, {msg: 'job ends', job: 'daily', outcome: 'ok', code: 0}]);
});

optionalTest(process.geteuid?.() === 0 ? 'root may read everything' : undefined, 'what cannot be read makes the run partial', async t => {
	const host = await createScheduledHost(t, ['a']);
	chmodSync(host.path('a/file'), 0);
	t.is((await host.runHere(['schedule', 'run', 'daily'])).code, 3);
	t.like(host.runs(), [{end: {outcome: 'partial', code: 3}}]);
});
