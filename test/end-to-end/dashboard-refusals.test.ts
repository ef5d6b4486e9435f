import {renameSync, writeFileSync} from 'node:fs';
import {isWholeFrame} from '../helpers/dashboard-frame.ts';
import {createHostWithPast} from '../helpers/host-with-past.ts';
import {Keyboard} from '../helpers/keyboard.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {ptyLack} from '../helpers/pty.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {startCoffer} from '../helpers/terminal.ts';

const files = {hosts: '127.0.0.1 localhost\n'};

optionalTest(ptyLack, 'what cannot be done says why: a source that is not configured, keys of later versions', async t => {
	const host = await createHostWithPast(t, [
		{name: 'etc', backups: [{daysAgo: 0.1, files}]},
		{name: 'retired', backups: [{daysAgo: 9.1, files}], isConfigured: false},
		{name: 'young', backups: []},
	]);
	const terminal = startCoffer(t, host);
	const keyboard = new Keyboard(terminal);
	await terminal.waitFor(/▸ etc/);
	await keyboard.press('G', /▸ retired/);
	await keyboard.press('b', /"retired" is not in the configuration of this machine/);
	await keyboard.press('k', /▸ young/);
	await keyboard.press('r', 'There is no snapshot of "young" yet.');
	await keyboard.press('v', 'There is no snapshot of "young" yet.');
	await keyboard.press('A', /INTACT: \d+ entr[\s\S]*backup +ok/);
	await keyboard.press('escape', /▸ young/);
	t.true(isWholeFrame(terminal), terminal.text);
	await keyboard.press('x', 'No job runs or waits at the cursor');
	// A question is not answered by Enter, and any key but y means no.
	await keyboard.press('b', 'Back up "young" now?');
	terminal.press('enter');
	await keyboard.press('n', ({text}) => !text.includes('Back up "young" now?'));
	terminal.press('q');
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
	t.is(host.run(['snapshots', '--json']).json()[0]!['length'], 2);
});

optionalTest(ptyLack, 'a repository that the key does not open: the screen goes, the message stays, exit code 12', async t => {
	const host = await createHostWithPast(t, [{name: 'etc', backups: [{daysAgo: 0.1, files}]}]);
	t.is(host.run(['init', '--repository', host.path('other'), '--key-file', host.path('other.key')]).code, 0);
	const terminal = startCoffer(t, host, ['--key-file', host.path('other.key')]);
	t.deepEqual(await terminal.exited, {code: 12, signal: null});
	t.deepEqual(await terminal.leftovers(), []);
	t.regex(terminal.text.replaceAll('\n', ''), /^coffer: .*does not open the repository/);
});

optionalTest(ptyLack, 'no repository: exit code 10; a broken configuration: 2, and no screen at all', async t => {
	const host = await createHostWithPast(t, [{name: 'etc', backups: [{daysAgo: 0.1, files}]}]);
	renameSync(host.repository, host.path('elsewhere'));
	const gone = startCoffer(t, host);
	t.deepEqual(await gone.exited, {code: 10, signal: null});
	t.deepEqual(await gone.leftovers(), []);
	t.regex(gone.text.replaceAll('\n', ''), /^coffer: There is no repository at /);
	writeFileSync(host.configFile, '{"repository": "/x", "typo": 1}');
	const broken = startCoffer(t, host);
	t.deepEqual(await broken.exited, {code: 2, signal: null});
	t.regex(broken.text, /typo is unknown here/);
	t.false(broken.rawOutput.includes('\u001B[?1049h'));
	const unnamed = new TestHost(t);
	const nowhere = startCoffer(t, unnamed, ['--repository', unnamed.path('nowhere'), '--key-file', unnamed.path('none')]);
	t.deepEqual(await nowhere.exited, {code: 10, signal: null});
	t.deepEqual(await nowhere.leftovers(), []);
});
