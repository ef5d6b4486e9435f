import {existsSync} from 'node:fs';
import type {ExecutionContext} from 'ava';
import {optionalTest} from '../helpers/optional-test.ts';
import {ptyLack} from '../helpers/pty.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {startCoffer, type Terminal} from '../helpers/terminal.ts';

const passphrase = 'Correct Horse 7731 Bättery';

/** A host with `coffer init --passphrase` at its first question. */
async function askForNewPassphrase(t: ExecutionContext): Promise<{readonly host: TestHost; readonly terminal: Terminal}> {
	const host = new TestHost(t);
	const terminal = startCoffer(t, host, ['init', '--passphrase', '--defaults']);
	await terminal.waitFor(/^New passphrase: $/m);
	return {host, terminal};
}

async function answer(terminal: Terminal, question: string, secret: string): Promise<void> {
	await terminal.waitFor(question);
	terminal.type(secret);
	terminal.press('enter');
}

optionalTest(ptyLack, 'a passphrase is chosen and asked for, and no character of it is shown', async t => {
	const {host, terminal: init} = await askForNewPassphrase(t);
	t.is((await init.lineSettings())?.isEchoing, false);
	await answer(init, 'New passphrase: ', passphrase);
	await answer(init, 'The same again: ', passphrase);
	t.deepEqual(await init.exited, {code: 0, signal: null});
	t.true(init.text.includes(host.repository));
	t.deepEqual(await init.leftovers(), []);
	// Nothing hides the cursor, and nothing moves it but line ends.
	t.deepEqual(init.screen().slice(0, 2).map(line => line.trimEnd()), ['New passphrase:', 'The same again:']);
	t.false(init.rawOutput.includes('\u001B[?25l'));

	let written = init.rawOutput.toString();
	for (const [typed, code] of [[passphrase, 0], ['something else', 12]] as const) {
		const status = startCoffer(t, host, ['status']);
		await answer(status, 'assphrase', typed);
		t.is((await status.exited).code, code, status.text);
		t.deepEqual(await status.leftovers(), []);
		written += status.rawOutput.toString();
	}

	for (const part of passphrase.split(' ')) {
		t.false(written.includes(part), part);
	}

	t.log(`${Buffer.byteLength(written)} bytes written, none of the passphrase`);
});

optionalTest(ptyLack, 'two passphrases that differ: nothing is made', async t => {
	const {host, terminal} = await askForNewPassphrase(t);
	await answer(terminal, 'New passphrase: ', passphrase);
	await answer(terminal, 'The same again: ', 'Correct Horse 7731 Battery');
	t.is((await terminal.exited).code, 2);
	t.true(terminal.text.includes('The two passphrases differ.'));
	t.false(existsSync(host.repository) || existsSync(host.configFile));
});

const ends: ReadonlyArray<readonly [string, (terminal: Terminal) => void, number | null]> = [
	['Ctrl-C', terminal => {
		terminal.type('half of it');
		terminal.press('ctrl-c');
	}, 130],
	['Ctrl-D', terminal => {
		terminal.type('half of it');
		terminal.press('ctrl-d');
	}, 130],
	['SIGTERM', terminal => {
		terminal.kill('SIGTERM');
	}, null],
	['SIGHUP', terminal => {
		terminal.kill('SIGHUP');
	}, 130],
	['a lost connection', terminal => {
		terminal.hangUp();
	}, 130],
];

for (const [name, end, code] of ends) {
	optionalTest(ptyLack, `${name} at a passphrase: nothing is made, and the terminal is as it was`, async t => {
		const {host, terminal} = await askForNewPassphrase(t);
		end(terminal);
		t.is((await terminal.exited).code, code);
		t.deepEqual(await terminal.leftovers(), []);
		t.false(terminal.rawOutput.includes('half'));
		t.false(existsSync(host.repository) || existsSync(host.configFile));
	});
}
