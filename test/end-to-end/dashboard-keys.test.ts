import {chmodSync, existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {isWholeFrame} from '../helpers/dashboard-frame.ts';
import {createHostWithPast} from '../helpers/host-with-past.ts';
import {Keyboard} from '../helpers/keyboard.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {processesIn, until} from '../helpers/processes.ts';
import {ptyLack} from '../helpers/pty.ts';
import type {TestHost} from '../helpers/run-coffer.ts';
import {startCoffer, type Terminal} from '../helpers/terminal.ts';
import {createByteStream} from '../helpers/test-runtime.ts';

const large = {columns: 120, rows: 36};

/** So much data that its re-encryption takes a few batches, and is seen. */
const noise = createByteStream('keys');
const bulk = Object.fromEntries(Array.from({length: 24}, (_, index) => [`bulk-${index}`, noise(4_000_000)]));

type Story = {readonly host: TestHost; readonly terminal: Terminal; readonly keyboard: Keyboard};

async function begin(t: ExecutionContext, files: Record<string, Buffer | string> = {small: 'x'}): Promise<Story> {
	const host = await createHostWithPast(t, [{name: 'data', backups: [{daysAgo: 2.1, files}, {daysAgo: 0.1, files: {newer: 'y'}}]}]);
	const terminal = startCoffer(t, host, [], large);
	await terminal.waitFor(/data +OK/);
	return {host, terminal, keyboard: new Keyboard(terminal)};
}

/** The old key is gone with everything under it, and the new one opens all. */
function assertRotated(t: ExecutionContext, host: TestHost, oldKey: string): void {
	t.not(readFileSync(host.keyFile, 'utf8'), oldKey);
	t.false(existsSync(`${host.keyFile}.retired`) || existsSync(`${host.keyFile}.new`));
	t.is(host.run(['verify', '--read-data', '--quiet']).code, 0);
	const old = host.path('old-key');
	// Of mode 600 before anybody could read it.
	process.umask(0o077);
	t.is(host.run(['snapshots', '--key-file', old]).code, 12);
	const {epochs} = host.run(['key', 'status', '--json']).json()[0] as {epochs: unknown[]};
	t.is(epochs.length, 1);
}

optionalTest(ptyLack, 'rotate the key: a wrong word and a paste begin nothing, the typed word does; the old key opens nothing afterwards', async t => {
	const {host, terminal, keyboard} = await begin(t);
	const oldKey = readFileSync(host.keyFile, 'utf8');
	host.copyKey();
	await keyboard.press('K', '[Rotate the key]');
	await terminal.waitFor(/OK +The key file .* can be replaced/);
	t.true(isWholeFrame(terminal), terminal.text);
	await keyboard.press('enter', 'To go on, type rotate');
	await keyboard.type('rotation', '> rotation');
	await keyboard.press('enter', 'That is not "rotate".');
	terminal.press('ctrl-u');
	terminal.paste('rotate');
	await terminal.waitFor('Pasting is refused here: type it.');
	terminal.press('enter');
	await terminal.waitFor('That is not "rotate".');
	t.is(readFileSync(host.keyFile, 'utf8'), oldKey);
	await keyboard.type('rotate', '> rotate');
	const shown = await keyboard.press('enter', /Proven: 0 objects under epoch \w{8}/);
	t.regex(shown, /done +4/);
	await keyboard.press('escape', /data +OK/);
	await terminal.waitFor(({text}) => !text.includes('OFFLINE') && /recovery key|no recovery/.test(text));
	// The screen itself goes on with the new key.
	await keyboard.press('b', 'Back up "data" now?');
	await keyboard.press('y', /backup data: 2 files/);
	terminal.press('q');
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
	assertRotated(t, host, oldKey);
});
