import {readFileSync} from 'node:fs';
import {isWholeFrame} from '../helpers/dashboard-frame.ts';
import {createHostWithPast} from '../helpers/host-with-past.ts';
import {Keyboard} from '../helpers/keyboard.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {ptyLack} from '../helpers/pty.ts';
import {startCoffer} from '../helpers/terminal.ts';
import {walkFolder} from '../helpers/walk-folder.ts';

/** More than this nobody should have to press for any of it. */
const mostPresses = 10;

optionalTest(ptyLack, `which backup is late and why, back it up, verify it, restore a file from three days ago: each within ${mostPresses} keys`, async t => {
	const daily = (files: Record<string, string>) => [4.1, 3.1, 2.1, 1.1, 0.1].map(daysAgo => ({daysAgo, files}));
	const host = await createHostWithPast(t, [
		{name: 'etc', backups: daily({hosts: '127.0.0.1 localhost\n', 'ssh/sshd_config': 'Port 22\n'})},
		{name: 'www', backups: daily({'index.html': '<h1>shop</h1>\n'})},
		{name: 'mail', backups: [5.1, 4.1, 3.1].map(daysAgo => ({daysAgo, files: {'anna/inbox': `mail of ${daysAgo} days ago\n`, 'anna/sent': 'x', 'ben/inbox': 'y'}}))},
		{name: 'home', backups: daily({'anna/thesis.tex': 'Once upon a time\n'})},
	]);
	const terminal = startCoffer(t, host);
	const keyboard = new Keyboard(terminal);
	const counts: Record<string, number> = {};
	const count = (what: string) => {
		counts[what] = keyboard.presses;
		t.true(keyboard.presses <= mostPresses, `${what}: ${keyboard.presses} keys`);
		t.true(isWholeFrame(terminal), terminal.text);
		keyboard.presses = 0;
	};

	const overview = await terminal.waitFor(/mail +LATE +3d/);
	t.is(overview.match(/ LATE /g)?.length, 1);
	t.regex(overview, /mail {2}the newest backup is 3 days old/);
	await keyboard.press('4', /┏━\[4 Alerts/);
	const why = await keyboard.press('enter', 'Cause:');
	t.regex(why, /Cause: no run has begun since/);
	t.regex(why, /Next step: run "coffer backup mail"/);
	count('which is late, and why');

	await keyboard.press('b', 'Back up "mail" now?');
	await keyboard.press('y', /backup mail: 3 files/);
	await keyboard.press('escape', /mail +OK +now/);
	count('back it up');

	await keyboard.press('1', /┏━\[1 Backups/);
	await keyboard.press('j', '▸ www');
	await keyboard.press('j', '▸ mail');
	await keyboard.press('v', '[Verify mail, 4 snapshots]');
	await keyboard.press('f', /verify mail \(full\): .* nothing wrong/);
	await terminal.waitFor(/mail +OK +now +25h +\S+ B +now/);
	count('verify it');

	await keyboard.press('r', '> restore mail');
	await keyboard.press('3', /▸ +[\da-f]{8} .* 3d /);
	await keyboard.press('enter', /anna/);
	await keyboard.press('/', 'Enter keeps it');
	await keyboard.type('anna/inb', /find "anna\/inb" 1 match|▸ \[ \] .*inbox/);
	await keyboard.press('enter', /n next/);
	await keyboard.press('n', '[3 Target]');
	await keyboard.press('enter', /y restores this/);
	await keyboard.press('y', 'The hash of every restored chunk was checked.');
	count('restore a file from three days ago');

	const restored = [...walkFolder(host.path('coffer-restore'), {hasFullContent: true})].filter(([, {type}]) => type === 'file');
	t.is(restored.length, 1);
	t.true(restored[0]![0].endsWith('/mail/anna/inbox'));
	t.is(Buffer.from(restored[0]![1].content!, 'hex').toString(), 'mail of 3.1 days ago\n');
	t.is(readFileSync(host.path('data/mail/anna/inbox'), 'utf8'), 'mail of 3.1 days ago\n');
	t.log(counts);
});
