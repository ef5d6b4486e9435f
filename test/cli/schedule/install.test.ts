import {readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {loadConfig} from '../../../source/cli/config.ts';
import {jobsOf} from '../../../source/cli/configured-jobs.ts';
import {installationId} from '../../../source/cli/schedule/installation.ts';
import {createSystemRuntime, ScheduleState} from '../../../source/engine/index.ts';
import {FakeMachine} from '../../helpers/fake-starters.ts';
import {TestHost, type Outcome} from '../../helpers/run-coffer.ts';

const isRoot = process.geteuid?.() === 0;
const toBytes = (text: string): string => Buffer.from(text).toString('latin1');
const create = async (t: ExecutionContext, options: {isRoot?: boolean; hasSystemd?: boolean} = {}) => FakeMachine.create(new TestHost(t), options);

function succeeds(t: ExecutionContext, outcome: Outcome): Outcome {
	t.is(outcome.code, 0, outcome.stderr);
	return outcome;
}

/** What somebody else has in a crontab: comments, variables, a carriage return, bytes that are no UTF-8. */
const foreign = 'MAILTO=ann@example.net\n# caf\u00E9, \u00FF\n*/5 * * * * /usr/bin/true\r\n\n5 4 * * sun echo 100\\%\n';

test('cron: lines for the jobs after those of others; a second call changes nothing; removing gives back every byte', async t => {
	const machine = await create(t);
	machine.crontab = foreign;
	const installed = succeeds(t, await machine.run(['schedule', 'install']));
	t.regex(installed.stdout, /^Installed: \d+ jobs by cron\.\n$/);
	const after = machine.crontab;
	t.true(after.startsWith(`${foreign}# BEGIN coffer ${installationId(machine.host.configFile)} ${machine.host.configFile}\n`));
	t.regex(after, /^0 2 \* \* \* [^\n]+ schedule run daily --if-due --jitter --trigger timer --quiet$/m);
	t.regex(after, /^@reboot [^\n]+ --headless --quiet$/m);
	t.notRegex(after, /schedule run rotate/);
	const inode = statSync(machine.path('crontab.text')).ino;
	const again = succeeds(t, await machine.run(['schedule', 'install', '--json']));
	t.like(again.json()[0], {starter: 'cron', isChanged: false, written: [], removed: []});
	t.is(statSync(machine.path('crontab.text')).ino, inode);
	t.regex(succeeds(t, await machine.run(['schedule', 'install'])).stdout, /^Nothing to change: everything is in place/);
	t.regex(succeeds(t, await machine.run(['schedule', 'remove'])).stdout, /^Removed: the lines of the crontab$/m);
	t.is(machine.crontab, foreign);
	t.regex(succeeds(t, await machine.run(['schedule', 'remove'])).stdout, /^Nothing of \S+ is installed/);
	t.is(machine.crontab, foreign);
});

test('cron: who had no crontab has none afterwards', async t => {
	const machine = await create(t);
	succeeds(t, await machine.run(['schedule', 'install']));
	t.true(machine.crontab!.startsWith('# BEGIN coffer'));
	succeeds(t, await machine.run(['schedule', 'remove']));
	t.is(machine.crontab, undefined);
});

test('from its installation on a job is owed: its first run has something to do', async t => {
	const machine = await create(t);
	machine.configure({schedule: {jobs: {weekly: {enabled: false}}}});
	succeeds(t, await machine.run(['schedule', 'install']));
	const state = new ScheduleState(machine.host.stateFolder, machine.host.repository, {runtime: createSystemRuntime(), warn: t.fail});
	const config = await loadConfig(machine.host.configFile, {isNamed: true});
	const jobs = jobsOf(config);
	const seen = state.firstSeen(jobs);
	state.close();
	t.deepEqual([...seen.keys()].toSorted(), jobs.filter(({isEnabled}) => isEnabled).map(({name}) => name).toSorted());
	t.true(seen.values().every(time => Date.parse(time) <= Date.now()));
	t.false(seen.has('weekly'));
});

test('cron: jobs that were changed, switched off, or go by another time zone', async t => {
	const machine = await create(t);
	succeeds(t, await machine.run(['schedule', 'install']));
	machine.configure({schedule: {jobs: {daily: {cron: '7 1 * * 1-5'}, weekly: {enabled: false}, monthly: {timeZone: 'Pacific/Chatham'}}}});
	const changed = succeeds(t, await machine.run(['schedule', 'install']));
	t.regex(changed.stdout, /the hourly line starts monthly \(Pacific\/Chatham\)/);
	t.regex(machine.crontab!, /^7 1 \* \* 1-5 [^\n]+ run daily /m);
	t.notRegex(machine.crontab!, /run (?:weekly|monthly)/);
	t.regex(machine.crontab!, /^# Makes up for runs[^\n]+another time zone: monthly \(Pacific\/Chatham\)\.$/m);
	t.is(machine.crontab!.match(/# BEGIN coffer/g)?.length, 1);
});

test('cron: two configurations have lines of their own', async t => {
	const machine = await create(t);
	const second = machine.host.path('second config.json');
	writeFileSync(second, readFileSync(machine.host.configFile), {mode: 0o600});
	succeeds(t, await machine.run(['schedule', 'install']));
	const first = machine.crontab!;
	succeeds(t, await machine.run(['--config', second, 'schedule', 'install']));
	t.true(machine.crontab!.startsWith(first));
	t.regex(machine.crontab!, /--config '[^']+second config\.json' schedule run daily/);
	t.regex(succeeds(t, await machine.run(['schedule', 'remove'])).stdout, /other configurations stays: \S+second config\.json\. /);
	t.true(machine.crontab!.startsWith(`# BEGIN coffer ${installationId(second)} `));
	rmSync(second);
	succeeds(t, await machine.run(['--config', second, 'schedule', 'remove']));
	t.is(machine.crontab, undefined);
});

test('cron: a crontab that cannot be read, checked or written is left as it is', async t => {
	const machine = await create(t);
	const refused = async (says: RegExp, before: string | undefined) => {
		const outcome = await machine.run(['schedule', 'install', '--cron']);
		t.is(outcome.code, 1, outcome.stdout);
		t.regex(outcome.stderr, says);
		t.is(machine.crontab, before);
	};

	machine.crontab = 'no line feed';
	await refused(/missing newline before EOF/, 'no line feed');
	machine.crontab = '# BEGIN coffer 00000000 /x\n1 2 3 4 5 mine\n';
	await refused(/lines of coffer that begin with "# BEGIN coffer 00000000" have no end\. Nothing was changed/, '# BEGIN coffer 00000000 /x\n1 2 3 4 5 mine\n');
	writeFileSync(machine.path('crontab.checks'), '');
	machine.crontab = 'WRONG\n';
	await refused(/crontab -T FILE[^\n]+bad minute/, 'WRONG\n');
	writeFileSync(machine.path('crontab.denied'), '');
	machine.crontab = foreign;
	await refused(/not allowed to use this program/, foreign);
});

test('systemd: units are written and switched on; a second call writes nothing; units of jobs that are gone go', async t => {
	const machine = await create(t, {isRoot: true, hasSystemd: true});
	writeFileSync(machine.path('units/coffer-of-mine.service'), '[Service]\n');
	const umask = process.umask(0o077);
	t.teardown(() => {
		process.umask(umask);
	});
	const installed = succeeds(t, await machine.run(['schedule', 'install']));
	t.regex(installed.stdout, /^Installed: \d+ jobs by timers of systemd\.\n$/);
	const id = installationId(machine.host.configFile);
	const {units} = machine;
	for (const name of [`coffer-${id}-daily.service`, `coffer-${id}-daily.timer`, `coffer-${id}.timer`]) {
		t.true(units[name]?.startsWith(`# coffer schedule ${id}: ${machine.host.configFile}\n`), name);
		t.is(statSync(path.join(machine.unitFolder, name)).mode & 0o777, 0o644);
	}

	t.deepEqual(machine.enabled.toSorted(), Object.keys(units).filter(name => name.endsWith('.timer')).toSorted());
	const inode = () => statSync(path.join(machine.unitFolder, `coffer-${id}-daily.service`)).ino;
	const before = inode();
	t.like(succeeds(t, await machine.run(['schedule', 'install', '--json'])).json()[0], {starter: 'timers', isSystem: true, isChanged: false, written: [], removed: []});
	t.deepEqual(machine.units, units);
	t.is(inode(), before);
	machine.configure({schedule: {jobs: {weekly: {enabled: false}, daily: {cron: '1 1 * * *'}}}});
	const changed = succeeds(t, await machine.run(['schedule', 'install', '--json'])).json()[0]!;
	t.deepEqual((changed['written'] as Array<{file: string}>).map(({file}) => path.basename(file)), [`coffer-${id}-daily.timer`]);
	t.deepEqual((changed['removed'] as string[]).map(file => path.basename(file)), [`coffer-${id}-weekly.service`, `coffer-${id}-weekly.timer`]);
	t.false(machine.enabled.includes(`coffer-${id}-weekly.timer`));
	t.regex(machine.units[`coffer-${id}-daily.timer`]!, /^OnCalendar=\*-\*-\* 01:01:00$/m);
	succeeds(t, await machine.run(['schedule', 'remove']));
	t.deepEqual(machine.units, {'coffer-of-mine.service': '[Service]\n'});
	t.deepEqual(machine.enabled, []);
	t.log(`${Object.keys(units).length - 1} units`);
});

test('from cron to systemd to the daemon and back: never two of them', async t => {
	const machine = await create(t, {hasSystemd: true});
	machine.crontab = foreign;
	succeeds(t, await machine.run(['schedule', 'install', '--cron']));
	const timers = succeeds(t, await machine.run(['schedule', 'install', '--systemd']));
	t.regex(timers.stderr, /units run only while \S+ is logged in\. "loginctl enable-linger/);
	t.is(machine.crontab, foreign);
	t.true(machine.enabled.every(name => name.endsWith('.timer')));
	t.true(machine.calls('systemctl').every(call => call.startsWith('--user ')));
	t.regex(succeeds(t, await machine.run(['schedule', 'install', '--daemon'])).stdout, /by the daemon as a service of systemd, for this user/);
	t.deepEqual(Object.keys(machine.units), ['coffer-daemon.service']);
	t.deepEqual(machine.enabled, ['coffer-daemon.service']);
	t.like(succeeds(t, await machine.run(['schedule', 'status', '--json'])).json()[0], {isStarted: true, installed: [{kind: 'daemon', isSystem: false, isInLine: true}]});
	succeeds(t, await machine.run(['schedule', 'install', '--cron']));
	t.deepEqual(machine.units, {});
	t.deepEqual(machine.enabled, []);
	t.true(machine.crontab.startsWith(foreign));
	t.true(machine.crontab.length > foreign.length);
});

test('systemd: a call that was cut off at any point is made good by the next', async t => {
	const machine = await create(t, {isRoot: true, hasSystemd: true});
	succeeds(t, await machine.run(['schedule', 'install']));
	const whole = machine.units;
	const names = Object.keys(whole);
	for (const [index, name] of names.entries()) {
		for (const lost of names.slice(index)) {
			rmSync(path.join(machine.unitFolder, lost), {force: true});
			rmSync(machine.path('on', lost), {force: true});
		}

		succeeds(t, await machine.run(['schedule', 'install']));
		t.deepEqual(machine.units, whole, name);
		t.is(machine.enabled.length, names.filter(unit => unit.endsWith('.timer')).length);
	}

	const calls = machine.calls('systemctl').length;
	succeeds(t, await machine.run(['schedule', 'install']));
	t.true(machine.calls('systemctl').slice(calls).includes('daemon-reload'));
	t.log(`${names.length} points`);
});

test('systemd: a file of others with the name of a unit stays, and nothing is written', async t => {
	const machine = await create(t, {isRoot: true, hasSystemd: true});
	const name = `coffer-${installationId(machine.host.configFile)}-verify.timer`;
	writeFileSync(machine.path('units', name), '[Timer]\n');
	const outcome = await machine.run(['schedule', 'install']);
	t.is(outcome.code, 1);
	t.regex(outcome.stderr, /-verify\.timer is there already, and was not written for this configuration\. Nothing was changed/);
	t.deepEqual(machine.units, {[name]: '[Timer]\n'});
});

test('--dry-run prints what would be written, byte for byte, and writes nothing', async t => {
	const machine = await create(t, {hasSystemd: true});
	machine.crontab = foreign;
	for (const flags of [['--cron'], ['--systemd'], ['--daemon']]) {
		const dry = succeeds(t, await machine.run(['schedule', 'install', ...flags, '--dry-run', '--json'])).json()[0]!;
		const text = succeeds(t, await machine.run(['schedule', 'install', ...flags, '--dry-run'])).stdout;
		t.is(machine.crontab, foreign);
		t.deepEqual(machine.units, {});
		const written = dry['written'] as Array<{file: string; text: string}>;
		t.true(written.length > 0);
		for (const one of written) {
			t.true(text.includes(`# ${one.file}\n${one.text}`), one.file);
		}

		succeeds(t, await machine.run(['schedule', 'install', ...flags]));
		if (flags[0] === '--cron') {
			t.is(machine.crontab, foreign + toBytes(written[0]!.text));
		} else {
			t.deepEqual(machine.units, Object.fromEntries(written.map(one => [path.basename(one.file), one.text])));
		}

		t.regex(succeeds(t, await machine.run(['schedule', 'remove', '--dry-run'])).stdout, /^Would be removed: /m);
		t.true(machine.crontab.length > foreign.length || Object.keys(machine.units).length > 0);
		succeeds(t, await machine.run(['schedule', 'remove']));
	}

	t.is((await machine.run(['schedule', 'install', '--cron', '--dry-run', '--repository', machine.host.repository, '--key-file', machine.host.keyFile, '--config', machine.host.path('none.json')])).code, 2);
});

test('without systemd its units are refused, and shown by --dry-run; flags that exclude each other are refused', async t => {
	const machine = await create(t);
	for (const [argv, code, says] of [
		[['--systemd'], 1, /systemd cannot be reached for this user[^\n]+--cron/],
		[['--daemon'], 1, /systemd cannot be reached/],
		[['--cron', '--systemd'], 2, /--cron and --systemd exclude each other/],
		[['--cron', '--user'], 2, /--cron and --user exclude each other/],
	] as const) {
		const outcome = await machine.run(['schedule', 'install', ...argv]);
		t.is(outcome.code, code, argv.join(' '));
		t.regex(outcome.stderr, says);
	}

	t.regex(succeeds(t, await machine.run(['schedule', 'install', '--systemd', '--dry-run'])).stdout, /^OnCalendar=/m);
	t.is(machine.crontab, undefined);
	t.deepEqual(machine.units, {});
});

test('a configuration that is wrong or gone: nothing is installed; what is there can be removed, and its state is told', async t => {
	const machine = await create(t);
	succeeds(t, await machine.run(['schedule', 'install']));
	const before = machine.crontab;
	const good = readFileSync(machine.host.configFile);
	for (const [content, says] of [['{', /not valid JSON \(line 1, column 2\)/], ['{"schedule": {"jobs": {"daily": {"cron": "61 * * * *"}}}}', /schedule\.jobs\.daily\.cron/], [undefined, /There is no configuration/]] as const) {
		if (content === undefined) {
			rmSync(machine.host.configFile);
		} else {
			writeFileSync(machine.host.configFile, content);
		}

		const outcome = await machine.run(['schedule', 'install']);
		t.is(outcome.code, 2);
		t.regex(outcome.stderr, says);
		t.is(machine.crontab, before);
		const {installed, problem} = succeeds(t, await machine.run(['schedule', 'status', '--json'])).json()[0]!;
		t.deepEqual(installed, [{kind: 'cron', place: 'crontab'}]);
		t.regex(problem as string, says);
	}

	succeeds(t, await machine.run(['schedule', 'remove']));
	t.is(machine.crontab, undefined);
	writeFileSync(machine.host.configFile, good, {mode: 0o600});
});

test('status: what starts the jobs, and what is wrong with that', async t => {
	const machine = await create(t, {isRoot});
	const status = async () => succeeds(t, await machine.run(['schedule', 'status', '--json'])).json()[0]!;
	const text = async () => succeeds(t, await machine.run(['schedule', 'status'])).stdout;
	t.like(await status(), {isStarted: false, installed: [], holder: null, ownLines: []});
	t.regex(await text(), /^Nothing starts the jobs\. Run "coffer schedule install"/);
	machine.crontab = '0 2 * * * coffer --headless\n# coffer\n';
	t.deepEqual((await status())['ownLines'], ['0 2 * * * coffer --headless']);
	succeeds(t, await machine.run(['schedule', 'install', '--cron']));
	t.like(await status(), {isStarted: true, installed: [{kind: 'cron', place: 'crontab', isInLine: true}]});
	machine.configure({schedule: {jobs: {daily: {cron: '1 1 * * *'}}}});
	t.like(await status(), {isStarted: true, installed: [{isInLine: false}]});
	t.regex(await text(), /not what the configuration asks for: run "coffer schedule install"/);
	t.regex(await text(), /^daily +backup +1 1 \* \* \* +never +- +\d{4}-/m);
	writeFileSync(machine.path('proc/1/comm'), 'init\n');
	t.like(await status(), {installed: [{flaw: 'no cron is running'}]});
	const [job] = (await status())['jobs'] as Array<Record<string, unknown>>;
	t.like(job, {name: 'daily', kind: 'backup', cron: '1 1 * * *', isEnabled: true, lastRun: null});
	t.regex(job!['nextRun'] as string, /^\d{4}-\d\d-\d\dT/);
});

test('status: timers that somebody has switched off', async t => {
	const machine = await create(t, {isRoot: true, hasSystemd: true});
	succeeds(t, await machine.run(['schedule', 'install']));
	const [first] = machine.enabled;
	rmSync(machine.path('on', first!));
	t.like(succeeds(t, await machine.run(['schedule', 'status', '--json'])).json()[0], {installed: [{kind: 'timers', isInLine: true, flaw: `switched off or stopped: ${first!}`}]});
	succeeds(t, await machine.run(['schedule', 'install']));
	t.true(machine.enabled.includes(first!));
});
