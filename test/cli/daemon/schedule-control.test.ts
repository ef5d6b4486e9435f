import {spawn} from 'node:child_process';
import {Buffer} from 'node:buffer';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import type {CommandContext} from '../../../source/cli/command-line.ts';
import {createScheduleControl} from '../../../source/cli/daemon/schedule-control.ts';
import {createSystemRuntime, type Runtime} from '../../../source/engine/index.ts';
import {DaemonHost, onlyJobs} from '../../helpers/daemon-host.ts';
import {createManualRuntime} from '../../helpers/manual-runtime.ts';
import {until} from '../../helpers/processes.ts';
import {throwsCoffer} from '../../helpers/storage-assertions.ts';

async function createDashboard(t: ExecutionContext, {script = 'echo "daily: done."', typed}: {readonly script?: string; readonly typed?: string} = {}) {
	const host = new DaemonHost(t);
	await host.prepare();
	const started: string[] = [];
	const logged: string[] = [];
	const {identity, isAlive} = createSystemRuntime();
	const runtime = Object.assign(createManualRuntime({identity}), {
		isAlive,
		spawn: ((_program: string, words: readonly string[], options: object) => {
			started.push(words.slice(words.indexOf('run') + 1).join(' '));
			return spawn('/bin/sh', ['-c', script], options);
		}) as unknown as Runtime['spawn'],
	});
	const context = {
		environment: host.environment,
		cwd: host.folder,
		arguments: {text: () => undefined},
		paths: {isConfigNamed: false, configFile: host.configFile, stateFolder: host.stateFolder},
		log: {isVerbose: false, in: () => ({write(_level: string, message: string) {
			logged.push(message);
		}})},
		output: {},
		runtime,
	} as unknown as CommandContext;
	const {control, leave} = createScheduleControl(context, {configFile: host.configFile, typed: () => typed === undefined ? undefined : Buffer.from(typed), setWakeUps: async () => () => undefined});
	t.teardown(leave);
	return {host, runtime, control, leave, started, logged};
}

test('a job that a person starts is not asked whether it is due; its last word comes back', async t => {
	const {control, started} = await createDashboard(t, {script: 'echo "daily: 1 source, 2 files."; exit 3'});
	t.deepEqual(await control.start('daily'), {code: 3, line: '1 source, 2 files.'});
	t.deepEqual(started, ['daily']);
	await throwsCoffer(t, async () => control.start('dialy'), 'usage', 'There is no job "dialy"');
	t.false(control.isHeld());
});

test('the schedule is held, and jobs that are due are started; let go, no more are', async t => {
	const {host, control, started, runtime} = await createDashboard(t);
	t.is(await control.hold(), undefined);
	t.is(await control.hold(), undefined, 'held already');
	t.true(control.isHeld());
	t.like(host.readSchedule().holder(), {kind: 'dashboard'});
	await until('what is owed is started', () => started.length > 0);
	t.is(started[0], 'daily --if-due --trigger dashboard');
	await control.release();
	t.false(control.isHeld());
	t.is(host.readSchedule().holder(), undefined);
	const count = started.length;
	await runtime.pass(48 * 60 * 60 * 1000);
	t.is(started.length, count);
	t.is(runtime.waiting, 0);
});

test('where a daemon holds it, that is told', async t => {
	const {host, control, started} = await createDashboard(t);
	const {child, ended, says} = host.startDaemon();
	await says('keeping the schedule');
	t.like(await control.hold(), {kind: 'daemon', process: {pid: child.pid}});
	t.false(control.isHeld());
	t.deepEqual(started, []);
	child.kill('SIGTERM');
	t.is((await ended).code, 0);
	t.is(await control.hold(), undefined);
});

test('a changed configuration takes over where the schedule is held; a wrong one does not', async t => {
	const {host, control, started, logged} = await createDashboard(t);
	await control.reload();
	t.false(control.isHeld(), 'nothing is held by that');
	await control.hold();
	host.configure(['data'], {schedule: {jobs: {...onlyJobs('daily'), mine: {do: 'monitor', cron: '* * * * *'}}}});
	await control.reload();
	await until('the new job is started', () => started.includes('mine --if-due --trigger dashboard'));
	host.configure(['data'], {schedule: {jobs: onlyJobs()}});
	await throwsCoffer(t, async () => control.reload(), 'usage', 'leaves nothing to run');
	t.true(control.isHeld());
	t.regex(logged.at(-1)!, /^the schedule goes on as it was: /);
});

test('when it is left the schedule is free, and what runs goes on', async t => {
	const {host, control, leave} = await createDashboard(t, {script: 'echo >begun; while [ ! -e go ]; do sleep 0.05; done; echo >done'});
	await control.hold();
	await until('a job runs', () => existsSync(host.path('begun')));
	leave();
	t.is(host.readSchedule().holder(), undefined);
	writeFileSync(host.path('go'), '');
	await until('it has ended by itself', () => existsSync(host.path('done')));
});

test('a passphrase that a person typed reaches the job by a descriptor', async t => {
	const {host, control} = await createDashboard(t, {script: 'read -r line <&3; echo "$line" >got', typed: 'correct horse'});
	t.is((await control.start('daily')).code, 0);
	t.is(readFileSync(host.path('got'), 'utf8'), 'correct horse\n');
});
