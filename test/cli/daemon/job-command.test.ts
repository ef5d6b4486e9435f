import {Buffer} from 'node:buffer';
import process from 'node:process';
import test from 'ava';
import {jobCommand, type JobCommandOptions} from '../../../source/cli/daemon/job-command.ts';
import type {CommandContext} from '../../../source/cli/command-line.ts';
import {ownScript} from '../../../source/cli/own-command.ts';

const daemon: JobCommandOptions = {trigger: 'daemon'};

function contextWith(environment: Record<string, string>, {isVerbose = false, cwd = '/tmp'} = {}): CommandContext {
	return {
		environment,
		cwd,
		arguments: {text: () => undefined},
		paths: {isConfigNamed: true, configFile: '/etc/coffer/config.json'},
		log: {isVerbose},
		runtime: {},
		descriptors: {read: async (number: string) => Buffer.from(`from descriptor ${number}`)},
	} as unknown as CommandContext;
}

test('the program again, with absolute places; when it is due, or because a person wants it', async t => {
	const due = await jobCommand(contextWith({}), 'daily', false, daemon);
	t.is(due.program, process.execPath);
	t.deepEqual(due.arguments, [ownScript, '--config', '/etc/coffer/config.json', '--headless', 'schedule', 'run', 'daily', '--if-due', '--trigger', 'daemon']);
	t.is(due.workingFolder, '/tmp');
	t.is(due.secret, undefined);
	const byHand = await jobCommand(contextWith({}, {isVerbose: true, cwd: '/no/such/folder'}), 'daily', true, daemon);
	t.deepEqual(byHand.arguments.slice(3), ['--headless', '--verbose', 'schedule', 'run', 'daily']);
	t.is(byHand.workingFolder, '/');
});

test('it inherits what is around, but no passphrase, no descriptor and nothing that is for a service', async t => {
	const kept = {PATH: '/bin', LANG: 'C', PGPASSWORD: 'of a source', COFFER_PASSPHRASE_FILE: '/run/passphrase', COFFER_CONFIG: 'x', COFFER_NEW_PASSPHRASE_COMMAND: 'pass new', CREDENTIALS_DIRECTORY: '/run/credentials'};
	const {environment, secret} = await jobCommand(contextWith({
		...kept, COFFER_PASSPHRASE: 'plain', COFFER_PASSPHRASE_FD: '7', COFFER_RECOVERY_FD: '8', COFFER_NEW_PASSPHRASE_FD: '9', COFFER_ARCHIVE_PASSPHRASE: 'old', NOTIFY_SOCKET: '/run/notify', WATCHDOG_PID: '1', WATCHDOG_USEC: '1', LISTEN_FDS: '1',
	}), 'daily', false, daemon);
	t.deepEqual(environment, kept);
	t.is(secret, undefined, 'the file gives it');
});

test('a passphrase goes by a descriptor, in the order in which the program looks for one', async t => {
	const typed = () => Buffer.from('typed');
	for (const [environment, line] of [
		[{COFFER_PASSPHRASE: 'plain'}, 'plain\n'],
		[{COFFER_PASSPHRASE: 'plain', COFFER_PASSPHRASE_FD: '7'}, 'from descriptor 7\n'],
		[{COFFER_PASSPHRASE: 'plain', COFFER_PASSPHRASE_COMMAND: 'pass show'}, undefined],
		[{COFFER_PASSPHRASE_FILE: '/run/passphrase', COFFER_PASSPHRASE_FD: '7'}, undefined],
		[{}, undefined],
	] as const) {
		const command = await jobCommand(contextWith(environment), 'daily', false, daemon);
		t.is(command.secret?.toString(), line);
		t.is(command.environment['COFFER_PASSPHRASE_FD'], line === undefined ? undefined : '3');
	}

	t.is((await jobCommand(contextWith({}), 'daily', true, {trigger: 'dashboard', typed})).secret?.toString(), 'typed\n');
	t.is((await jobCommand(contextWith({COFFER_PASSPHRASE: 'plain'}), 'daily', true, {trigger: 'dashboard', typed: () => undefined})).secret?.toString(), 'plain\n');
});
