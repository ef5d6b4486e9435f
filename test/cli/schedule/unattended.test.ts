import {chmodSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {FakeMachine} from '../../helpers/fake-starters.ts';
import {TestHost, type Outcome} from '../../helpers/run-coffer.ts';
import {describeFolder} from '../../helpers/walk-folder.ts';

/** The program is really started, as cron starts it, by the user who runs the tests. */
async function create(t: ExecutionContext): Promise<FakeMachine> {
	const machine = await FakeMachine.create(new TestHost(t), {isRoot: process.geteuid?.() === 0});
	machine.isTried = true;
	return machine;
}

function assertRefused(t: ExecutionContext, machine: FakeMachine, outcome: Outcome, says: RegExp): void {
	t.is(outcome.code, 2, outcome.stdout);
	t.regex(outcome.stderr, /^coffer: Nothing was installed: [^\n]+\n$/);
	t.regex(outcome.stderr, says);
	t.is(machine.crontab, undefined);
}

test('a key that is there without this shell: installed, and the repository is as before', async t => {
	const machine = await create(t);
	const before = describeFolder(machine.host.repository);
	const outcome = await machine.run(['schedule', 'install', '--cron']);
	t.is(outcome.code, 0, outcome.stderr);
	t.regex(machine.crontab!, /schedule run daily/);
	t.deepEqual(describeFolder(machine.host.repository), before);
});

test('relative paths of flags are made absolute', async t => {
	const machine = await create(t);
	const {host} = machine;
	const outcome = await machine.run(['--config', './home/.config/coffer/config.json', '--repository', './home/.local/share/coffer/repository', '--key-file', './home/.config/coffer/key', 'schedule', 'install', '--cron']);
	t.is(outcome.code, 0, outcome.stderr);
	t.true(machine.crontab!.includes(` --config ${host.configFile} --repository ${host.repository} --key-file ${host.keyFile} schedule run daily `));
});

test('a passphrase that only this shell has is refused; one in a file is taken along, by its path', async t => {
	const machine = await create(t);
	const {host} = machine;
	const file = host.path('passphrase');
	writeFileSync(file, 'hunter2 hunter2\n', {mode: 0o600});
	const repository = host.path('second');
	await host.runHere(['init', '--passphrase', '--repository', repository], {environment: {...host.environment, XDG_CONFIG_HOME: host.path('none'), COFFER_PASSPHRASE_FILE: file}});
	writeFileSync(host.configFile, JSON.stringify({repository, sources: [{name: 'data', paths: [host.path('data')]}]}), {mode: 0o600});
	rmSync(host.keyFile);
	const install = async (environment: Record<string, string>, config = {}) => {
		writeFileSync(host.configFile, JSON.stringify({repository, sources: [{name: 'data', paths: [host.path('data')]}], ...config}), {mode: 0o600});
		return machine.run(['schedule', 'install', '--cron'], {environment: {...host.environment, ...environment}});
	};

	assertRefused(t, machine, await install({COFFER_PASSPHRASE: 'hunter2 hunter2'}), /COFFER_PASSPHRASE is set in this shell, but not for cron and systemd: put the passphrase into a file/);
	assertRefused(t, machine, await install({COFFER_PASSPHRASE_FD: '9'}), /COFFER_PASSPHRASE_FD is set in this shell/);
	assertRefused(t, machine, await install({COFFER_PASSPHRASE_COMMAND: `cat ${file}`}), /COFFER_PASSPHRASE_COMMAND is set in this shell/);
	assertRefused(t, machine, await install({SECRET: 'hunter2 hunter2'}, {passphrase: {env: 'SECRET'}}), /The environment variable SECRET that [^\n]+ is not set/);
	assertRefused(t, machine, await install({}), /has to be there without this shell/);
	const taken = await install({COFFER_PASSPHRASE_FILE: './passphrase'});
	t.is(taken.code, 0, taken.stderr);
	t.regex(machine.crontab!, new RegExp(`^0 2 \\* \\* \\* (?:\\S+ )?COFFER_PASSPHRASE_FILE=${file} `, 'm'));
	t.notRegex(machine.crontab!, /hunter2/);
});

test('what the crontab itself sets counts: its shell, its variables', async t => {
	const machine = await create(t);
	const {host} = machine;
	machine.configure({sources: [{name: 'crm', kind: 'postgres', url: {env: 'CRM_URL'}}]});
	machine.crontab = '# nothing\n';
	const refused = await machine.run(['schedule', 'install', '--cron'], {environment: {...host.environment, CRM_URL: 'postgresql://x'}});
	t.is(refused.code, 2);
	t.regex(refused.stderr, /The source "crm" takes its URL from the environment variable CRM_URL, which is not set/);
	t.is(machine.crontab, '# nothing\n');
	machine.crontab = 'CRM_URL = "postgresql://x"\n';
	const installed = await machine.run(['schedule', 'install', '--cron']);
	t.is(installed.code, 0, installed.stderr);
	machine.crontab = 'SHELL=/bin/false\n';
	t.is((await machine.run(['schedule', 'install', '--cron'])).code, 2);
});

test('a hostile PATH, NODE_OPTIONS and working folder: nothing of them is started, and nothing of them is installed', async t => {
	const machine = await create(t);
	const {host} = machine;
	mkdirSync(host.path('evil'));
	for (const name of ['sh', 'env', 'node', 'cat', 'systemctl-analyze', 'id', 'hostname']) {
		writeFileSync(host.path('evil', name), `#!/bin/sh\n: >'${host.path('ran')}'\n`, {mode: 0o755});
	}

	writeFileSync(host.path('evil/evil.cjs'), `require('fs').writeFileSync(${JSON.stringify(host.path('ran'))}, '')`);
	chmodSync(host.path('evil'), 0o755);
	const environment = {...host.environment, PATH: `${host.path('evil')}:${machine.folder}`, NODE_OPTIONS: `--require ${host.path('evil/evil.cjs')}`, NODE_PATH: host.path('evil'), LD_LIBRARY_PATH: host.path('evil'), SHELL: host.path('evil/sh'), BASH_ENV: host.path('evil/sh')};
	const outcome = await machine.run(['schedule', 'install', '--cron'], {environment, cwd: host.path('evil')});
	t.is(outcome.code, 0, outcome.stderr);
	t.false(existsSync(host.path('ran')));
	t.notRegex(machine.crontab!, /evil/);
	t.true(statSync(machine.path('crontab.text')).size > 0);
});
