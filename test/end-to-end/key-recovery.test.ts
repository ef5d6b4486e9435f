import {spawnSync} from 'node:child_process';
import {mkdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import test from 'ava';
import {prepareHost} from '../helpers/command-examples.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {ptyLack} from '../helpers/pty.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {startCoffer} from '../helpers/terminal.ts';

test('a host is lost; on a clean one three commands with file and code bring the files back', async t => {
	const lost = new TestHost(t);
	await prepareHost(lost);
	// What is taken away from the host, on a medium and on paper.
	mkdirSync(lost.path('medium'));
	t.is(lost.run(['key', 'export', 'medium/recovery.json', '--code-file', 'medium/code']).code, 0);
	t.is(statSync(lost.path('medium/recovery.json')).mode & 0o777, 0o600);
	t.is(statSync(lost.path('medium/code')).mode & 0o777, 0o600);
	t.is(lost.run(['key', 'rotate']).code, 0);
	rmSync(lost.keyFile);

	const clean = new TestHost(t);
	const environment = {COFFER_RECOVERY_FILE: lost.path('medium/code'), COFFER_REPOSITORY: lost.repository};
	const imported = clean.run(['key', 'import', lost.path('medium/recovery.json')], {environment});
	t.is(imported.code, 0, imported.stderr);
	t.regex(imported.stdout, /^Repository +\S+\nKey file +\S+: the key "[^"]+ 2" \([\da-f]{8}\), an owner's\nConfiguration +\S+\nNext: "coffer snapshots"[^\n]+"coffer restore latest --target DIR"/);
	t.is(statSync(clean.keyFile).mode & 0o777, 0o600);
	t.is(statSync(clean.configFile).mode & 0o777, 0o600);
	// From here on without the environment: the configuration names all.
	t.regex(clean.run(['snapshots']).stdout, /data/);
	t.is(clean.run(['restore', 'latest', '--target', './out']).code, 0);
	t.is(readFileSync(clean.path('out', lost.path('data/file')), 'utf8'), 'some text');
	const again = clean.run(['key', 'import'], {environment});
	t.is(again.code, 1);
	t.regex(again.stderr, /There is a key file \S+ already\. If it opens the repository, nothing has to be imported/);
	t.log('3 commands from nothing to restored files');
});

test('where the repository has lost its copy of the recovery key, the exported file stands in', async t => {
	const lost = new TestHost(t);
	await prepareHost(lost);
	t.is(lost.run(['key', 'export', 'recovery.json', '--code-file', 'code']).code, 0);
	for (const folder of ['keys', 'keys-copy']) {
		rmSync(`${lost.repository}/${folder}`, {recursive: true});
	}

	const clean = new TestHost(t);
	const environment = {COFFER_RECOVERY_FILE: lost.path('code'), COFFER_REPOSITORY: lost.repository};
	t.is(clean.run(['key', 'import'], {environment}).code, 12);
	t.is(clean.run(['key', 'import', lost.path('recovery.json')], {environment}).code, 0);
	t.is(clean.run(['restore', 'latest', '--target', './out']).code, 0);
	t.is(readFileSync(clean.path('out', lost.path('data/file')), 'utf8'), 'some text');
});

optionalTest(ptyLack, 'on a terminal the code is shown once, in two lines, and stands nowhere else; typed with a mistake the group is named', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	mkdirSync(host.path('medium'));
	const exporting = startCoffer(t, host, ['key', 'export', 'medium/recovery.json']);
	t.is((await exporting.exited).code, 0, exporting.text);
	const lines = [...exporting.text.matchAll(/^ {4}(?<groups>(?:[\dA-Z]{5}-){3}[\dA-Z]{5})$/gm)].map(({groups}) => groups!['groups']!);
	t.is(lines.length, 2, exporting.text);
	const code = lines.join('-');
	t.is(exporting.rawOutput.toString().split(lines[0]!).length, 2);
	t.false(readFileSync(host.logFile, 'utf8').includes(lines[0]!.slice(0, 11)));

	const typed = async (answer: string) => {
		const check = startCoffer(t, host, ['key', 'check', 'medium/recovery.json']);
		await check.waitFor('Recovery code or passphrase: ');
		check.type(answer);
		check.press('enter');
		return {exit: (await check.exited).code, text: check.text.replaceAll('\n', ' ')};
	};

	const mistyped = await typed(code.slice(0, 12) + (code[12] === 'A' ? 'B' : 'A') + code.slice(13));
	t.is(mistyped.exit, 12);
	t.regex(mistyped.text, /group 3 is mistyped/);
	const right = await typed(code.toLowerCase().replaceAll('-', ''));
	t.is(right.exit, 0, right.text);
	t.regex(right.text, /opens the repository/);
	t.false(right.text.toUpperCase().includes(lines[0]!.slice(0, 11)));
});

optionalTest(ptyLack, 'on a terminal a key is removed only when its label is typed', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	await host.runHere(['key', 'add', '--role', 'auditor', '--label', 'looker', '--new-key-file', 'looker.key']);
	const answer = async (label: string) => {
		const removing = startCoffer(t, host, ['key', 'remove', 'looker']);
		await removing.waitFor(/Type its label/);
		removing.type(label);
		removing.press('enter');
		return (await removing.exited).code;
	};

	t.is(await answer('yes'), 2);
	t.is((await host.runHere(['snapshots', '--key-file', 'looker.key'])).code, 0);
	t.is(await answer('looker'), 0);
	t.is((await host.runHere(['snapshots', '--key-file', 'looker.key'])).code, 12);
});

test('a recovery key beside the key file, on the repository\'s file system, or in the repository', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	const beside = await host.runHere(['key', 'export', `${host.keyFile}-recovery.json`, '--code-file', 'code']);
	t.is(beside.code, 0);
	t.regex(beside.stderr, /same file system as the repository.*lies beside the key file/s);
	writeFileSync(host.path('code2'), '');
	for (const [file, code, says] of [
		[`${host.repository}/recovery.json`, 'code3', /lies in the repository: what destroys that destroys the recovery key/],
		[`${host.keyFile}-recovery.json`, 'code3', /exists already/],
		['other.json', 'code2', /code2 exists already/],
		['nowhere/other.json', 'code3', /Nothing can be written to \S+nowhere\/other\.json/],
	] as const) {
		const {code: exit, stderr} = await host.runHere(['key', 'export', file, '--code-file', code]);
		t.is(exit, 1, stderr);
		t.regex(stderr, says);
	}

	t.is((await host.runHere(['key', 'list', '--json'])).json()[0]!['length'], 2);
	t.throws(() => statSync(host.path('code3')), {code: 'ENOENT'});
});

test('the code goes to a descriptor that is named, and to nothing else', t => {
	const host = new TestHost(t);
	t.is(host.run(['init']).code, 0);
	const {status, output} = spawnSync(process.execPath, host.command(['key', 'export', 'first.json', '--code-fd', '3']), {cwd: host.folder, env: host.environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe', 'pipe']});
	t.is(status, 0, output[2] ?? '');
	const recoveryCode = output[3]!.trim();
	t.is(recoveryCode.length, 47);
	t.false(`${output[1]!}${output[2]!}${readFileSync(host.logFile, 'utf8')}`.includes(recoveryCode.slice(0, 5)));
	const {code, stdout, stderr} = host.run(['key', 'export', 'recovery.json', '--code-fd', '9', '--json']);
	t.is(code, 2);
	t.is(stdout, '');
	t.regex(stderr, /cannot be written to the descriptor 9[^"]*No key was made/);
	t.is((host.run(['key', 'list', '--json']).json()[0] as unknown as unknown[]).length, 2);
});
