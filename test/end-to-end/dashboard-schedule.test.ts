import {readFileSync, writeFileSync} from 'node:fs';
import {isWholeFrame} from '../helpers/dashboard-frame.ts';
import {createHostWithPast} from '../helpers/host-with-past.ts';
import {Keyboard} from '../helpers/keyboard.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {ptyLack} from '../helpers/pty.ts';
import {startCoffer} from '../helpers/terminal.ts';

for (const size of [{columns: 80, rows: 24}, {columns: 120, rows: 36}]) {
	optionalTest(ptyLack, `what runs when; an expression is edited, a job switched off, and somebody else's change is not lost, at ${size.columns}x${size.rows}`, async t => {
		const host = await createHostWithPast(t, [{name: 'data', backups: [{daysAgo: 1.1, files: {small: 'x'}}, {daysAgo: 0.1, files: {newer: 'y'}}]}]);
		const read = () => readFileSync(host.configFile, 'utf8');
		const before = read();
		const terminal = startCoffer(t, host, [], size);
		await terminal.waitFor(/data +OK/);
		const keyboard = new Keyboard(terminal);
		const shown = await keyboard.press('c', /Next 24 h/);
		t.regex(shown, /daily +\.*b[.b]* /);
		t.regex(shown, /cron +0 2 \* \* \*/);
		t.regex(shown, /NOTHING/);
		t.true(isWholeFrame(terminal), terminal.text);
		await keyboard.press('t', 'Next 7 days');
		t.true(isWholeFrame(terminal), terminal.text);

		await keyboard.press('e', '> 0 2 * * *');
		await keyboard.press('ctrl-u', 'it has five fields');
		await keyboard.type('15 3 * * 8', 'the day of week must be from 0 to 7');
		await keyboard.press('backspace', ({text}) => !text.includes('* * 8'));
		await keyboard.type('1', /next +\d+ \w+ 03:15, \d+ \w+ 03:15, \d+ \w+ 03:15/);
		t.is(read(), before, 'nothing is written before Enter');
		await keyboard.press('enter', /cron +15 3 \* \* 1 /);
		const written = read();
		t.true(written.startsWith(before.slice(0, -1)), written);
		t.deepEqual((JSON.parse(written) as {schedule: unknown}).schedule, {jobs: {daily: {cron: '15 3 * * 1'}}});

		await keyboard.press('space', /daily .* OFF/);
		t.deepEqual((JSON.parse(read()) as {schedule: unknown}).schedule, {jobs: {daily: {cron: '15 3 * * 1', enabled: false}}});

		const byOthers = read().replace('15 3 * * 1', '45 4 * * *');
		writeFileSync(host.configFile, byOthers);
		await keyboard.press('space', /Not saved[\s\S]*changed[\s\S]*by somebody/);
		t.is(read(), byOthers);
		await keyboard.press('escape', ({text}) => !text.includes('Not saved'));
		await terminal.waitFor(/cron +45 4 \* \* \*/);
		await keyboard.press('space', ({text}) => !/daily .* OFF/.test(text));
		t.is(read(), byOthers.replace('"enabled":false', '"enabled":true'));

		await keyboard.press('enter', 'It has not run yet.');
		await keyboard.press('escape', ({text}) => !text.includes('It has not run yet.'));
		await keyboard.press('escape', /q quit$/);
		t.false(terminal.rawOutput.includes('OFFLINE'));
		terminal.press('q');
		t.deepEqual(await terminal.exited, {code: 0, signal: null});
		t.is((await host.start(['config', 'validate', '--quiet']).ended).code, 0);
	});
}
