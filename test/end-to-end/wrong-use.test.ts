import {spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import test from 'ava';
import {optionalTest} from '../helpers/optional-test.ts';
import {entry, TestHost} from '../helpers/run-coffer.ts';
import {createHost, tryAll, type WrongUse} from '../helpers/wrong-uses.ts';

const isRoot = process.geteuid?.() === 0;

const source = {name: 'data', paths: ['/etc/hostname']};
const withSources = (...sources: unknown[]) => () => ({sources});

const commandLines: readonly WrongUse[] = [
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
	{what: 'into what is no server', argv: ['restore', 'latest', '--into', 'crm'], code: 2, says: /--into takes the URL of a database server/},
	{what: 'checksums of files', argv: ['restore', 'latest', '--target', '.', '--checksums'], code: 2, says: /--checksums are for loading a database/},
	{what: 'into a server, with a password', argv: ['restore', 'latest', '--into', 'postgresql://me:geheim@host/crm'], code: 2, says: /has a password in it.*--into-password-file/},
	{what: 'into a server what is no dump', argv: ['restore', 'latest', '--into', 'mysql://host/crm'], code: 2, says: /holds no dump of a database server\. Restore its files with --target/},
	{what: 'into a server and a folder', argv: ['restore', 'latest', '--into', 'mysql://host/crm', '--target', 'x'], code: 2, says: /--target is for files/},
	{what: 'into a server as if it were files', argv: ['restore', 'latest', '--into', 'mysql://host/crm', '--overwrite', 'if-newer'], code: 2, says: /"if-newer" is for files/},
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

const configurations: readonly WrongUse[] = [
	{what: 'unknown key', argv: ['status'], code: 2, config: () => ({colour: 'red'}), says: /colour is unknown here \(line 1, column 2\)/},
	{what: 'misspelt key', argv: ['status'], code: 2, config: withSources({...source, exclude: ['x']}), says: /sources\[0\]\.exclude is unknown here \(did you mean "excludes"\?\) \(line 1, column \d+\)/},
	{what: 'unknown kind', argv: ['status'], code: 2, config: withSources({name: 'a', kind: 'oracle'}), says: /sources\[0\]\.kind must be one of "files", "git"/},
	{what: 'a password in a source', argv: ['status'], code: 2, config: withSources({name: 'a', kind: 'mysql', url: 'mysql://me:hunter2@host/'}), says: /sources\[0\]\.url must be \{"file": PATH\}/},
	{what: 'a hook in one text', argv: ['status'], code: 2, config: withSources({...source, before: 'rm -rf /'}), says: /sources\[0\]\.before must be \[PROGRAM/},
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

const places: readonly WrongUse[] = [
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

test('wrong commands, flags and arguments', async t => {
	await tryAll(t, commandLines, true);
});
test('wrong configurations', async t => {
	await tryAll(t, configurations, true);
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
