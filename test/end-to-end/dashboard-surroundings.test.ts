import type {ExecutionContext} from 'ava';
import {isWholeFrame} from '../helpers/dashboard-frame.ts';
import {createHostWithPast} from '../helpers/host-with-past.ts';
import {Keyboard} from '../helpers/keyboard.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {ptyLack} from '../helpers/pty.ts';
import type {TestHost} from '../helpers/run-coffer.ts';
import {startCoffer, type Terminal} from '../helpers/terminal.ts';

async function createHost(t: ExecutionContext): Promise<TestHost> {
	return createHostWithPast(t, [
		{name: 'etc', backups: [1.1, 0.1].map(daysAgo => ({daysAgo, files: {hosts: `${daysAgo}`, 'ärger/größe.txt': 'x'}}))},
		{name: 'mail', backups: [{daysAgo: 3.1, files: {'anna/inbox': 'a mail'}}]},
	]);
}

/** Through screens of all kinds, and out. @returns How many were looked at. */
async function lookAround(t: ExecutionContext, terminal: Terminal, check: () => void): Promise<number> {
	const keyboard = new Keyboard(terminal);
	let count = 0;
	const see = async (key: string, wanted: RegExp) => {
		await keyboard.press(key, wanted);
		check();
		count++;
	};

	await terminal.waitFor(/mail +LATE/);
	check();
	await see('?', /Help: main screen/);
	await keyboard.press('escape', ({text}) => !text.includes('Help: main'));
	await see(':', /Tab completes/);
	await keyboard.press('escape', ({text}) => !text.includes('Tab completes'));
	await see('v', /Verify etc, 2 snapshots/);
	await see('enter', /verify etc \(quick\): .* nothing wrong/);
	await see('enter', /> etc/);
	await see('d', /> diff[\s\S]*hosts/);
	await keyboard.press('escape', ({text}) => !text.includes('> diff'));
	await see('r', /> restore etc[\s\S]*2 Pick\][\s\S]*hosts/);
	await see('n', /3 Target\]/);
	await see('enter', /4 Preview\]/);
	for (const step of [/3 Target\]/, /2 Pick\]/, /1 Snapshot\]/, /> etc/]) {
		await see('escape', step);
	}

	await keyboard.press('escape', /q quit/);
	terminal.press('q');
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
	t.deepEqual(await terminal.leftovers(), []);
	return count;
}

optionalTest(ptyLack, 'NO_COLOR and --no-color: not one colour, and the state is still told in words', async t => {
	for (const [argv, environment] of [[[], {NO_COLOR: '1', COLORTERM: 'truecolor', FORCE_COLOR: undefined}], [['--no-color'], {}]] as const) {
		const terminal = startCoffer(t, await createHost(t), argv, {environment});
		const count = await lookAround(t, terminal, () => {
			t.deepEqual(terminal.cells().flat().filter(({foreground, background}) => foreground !== undefined || background !== undefined), []);
		});
		const parameters = terminal.rawOutput.toString().matchAll(/\u001B\[(?<parameters>[\d;]*)m/g).flatMap(match => match.groups!['parameters']!.split(';')).map(Number).toArray();
		// What is chosen is seen all the same.
		t.true(parameters.includes(7) && parameters.includes(1));
		t.deepEqual(parameters.filter(one => (one >= 30 && one <= 49) || one >= 90), []);
		t.log(`${count} screens, ${parameters.length} looks`);
	}
});

optionalTest(ptyLack, 'LANG=C: nothing but ASCII on the screen', async t => {
	for (const environment of [{LANG: 'C'}, {LANG: 'C.UTF-8', LC_ALL: 'POSIX'}]) {
		const terminal = startCoffer(t, await createHost(t), [], {environment});
		const count = await lookAround(t, terminal, () => {
			t.regex(terminal.text, /^[\n\u0020-\u007E]+$/);
			t.regex(terminal.text, /^\+[-=]\[/m);
		});
		t.false(terminal.rawOutput.some(byte => byte > 0x7E));
		t.log(`${count} screens`);
	}
});

optionalTest(ptyLack, 'with colours and Unicode the same screens are whole', async t => {
	const terminal = startCoffer(t, await createHost(t), [], {columns: 120, rows: 36});
	const colours = new Set<unknown>();
	await lookAround(t, terminal, () => {
		t.true(isWholeFrame(terminal), terminal.text);
		for (const {foreground} of terminal.cells().flat()) {
			colours.add(foreground);
		}
	});
	t.true(colours.size >= 4);
});

optionalTest(ptyLack, 'TERM=dumb, --plain, no terminal: the status as text, and nothing that steers a terminal', async t => {
	const host = await createHost(t);
	t.regex(host.run([]).stdout, /^STATE[^\u001B]*LATE +mail[^\u001B]*$/);
	for (const [argv, environment] of [[[], {TERM: 'dumb'}], [['--plain'], {TERM: 'xterm'}], [[], {TERM: 'dumb', LANG: 'C'}]] as const) {
		const terminal = startCoffer(t, host, argv, {environment, columns: 200});
		t.deepEqual(await terminal.exited, {code: 0, signal: null});
		t.regex(terminal.text, /LATE +mail/);
		const text = terminal.rawOutput.toString();
		t.false((environment.TERM === 'dumb' ? text : text.replaceAll(/\u001B\[[\d;]*m/g, '')).includes('\u001B'));
	}
});

optionalTest(ptyLack, 'a screen reader gets texts: no frames, no other screen, no cursor that jumps, and nothing at rest', async t => {
	const host = await createHost(t);
	const terminal = startCoffer(t, host, [], {environment: {INK_SCREEN_READER: 'true'}});
	await terminal.waitFor(/mail LATE 3d/);
	t.false(terminal.isAlternateScreen);
	t.notRegex(terminal.text, /[\u2500-\u257F]|\d\d:\d\d:\d\d/);
	const {length} = terminal.rawOutput;
	const start = performance.now();
	while (performance.now() - start < 2500) {
		t.is((await host.start(['key', 'status']).ended).code, 0);
	}

	t.is(terminal.rawOutput.subarray(length).toString().replaceAll(/\u001B\[\?2026[hl]/g, ''), '');
	const keyboard = new Keyboard(terminal);
	await keyboard.press('b', /Back up "etc" now\?/);
	await keyboard.press('y', /backup etc: 2 files/);
	t.notRegex(terminal.rawOutput.toString(), /[\u2500-\u257F]|\u001B\[(?:\?1049h|\d+;\d+H)/);
	terminal.press('q');
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
	t.deepEqual(await terminal.leftovers(), []);
});
