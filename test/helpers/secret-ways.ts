import {spawnSync} from 'node:child_process';
import {chmodSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {formsOf, readEverything} from './canary-search.ts';
import {TestHost} from './run-coffer.ts';

const passphrase = 'canary-passphrase-rambutan-9082';
/** Of another variable that the configuration says holds a secret; nobody else may have it. */
const variable = 'MY_BACKUP_SECRET';

/** A way to give a secret: what is set for each command, and what stands in the configuration. */
export type SecretWay = {
	readonly environment?: (host: TestHost) => Readonly<Record<string, string>>;
	readonly config?: (host: TestHost) => Readonly<Record<string, unknown>>;
	/** Whether the passphrase lies in an open descriptor, number 3. */
	readonly isDescriptor?: boolean;
	/** Whether a key file opens the repository, and no passphrase. */
	readonly isKeyFile?: boolean;
	/** Whether a program is started for it, which tells what it has found in its surroundings. */
	readonly hasProgram?: boolean;
};

/** Stands for the secret itself in an environment. */
const theSecret = 'SECRET';

/** Commands that start threads, programs and processes, or tell much. */
const tellingCalls: ReadonlyArray<readonly string[]> = [
	['backup', 'data', '--verbose'], ['snapshots'], ['verify', '--read-data'], ['restore', 'latest', '--target', './out'], ['doctor', '--verbose'], ['config', 'show'], ['--headless'],
];
const allCalls: ReadonlyArray<readonly string[]> = [
	...tellingCalls, ['key', 'list'], ['status', '--json'], ['show', 'latest'], ['ls', 'latest'], ['find', 'file'], ['diff', 'latest', 'latest'], ['completion', 'words', 'snapshots'], ['config', 'validate'],
];

/** Prints the secret, and writes down the arguments of every process, and the environment of its own. */
function writeProgram(host: TestHost, secretFile: string): string {
	const file = host.path('give');
	writeFileSync(file, `#!/bin/sh\ncat /proc/[0-9]*/cmdline /proc/self/environ >>'${host.path('seen')}' 2>/dev/null\ncat '${secretFile}'\n`);
	chmodSync(file, 0o700);
	return file;
}

function prepare(t: ExecutionContext, way: SecretWay): TestHost {
	const host = new TestHost(t);
	mkdirSync(host.path('data'));
	mkdirSync(host.path('tmp'));
	writeFileSync(host.path('data/file'), 'some text');
	writeFileSync(host.path('pass'), `${passphrase}\n`, {mode: 0o600});
	const init = host.run(way.isKeyFile ? ['init'] : ['init', '--passphrase'], {environment: {COFFER_PASSPHRASE_FILE: host.path('pass')}});
	t.is(init.code, 0, init.stderr);
	writeProgram(host, way.isKeyFile ? host.keyFile : host.path('pass'));
	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, sources: [{name: 'data', paths: [host.path('data')]}], ...way.config?.(host)}));
	return host;
}

/** The whole environment and all arguments of every program that was started, but of the first one, which was started by us. */
function readStarted(log: string): string[] {
	return log.split('\n').filter(line => line.includes('execve(')).slice(1);
}

/**
Run commands with the secret given in one way: all of them for the ways that hand it over in the environment, those that tell most for the others, or with COFFER_SOAK all.
Look for it everywhere: in arguments and environment of every program that was started, in output, logs, state, configuration, repository and
temporary files.
*/
export function searchForSecret(t: ExecutionContext, way: SecretWay): void {
	const host = prepare(t, way);
	const key = way.isKeyFile ? /key +(?<key>[\da-f]{64})/.exec(readFileSync(host.keyFile, 'utf8'))!.groups!['key']! : undefined;
	const canary = key ?? passphrase;
	const secret = key === undefined ? passphrase : readFileSync(host.keyFile, 'utf8');
	const given = way.environment?.(host) ?? {};
	const environment = {...host.environment, TMPDIR: host.path('tmp'), ...Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value === theSecret ? secret : value]))};
	const places: Array<readonly [string, Buffer]> = [];
	const calls = Object.values(given).includes(theSecret) || process.env['COFFER_SOAK'] === '1' ? allCalls : tellingCalls;
	let started = 0;
	for (const argv of calls) {
		const log = host.path('strace');
		const descriptor = openSync(host.path('pass'), 'r');
		const {status, stdout, stderr} = spawnSync('strace', ['-f', '-v', '-s', '100000', '-e', 'trace=execve', '-o', log, process.execPath, ...host.command(argv)], {
			cwd: host.folder, env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe', ...(way.isDescriptor ? [descriptor] : [])],
		});
		closeSync(descriptor);
		t.is(status, 0, `${argv.join(' ')}: ${stderr}`);
		const traced = readFileSync(log, 'utf8');
		// What was given in the environment is seen where we start the program: the search would find it in others.
		t.is(traced.includes(canary), Object.values(given).includes(theSecret));
		const programs = readStarted(traced);
		started += programs.length;
		places.push([`output of ${argv.join(' ')}`, Buffer.from(stdout + stderr)], ...programs.map(line => [`a program of ${argv.join(' ')}`, Buffer.from(line)] as const));
	}

	if (way.hasProgram) {
		t.true(started >= calls.length - 3, `${started} programs were started`);
		places.push(['what the program saw', readFileSync(host.path('seen'))]);
	}

	places.push(['the configuration', readFileSync(host.configFile)], ...readEverything([host.repository, host.stateFolder, host.path('tmp')]));
	let searches = 0;
	for (const [form, bytes] of [...formsOf(canary), ...(key === undefined ? [] : [['bytes', Buffer.from(key, 'hex')] as const])]) {
		for (const [place, content] of places) {
			searches++;
			if (content.includes(bytes)) {
				t.fail(`the secret (${form}) is in ${place}`);
			}
		}
	}

	t.log(`${calls.length} commands, which started ${started} other programs: ${searches} searches in ${places.length} places, 0 hits`);
}

/** The ways to give a passphrase from outside of the configuration. */
export const waysFromOutside: Readonly<Record<string, SecretWay>> = {
	COFFER_PASSPHRASE: {environment: () => ({COFFER_PASSPHRASE: theSecret})},
	COFFER_PASSPHRASE_FILE: {environment: host => ({COFFER_PASSPHRASE_FILE: host.path('pass')})},
	COFFER_PASSPHRASE_FD: {environment: () => ({COFFER_PASSPHRASE_FD: '3'}), isDescriptor: true},
	COFFER_PASSPHRASE_COMMAND: {environment: host => ({COFFER_PASSPHRASE_COMMAND: host.path('give')}), hasProgram: true},
};

/** The ways to give a key or a passphrase that the configuration names. */
export const waysOfConfiguration: Readonly<Record<string, SecretWay>> = {
	'a passphrase in a variable': {environment: () => ({[variable]: theSecret}), config: () => ({passphrase: {env: variable}})},
	'a passphrase from a program': {config: host => ({passphrase: {command: [host.path('give')]}}), hasProgram: true},
	'a key file': {config: host => ({key: {file: host.keyFile}}), isKeyFile: true},
	'a key in a variable, and a passphrase that is not needed from a program': {
		environment: () => ({[variable]: theSecret}), config: host => ({key: {env: variable}, passphrase: {command: [host.path('give')]}}), isKeyFile: true, hasProgram: true,
	},
};
