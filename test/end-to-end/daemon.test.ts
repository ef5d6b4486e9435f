import {readFileSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import test from 'ava';
import {DaemonHost} from '../helpers/daemon-host.ts';
import {isAlive, until} from '../helpers/processes.ts';

/** The environment that a process was started with. */
const environmentOf = (pid: number): string => readFileSync(`/proc/${pid}/environ`, 'utf8');

test.serial('it makes up for what is owed, says one line a job, takes a new configuration and refuses a wrong one, and ends cleanly', async t => {
	const host = new DaemonHost(t);
	await host.prepare();
	const {child, ended, says, printed} = host.startDaemon();
	await says('daily: 1 source');
	t.regex(printed(), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d keeping the schedule for \S+: daily\n/);
	t.is(host.run(['snapshots', '--json']).json()[0]!.length, 1);

	const second = host.run(['daemon']);
	t.is(second.code, 11);
	t.regex(second.stderr, new RegExp(`A daemon \\(process ${child.pid}, since .*\\) holds the schedule of this host for ${host.repository} already`));
	t.is(second.stdout, '');

	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}, sources: [], schedule: {jobs: {daily: {cron: '0 25 * * *'}}}}));
	child.kill('SIGHUP');
	await says('is not used; the schedule goes on as it was');
	t.regex(printed(), /schedule\.jobs\.daily\.cron is no cron expression: .*hour.* \(line 1, column \d+\)/);

	host.configure(['data'], {schedule: {jobs: {daily: {cron: '0 3 * * *'}, weekly: {enabled: false}}}});
	child.kill('SIGHUP');
	await says('daily runs at "0 3 * * *"');
	t.regex(printed(), /the configuration was read again: .*monthly is switched on/);

	child.kill('SIGTERM');
	const {code, stderr} = await ended;
	t.is(code, 0, stderr);
	t.is(host.readSchedule().holder(), undefined);
	t.notRegex(printed(), /\u001B/);
});

test.serial('the terminal\'s Ctrl-C ends it with 130', async t => {
	const host = new DaemonHost(t);
	await host.prepare();
	const {child, ended, says} = host.startDaemon(['--quiet']);
	await until('it holds the schedule', () => host.readSchedule().holder() !== undefined);
	child.kill('SIGINT');
	const {code, stdout} = await ended;
	t.is(code, 130);
	t.is(stdout, '');
	t.is(typeof says, 'function');
});

test.serial('killed while a job runs: the job goes on, the next daemon takes over at once and does not start it again', async t => {
	const host = new DaemonHost(t);
	await host.prepare(['gate']);
	const first = host.startDaemon();
	await host.gateReached();
	first.child.kill('SIGKILL');
	t.is((await first.ended).code, null);

	const second = host.startDaemon();
	await second.says('keeping the schedule');
	const running = host.readSchedule().runs();
	t.deepEqual(running.map(({job, trigger, end}) => [job, trigger, end]), [['daily', 'daemon', undefined]]);
	const {pid} = running[0]!.process;
	t.true(isAlive(pid));
	host.openGate();
	await until('the job has ended by itself', () => !isAlive(pid));
	t.like(host.readSchedule().runs(), [{job: 'daily', end: {outcome: 'ok', code: 0}}]);
	second.child.kill('SIGTERM');
	t.is((await second.ended).code, 0);
	t.is(host.readSchedule().runs().length, 1);
	t.is(host.run(['snapshots', '--json']).json()[0]!.length, 1);
});

test.serial('told to end while a job runs: the job ends cleanly, is remembered, and leaves no lock; a job that does not end is ended by force', async t => {
	const host = new DaemonHost(t);
	await host.prepare(['gate']);
	const first = host.startDaemon();
	await host.gateReached();
	first.child.kill('SIGTERM');
	t.is((await first.ended).code, 0);
	t.regex(first.printed(), /SIGTERM: ending; waiting for daily to end\n.* daily: .*\[exit code 130/);
	t.like(host.readSchedule().runs(), [{job: 'daily', end: {outcome: 'interrupted', code: 130}}]);

	const second = host.startDaemon(['--grace', '0']);
	await until('it is tried again at once', () => host.readSchedule().runs().length === 2);
	const gate = await host.gateReached();
	const {pid} = host.readSchedule().runs()[1]!.process;
	// It cannot hear.
	process.kill(pid, 'SIGSTOP');
	second.child.kill('SIGTERM');
	t.is((await second.ended).code, 1);
	t.regex(second.printed(), /daily did not end within 0 seconds, and is ended by force/);
	await until('it is gone', () => !isAlive(pid));
	process.kill(-gate, 'SIGKILL');
	host.openGate();
	t.is(host.run(['backup']).code, 0);
	t.is(host.run(['verify', '--read-data']).code, 0);
});

test.serial('a second signal ends everything at once', async t => {
	const host = new DaemonHost(t);
	await host.prepare(['gate']);
	const {child, ended, says} = host.startDaemon();
	const gate = await host.gateReached();
	const {pid} = host.readSchedule().runs()[0]!.process;
	process.kill(pid, 'SIGSTOP');
	child.kill('SIGTERM');
	await says('waiting for daily to end');
	child.kill('SIGTERM');
	t.is((await ended).code, 130);
	await until('the job is gone', () => !isAlive(pid));
	process.kill(-gate, 'SIGKILL');
});

test.serial('one that is suspended lives, and stays the holder', async t => {
	const host = new DaemonHost(t);
	await host.prepare();
	const {child, ended, says} = host.startDaemon();
	await says('daily: 1 source');
	child.kill('SIGSTOP');
	t.is(host.run(['daemon']).code, 11);
	child.kill('SIGCONT');
	child.kill('SIGTERM');
	t.is((await ended).code, 0);
});

test.serial('a passphrase of the environment or a descriptor reaches jobs, but neither their arguments nor their environment', async t => {
	const host = new DaemonHost(t);
	const passphrase = 'correct horse battery staple';
	await host.prepare(['gate']);
	const repository = host.path('secret-repository');
	t.is(host.run(['init', '--passphrase', '--repository', repository], {environment: {COFFER_PASSPHRASE: passphrase}}).code, 0);
	host.configure(['gate'], {repository, key: undefined});
	const {child, ended, says} = host.startDaemon([], {COFFER_PASSPHRASE: passphrase, KEPT: 'yes'});
	const gate = await host.gateReached();
	// The program that is backed up was started by the job.
	const job = Number(/^PPid:\s+(?<pid>\d+)/m.exec(readFileSync(`/proc/${gate}/status`, 'utf8'))!.groups!['pid']);
	t.false(environmentOf(job).includes('horse'));
	t.regex(environmentOf(job), /KEPT=yes/);
	t.false(readFileSync(`/proc/${job}/cmdline`, 'utf8').includes('horse'));
	host.openGate();
	await says('daily: 1 source');
	child.kill('SIGTERM');
	t.is((await ended).code, 0);
});

test.serial('a repository that is away for hours: jobs fail and are told, the daemon goes on', async t => {
	const host = new DaemonHost(t);
	await host.prepare();
	host.configure(['data'], {repository: host.path('not/mounted')});
	const {child, ended, says} = host.startDaemon();
	await says('[exit code 10,');
	child.kill('SIGTERM');
	const {code, stdout} = await ended;
	t.is(code, 0);
	t.regex(stdout, /daily: There is no repository at \S+not\/mounted/);
});
