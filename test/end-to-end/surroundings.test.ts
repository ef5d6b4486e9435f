import {spawnSync} from 'node:child_process';
import {chmodSync, chownSync, mkdirSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {prepareHost} from '../helpers/command-examples.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {entry, TestHost} from '../helpers/run-coffer.ts';
import {describeFolder, walkFolder} from '../helpers/walk-folder.ts';

const isRoot = process.geteuid?.() === 0;
const nobody = 65_534;
const coffer = `"${process.execPath}" "${entry}"`;
const readers: ReadonlyArray<readonly string[]> = [['snapshots'], ['status'], ['key', 'status'], ['verify'], ['verify', '--read-data'], ['restore', 'latest', '--target', './out'], ['doctor'], ['completion', 'words', 'snapshots']];

function sh(host: TestHost, script: string, environment: Record<string, string | undefined> = host.environment) {
	return spawnSync('/bin/sh', ['-c', script], {cwd: host.folder, env: environment, encoding: 'utf8'});
}

test('an empty environment, as the strangest cron gives: backup, list, verify, restore', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	const named = `--repository '${host.repository}' --key-file '${host.keyFile}'`;
	const flags = `--headless --config '${host.configFile}'`;
	for (const call of [`backup ./data ${named}`, `backup ${flags}`, `snapshots ${named}`, `verify --read-data ${flags}`, `restore latest:data --target ./out ${named}`, `doctor ${flags}`]) {
		// The state folder alone is named: without HOME that of the real user would be taken.
		const {status, stderr} = spawnSync('/usr/bin/env', ['-i', `COFFER_STATE_DIRECTORY=${host.path('state')}`, `CACHE_DIRECTORY=${host.path('cache')}`, '/bin/sh', '-c', `${coffer} ${call}`], {cwd: host.folder, encoding: 'utf8'});
		t.is(status, 0, `${call}: ${stderr}`);
		t.is(stderr, '', call);
	}
});

test('a hostile PATH and NODE_OPTIONS: no program of the PATH is started, and key, state and log stay closed', t => {
	const host = new TestHost(t);
	mkdirSync(host.path('evil'));
	for (const name of ['sh', 'node', 'ls', 'git', 'cat', 'env', 'getfattr', 'stat', 'id', 'hostname']) {
		writeFileSync(host.path('evil', name), `#!/bin/sh\n: >'${host.path('ran')}'\n`, {mode: 0o755});
	}

	const environment = {...host.environment, PATH: host.path('evil'), NODE_OPTIONS: '--stack-trace-limit=3 --no-deprecation', NODE_PATH: host.path('evil'), LD_LIBRARY_PATH: host.path('evil')};
	mkdirSync(host.path('data'));
	writeFileSync(host.path('data/x'), 'x');
	for (const argv of [['init'], ['backup', './data'], ['verify', '--read-data'], ['restore', 'latest', '--target', './out'], ['status'], ['doctor']]) {
		const {code, stderr} = host.run(argv, {environment});
		t.is(code, 0, `${argv.join(' ')}: ${stderr}`);
	}

	t.false(readdirSync(host.folder).includes('ran'));
});

for (const umask of ['000', '777', '077', '027']) {
	test(`umask ${umask}: everything works, and nothing that coffer makes is open to others`, t => {
		const host = new TestHost(t);
		mkdirSync(host.path('data'));
		writeFileSync(host.path('data/file'), 'x');
		chmodSync(host.path('data/file'), 0o644);
		const calls = ['init', 'backup ./data', 'backup ./data', 'verify --read-data', 'restore latest --target ./out', 'status', 'doctor'];
		const {status, stderr} = sh(host, `umask ${umask}; ${calls.map(call => `${coffer} ${call} >/dev/null || exit 1`).join('; ')}`);
		t.is(status, 0, stderr);
		let checked = 0;
		for (const folder of ['home/.config/coffer', 'home/.local/state/coffer', 'home/.local/share/coffer/repository']) {
			for (const [name, {mode, type}] of walkFolder(host.path(folder))) {
				checked++;
				t.is(mode & 0o077, 0, `${folder}/${name}`);
				t.is(mode & 0o600, 0o600, `${folder}/${name} (${type})`);
			}
		}

		t.is(statSync(path.join(host.path('out'), host.path('data/file'))).mode & 0o777, 0o644);
		t.log(`${checked} files and folders`);
	});
}

test('the working directory was removed: what needs none works, what needs one says so', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	const inRemoved = (call: string) => sh(host, `mkdir gone; cd gone; rmdir ../gone; exec ${coffer} ${call}`);
	for (const call of ['backup data', 'snapshots', 'verify', `restore latest --target '${host.path('out')}'`, 'status', '--headless']) {
		const {status, stderr} = inRemoved(call);
		t.is(status, 0, `${call}: ${stderr}`);
	}

	const relative = inRemoved('backup ./x');
	t.not(relative.status, 0);
	t.notRegex(relative.stderr, /\n +at /);
	t.regex(relative.stderr, /^coffer: [^\n]+\n$/);
});

function lackOfBindMounts(): string | undefined {
	if (!isRoot) {
		return 'only root can mount';
	}

	return spawnSync('unshare', ['--mount', 'sh', '-c', 'mount --bind /tmp /tmp && mount -o remount,ro,bind /tmp']).status === 0 ? undefined : 'mounting is not allowed here';
}

const quoted = (argv: readonly string[]): string => argv.map(word => `'${word}'`).join(' ');

optionalTest(lackOfBindMounts(), 'a repository mounted read-only: every reading command works, backup is refused, nothing is written', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	const before = describeFolder(host.repository);
	const readOnly = [`mount --bind '${host.repository}' '${host.repository}'`, `mount -o remount,ro,bind '${host.repository}'`].join(' && ');
	const script = [
		`${readOnly} || exit 99`,
		...readers.map(argv => `${coffer} ${quoted(argv)} >/dev/null || exit 1`),
		`${coffer} backup; echo "$?"`,
	].join('\n');
	const {status, stdout, stderr} = spawnSync('unshare', ['--mount', 'sh', '-c', script], {cwd: host.folder, env: host.environment, encoding: 'utf8'});
	t.is(status, 0, stderr);
	t.is(stdout, '1\n');
	t.regex(stderr, /^coffer: Could not [^\n]+read-only file system \(EROFS\)\. Check that this user may read and write there[^\n]+\n$/);
	t.deepEqual(describeFolder(host.repository), before);
	t.log(`${readers.length} commands, ${Object.keys(before).length} files unchanged`);
});

function lackOfNobody(): string | undefined {
	if (!isRoot) {
		return 'only root can run the program as another user';
	}

	return spawnSync(process.execPath, [entry, '--version'], {uid: nobody, gid: nobody}).status === 0 ? undefined : 'another user cannot reach this folder';
}

for (const [title, environment] of [['with a state folder', {}], ['without any state', {COFFER_STATE_DIRECTORY: '/proc/none'}]] as const) {
	optionalTest(lackOfNobody(), `a repository of another user, readable only, ${title}: every reading command works, nothing is written`, async t => {
		const host = new TestHost(t);
		await prepareHost(host);
		for (const folder of [host.folder, host.path('home')]) {
			chmodSync(folder, 0o755);
		}

		spawnSync('chmod', ['-R', 'a+rX,go-w', host.folder]);
		spawnSync('chown', ['-R', String(nobody), path.dirname(host.configFile), host.path('home/.local/state')]);
		spawnSync('chmod', ['600', host.keyFile, host.configFile]);
		chownSync(host.folder, nobody, nobody);
		chownSync(host.path('home'), nobody, nobody);
		chownSync(host.path('home/.config'), nobody, nobody);
		const before = describeFolder(host.repository);
		const asNobody = (argv: readonly string[]) => spawnSync(process.execPath, [entry, ...argv], {
			uid: nobody, gid: nobody, cwd: host.folder, env: {...host.environment, XDG_CACHE_HOME: host.path('cache'), ...environment}, encoding: 'utf8',
		});
		for (const argv of readers) {
			const {status, stderr} = asNobody(argv);
			// The doctor finds fault with a state folder that cannot be.
			t.is(status, argv[0] === 'doctor' && title.startsWith('without') ? 1 : 0, `${argv.join(' ')}: ${stderr}`);
		}

		const backup = asNobody(['backup']);
		t.is(backup.status, 1);
		t.regex(backup.stderr, /^coffer: Could not [^\n]+permission denied \(EACCES\)\. Check that this user may read and write there/m);
		t.deepEqual(describeFolder(host.repository), before);
		t.log(`${readers.length} commands, ${Object.keys(before).length} files unchanged`);
	});
}
