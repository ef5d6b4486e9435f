import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import type {ExecutionContext} from 'ava';
import {isWholeFrame} from '../helpers/dashboard-frame.ts';
import {createHostWithPast} from '../helpers/host-with-past.ts';
import {Keyboard} from '../helpers/keyboard.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {ptyLack} from '../helpers/pty.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {startCoffer} from '../helpers/terminal.ts';

type Config = {readonly repository: string; readonly key?: unknown; readonly passphrase?: unknown; readonly sources: unknown[]};

/** Let a program give a secret, which waits until somebody writes into a pipe. @returns The pipe. */
function takeFromPipe(host: TestHost, secret: 'key' | 'passphrase'): string {
	const pipe = host.path('pipe');
	execFileSync('mkfifo', ['-m', '600', pipe]);
	const {key: _key, passphrase: _passphrase, ...config} = JSON.parse(readFileSync(host.configFile, 'utf8')) as Config;
	writeFileSync(host.configFile, JSON.stringify({...config, [secret]: {command: ['/bin/cat', pipe]}}));
	return pipe;
}

async function createHost(t: ExecutionContext): Promise<TestHost> {
	return createHostWithPast(t, [{name: 'data', backups: [{daysAgo: 3.1, files: {x: 'x'}}]}]);
}

optionalTest(ptyLack, 'the first frame is there while the key is still waited for; the data come when it does', async t => {
	const host = await createHost(t);
	const key = readFileSync(host.keyFile);
	const pipe = takeFromPipe(host, 'key');
	const start = performance.now();
	const terminal = startCoffer(t, host);
	const keyboard = new Keyboard(terminal);
	const first = await terminal.waitFor(() => isWholeFrame(terminal));
	const firstMs = performance.now() - start;
	t.regex(first, /^ coffer .* opening \d\d:/);
	t.regex(first, /Opening the repository/);
	// It takes keys, and says what it cannot do yet.
	await keyboard.press('r', 'The repository is being opened.');
	await keyboard.press('?', 'Help: main screen');
	await keyboard.press('?', ({text}) => !text.includes('Help: main'));
	writeFileSync(pipe, key);
	await terminal.waitFor(/data +LATE +3d/);
	terminal.press('q');
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
	t.log(`first frame after ${Math.round(firstMs)} ms`);
});

optionalTest(ptyLack, 'the same for a passphrase that a program gives', async t => {
	const host = new TestHost(t);
	t.is(host.run(['init', '--passphrase', '--defaults'], {environment: {COFFER_PASSPHRASE: 'correct horse'}}).code, 0);
	const pipe = takeFromPipe(host, 'passphrase');
	const terminal = startCoffer(t, host);
	await terminal.waitFor(() => isWholeFrame(terminal) && terminal.text.includes('Opening the repository'));
	writeFileSync(pipe, 'correct horse\n');
	await terminal.waitFor(/^ coffer .* data \d+s /);
	terminal.press('q');
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
});

optionalTest(ptyLack, 'leaving while the key is still waited for: at once, with the terminal as it was', async t => {
	for (const end of ['q', 'ctrl-c'] as const) {
		const host = await createHost(t);
		takeFromPipe(host, 'key');
		const terminal = startCoffer(t, host);
		await terminal.waitFor(() => isWholeFrame(terminal));
		terminal.press(end);
		t.deepEqual(await terminal.exited, {code: 0, signal: null});
		t.deepEqual(await terminal.leftovers(), []);
	}
});
