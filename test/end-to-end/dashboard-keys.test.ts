import {copyFileSync, readdirSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {Engine, readKeyFile} from '../../source/engine/index.ts';
import {isWholeFrame} from '../helpers/dashboard-frame.ts';
import {createHostWithPast} from '../helpers/host-with-past.ts';
import {Keyboard} from '../helpers/keyboard.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {processesIn, until} from '../helpers/processes.ts';
import {ptyLack} from '../helpers/pty.ts';
import type {TestHost} from '../helpers/run-coffer.ts';
import {startCoffer, type Terminal} from '../helpers/terminal.ts';
import {createByteStream} from '../helpers/test-runtime.ts';

const confirmation = 'To go on, type rotate';

type Story = {readonly host: TestHost; readonly terminal: Terminal; readonly keyboard: Keyboard; readonly oldKey: string};

/** The dashboard of a host with two snapshots; a copy of its key file is kept. */
async function begin(t: ExecutionContext, files: Readonly<Record<string, Buffer | string>>): Promise<Story> {
	const host = await createHostWithPast(t, [{name: 'data', backups: [{daysAgo: 2.1, files}, {daysAgo: 0.1, files: {newer: 'y'}}]}]);
	const oldKey = host.path('old.key');
	copyFileSync(host.keyFile, oldKey);
	const terminal = startCoffer(t, host, [], {columns: 120, rows: 36});
	await terminal.waitFor(/data +OK/);
	return {host, terminal, keyboard: new Keyboard(terminal), oldKey};
}

const packsOf = (host: TestHost): string[] => readdirSync(path.join(host.repository, 'packs'), {recursive: true}).map(String).filter(name => name.length > 3);

/** The old key opens nothing, the new one everything, under one epoch. */
async function assertRotated(t: ExecutionContext, host: TestHost, oldKey: string): Promise<void> {
	t.notDeepEqual(readFileSync(host.keyFile), readFileSync(oldKey));
	t.deepEqual(readdirSync(path.dirname(host.keyFile)).filter(name => name.startsWith('key')), ['key']);
	t.is((await host.start(['snapshots', '--quiet', '--key-file', oldKey]).ended).code, 12);
	t.is((await host.start(['verify', '--read-data', '--quiet']).ended).code, 0);
	const [status] = (await host.start(['key', 'status', '--json']).ended).json() as [{epochs: unknown[]; keys: unknown[]}];
	t.deepEqual([status.epochs.length, status.keys.length], [1, 1]);
}

async function quit(t: ExecutionContext, terminal: Terminal): Promise<void> {
	terminal.press('q');
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
}

optionalTest(ptyLack, 'rotate the key: a wrong word and a paste begin nothing, the typed word does; the screen goes on with the new key', async t => {
	const {host, terminal, keyboard, oldKey} = await begin(t, {small: 'x'});
	await keyboard.press('K', '[Rotate the key]');
	await terminal.waitFor(/OK +The key file .* can be replaced/);
	await terminal.waitFor(/WARN +no recovery key/);
	t.true(isWholeFrame(terminal), terminal.text);
	await keyboard.press('enter', confirmation);
	await keyboard.type('rotation', '> rotation');
	await keyboard.press('enter', 'That is not "rotate".');
	await keyboard.press('ctrl-u', ({text}) => !text.includes('> rotation'));
	terminal.paste('rotate');
	await terminal.waitFor('Pasting is refused here: type it.');
	await keyboard.press('enter', 'That is not "rotate".');
	t.deepEqual(readFileSync(host.keyFile), readFileSync(oldKey));
	await keyboard.type('rotate', '> rotate');
	const shown = await keyboard.press('enter', /Proven: 0 objects under epoch [\da-f]{8}/);
	t.regex(shown, /done +4/);
	t.true(shown.includes('The old key file opens nothing any more.'));
	t.false(shown.includes('No intact file of the key slot'), shown);
	await keyboard.press('escape', /q quit$/);
	await keyboard.press('b', 'Back up "data" now?');
	await keyboard.press('y', /backup data: 2 files/);
	t.false(terminal.rawOutput.includes('OFFLINE'));
	await quit(t, terminal);
	await assertRotated(t, host, oldKey);
});

optionalTest(ptyLack, 're-encryption: left and come back to, its process killed with -9, taken up again to the proof', async t => {
	const noise = createByteStream('keys');
	const {host, terminal, keyboard, oldKey} = await begin(t, Object.fromEntries(Array.from({length: 30}, (_, index) => [`bulk-${index}`, noise(5_000_000)])));
	const oldPacks = packsOf(host);
	await keyboard.press('K', '[Rotate the key]');
	await terminal.waitFor(/OK +The key file .* can be replaced/);
	await keyboard.press('space', '(*) keys and data');
	await keyboard.press('enter', confirmation);
	await keyboard.type('rotate', '> rotate');
	terminal.press('enter');
	await until('a new pack', () => packsOf(host).length > oldPacks.length);
	// What it has told by now is told once more a moment later; so it cannot come far before it is seen.
	const job = processesIn(host.folder).find(pid => pid !== terminal.pid)!;
	process.kill(job, 'SIGSTOP');
	await terminal.waitFor(/so far/);
	process.kill(job, 'SIGCONT');
	await terminal.waitFor(/now +5/);
	process.kill(job, 'SIGSTOP');
	await keyboard.press('escape', 'The rotation goes on: pane 5 Jobs shows how far it is.');
	await keyboard.press('j', /RUN +rotate key and data/);
	t.true(isWholeFrame(terminal), terminal.text);
	await keyboard.press('K', /now +5/);
	await keyboard.press('enter', 'Esc leaves it running, x stops it safely.');

	process.kill(job, 'SIGKILL');
	await terminal.waitFor('The rotation did not come to its end.');
	await terminal.waitFor(/Left under the old epoch: \d+ objects, of them \d+ packs of/);
	t.true(packsOf(host).some(name => oldPacks.includes(name)), 'it was killed in the middle');
	await keyboard.press('escape', /rotation: \d+ objects left, K goes on/);
	await keyboard.press('K', 'A rotation was begun and has not ended');
	await keyboard.press('enter', confirmation);
	await keyboard.type('rotate', '> rotate');
	await keyboard.press('enter', /Proven: 0 objects under epoch [\da-f]{8}/);
	await keyboard.press('escape', /q quit$/);
	await quit(t, terminal);
	t.deepEqual(packsOf(host).filter(name => oldPacks.includes(name)), []);
	await assertRotated(t, host, oldKey);
	t.log(`${oldPacks.length} packs re-encrypted, ${packsOf(host).length} now`);
});

optionalTest(ptyLack, 'a recovery key: its code is shown once and gone, is nowhere on the disk, and opens everything', async t => {
	const {host, terminal, keyboard} = await begin(t, {small: 'x'});
	const file = host.path('stick.key');
	await keyboard.press('2', /┏━\[2 Keys/);
	await keyboard.press('enter', '[Key slots 1]');
	await keyboard.press('e', 'Where to write the file?');
	await keyboard.press('ctrl-u', />\s*┃/);
	await keyboard.type(file, path.basename(file));
	const shown = await keyboard.press('enter', /8 {3}\w \w \w \w \w/);
	const groups = [1, 2, 3, 4, 5, 6, 7, 8].map(number => new RegExp(`${number} {3}((?:\\w ){4}\\w)`).exec(shown)![1]!.replaceAll(' ', ''));
	await keyboard.press('escape', 'The code is shown only once:');
	await keyboard.press('enter', 'Type the first group of the code from your paper.');
	await keyboard.type('nowhere', 'nowhe-re');
	await keyboard.press('enter', 'That is not the first group.');
	await keyboard.press('ctrl-u', ({text}) => !text.includes('nowhe-re'));
	terminal.paste(groups[0]!);
	await terminal.waitFor('Pasting is refused here: type it.');
	await keyboard.type(groups[0]!, `> ${groups[0]!}`);
	const drawn = terminal.rawOutput.byteLength;
	await keyboard.press('enter', 'The code is gone from here for good.');
	await keyboard.press('ctrl-l', '[Key slots 2]');
	await terminal.waitFor(/recovery +owner +phrase/);
	const later = terminal.rawOutput.subarray(drawn).toString();
	t.deepEqual(groups.filter(group => later.includes(group) || later.includes([...group].join(' '))), []);
	t.is(statSync(file).mode & 0o777, 0o600);

	await keyboard.press('c', '[Check a recovery key]');
	await keyboard.type(groups.join(' '), /(?:\*{5}-){7}\*{5}/);
	await keyboard.press('enter', /"recovery" \([\da-f]{8}\) opens everything\./);
	await keyboard.press('enter', /OK now/);
	t.false(terminal.text.includes('never checked'));
	const code = groups.join('-');
	for (const entry of readdirSync(host.folder, {recursive: true, withFileTypes: true}).filter(one => one.isFile())) {
		const content = readFileSync(path.join(entry.parentPath, entry.name));
		t.false(content.includes(code) || content.includes(groups.join('')), entry.name);
	}

	await keyboard.press('q', /q quit$/);
	await quit(t, terminal);
});

optionalTest(ptyLack, 'a rotation elsewhere: the running dashboard finds the new key and goes on by itself', async t => {
	const {host, terminal, keyboard, oldKey} = await begin(t, {small: 'x'});
	const engine = await Engine.open({repositoryUrl: host.repository, stateFolder: host.stateFolder, secret: async () => ({keyFile: await readKeyFile(host.keyFile)})});
	await engine.keys.rotate({keyFile: host.keyFile});
	await engine.close();
	await terminal.waitFor('going on with the one that is there now');
	await keyboard.press('2', /┏━\[2 Keys/);
	await keyboard.press('enter', '[Key slots 1]');
	await terminal.waitFor(/in use/);
	t.true(isWholeFrame(terminal), terminal.text);
	await keyboard.press('q', /q quit$/);
	t.false(terminal.rawOutput.includes('OFFLINE'));
	await quit(t, terminal);
	await assertRotated(t, host, oldKey);
});
