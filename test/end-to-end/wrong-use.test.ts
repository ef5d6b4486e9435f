import {spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {prepareHost} from '../helpers/command-examples.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {entry, TestHost, type Outcome} from '../helpers/run-coffer.ts';
import {describeFolder} from '../helpers/walk-folder.ts';

const isRoot = process.geteuid?.() === 0;

/** What every message has to be: one line that says what to do, no stack, nothing raw; with `--json` the same as one event. */
function assertClear(t: ExecutionContext, {stderr, stdout}: Outcome, about: string): void {
	t.is(stdout, '', about);
	t.regex(stderr, /^coffer: [A-Z"\d/-][^\n]+[.)]\n$/, about);
	t.notRegex(stderr, /\n +at |node:internal|Unforeseen|unforeseen|undefined|\[object/, about);
	t.true(stderr.length < 600, `${about}: ${stderr}`);
}

type Case = {
	readonly what: string;
	readonly argv: readonly string[];
	readonly code: number;
	readonly says: RegExp;
	/** The configuration for this case. */
	readonly config?: (host: TestHost) => unknown;
	readonly environment?: Record<string, string | undefined>;
};

const source = {name: 'data', paths: ['/etc/hostname']};
const withSources = (...sources: unknown[]) => () => ({sources});

const commandLines: readonly Case[] = [
	{what: 'unknown command', argv: ['bakcup'], code: 2, says: /Unknown command "bakcup"\. Did you mean "backup"\? "coffer --help"/},
	{what: 'unknown command, nothing near', argv: ['xyzzy'], code: 2, says: /Unknown command "xyzzy"\. "coffer --help"/},
	{what: 'empty command', argv: [''], code: 2, says: /Unknown command ""/},
	{what: 'unknown flag', argv: ['backup', '--dry-rnu'], code: 2, says: /Unknown flag --dry-rnu for "backup"\. Did you mean --dry-run\?/},
	{what: 'flag of another command', argv: ['status', '--target', 'x'], code: 2, says: /Unknown flag --target for "status"/},
	{what: 'short flag', argv: ['backup', '-n'], code: 2, says: /Unknown flag -n for "backup"/},
	{what: 'missing value', argv: ['restore', 'latest', '--target'], code: 2, says: /--target needs a value/},
	{what: 'missing value before --', argv: ['restore', 'latest', '--target', '--'], code: 2, says: /--target needs a value/},
	{what: 'empty value', argv: ['status', '--repository', ''], code: 2, says: /--repository needs a value/},
	{what: 'empty value after =', argv: ['status', '--repository='], code: 2, says: /--repository needs a value/},
	{what: 'value for a flag that takes none', argv: ['backup', '--dry-run=yes'], code: 2, says: /--dry-run takes no value/},
	{what: 'flag given twice', argv: ['restore', 'latest', '--target', 'a', '--target', 'b'], code: 2, says: /--target can be given only once/},
	{what: 'wrong choice', argv: ['restore', 'latest', '--overwrite', 'alway'], code: 2, says: /--overwrite is one of .*Did you mean "always"\?/},
	{what: 'wrong share', argv: ['verify', '--read-data=lots'], code: 2, says: /--read-data takes/},
	{what: 'argument too many', argv: ['status', 'now'], code: 2, says: /"status" takes no arguments; "now" is one too many/},
	{what: 'argument that looks like a flag, after --', argv: ['status', '--', '--json'], code: 2, says: /"status" takes no arguments; "--json" is one too many/},
	{what: 'empty source', argv: ['backup', ''], code: 2, says: /"backup" was given an empty argument, which names nothing\. Is a variable/},
	{what: 'empty snapshot', argv: ['restore', '', '--target', 'x'], code: 2, says: /empty argument/},
	{what: 'empty snapshot to verify', argv: ['verify', ''], code: 2, says: /empty argument/},
	{what: 'source that is not configured', argv: ['backup', 'dta'], code: 2, says: /There is no source "dta" in the configuration\. Did you mean "data"\?/},
	{what: 'path that is not there', argv: ['backup', '/nowhere/at/all'], code: 1, says: /\/nowhere\/at\/all/},
	{what: 'no snapshot named', argv: ['restore'], code: 2, says: /Name one snapshot to restore/},
	{what: 'two snapshots named', argv: ['restore', 'a', 'b'], code: 2, says: /Name one snapshot to restore/},
	{what: 'unknown snapshot', argv: ['restore', 'ffffffff', '--target', 'x'], code: 1, says: /There is no snapshot "ffffffff"/},
	{what: 'replacing in place without saying so', argv: ['restore', 'latest', '--overwrite', 'always'], code: 2, says: /--target \//},
	{what: 'key with an unknown word', argv: ['key', 'stauts'], code: 2, says: /"coffer key" knows .*not "stauts"/},
	{what: 'no archive named', argv: ['import'], code: 2, says: /Name the archives/},
	{what: 'archive that is not there', argv: ['import', 'nowhere.enc', '--dry-run', '--archive-key', 'old.key'], code: 1, says: /nowhere\.enc cannot be read/},
	{what: 'archive that is none', argv: ['import', 'data/file', '--dry-run', '--archive-key', 'old.key'], code: 13, says: /does not begin as "openssl enc -salt" writes/},
	{what: 'archive that is a folder', argv: ['import', 'data', '--dry-run', '--archive-key', 'old.key'], code: 2, says: /no regular file/},
	{what: 'archive without a key', argv: ['import', 'old-20250807-212033.sql.enc', '--dry-run'], code: 2, says: /No key of the archive was named\. Name its key file with --archive-key/},
	{what: 'archive with a key file that others can read', argv: ['import', 'old-20250807-212033.sql.enc', '--dry-run', '--archive-key', 'open.key'], code: 2, says: /others may read it \(mode 644\)\. Run: chmod 600/},
	{what: 'archive with a key file that is not there', argv: ['import', 'old-20250807-212033.sql.enc', '--dry-run', '--archive-key', 'no.key'], code: 2, says: /There is no key file \S+no\.key\. Name the right one with --archive-key/},
	{what: 'archive with the wrong key', argv: ['import', 'old-20250807-212033.sql.enc', '--archive-key', 'not-a-key'], code: 12, says: /does not open \S+old-20250807-212033\.sql\.enc\. Tried: /},
	{what: 'iterations that are no number', argv: ['import', 'old-20250807-212033.sql.enc', '--dry-run', '--iterations', 'many'], code: 2, says: /--iterations takes the number/},
	{what: 'dry run with a target', argv: ['import', 'old-20250807-212033.sql.enc', '--dry-run', '--target', 'x'], code: 2, says: /leave --target out/},
	{what: 'no snapshot to export', argv: ['export'], code: 2, says: /Name the snapshot to export/},
	{what: 'two snapshots to export', argv: ['export', 'latest', 'latest'], code: 2, says: /takes at most 1/},
	{what: 'unknown snapshot to export', argv: ['export', 'ffffffff', '--archive-key', 'old.key'], code: 1, says: /There is no snapshot "ffffffff"/},
	{what: 'export without a key', argv: ['export', 'latest'], code: 2, says: /No key of the archive was named/},
	{what: 'export over a file', argv: ['export', 'latest', '--target', 'data/file', '--archive-key', 'old.key'], code: 1, says: /data\/file cannot be written: it exists already, and is never overwritten/},
	{what: 'export into the repository', argv: ['export', 'latest', '--target', 'home/.local/share/coffer/repository/x.enc', '--archive-key', 'old.key'], code: 1, says: /inside the repository/},
	{what: 'config without a word', argv: ['config'], code: 2, says: /Say what to do with the configuration/},
	{what: 'config edit without a terminal', argv: ['config', 'edit'], code: 2, says: /There is no terminal to edit in\. Change \S+ with another program/},
	{what: 'completion for an unknown shell', argv: ['completion', 'tcsh'], code: 2, says: /Name one shell: bash, zsh, fish; not "tcsh"/},
	{what: 'completion without a shell', argv: ['completion'], code: 2, says: /Name one shell: bash, zsh, fish\./},
];

const keys: readonly Case[] = [
	{what: 'key with a misspelt word', argv: ['key', 'rotat'], code: 2, says: /Did you mean "rotate"\?/},
	{what: 'a flag of another key command', argv: ['key', 'remove', 'x', '--if-due'], code: 2, says: /"coffer key remove" takes no --if-due\./},
	{what: 'a flag that no key status takes', argv: ['key', '--reencrypt'], code: 2, says: /"coffer key status" takes no --reencrypt/},
	{what: 'an argument for key rotate', argv: ['key', 'rotate', 'now'], code: 2, says: /"coffer key rotate" takes no argument; "now" is one too many/},
	{what: 'two files for key export', argv: ['key', 'export', 'a', 'b'], code: 2, says: /"key" takes at most 2; "b" is one too many/},
	{what: 'key add without a role', argv: ['key', 'add', '--new-key-file', 'x.key'], code: 2, says: /Say what the new key may do: --role owner .*--role backup/},
	{what: 'key add with an unknown role', argv: ['key', 'add', '--role', 'admin', '--new-key-file', 'x.key'], code: 2, says: /--role is one of owner, backup, auditor; not "admin"/},
	{what: 'key add without anything that opens it', argv: ['key', 'add', '--role', 'backup'], code: 2, says: /Say what is to open the new key: --new-key-file FILE/},
	{what: 'key add over a file', argv: ['key', 'add', '--role', 'backup', '--new-key-file', 'data/file'], code: 1, says: /data\/file exists already\. Name another file with --new-key-file/},
	{what: 'key add below a file', argv: ['key', 'add', '--role', 'backup', '--new-key-file', 'data/file/x.key'], code: 1, says: /data\/file/},
	{what: 'key add with a day of the past', argv: ['key', 'add', '--role', 'backup', '--new-key-file', 'x.key', '--expires', '2020-01-01'], code: 2, says: /would have expired already, on 2020-01-01/},
	{what: 'key add with no day', argv: ['key', 'add', '--role', 'backup', '--new-key-file', 'x.key', '--expires', 'soon'], code: 2, says: /--expires takes a date such as .*not "soon"/},
	{what: 'key add with a label that is taken', argv: ['key', 'add', '--role', 'backup', '--new-key-file', 'x.key', '--label', 'second'], code: 2, says: /There is a key "second" already/},
	{what: 'key add with a label of two lines', argv: ['key', 'add', '--role', 'backup', '--new-key-file', 'x.key', '--label', 'a\nb'], code: 2, says: /The label of a key has 1 to 200 characters on one line/},
	{what: 'key add with a passphrase and no terminal', argv: ['key', 'add', '--role', 'backup', '--new-passphrase'], code: 2, says: /no terminal to ask for the new passphrase/},
	{what: 'key add with an empty passphrase', argv: ['key', 'add', '--role', 'backup', '--new-passphrase'], code: 2, environment: {COFFER_NEW_PASSPHRASE_FILE: '/dev/null'}, says: /COFFER_NEW_PASSPHRASE_FILE gives an empty passphrase/},
	{what: 'key remove without a key', argv: ['key', 'remove'], code: 2, says: /Name the key to remove by its label/},
	{what: 'key remove of an unknown key', argv: ['key', 'remove', 'nobody'], code: 2, says: /There is no key slot "nobody"\. "coffer key list" shows them/},
	{what: 'key export without a terminal', argv: ['key', 'export', 'x.json'], code: 2, says: /no terminal to show the recovery code on\. Say where it is to go: --code-file FILE/},
	{what: 'key export to two places', argv: ['key', 'export', '--code-file', 'x', '--code-fd', '3'], code: 2, says: /goes to one place/},
	{what: 'key export with the code to stdout', argv: ['key', 'export', '--code-fd', '1'], code: 2, says: /--code-fd takes the number of an open descriptor above 2/},
	{what: 'key export with passphrase and code', argv: ['key', 'export', '--passphrase', '--code-file', 'x'], code: 2, says: /With --passphrase there is no recovery code/},
	{what: 'key export over a file', argv: ['key', 'export', 'data/file', '--code-file', 'x'], code: 1, says: /data\/file exists already/},
	{what: 'key check without a terminal', argv: ['key', 'check'], code: 2, says: /no terminal to ask for the recovery code or passphrase\. Give it by COFFER_RECOVERY_FILE/},
	{what: 'key check of a file that is not there', argv: ['key', 'check', 'nothing.json'], code: 2, says: /nothing\.json cannot be read[^\n]*or none: the repository has a copy/},
	{what: 'key check of a folder', argv: ['key', 'check', 'data'], code: 12, says: /data is no exported recovery key: it is no regular file/},
	{what: 'key check of another file', argv: ['key', 'check', 'data/file'], code: 13, environment: {COFFER_RECOVERY_COMMAND: 'echo canary'}, says: /The exported key/},
	{what: 'key check with a wrong secret', argv: ['key', 'check'], code: 12, environment: {COFFER_RECOVERY_COMMAND: 'echo canary'}, says: /does not open/},
	{what: 'key check with a mistyped code', argv: ['key', 'check'], code: 12, environment: {COFFER_RECOVERY_COMMAND: 'echo M1E7S-54T7W-376TE-FT8PX-DJZSZ-46M4K-8VGTJ-F5BFF'}, says: /not the recovery code as it was printed: group 8 is mistyped/},
	{what: 'key import where there is a key', argv: ['key', 'import'], code: 1, environment: {COFFER_RECOVERY_COMMAND: 'echo canary'}, says: /There is a key file \S+ already\. If it opens the repository/},
	{what: 'key import with a wrong secret', argv: ['key', 'import', '--new-key-file', 'x.key'], code: 12, environment: {COFFER_RECOVERY_COMMAND: 'echo canary'}, says: /does not open/},
	{what: 'key rotate to a file that is there', argv: ['key', 'rotate', '--new-key-file', 'data/file'], code: 1, says: /data\/file exists already\. Name another file with --new-key-file/},
];

const configurations: readonly Case[] = [
	{what: 'unknown key', argv: ['status'], code: 2, config: () => ({colour: 'red'}), says: /colour is unknown here \(line 1, column 2\)/},
	{what: 'misspelt key', argv: ['status'], code: 2, config: withSources({...source, exclude: ['x']}), says: /sources\[0\]\.exclude is unknown here \(did you mean "excludes"\?\) \(line 1, column \d+\)/},
	{what: 'wrong type', argv: ['status'], code: 2, config: withSources({...source, oneFileSystem: 'yes'}), says: /sources\[0\]\.oneFileSystem must be true or false \(line 1, column \d+\)/},
	{what: 'unknown key of keys', argv: ['status'], code: 2, config: () => ({keys: {rotateAfter: 3}}), says: /keys\.rotateAfter is unknown here \(did you mean "rotateAfterDays"\?\) \(line 1, column \d+\)/},
	{what: 'ages that do not fit', argv: ['status'], code: 2, config: () => ({keys: {warnAfterDays: 100}}), says: /keys\.warnAfterDays does not fit: of 100 days it would be warned, and after 90 the key is due \(line 1, column \d+\)/},
	{what: 'an age that is none', argv: ['status'], code: 2, config: () => ({keys: {rotateAfterDays: 0}}), says: /keys\.rotateAfterDays must be a number of days from 1 to 3650/},
	{what: 'a rotation of another kind', argv: ['status'], code: 2, config: () => ({keys: {rotate: 'auto'}}), says: /keys\.rotate must be one of "manual", "automatic"/},
	{what: 'two sources of one name', argv: ['backup'], code: 2, config: withSources(source, source), says: /sources\[1\]\.name is the name of another source, too: "data" \(line 1, column \d+\)/},
	{what: 'key that stands there twice', argv: ['status'], code: 2, config: () => '{"repository": "/a",\n"repository": "/b"}', says: /repository stands there twice \(line 2, column 1\)/},
	{what: 'broken JSON', argv: ['status'], code: 2, config: () => '{\n\t"repository": "/a"\n\t"sources": []\n}', says: /not valid JSON \(line 3, column 2\)/},
	{what: 'empty file', argv: ['status'], code: 2, config: () => '', says: /not valid JSON \(line 1, column 1\)/},
	{what: 'secret in the configuration', argv: ['status'], code: 2, config: () => ({passphrase: 'hunter2'}), says: /passphrase must be \{"file": PATH\}[^\n]*never stands in the configuration/},
	{what: 'named file that is not there', argv: ['status', '--config', 'nowhere.json'], code: 2, says: /nowhere\.json cannot be used: there is no such file/},
	{what: 'folder for a file', argv: ['status', '--config', '.'], code: 2, says: /cannot be used: it is not a regular file/},
	{what: 'passphrase variable that is not set', argv: ['status'], code: 2, config: host => ({repository: host.repository, passphrase: {env: 'NOT_SET_HERE'}}), says: /variable NOT_SET_HERE that the passphrase in the configuration names is not set\. Set it/},
	{what: 'passphrase program that is not there', argv: ['status'], code: 2, config: host => ({repository: host.repository, passphrase: {command: ['/no/such/program']}}), says: /\/no\/such\/program\) gave no secret: there is no such program/},
];

const places: readonly Case[] = [
	{what: 'missing repository', argv: ['status', '--repository', 'nowhere'], code: 10, says: /There is no repository at \S+nowhere\. If one was there, see whether its disk is mounted; else make one with "coffer init", or name the right place with --repository/},
	{what: 'missing repository before missing key', argv: ['status', '--repository', 'nowhere', '--key-file', 'no-key'], code: 10, says: /There is no repository/},
	{what: 'repository path that is a file', argv: ['status', '--repository', 'data/file'], code: 10, says: /data\/file is not a folder, as a repository is\. Name/},
	{what: 'repository below a file', argv: ['status', '--repository', 'data/file/x'], code: 10, says: /data\/file is not a folder/},
	{what: 'making a repository where a file is', argv: ['init', '--repository', 'data/file', '--key-file', 'new.key'], code: 1, says: /No repository can be made at \S+data\/file: \S+data\/file is not a folder\. Name another place/},
	{what: 'making a repository in a folder that is not empty', argv: ['init', '--repository', 'data', '--key-file', 'new.key'], code: 1, says: /is not empty \(it holds file\)/},
	{what: 'making a repository where one is', argv: ['init'], code: 1, says: /There is a repository at \S+ already/},
	{what: 'storage of a later version', argv: ['status', '--repository', 's3://host/bucket'], code: 2, says: /comes later/},
	{what: 'unknown scheme', argv: ['status', '--repository', 'ftp://me:canary@host/'], code: 2, says: /unknown scheme/},
	{what: 'missing key file', argv: ['status', '--key-file', 'no-key'], code: 2, says: /There is no key file \S+no-key\. Name the right one/},
	{what: 'key file that is none', argv: ['status', '--key-file', 'data/file'], code: 2, says: /chmod 600/},
	{what: 'key file with other content', argv: ['status', '--key-file', 'not-a-key'], code: 12, says: /not-a-key is not a usable coffer key file/},
	{what: 'wrong key', argv: ['status', '--key-file', 'wrong.key'], code: 12, says: /This key does not open the repository at \S+\. Name the right one/},
	{what: 'key file that others can read', argv: ['status', '--key-file', 'open.key'], code: 2, says: /others may read it \(mode 644\)\. Run: chmod 600/},
	{what: 'key file that is a link', argv: ['status', '--key-file', 'link.key'], code: 2, says: /is a symbolic link/},
	{what: 'wrong passphrase', argv: ['status', '--repository', 'second'], code: 12, config: () => ({}), environment: {COFFER_PASSPHRASE: 'wrong'}, says: /does not open/},
	{what: 'target that is a file', argv: ['restore', 'latest', '--target', 'data/file'], code: 1, says: /data\/file/},
	{what: 'target where nothing can be made', argv: ['restore', 'latest', '--target', '/proc/none/x'], code: 1, says: /Nothing can be restored into \/proc\/none\/x/},
	{what: 'target inside the repository', argv: ['restore', 'latest', '--target', 'home/.local/share/coffer/repository/x'], code: 1, says: /repository/},
];

async function createHost(t: ExecutionContext): Promise<TestHost> {
	const host = new TestHost(t);
	await prepareHost(host);
	await host.runHere(['init', '--repository', './second', '--key-file', './wrong.key']);
	await host.runHere(['key', 'add', '--role', 'auditor', '--label', 'second', '--new-key-file', './second.key']);
	writeFileSync(host.path('open.key'), 'x', {mode: 0o644});
	writeFileSync(host.path('not-a-key'), 'x', {mode: 0o600});
	chmodSync(host.path('open.key'), 0o644);
	symlinkSync(host.path('wrong.key'), host.path('link.key'));
	return host;
}

/** Every case in one host: the message, the code, and that neither repository nor data nor anything else but log and memory changed. */
async function tryAll(t: ExecutionContext, cases: readonly Case[]): Promise<void> {
	const host = await createHost(t);
	const original = JSON.stringify({repository: host.repository, key: {file: 'key'}, sources: [{name: 'data', paths: [host.path('data')]}]});
	const listing = () => Object.fromEntries(Object.entries(describeFolder(host.folder)).filter(([name]) => !name.startsWith('home/.local/state') && !name.startsWith('home/.config/coffer/config.json')));
	const before = listing();
	for (const {what, argv, code, says, config, environment} of cases) {
		const content = config?.(host) ?? original;
		writeFileSync(host.configFile, typeof content === 'string' ? content : JSON.stringify(content), {mode: 0o600});
		const outcome = host.run(argv, environment ? {environment} : {});
		t.is(outcome.code, code, `${what}: ${outcome.stderr}`);
		t.regex(outcome.stderr, says, what);
		t.notRegex(outcome.stderr, /hunter2|canary/, what);
		assertClear(t, outcome, what);
		const asJson = await host.runHere([...argv.includes('--') ? ['--json', ...argv] : [...argv, '--json']], environment ? {environment: {...host.environment, ...environment}} : {});
		t.is(asJson.code, code, `${what} with --json: ${asJson.stderr}`);
		t.true(asJson.json().every(line => line['event'] === 'progress'), what);
		t.is(asJson.stderr.split('\n').length, 2, what);
		const event = JSON.parse(asJson.stderr) as {event: string; message: string};
		t.is(event.event, 'error', what);
		if (process.env['COFFER_TEST_MESSAGES']) {
			t.log(`${what}: ${event.message}`);
		}
	}

	t.deepEqual(listing(), before);
	t.log(`${cases.length} wrong uses, each with and without --json; ${Object.keys(before).length} files unchanged`);
}

test('wrong commands, flags and arguments', async t => {
	await tryAll(t, commandLines);
});
test('wrong commands of keys', async t => {
	await tryAll(t, keys);
});
test('wrong configurations', async t => {
	await tryAll(t, configurations);
});
test('wrong repositories, keys and targets', async t => {
	await tryAll(t, places);
});

test('an argument after -- is never a flag: a path that begins with a dash', async t => {
	const host = new TestHost(t);
	await host.runHere(['init']);
	mkdirSync(host.path('--json'));
	writeFileSync(host.path('--json/x'), 'x');
	const {code, stdout, stderr} = host.run(['backup', '--', './--json']);
	t.is(code, 0, stderr);
	t.regex(stdout, /--json: snapshot [\da-f]{8}/);
});

test('no HOME: the user\'s own home is taken; the state folder cannot be written: said, and the work is done', async t => {
	const host = await createHost(t);
	const noHome = host.run(['snapshots', '--repository', host.repository, '--key-file', host.keyFile], {environment: {HOME: undefined, COFFER_STATE_DIRECTORY: host.path('state')}});
	t.is(noHome.code, 0, noHome.stderr);
	// A file in the folder's place stops root, too.
	writeFileSync(host.path('no-folder'), '');
	const environment = {COFFER_STATE_DIRECTORY: host.path('no-folder/state')};
	for (const argv of [['snapshots'], ['status'], ['verify'], ['backup'], ['restore', 'latest', '--target', './out']]) {
		const {code, stdout, stderr} = host.run(argv, {environment});
		t.is(code, 0, `${argv.join(' ')}: ${stderr}`);
		t.not(stdout, '');
		t.notRegex(stderr, /\n +at /);
		t.regex(stderr, /^coffer: (?:What this host remembers could not be (?:read|written)|the log \S+ could not be written)/m, argv.join(' '));
	}
});

test('a reader that has gone (EPIPE): the exit code is that of the work, and nothing is said', async t => {
	const host = await createHost(t);
	const calls = ['snapshots', 'status', 'doctor', 'completion bash', '--help', 'verify --json', 'config show --verbose'];
	for (const call of calls) {
		// The status of the program itself, not of the pipe; `true` reads nothing and is gone at once.
		const script = `{ "$0" "${entry}" ${call}; echo "$?" >status; } 2>errors | true; cat status errors`;
		const {stdout} = spawnSync('sh', ['-c', script, process.execPath], {cwd: host.folder, env: host.environment, encoding: 'utf8'});
		t.is(stdout, '0\n', call);
	}

	t.log(`${calls.length} calls`);
});

function lackOfMounts(): string | undefined {
	if (!isRoot) {
		return 'only root can mount';
	}

	return spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0 ? undefined : 'mounting is not allowed here';
}

optionalTest(lackOfMounts(), 'a full disk: said with what to do, exit code 1, and what was there is intact', async t => {
	const host = await createHost(t);
	mkdirSync(host.path('small'));
	writeFileSync(host.path('data/large'), randomBytes(6_000_000));
	const coffer = `"${process.execPath}" "${entry}"`;
	const where = '--repository small/r --key-file small.key';
	// In a mount namespace of its own, which goes with the shell.
	const script = [
		'mount -t tmpfs -o size=2m none small || exit 99',
		`${coffer} init ${where} >/dev/null || exit 98`,
		`mkdir few; echo few >few/x; ${coffer} backup ./few ${where} >/dev/null || exit 97`,
		'ls -R small/r/snapshots >before',
		`${coffer} backup ./data ${where} >out 2>err; echo "$?" >code`,
		'ls -R small/r/snapshots >after',
		`${coffer} verify --read-data ${where} >verified 2>&1; echo "$?" >>code`,
		'cat code err; cmp before after',
	].join('\n');
	const {status, stdout, stderr} = spawnSync('unshare', ['--mount', 'sh', '-c', script], {cwd: host.folder, env: host.environment, encoding: 'utf8'});
	t.is(status, 0, stdout + stderr);
	t.regex(stdout, /^1\n0\ncoffer: Could not [^\n]+ no space left on device \(ENOSPC\)\. Free space there[^\n]+\n$/);
});

test('a target that exists: what differs is kept, named in number, with the flag that would replace it', async t => {
	const host = await createHost(t);
	t.is(host.run(['restore', 'latest', '--target', './out']).code, 0);
	writeFileSync(host.path('out', host.path('data/file')), 'mine');
	const {code, stderr} = host.run(['restore', 'latest', '--target', './out']);
	t.is(code, 0);
	t.regex(stderr, /1 file in the target differs from the snapshot and was kept, as --overwrite never says\. "--overwrite if-changed" replaces/);
	rmSync(host.path('out'), {recursive: true});
});
