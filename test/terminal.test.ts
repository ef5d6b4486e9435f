import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {optionalTest} from './helpers/optional-test.ts';
import {ptyLack} from './helpers/pty.ts';
import {createFolder} from './helpers/source-folder.ts';
import {openTerminal, type Terminal} from './helpers/terminal.ts';

const environment = {PATH: '/usr/bin:/bin', LANG: 'C.UTF-8'};

type Size = {readonly columns?: number; readonly rows?: number; readonly cwd?: string};

function openShell(t: ExecutionContext, script: string, {cwd = '/', ...size}: Size = {}): Terminal {
	return openTerminal(t, {command: ['/bin/sh', '-c', script], environment, cwd, ...size});
}

function openNode(t: ExecutionContext, script: string, size: Size = {}): Terminal {
	return openTerminal(t, {command: [process.execPath, '-e', script], environment, cwd: '/', ...size});
}

optionalTest(ptyLack, 'a program has a terminal of its own, of the size that was asked for', async t => {
	const terminal = openShell(t, 'stty size; [ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo three; echo "$TERM" >/dev/tty; pwd', {columns: 101, rows: 33, cwd: '/usr'});
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
	t.deepEqual(terminal.screen().slice(0, 5), ['33 101', 'three', 'xterm-256color', '/usr', '']);
	t.is(terminal.screen().length, 33);
	t.deepEqual([terminal.columns, terminal.rows], [101, 33]);
	t.is(terminal.rawOutput.toString(), '33 101\r\nthree\r\nxterm-256color\r\n/usr\r\n');
});

optionalTest(ptyLack, 'nothing of a long output is lost, also when the program ends at once', async t => {
	const lineCount = 200_000;
	const terminal = openShell(t, `seq ${lineCount}`);
	await terminal.exited;
	const lines = terminal.rawOutput.toString().split('\r\n');
	t.is(lines.length, lineCount + 1);
	t.is(terminal.screen().at(-2), String(lineCount));
	t.log(`${lineCount} lines`);
});

optionalTest(ptyLack, 'how a program ended: its code, or the signal', async t => {
	t.deepEqual(await openShell(t, 'exit 130').exited, {code: 130, signal: null});
	t.deepEqual(await openTerminal(t, {command: ['/no/such/program'], environment, cwd: '/'}).exited, {code: 1, signal: null});
	for (const end of [(terminal: Terminal) => {
		terminal.press('ctrl-c');
	}, (terminal: Terminal) => {
		terminal.kill('SIGINT');
	}]) {
		const terminal = openShell(t, 'echo ready; read answer');
		await terminal.waitFor('ready');
		end(terminal);
		t.deepEqual(await terminal.exited, {code: null, signal: 'SIGINT'});
		// Nobody is there any more.
		terminal.kill('SIGTERM');
	}
});

optionalTest(ptyLack, 'waiting: for a text, a pattern, a question; the screen as it is counts', async t => {
	const terminal = openShell(t, String.raw`echo first; read a; printf '\033[2J\033[Hsecond %s\n' "$a"; read b`);
	t.regex(await terminal.waitFor('first'), /^first\n/);
	await terminal.waitFor('first');
	terminal.type('typed\r');
	await terminal.waitFor(/^second typed$/m);
	await terminal.waitFor(({cursor}) => cursor.y === 1);
	t.false(terminal.text.includes('first'));
	terminal.press('enter');
	await terminal.exited;
	await terminal.waitFor('second');
});

optionalTest(ptyLack, 'waiting in vain: the message shows the screen', async t => {
	const terminal = openShell(t, 'echo on the screen; read a; exit 7');
	await terminal.waitFor('on the screen');
	const error = await t.throwsAsync(terminal.waitFor(/never/, {timeoutMs: 20}));
	t.regex(error.message, /^Not seen within 20 ms: \/never\/\n-{80}\non the screen\n/);
	await t.throwsAsync(terminal.waitFor(() => {
		throw new RangeError('of the question');
	}), {instanceOf: RangeError, message: 'of the question'});
	const waiting = terminal.waitFor('never');
	terminal.press('enter');
	const ended = await t.throwsAsync(waiting);
	t.regex(ended.message, /^The program has ended \(code 7\) without: "never"\n-{80}\non the screen\n/);
});

optionalTest(ptyLack, 'keys: the bytes that an xterm sends, also with cursor keys of applications', async t => {
	const keys = ['a', 'ä', 'space', 'enter', 'escape', 'tab', 'shift-tab', 'backspace', 'delete', 'page-up', 'page-down', 'up', 'down', 'left', 'right', 'home', 'end', 'ctrl-c', 'ctrl-l', 'ctrl-z'];
	const script = (mode: string) => `process.stdin.setRawMode(true); process.stdout.write('${mode}ready\\n'); let bytes = '';
		process.stdin.on('data', data => { bytes += data; if (bytes.endsWith('.')) { console.log(encodeURIComponent(bytes)); process.exit(); } });`;
	const received: string[] = [];
	for (const mode of ['', String.raw`\x1b[?1h`]) {
		const terminal = openNode(t, script(mode), {columns: 200});
		await terminal.waitFor('ready');
		terminal.press(...keys, '.');
		await terminal.exited;
		received.push(decodeURIComponent(terminal.screen()[1]!));
	}

	t.is(received[0], 'aä \r\u001B\t\u001B[Z\u007F\u001B[3~\u001B[5~\u001B[6~\u001B[A\u001B[B\u001B[D\u001B[C\u001B[H\u001B[F\u0003\u000C\u001A.');
	t.is(received[1], received[0]!.replaceAll(/\u001B\[(?=[A-DHF])/g, '\u001BO'));
	const terminal = openShell(t, 'read a');
	t.throws(() => {
		terminal.press('no-key');
	}, {instanceOf: TypeError});
	t.log(`${keys.length} keys`);
});

optionalTest(ptyLack, 'pasting: in brackets where the program has asked for them', async t => {
	const script = (mode: string) => `process.stdin.setRawMode(true); process.stdout.write('${mode}ready\\n');
		process.stdin.once('data', data => { console.log(JSON.stringify(String(data))); process.exit(); });`;
	for (const [mode, expected] of [['', 'two\nlines'], [String.raw`\x1b[?2004h`, '\u001B[200~two\nlines\u001B[201~']] as const) {
		const terminal = openNode(t, script(mode));
		await terminal.waitFor('ready');
		terminal.paste('two\nlines');
		await terminal.exited;
		t.is(JSON.parse(terminal.screen()[1]!), expected);
	}
});

optionalTest(ptyLack, 'a new size reaches the program and the screen', async t => {
	const terminal = openNode(t, 'process.stdin.resume(); process.stdout.on(\'resize\', () => console.log(\'now \' + process.stdout.columns + \'x\' + process.stdout.rows)); console.log(\'ready\')');
	await terminal.waitFor('ready');
	for (const [columns, rows] of [[120, 36], [20, 5], [200, 60]] as const) {
		terminal.resize(columns, rows);
		await terminal.waitFor(`now ${columns}x${rows}`);
		t.is(terminal.screen().length, rows);
	}
});

optionalTest(ptyLack, 'colours and attributes of every place', async t => {
	const terminal = openShell(t, String.raw`printf '\033[1;31mA\033[0;2;4mB\033[0;7;38;5;200mC\033[0;48;2;1;2;255mD\033[0m 漢e\033[3;9mf'`);
	await terminal.exited;
	const [line] = terminal.cells();
	const [a, b, c, d, space, wide, behind, after, f] = line!;
	t.like(a, {text: 'A', foreground: 1, background: undefined, isBold: true, isDim: false});
	t.like(b, {text: 'B', foreground: undefined, isBold: false, isDim: true, isUnderlined: true});
	t.like(c, {text: 'C', foreground: 200, isInverse: true});
	t.like(d, {text: 'D', background: '#0102ff'});
	t.like(space, {text: ' ', width: 1});
	t.like(wide, {text: '漢', width: 2});
	t.like(behind, {text: '', width: 0});
	t.like(after, {text: 'e', width: 1, isItalic: false});
	t.like(f, {text: 'f', isItalic: true, isStruck: true});
	t.is(line!.length, 80);
});

optionalTest(ptyLack, 'what a program leaves: every mode is told, and nothing where it tidies up', async t => {
	const on = String.raw`printf '\033[?1049h\033[?25l\033[?2004h\033[?1h\033[?1000h\033[?1004h'; stty raw -echo`;
	const off = String.raw`stty sane; printf '\033[?1049l\033[?25h\033[?2004l\033[?1l\033[?1000l\033[?1004l'`;
	const untidy = openShell(t, `${on}; echo here`);
	await untidy.exited;
	t.true(untidy.isAlternateScreen);
	t.false(untidy.cursor.isVisible);
	t.deepEqual(await untidy.leftovers(), ['alternate screen', 'hidden cursor', 'bracketed paste', 'application cursor keys', 'mouse tracking', 'focus events', 'no echo', 'no lines', 'no signals', 'raw output']);
	const tidy = openShell(t, `echo before; ${on}; echo here; read a; ${off}`);
	await tidy.waitFor('here');
	t.false(tidy.text.includes('before'));
	t.deepEqual(await tidy.lineSettings(), {isEchoing: false, isCanonical: false, hasSignals: false, isProcessingOutput: false});
	tidy.type('\n');
	await tidy.exited;
	t.deepEqual(await tidy.leftovers(), []);
	t.regex(tidy.text, /^before\n/);
});

optionalTest(ptyLack, 'a lost connection: the program gets SIGHUP', async t => {
	const folder = createFolder(t);
	const terminal = openShell(t, 'trap \'echo gone >told; exit 3\' HUP; echo ready; while :; do read a || :; done', {cwd: folder});
	await terminal.waitFor('ready');
	terminal.hangUp();
	t.deepEqual(await terminal.exited, {code: 3, signal: null});
	t.is(readFileSync(path.join(folder, 'told'), 'utf8'), 'gone\n');
	t.is(await terminal.lineSettings(), undefined);
});

optionalTest(ptyLack, 'within a synchronized update nothing is looked at', async t => {
	const terminal = openShell(t, String.raw`read go; printf '\033[?2026h\033[2J\033[Hhalf'; read a; printf ' whole\033[?2026l'; read b`);
	const seen: string[] = [];
	terminal.onChange(() => {
		seen.push(terminal.text);
	});
	terminal.press('enter');
	terminal.press('enter');
	await terminal.waitFor('whole');
	t.deepEqual(seen.filter(text => text.includes('half') && !text.includes('whole')), []);
	t.true(seen.length > 0);
});

optionalTest(ptyLack, 'closing kills what still runs', async t => {
	const folder = createFolder(t);
	const terminal = openShell(t, 'trap \'\' HUP TERM INT; echo ready; read a; echo went on >told', {cwd: folder});
	await terminal.waitFor('ready');
	await terminal.close();
	t.deepEqual(await terminal.exited, {code: null, signal: 'SIGKILL'});
	t.false(existsSync(path.join(folder, 'told')));
	await terminal.close();
});
