import {existsSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {isWholeFrame} from '../helpers/dashboard-frame.ts';
import {createHostWithPast, sourceFolder} from '../helpers/host-with-past.ts';
import {Keyboard} from '../helpers/keyboard.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {ptyLack} from '../helpers/pty.ts';
import type {TestHost} from '../helpers/run-coffer.ts';
import {startCoffer, type Terminal} from '../helpers/terminal.ts';
import {createByteStream} from '../helpers/test-runtime.ts';
import {describeFolder} from '../helpers/walk-folder.ts';

const noise = createByteStream('dashboard restore');
const files = {'index.html': '<h1>shop</h1>\n', 'images/a.jpg': noise(300_000), 'images/b.jpg': noise(90_000), 'images/old/c.jpg': noise(20_000), 'empty/': '', 'style.css': 'body {}\n'};

type Story = {
	readonly host: TestHost;
	readonly terminal: Terminal;
	readonly keyboard: Keyboard;
	/** The source's folder. */
	readonly source: string;
	/** What the snapshot holds, as `describeFolder` tells it. */
	readonly held: Record<string, string>;
};

/** The restore of a source with one snapshot, its tree before one's eyes. */
async function openTree(t: ExecutionContext): Promise<Story> {
	const host = await createHostWithPast(t, [{name: 'www', backups: [{daysAgo: 1.1, files}]}]);
	const source = sourceFolder(host, 'www');
	const held = describeFolder(source);
	const terminal = startCoffer(t, host);
	const keyboard = new Keyboard(terminal);
	await terminal.waitFor(/▸ www/);
	await keyboard.press('r', '> restore www');
	await keyboard.press('enter', /▸ \[ \] +▸ empty/);
	return {host, terminal, keyboard, source, held};
}

/** Where a restore has put the source's folder. */
function placeOf(terminal: Terminal, source: string): string {
	const target = /into (?<target>\/\S+)\]/.exec(terminal.text)!.groups!['target']!;
	return path.join(target, source);
}

const part = (description: Record<string, string>, isPart: (name: string) => boolean): Record<string, string> => Object.fromEntries(Object.entries(description).filter(([name]) => isPart(name)));

async function leave(t: ExecutionContext, {terminal, keyboard}: Story): Promise<void> {
	t.true(isWholeFrame(terminal), terminal.text);
	await keyboard.press('escape', 'q quit');
	terminal.press('q');
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
	t.deepEqual(await terminal.leftovers(), []);
}

optionalTest(ptyLack, 'one marked file is restored into a folder of its own, byte for byte, and nothing else', async t => {
	const story = await openTree(t);
	const {terminal, keyboard, source, held} = story;
	await keyboard.press('G', /▸ \[ \] +style\.css/);
	await keyboard.press('k', /▸ \[ \] +index\.html/);
	await keyboard.press('space', /\[x\] +index\.html/);
	t.regex(terminal.text, /1 entry marked: 1 file, 14 B/);
	await keyboard.press('n', '[3 Target]');
	await keyboard.press('enter', /y restores this/);
	await keyboard.press('y', 'The hash of every restored chunk was checked.');
	t.deepEqual(describeFolder(placeOf(terminal, source)), part(held, name => name === 'index.html'));
	t.deepEqual(describeFolder(source), held);
	await leave(t, story);
});

optionalTest(ptyLack, 'a marked tree is restored as it was, a file of it left out', async t => {
	const story = await openTree(t);
	const {terminal, keyboard, source, held} = story;
	await keyboard.press('j', /▸ \[ \] +▸ images/);
	await keyboard.press('l', /\[ \] +b\.jpg/);
	await keyboard.press('space', /▸ \[x\] +▸ old/);
	await keyboard.press('j', /▸ \[x\] +a\.jpg/);
	await keyboard.press('space', /\[ \] +a\.jpg/);
	await keyboard.press('n', '[3 Target]');
	await keyboard.press('enter', /y restores this/);
	await keyboard.press('y', 'The hash of every restored chunk was checked.');
	const restored = describeFolder(placeOf(terminal, source));
	t.deepEqual(restored, part(held, name => name.startsWith('images') && name !== 'images/a.jpg'));
	t.log(`${Object.keys(restored).length} entries`);
	await leave(t, story);
});

optionalTest(ptyLack, 'what would replace files asks for the name: pasting it is refused, and so is another word; Esc leaves all as it was', async t => {
	const story = await openTree(t);
	const {terminal, keyboard, source, held} = story;
	writeFileSync(path.join(source, 'index.html'), '<h1>defaced, and longer</h1>\n');
	const defaced = describeFolder(source);
	await keyboard.press('*', /marked: 5 files|entries marked|entry marked/);
	await keyboard.press('n', '[3 Target]');
	await keyboard.press('j', /▸ \(\*\) The original places/);
	await keyboard.press('o', /\(\*\) keep-both/);
	await keyboard.press('o', /\(\*\) if-changed/);
	await keyboard.press('enter', /asks for the name of the source/);
	await keyboard.press('enter', 'Enter restores nothing');
	await keyboard.press('y', 'To go on, type www and Enter:');
	terminal.paste('www');
	await terminal.waitFor('Pasting is refused here: type it.');
	await keyboard.press('enter', 'That is not "www".');
	await keyboard.type('ww', /> ww/);
	await keyboard.press('enter', 'That is not "www".');
	await keyboard.press('escape', ({text}) => !text.includes('To go on, type'));
	t.deepEqual(describeFolder(source), defaced);
	t.true(isWholeFrame(terminal), terminal.text);

	await keyboard.press('y', 'To go on, type www and Enter:');
	await keyboard.type('www', /> www/);
	await keyboard.press('enter', 'The hash of every restored chunk was checked.');
	t.deepEqual(describeFolder(source), held);
	t.false(existsSync(story.host.path('coffer-restore')));
	await leave(t, story);
});
