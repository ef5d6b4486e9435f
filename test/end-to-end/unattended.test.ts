import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import test from 'ava';
import {optionalTest} from '../helpers/optional-test.ts';
import {processesWith, until} from '../helpers/processes.ts';
import {entry} from '../helpers/run-coffer.ts';
import {createScheduledHost} from '../helpers/scheduled-host.ts';
import {walkFolder} from '../helpers/walk-folder.ts';

for (const umask of ['022', '077']) {
	test(`under cron (no HOME, no terminal, PATH of two folders, locale C, folder /, umask ${umask}): jobs run, and only what went wrong is said`, async t => {
		const host = await createScheduledHost(t, ['a', 'b']);
		const state = host.path('state');
		const environment = ['-i', 'PATH=/usr/bin:/bin', 'LC_ALL=C', 'SHELL=/bin/sh', 'LOGNAME=root', `COFFER_STATE_DIRECTORY=${state}`, `CACHE_DIRECTORY=${host.path('cache')}`];
		const run = (call: string) => spawnSync('/usr/bin/env', [...environment, '/bin/sh', '-c', `umask ${umask}; exec '${process.execPath}' '${entry}' --config '${host.configFile}' ${call} </dev/null`], {cwd: '/', encoding: 'utf8'});
		for (const call of ['schedule run daily --if-due --jitter --trigger timer --quiet', 'schedule run daily --if-due --trigger timer --quiet', 'schedule run verify --quiet', 'schedule run cleanup --quiet', '--headless --quiet']) {
			const {status, stdout, stderr} = run(call);
			t.deepEqual([status, stdout, stderr], [0, '', ''], call);
		}

		const loud = run('schedule run weekly');
		t.is(loud.status, 0);
		t.regex(loud.stdout, /^weekly: 2 sources, [^\n]+\.\n$/);
		host.configure({}, {sources: [{name: 'gone', paths: ['/nowhere/at/all']}]});
		const failed = run('schedule run daily --quiet');
		t.deepEqual([failed.status, failed.stdout], [1, '']);
		t.regex(failed.stderr, /^coffer: gone: [^\n]+\n$/);
		const open = [...walkFolder(state)].filter(([, {mode}]) => (mode & 0o077) !== 0);
		t.deepEqual(open, []);
		t.like((JSON.parse(run('status --json').stdout) as {schedule: Array<{name: string; lastRun: unknown}>}).schedule.find(({name}) => name === 'daily'), {lastRun: {end: {outcome: 'failed', code: 1}}});
	});
}

for (const [number, signal] of (['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const).entries()) {
	// These tests run at once, and each looks for a process of its own.
	const span = `60${number}.${process.pid}`;

	test(`${signal} in the middle of a job: its end is known, nothing it started is left, and nothing stands in the way of the next run`, async t => {
		const host = await createScheduledHost(t, ['a']);
		const marker = host.path('marker');
		// The first source hangs once it has given some bytes.
		writeFileSync(host.path('hang'), `#!/bin/sh\n[ -e '${marker}' ] && exec echo data\n: >'${marker}'\necho data\nexec sleep ${span}\n`, {mode: 0o755});
		host.configure({}, {sources: [{name: 'hangs', kind: 'command', command: [host.path('hang')]}, {name: 'a', paths: [host.path('a')]}]});
		const {child, ended} = host.start(['schedule', 'run', 'daily']);
		await until('the source hangs', () => existsSync(marker) && processesWith(span).length > 0, {timeoutMs: 90_000});
		child.kill(signal);
		const {code, stdout} = await ended;
		const isKilled = signal === 'SIGKILL';
		t.is(code, isKilled ? null : 130);
		t.is(stdout, isKilled ? '' : 'daily: interrupted.\n');
		t.like(host.runs(), [{job: 'daily', end: {outcome: 'interrupted', code: 130}}]);
		if (!isKilled) {
			t.deepEqual(processesWith(span), []);
		}

		const again = host.run(['schedule', 'run', 'daily', '--if-due']);
		t.is(again.code, 0, again.stderr);
		t.regex(again.stdout, /^daily: 2 sources, /);
		for (const pid of processesWith(span)) {
			process.kill(pid);
		}
	});
}

optionalTest(existsSync('/usr/bin/ionice') ? undefined : 'there is no ionice', 'a job lets others go first, and so does what it starts', async t => {
	const host = await createScheduledHost(t, ['a']);
	mkdirSync(host.path('out'));
	const script = (name: string) => ['/bin/sh', '-c', `{ /usr/bin/nice; /usr/bin/ionice -p $$; } >'${host.path('out', name)}'; echo data`];
	host.configure({hard: {do: 'backup', cron: '@daily', nice: 0, ionice: 'normal'}, soft: {do: 'backup', cron: '@daily', nice: 15, ionice: 'idle'}}, {sources: [{name: 'c', kind: 'command', command: script('c')}]});
	const own = spawnSync('/usr/bin/nice', {encoding: 'utf8'}).stdout.trim();
	const seen = (job: string) => {
		const {code, stderr} = host.run(['schedule', 'run', job]);
		t.is(code, 0, stderr);
		return readFileSync(host.path('out/c'), 'utf8').trim().split('\n');
	};

	t.is(seen('hard')[0], own);
	t.deepEqual(seen('daily'), [String(Math.max(10, Number(own))), 'best-effort: prio 7']);
	t.deepEqual(seen('soft'), [String(Math.max(15, Number(own))), 'idle']);
});
