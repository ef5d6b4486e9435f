import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {prepareWidths} from '../../source/text/display-text.ts';
import {isWholeFrame} from '../helpers/dashboard-frame.ts';
import {hostileNames} from '../helpers/hostile-names.ts';
import {createHostWithPast, sourceFolder} from '../helpers/host-with-past.ts';
import {Keyboard} from '../helpers/keyboard.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {ptyLack} from '../helpers/pty.ts';
import {assertFrame} from '../helpers/screen-assertions.ts';
import {startCoffer, type Terminal} from '../helpers/terminal.ts';

/** As a disk takes them: without NUL, and 255 bytes at most. */
const names = [...hostileNames, 'dcs\u001BP+q544e\u001B\\', 'title\u001B]0;owned\u0007', 'paste\u001B[201~q', 'alt\u001B[?1049l', 'back\b\b\b\u007F'].map(name => {
	const bytes = Buffer.from(name.replaceAll('\0', ''));
	return bytes.length <= 255 ? bytes : bytes.subarray(0, 255);
}).concat([Buffer.from([0x72, 0x61, 0x77, 0xFF, 0x9B, 0x33, 0x31, 0x6D]), Buffer.from('caf\u00E9', 'latin1')]);

/** Everything that the program itself sends to steer the terminal. */
const own = /\u001B\[\?(?:25|1049|2004|2026)[hl]|\u001B\[\d*(?:;\d+)?[A-HJKX]|\u001B\[[\d;]*m|\r\n?|\n/g;

/** Control characters of both sets, and those that turn the direction of writing or show nothing. */
const steering = /[\u{0}-\u{1F}\u{7F}-\u{9F}\u{61C}\u{200B}-\u{200F}\u{2028}-\u{202E}\u{2060}-\u{206F}\u{FEFF}]/u;

function assertTame(t: Parameters<typeof assertFrame>[0], terminal: Terminal): void {
	assertFrame(t, terminal.screen(), terminal);
	t.true(isWholeFrame(terminal), terminal.text);
}

optionalTest(ptyLack, 'hostile names in the tree of a restore and in a comparison: not one raw control character, and the frame stays whole', async t => {
	await prepareWidths(['…']);
	const host = await createHostWithPast(t, [{name: 'data', backups: [{daysAgo: 1.1, files: {tame: 'x'}}]}]);
	const folder = sourceFolder(host, 'data');
	for (const name of names) {
		writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), 'hostile');
	}

	mkdirSync(path.join(folder, 'zz\u001B[2Jfolder'));
	writeFileSync(path.join(folder, 'zz\u001B[2Jfolder', 'inner\u202Efile'), 'hostile');
	t.is(host.run(['backup', '--quiet']).code, 0);
	const count = names.length + 2;

	const terminal = startCoffer(t, host, [], {environment: {NO_COLOR: '1'}, columns: 120, rows: 36});
	const keyboard = new Keyboard(terminal);
	const changed = async (key: string) => {
		const before = terminal.text;
		await keyboard.press(key, ({text}) => text !== before);
		assertTame(t, terminal);
	};

	await terminal.waitFor(/▸ data +OK/);
	await keyboard.press('r', '> restore data');
	await keyboard.press('enter', /2 Pick\][\s\S]*▸ \[ \]/);
	for (let index = 0; index < count; index++) {
		await changed('j');
	}

	await keyboard.press('*', /entries marked|entry marked/);
	assertTame(t, terminal);
	await keyboard.press('/', 'Enter keeps it');
	await keyboard.type('red', /find "red"/);
	await keyboard.press('enter', /n next/);
	assertTame(t, terminal);
	for (const [key, wanted] of [['n', '3 Target]'], ['enter', /y restores this/], ['y', 'The hash of every restored chunk was checked.']] as const) {
		await keyboard.press(key, wanted);
		assertTame(t, terminal);
	}

	await keyboard.press('escape', /q quit$/);
	await keyboard.press('enter', /> data/);
	await keyboard.press('d', /> diff[\s\S]*added/);
	for (let index = 1; index < count; index++) {
		await changed('j');
	}

	await keyboard.press('enter', /hostile|folder|file/);
	assertTame(t, terminal);
	const output = terminal.rawOutput.toString();
	const rest = output.replaceAll(own, '');
	t.is(steering.exec(rest)?.index, undefined, JSON.stringify(rest.slice(Math.max(0, rest.search(steering) - 40), rest.search(steering) + 40)));
	for (const name of names.filter(one => steering.test(one.toString()))) {
		t.false(terminal.rawOutput.includes(name), JSON.stringify(name.toString()));
	}

	for (const sequence of ['\u001B[2J', '\u001B[31m', '\u001B]', '\u001BP', '\u001B[?1049l', '\u009B']) {
		t.false(output.includes(sequence), JSON.stringify(sequence));
	}

	t.log(`${names.length} names, ${output.length} characters of output`);
});
