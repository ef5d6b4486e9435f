import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {isWholeFrame} from '../helpers/dashboard-frame.ts';
import {Keyboard} from '../helpers/keyboard.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {ptyLack} from '../helpers/pty.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {writeLayout} from '../helpers/source-folder.ts';
import {startCoffer} from '../helpers/terminal.ts';
import {describeFolder} from '../helpers/walk-folder.ts';

optionalTest(ptyLack, 'a first run: one folder is chosen, everything is created, and its first backup runs before one\'s eyes', async t => {
	const host = new TestHost(t);
	writeLayout(host.path('web'), {'index.html': '<h1>shop</h1>', 'images/logo.svg': '<svg/>'});
	const terminal = startCoffer(t, host, [], {columns: 120, rows: 36});
	const keyboard = new Keyboard(terminal);
	const proposal = await terminal.waitFor('There is no configuration on this machine yet.');
	for (const shown of [host.repository, host.keyFile, host.configFile]) {
		t.true(proposal.includes(shown), shown);
	}

	t.deepEqual(readdirSync(host.path('home')), []);
	// What is proposed is taken away, and one folder added instead.
	const marked = /\[x\]/g;
	let marks = (proposal.match(marked) ?? []).length;
	await keyboard.press('G', 'Sources');
	// Not everything that a machine has is marked.
	for (const row of [...proposal.matchAll(/\[[x ]\]/g)].map(([mark]) => mark).toReversed()) {
		if (row === '[x]') {
			const left = --marks;
			await keyboard.press('space', ({text}) => (text.match(marked) ?? []).length === left);
		}

		await keyboard.press('k', 'Sources');
	}

	await keyboard.press('+', 'Add a folder');
	await keyboard.type(host.path('web'), host.path('web'));
	await keyboard.press('enter', /\[x\] web/);
	t.false(existsSync(host.configFile));
	await keyboard.press('enter', 'Keep the key file safe');
	await terminal.waitFor(/DONE.*web|backup web: 2 files/);
	await keyboard.press('enter', ({text}) => !text.includes('Keep the key file safe'));
	await keyboard.press('1', /web +OK +now/);
	t.true(isWholeFrame(terminal), terminal.text);
	terminal.press('q');
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
	t.deepEqual(await terminal.leftovers(), []);

	const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);
	t.deepEqual([modeOf(host.keyFile), modeOf(host.configFile), modeOf(host.repository)], ['600', '600', '700']);
	t.deepEqual(JSON.parse(readFileSync(host.configFile, 'utf8')), {repository: host.repository, key: {file: host.keyFile}, sources: [{name: 'web', kind: 'files', paths: [host.path('web')]}]});
	t.is(host.run(['restore', 'latest:web', '--target', host.path('out')]).code, 0);
	t.deepEqual(describeFolder(host.path('out', host.path('web'))), describeFolder(host.path('web')));
	t.log(`${keyboard.presses} keys`);
});

for (const key of ['q', 'escape', 'ctrl-c'] as const) {
	optionalTest(ptyLack, `a first run that is left with ${key} creates nothing`, async t => {
		const host = new TestHost(t);
		const terminal = startCoffer(t, host);
		await terminal.waitFor('There is no configuration on this machine yet.');
		terminal.press(key);
		t.deepEqual(await terminal.exited, {code: 0, signal: null});
		t.deepEqual(await terminal.leftovers(), []);
		for (const file of [host.repository, host.keyFile, host.configFile]) {
			t.false(existsSync(file), file);
		}
	});
}
