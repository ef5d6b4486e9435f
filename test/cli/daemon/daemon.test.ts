import {spawn} from 'node:child_process';
import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import type {EventEmitter} from 'node:events';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import test, {type ExecutionContext} from 'ava';
import {createSystemRuntime, type Runtime} from '../../../source/engine/runtime.ts';
import {ScheduleState} from '../../../source/engine/state/schedule-state.ts';
import {createSignals, DaemonHost, onlyJobs} from '../../helpers/daemon-host.ts';
import {createManualRuntime, type ManualRuntime} from '../../helpers/manual-runtime.ts';
import {until} from '../../helpers/processes.ts';

const hourMs = 60 * 60 * 1000;

type Here = {
	readonly host: DaemonHost;
	readonly runtime: ManualRuntime;
	readonly signals: EventEmitter;
	readonly ended: Promise<number | null>;
	/** What it has printed so far, on both streams. */
	readonly printed: () => string;
	says(text: string): Promise<void>;
	/** Names of the jobs that were started. */
	readonly started: string[];
};

/** A daemon in this process, whose clock goes when it is told to, and whose jobs are shell scripts. */
async function startHere(t: ExecutionContext, {argv = [], script = () => 'echo "daily: done."', host}: {readonly argv?: readonly string[]; readonly script?: (job: string) => string; readonly host?: DaemonHost} = {}): Promise<Here> {
	const ownHost = host ?? new DaemonHost(t);
	if (!host) {
		await ownHost.prepare();
	}

	const started: string[] = [];
	const {identity, isAlive} = createSystemRuntime();
	const manual = createManualRuntime({identity});
	const runtime: ManualRuntime = Object.assign(manual, {
		isAlive,
		spawn: ((_program: string, words: readonly string[], options: object) => {
			const job = words[words.indexOf('run') + 1]!;
			started.push(job);
			return spawn('/bin/sh', ['-c', script(job)], options);
		}) as unknown as Runtime['spawn'],
	});
	const signals = createSignals();
	let text = '';
	const stream = () => new PassThrough({encoding: 'utf8'}).on('data', (chunk: string) => {
		text += chunk;
	});
	const running = ownHost.runHere(['daemon', ...argv], {runtime, signals, stdout: stream(), stderr: stream()});
	t.teardown(async () => {
		signals.emit('SIGTERM', 'SIGTERM');
		await running;
	});
	return {
		host: ownHost, runtime, signals, started,
		ended: running.then(({code}) => code),
		printed: () => text,
		says: async wanted => until(`"${wanted}" is said; it says: ${text}`, () => text.includes(wanted)),
	};
}

test('what leaves nothing to run is refused, with what to do', async t => {
	const host = new DaemonHost(t);
	const none = await host.runHere(['daemon']);
	t.is(none.code, 2);
	t.regex(none.stderr, /There is no configuration .*config\.json, and without one there are no sources and no jobs\. "coffer init" makes one\./);
	await host.prepare([]);
	const empty = await host.runHere(['daemon']);
	t.is(empty.code, 2);
	t.regex(empty.stderr, /leaves nothing to run: it names no sources, and every other job is switched off\. "coffer config edit" changes it\./);
	host.configure(['data'], {schedule: {jobs: onlyJobs()}});
	const off = await host.runHere(['daemon']);
	t.is(off.code, 2);
	t.regex(off.stderr, /leaves nothing to run: every job is switched off\./);
	for (const grace of ['-1', '1.5', '90s', '100000', 'soon']) {
		const {code, stderr} = await host.runHere(['daemon', `--grace=${grace}`]);
		t.is(code, 2);
		t.regex(stderr, /--grace takes a whole number of seconds from 0 to 86400/);
	}

	host.configure(['data'], {repository: undefined});
	t.is((await host.runHere(['daemon'])).code, 10);
	t.false(existsSync(path.join(host.stateFolder, 'state.db-holder')));
});

test('the same job again the next night, and each time one line', async t => {
	const {runtime, signals, ended, says, printed, started} = await startHere(t);
	await says('daily: done. [exit code 0');
	for (let day = 1; day <= 2; day++) {
		await runtime.pass(24 * hourMs);
		await until('it is started', () => started.length === day + 1);
		await until('its end is told', () => printed().split('daily: done.').length === day + 2);
	}

	signals.emit('SIGTERM', 'SIGTERM');
	t.is(await ended, 0);
	t.is(runtime.waiting, 0);
});

test('no sources: it says so, and does the rest', async t => {
	const host = new DaemonHost(t);
	await host.prepare([], {schedule: {jobs: onlyJobs('daily', 'monitor')}});
	const {signals, ended, says, printed, started} = await startHere(t, {host, script: () => 'echo "monitor: 1 critical"; exit 21'});
	await says('no sources are configured, so nothing is backed up. Add some with "coffer config edit", and tell the daemon by SIGHUP.');
	signals.emit('SIGTERM', 'SIGTERM');
	t.is(await ended, 0);
	t.false(started.includes('daily'), printed());
});

test('--json: one value a line; --quiet: nothing but what somebody should know', async t => {
	const json = await startHere(t, {argv: ['--json']});
	await json.says('"event":"job"');
	json.signals.emit('SIGINT', 'SIGINT');
	t.is(await json.ended, 130);
	t.deepEqual(json.printed().trim().split('\n').map(line => JSON.parse(line) as {event: string; job: string; code: number}).map(({event, job, code}) => [event, job, code]), [['job', 'daily', 0]]);

	const quiet = await startHere(t, {argv: ['--quiet'], script: () => 'echo "coffer: The disk is full." >&2; echo >failed; exit 1'});
	await until('the job has failed', () => quiet.host.readSchedule().holder() !== undefined && existsSync(quiet.host.path('failed')));
	quiet.signals.emit('SIGTERM', 'SIGTERM');
	t.is(await quiet.ended, 0);
	t.is(quiet.printed(), '');
	t.regex(readFileSync(path.join(quiet.host.stateFolder, 'logs/cron.log'), 'utf8'), /The disk is full/);
});

test('a new configuration takes over; one that is no use changes nothing, and its flaw is named', async t => {
	const {host, signals, says, printed, started, runtime} = await startHere(t);
	await says('daily: done.');
	const reload = async (text: string) => {
		signals.emit('SIGHUP', 'SIGHUP');
		await says(text);
	};

	const good = readFileSync(host.configFile, 'utf8');
	for (const [config, flaw] of [
		['{"sources": [', 'it is not valid JSON (line 1, column 14)'],
		[good.replace('"daily":{', '"daily":{"crom":"",'), 'schedule.jobs.daily.crom is unknown here (did you mean "cron"?)'],
		[good.replace('"daily":{"enabled":true', '"daily":{"enabled":false'), 'leaves nothing to run'],
		[good.replace(/"repository":"[^"]*",/, ''), 'No repository is named'],
	] as const) {
		writeFileSync(host.configFile, config);
		await reload(flaw);
	}

	rmSync(host.configFile);
	await reload('there is no such file');
	t.is(printed().split('is not used; the schedule goes on as it was').length, 6);
	writeFileSync(host.configFile, good.replace('"monitor":{"enabled":false', '"monitor":{"enabled":true'));
	await reload('the configuration was read again: monitor is switched on');
	await runtime.pass(0);
	await until('monitor is started', () => started.includes('monitor') || printed().includes('monitor'));
});

test('another repository whose schedule somebody else holds is not taken over', async t => {
	const {host, signals, says, runtime} = await startHere(t);
	await says('daily: done.');
	const other = host.path('other');
	const somebody = {...createSystemRuntime(), now: runtime.now, identity: {...runtime.identity, pid: 1, startTicks: 0}, isAlive: () => true};
	const state = new ScheduleState(host.stateFolder, other, {runtime: somebody, warn: t.fail});
	state.takeHolder('dashboard');
	host.configure(['data'], {repository: other});
	const good = readFileSync(host.configFile, 'utf8');
	Object.assign(runtime, {isAlive: () => true});
	signals.emit('SIGHUP', 'SIGHUP');
	await says('a dashboard (process 1');
	state.releaseHolder();
	state.close();
	writeFileSync(host.configFile, good);
	signals.emit('SIGHUP', 'SIGHUP');
	await says(`the repository is ${other}, not ${host.repository}`);
	t.is(host.readSchedule().holder(), undefined);
});

test('a job that does not end in its time is ended by force; until then it is waited for', async t => {
	const {host, signals, ended, says, printed, runtime} = await startHere(t, {script: () => 'trap "" TERM; echo >ready; while :; do sleep 0.1; done'});
	await until('it runs', () => existsSync(host.path('ready')));
	signals.emit('SIGTERM', 'SIGTERM');
	await says('SIGTERM: ending; waiting for daily to end');
	await runtime.pass(89_999);
	t.notRegex(printed(), /by force/);
	await runtime.pass(1);
	t.is(await ended, 1);
	t.regex(printed(), /daily did not end within 90 seconds, and is ended by force\. What is stored stays intact\./);
	t.regex(printed(), /\[exit code 137/);
});

test('where another one holds the schedule after all, it lets its jobs end, and ends with 11', async t => {
	const {host, ended, says, runtime} = await startHere(t, {script: () => 'echo >ready; while [ ! -e go ]; do sleep 0.05; done; echo "daily: done."'});
	await until('it runs', () => existsSync(host.path('ready')));
	rmSync(host.stateFolder, {recursive: true});
	const state = new ScheduleState(host.stateFolder, host.repository, {runtime: {...createSystemRuntime(), now: runtime.now, identity: {...runtime.identity, pid: 1, startTicks: 0}}, warn: t.fail});
	state.takeHolder('daemon');
	state.close();
	Object.assign(runtime, {isAlive: () => true});
	await runtime.pass(60_000);
	await says('holds the schedule now: no more jobs are started here');
	await says('ending, as another process holds the schedule; waiting for daily to end');
	writeFileSync(host.path('go'), '');
	t.is(await ended, 11);
});

test('what happens stands in the log of the schedule', async t => {
	const {host, signals, ended, says} = await startHere(t, {argv: ['--verbose'], script: () => 'echo a line; echo "daily: done."'});
	await says('daily: done.');
	signals.emit('SIGTERM', 'SIGTERM');
	await ended;
	const lines = readFileSync(path.join(host.stateFolder, 'logs/cron.log'), 'utf8').trim().split('\n').map(line => JSON.parse(line) as Record<string, unknown>);
	const messages = lines.map(({msg}) => msg as string);
	t.true(messages[0]!.startsWith('keeping the schedule for'));
	t.like(lines.find(({msg}) => msg === 'process of the job ended'), {job: 'daily', code: 0, line: 'done.', command: 'daemon'});
	t.true(messages.includes('a line'));
	t.is(messages.at(-1), 'SIGTERM: ending');
});
