import {writeFileSync} from 'node:fs';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {openAtRest} from '../helpers/dashboard-at-work.ts';
import {isWholeFrame} from '../helpers/dashboard-frame.ts';
import {createHostWithPast} from '../helpers/host-with-past.ts';
import {Keyboard} from '../helpers/keyboard.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {processesIn} from '../helpers/processes.ts';
import {ptyLack} from '../helpers/pty.ts';
import {openTerminal, startCoffer, type Terminal} from '../helpers/terminal.ts';

/** Everything that a terminal shows from now on. */
function watch(t: ExecutionContext, terminal: Terminal): string[] {
	const seen: string[] = [];
	t.teardown(terminal.onChange(() => {
		seen.push(terminal.text);
	}));
	return seen;
}

optionalTest(ptyLack, 'what is pasted fires no key; into a filter it goes as text', async t => {
	const {host, terminal, keyboard} = await openAtRest(t);
	const seen = watch(t, terminal);
	for (const text of ['b', 'by\rq', 'Bvq\u0003', 'y\u001B[200~q\r']) {
		terminal.paste(text);
	}

	await keyboard.press('?', 'Help: main screen');
	await keyboard.press('?', ({text}) => !text.includes('Help: main'));
	t.deepEqual(seen.filter(text => /Back up|Verify data|Leave/.test(text)), []);
	await keyboard.press('b', 'Back up "data" now?');
	terminal.paste('y');
	await keyboard.press('n', ({text}) => !text.includes('Back up "data" now?'));
	await keyboard.press('/', 'Enter keeps it');
	terminal.paste('qda\nt');
	await terminal.waitFor(/ \/ qda ?t/);
	await keyboard.press('escape', /data +LATE/);
	t.is(host.run(['snapshots', '--json']).json()[0]!['length'], 1);
	await keyboard.press('l', '> log');
	t.notRegex(terminal.text, /backup begins/);
	await keyboard.press('q', /q quit$/);
	terminal.press('q');
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
});

optionalTest(ptyLack, 'what is typed before the first frame does no harm', async t => {
	const host = await createHostWithPast(t, ['etc', 'home', 'mail'].map(name => ({name, backups: [{daysAgo: 0.1, files: {x: name}}]})));
	const terminal = startCoffer(t, host);
	terminal.type('jj');
	terminal.type('#$ \u001B[B\u001B[B');
	await terminal.waitFor(/▸ etc +OK/);
	t.true(isWholeFrame(terminal), terminal.text);
	t.notRegex(terminal.text, /jj|#\$|\^\[/);
	const keyboard = new Keyboard(terminal);
	await keyboard.press('G', /▸ mail/);
	terminal.press('q');
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
	t.deepEqual(await terminal.leftovers(), []);
});

optionalTest(ptyLack, 'Ctrl-Z leaves the terminal to the shell, fg brings the screen back, also with another size', async t => {
	const host = await createHostWithPast(t, [{name: 'data', backups: [{daysAgo: 3.1, files: {x: 'x'}}]}]);
	const shell = openTerminal(t, {
		command: ['/bin/bash', '--norc', '--noprofile', '--noediting', '-i'], cwd: host.folder, environment: {...host.environment, PS1: 'shell> ', HISTFILE: undefined},
	});
	const keyboard = new Keyboard(shell);
	t.teardown(() => {
		for (const pid of processesIn(host.folder)) {
			process.kill(pid, 'SIGKILL');
		}
	});
	const atPrompt = (text: RegExp) => (terminal: Terminal) => !terminal.isAlternateScreen && text.test(terminal.text) && /shell>\s*$/.test(terminal.text);
	await shell.waitFor(/shell>/);
	shell.type(`'${[process.execPath, ...host.command([])].join('\' \'')}'\r`);
	await shell.waitFor(/data +LATE/);
	await keyboard.press('j', /▸ data/);
	for (let time = 1; time <= 3; time++) {
		await keyboard.press('ctrl-z', atPrompt(/Stopped/));
		t.deepEqual(await shell.leftovers(), []);
		shell.type(`echo back $((6 * 7 + ${time}))\r`);
		await shell.waitFor(atPrompt(new RegExp(`back ${42 + time}`)));
		shell.resize(80 + time * 10, 24 + time * 2);
		shell.type('fg\r');
		await shell.waitFor(terminal => terminal.isAlternateScreen && isWholeFrame(terminal) && /data +LATE/.test(terminal.text));
	}

	// Back at work, with all of its keys.
	await keyboard.press('b', 'Back up "data" now?');
	await keyboard.press('y', /data +OK +now/);
	shell.press('q');
	await shell.waitFor(atPrompt(/fg/));
	shell.type('echo code $?\r');
	await shell.waitFor(atPrompt(/code 0/));
	t.deepEqual(await shell.leftovers(), []);
	t.deepEqual(processesIn(host.folder), [shell.pid]);
	shell.type('exit\r');
	await shell.exited;
});

optionalTest(ptyLack, 'Ctrl-L repairs what others have written onto the screen', async t => {
	const {terminal, keyboard} = await openAtRest(t);
	for (const stray of ['\u001B[5;10HGARBAGE\u001B[12;1HMORE GARBAGE', '\u001B[2J', '\u001B[24;80H\n\n\nGARBAGE', '\u001B[?1049lGARBAGE', '\u001B[31;7mGARBAGE']) {
		writeFileSync(`/proc/${terminal.pid}/fd/1`, stray);
		await terminal.waitFor(() => !isWholeFrame(terminal) || terminal.text.includes('GARBAGE'));
		await keyboard.press('ctrl-l', () => terminal.isAlternateScreen && isWholeFrame(terminal) && !terminal.text.includes('GARBAGE'));
		t.regex(terminal.text, /data +LATE/);
	}

	// Where a question stands, too.
	await keyboard.press('b', 'Back up "data" now?');
	writeFileSync(`/proc/${terminal.pid}/fd/1`, '\u001B[12;1HGARBAGE');
	await terminal.waitFor('GARBAGE');
	await keyboard.press('ctrl-l', () => terminal.text.includes('Back up "data" now?') && !terminal.text.includes('GARBAGE'));
	await keyboard.press('n', ({text}) => !text.includes('Back up "data" now?'));
	terminal.press('q');
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
	t.deepEqual(await terminal.leftovers(), []);
});
