import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {closeSync, fstatSync, openSync, readFileSync, writeFileSync} from 'node:fs';
import type {Writable} from 'node:stream';
import process from 'node:process';
import test from 'ava';
import {DescriptorSecrets} from '../../source/cli/descriptor-secrets.ts';
import {takeFirstLine} from '../../source/engine/programs/secret-bytes.ts';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import {refuses, refusesAsync} from '../helpers/error-assertions.ts';
import {until} from '../helpers/processes.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {createFolder} from '../helpers/source-folder.ts';

const runtime = createSystemRuntime();
const what = 'COFFER_PASSPHRASE_FD';

test('the first line is what counts, whatever its end, and the rest is wiped', t => {
	for (const [text, line] of [['pass', 'pass'], ['pass\n', 'pass'], ['pass\r\nmore\n', 'pass'], ['pa\rss\n', 'pa\rss'], [' p \n', ' p ']] as const) {
		const bytes = Buffer.from(text);
		t.is(takeFirstLine(bytes, what).toString(), line);
		t.true(bytes.every(byte => byte === 0));
	}

	for (const text of ['', '\n', '\r\npass\n']) {
		refuses(t, () => takeFirstLine(Buffer.from(text), what), 'configuration-invalid', /empty passphrase/);
	}
});

// Serial: numbers of closed descriptors are given to others.
test.serial('a descriptor is read once, closed, and its secret given as often as it is wanted, until it is wiped', async t => {
	const file = `${createFolder(t, {pass: 'correct horse\nmore'})}/pass`;
	const descriptor = openSync(file, 'r');
	const secrets = new DescriptorSecrets();
	const [first, second] = await Promise.all([secrets.read(String(descriptor), what, runtime), secrets.read(String(descriptor), what, runtime)]);
	t.is(first.toString(), 'correct horse');
	first.fill(0);
	t.is(second.toString(), 'correct horse');
	t.throws(() => fstatSync(descriptor), {code: 'EBADF'});
	await secrets.wipe();
	await refusesAsync(t, async () => secrets.read(String(descriptor), what, runtime), 'configuration-invalid', /cannot be read/);
	await secrets.wipe();
});

test.serial('what is no descriptor to read from is refused, with what to do', async t => {
	const secrets = new DescriptorSecrets();
	for (const number of ['', 'x', '-1', '1', '2', '3.0', '9'.repeat(10)]) {
		await refusesAsync(t, async () => secrets.read(number, what, runtime), 'configuration-invalid', /number of an open descriptor/);
	}

	await refusesAsync(t, async () => secrets.read('999999', what, runtime), 'configuration-invalid', /3?<FILE/);
	const folder = openSync(createFolder(t), 'r');
	await refusesAsync(t, async () => secrets.read(String(folder), what, runtime), 'configuration-invalid', /nothing that a passphrase can be read from/);
	t.throws(() => {
		closeSync(folder);
	}, {code: 'EBADF'});
});

test('a pipe whose other end stays open is read to the end of the line', async t => {
	const host = new TestHost(t);
	writeFileSync(host.path('pass'), 'correct horse battery\n', {mode: 0o600});
	t.is(host.run(['init', '--passphrase'], {environment: {COFFER_PASSPHRASE_FILE: host.path('pass')}}).code, 0);
	for (const [line, code] of [['correct horse battery\n', 0], ['wrong horse battery\n', 12]] as const) {
		const child = spawn(process.execPath, host.command(['key', 'list']), {cwd: host.folder, env: {...host.environment, COFFER_PASSPHRASE_FD: '3'}, stdio: ['ignore', 'ignore', 'pipe', 'pipe']});
		// It waits for the pipe with its memory private already.
		await until('no memory in core dumps', () => readFileSync(`/proc/${child.pid}/coredump_filter`, 'utf8').trim() === '00000000');
		const pipe = child.stdio[3] as Writable;
		pipe.write(line);
		t.deepEqual(await once(child, 'exit'), [code, null]);
		pipe.destroy();
	}
});

test('standard input can be the descriptor; a command that opens the repository twice reads it once', t => {
	const host = new TestHost(t);
	const run = (...argv: string[]) => spawnSync(process.execPath, host.command(argv), {cwd: host.folder, env: {...host.environment, COFFER_PASSPHRASE_FD: '0'}, input: 'correct horse battery\n', encoding: 'utf8'});
	t.is(run('init', '--passphrase').status, 0);
	t.regex(readFileSync(host.configFile, 'utf8'), /^(?!.*passphrase)/s);
	t.is(run('status').status, 0);
	const settings = run('config', 'show', '--json').stdout;
	t.regex(settings, /COFFER_PASSPHRASE_FD/);
	t.false(settings.includes('horse'));
});
