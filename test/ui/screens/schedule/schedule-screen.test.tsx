import process from 'node:process';
import test from 'ava';
import {CofferError} from '../../../../source/engine/index.ts';
import {paste} from '../../../../source/ui/press-key.ts';
import {drawSchedule} from '../../../helpers/drawn-schedule.tsx';
import {ago} from '../../../helpers/overview-builder.ts';
import {buildJob, buildJobOverview, buildRun, buildSchedule} from '../../../helpers/schedule-builder.ts';
import {assertFrame, assertScreen, screenSizes} from '../../../helpers/screen-assertions.ts';

process.env['TZ'] = 'UTC';
const [small, large] = screenSizes;

for (const size of screenSizes) {
	for (const hasUnicode of [false, true]) {
		test(`what runs when, with every job at the cursor once, at ${size.columns}x${size.rows}${hasUnicode ? '' : ', ASCII'}`, async t => {
			const {frame, text, press, dashboard} = await drawSchedule(t, size, {hasUnicode});
			await press('c');
			assertScreen(t, await frame(), size);
			const shown = await text();
			t.regex(shown, /Next 24 h \(UTC, now 14:03\)/);
			t.regex(shown, /now +16 +18/);
			t.regex(shown, /daily +\.+b\.+ OK/);
			t.regex(shown, /win-share +\.+B\.+ FAIL/);
			t.regex(shown, /cleanup +\.+ OFF/);
			t.regex(shown, /report +\*\.+ RUN/);
			t.regex(shown, /\* runs +b backup +B long +v verify +p prune +k key +m monitor +r report/);
			t.regex(shown, /started by cron or systemd/);
			for (const {job} of dashboard.state.overview!.schedule.jobs) {
				assertScreen(t, await frame(), size);
				const part = await text();
				t.true(part.includes(`[${job.name}]`) && part.includes(`cron   ${job.expression}   ${job.timeZone}`), part);
				await press('j');
			}

			await press('g', 't');
			assertScreen(t, await frame(), size);
			t.regex(await text(), /Next 7 days .*\n.* now +Sun 22 +Mon 23 +Tue 24/);
		});
	}
}

test('everything about a job: its zone, last run, rules, limits, and who starts it', async t => {
	const {text, press} = await drawSchedule(t, large!);
	await press('c');
	const daily = await text();
	t.regex(daily, /job +backup of all sources, class daily +usual length 12 s/);
	t.regex(daily, /next +22 Nov 02:0\d, 23 Nov 02:0\d, 24 Nov 02:0\d/);
	t.regex(daily, /last +2026-11-21 02:03 OK after 12 s: 3 sources, 12\.1 GB, 40 MB new/);
	t.regex(daily, /missed runs: made up for by one +overlap: left out/);
	t.regex(daily, /jitter up to 10m +stopped after 4h +at most 20 MB\/s/);
	t.regex(daily, /by +cron or systemd, last 2026-11-21 14:02/);
	t.regex(daily, /Last runs.*\n.*11-21 02:03 OK/);
	await press('j');
	const other = await text();
	t.regex(other, /next +22 Nov 01:15, 23 Nov 01:15, 24 Nov 01:15 Europe\/Berlin/);
	t.regex(other, /\(here[^\n]*\n.*22 Nov 00:15\)/);
	await press('enter');
	t.regex(await text(), /Last runs of win-share[\s\S]*FAIL +by cron or systemd, after 3\.0 s: win-share:/);
	await press('escape', 'l');
	t.is(dashboardKind(await text()), 'log');
});

const dashboardKind = (text: string): string => / > (?<kind>\w+)/.exec(text)!.groups!['kind']!;

test('nothing starts the jobs: said in words on every screen, with what to do', async t => {
	const schedule = buildSchedule({jobs: [buildJobOverview(buildJob('daily'), {nextRun: ago(60_000), runs: [buildRun('daily', 'ok', {agoMs: 20 * 60 * 60 * 1000, trigger: 'hand'})]})]});
	for (const size of [small!, large!]) {
		const {text, press, frame} = await drawSchedule(t, size, {schedule});
		t.regex((await frame())[0]!, size === small ? /!no schedule/ : /!NOTHING starts jobs \(c\)/);
		await press('c');
		const shown = await text();
		t.regex(shown, /started by NOTHING/);
		t.regex(shown, /by +NOTHING\. "coffer schedule install" makes cron or systemd do/);
		t.regex(shown, /daily +\.*b\.* +DUE/);
		t.regex(shown, /next +due now, then 22 Nov 02:00/);
	}
});

test('an expression is edited in a line: what is wrong with it, or the next three starts, while it is typed', async t => {
	const {text, press, type, changes, dashboard, started, control} = await drawSchedule(t, small!);
	await press('c', 'e');
	t.regex(await text(), /When daily runs[\s\S]*> 0 2 \* \* \*/);
	t.regex(await text(), /next 22 Nov 02:0\d, 23 Nov/);
	await press('ctrl-u');
	t.regex(await text(), /it has five fields/);
	await type('0 25 * * *');
	t.regex(await text(), /the hour must be from 0 to 23, not "25"/);
	await press('enter');
	t.is(dashboard.state.overlay?.kind, 'prompt', 'what is no expression is not taken');
	t.deepEqual(changes, []);
	await press('ctrl-u');
	paste(dashboard, '30 3 * * 1');
	t.regex(await text(), /next 23 Nov 03:3\d, 30 Nov 03:3\d, 7 Dec 03:3\d/);
	const before = started();
	await press('enter');
	t.deepEqual(changes, [['daily', {expression: '30 3 * * 1'}]]);
	t.deepEqual(control.calls, ['reload']);
	t.is(started(), before + 1, 'the repository is looked at with the new jobs');
	t.regex(await text(), /daily runs at "30 3 \* \* 1" from now on\. Saved\. "coffer schedule install"/);

	await press('e', 'enter');
	await press('e', 'escape');
	t.is(changes.length, 1, 'what is not changed is not saved');
});

test('Space switches a job on or off; a failure is told, and what is there now is looked at', async t => {
	const {text, press, changes, refuse, started} = await drawSchedule(t, large!);
	await press('c', ' ');
	t.deepEqual(changes, [['daily', {isEnabled: false}]]);
	t.regex(await text(), /daily is switched off\. Saved\./);
	await press('down', 'down', 'down', 'down', 'down', ' ');
	t.deepEqual(changes[1], ['cleanup', {isEnabled: true}]);
	refuse(new CofferError('state-failed', 'The job "cleanup" was changed by somebody else meanwhile.'));
	const before = started();
	await press(' ');
	t.regex(await text(), /changed by somebody else meanwhile/);
	t.is(started(), before + 1);
});

test('b runs a job after y, and tells how it ended; one that runs is not run again', async t => {
	const {text, press, control, settle, dashboard} = await drawSchedule(t, large!);
	await press('c', 'b', 'enter', 'n');
	t.deepEqual(control.calls, []);
	await press('b');
	t.regex(await text(), /Run "daily" \(backup\) now, whether it is due or not\?/);
	await press('y');
	t.deepEqual(control.calls, ['start daily']);
	t.regex(await text(), /daily runs, in a process of its own/);
	control.endings[0]!({code: 3, line: '3 sources, 1 file could not be read'});
	await settle();
	t.regex(await text(), /daily: 3 sources, 1 file could not be read/);
	t.is(dashboard.state.notice?.tone, 'warning');
	await press('G', 'b');
	t.regex(await text(), /"report" runs already \(process 812\)/);
	control.failure = new CofferError('internal', 'No process could be started.');
	await press('g', 'b', 'y');
	t.regex(await text(), /No process could be started\./);
});

test('H holds the schedule after y, and lets go of it after y; somebody else who holds it is named', async t => {
	const {text, press, control} = await drawSchedule(t, large!);
	await press('c', 'H', 'y');
	t.true(control.isHeld());
	t.regex(await text(), /The schedule is held here: jobs start when due, while this is open/);
	await press('H', 'n');
	t.true(control.isHeld());
	await press('H', 'y');
	t.false(control.isHeld());
	t.regex(await text(), /held here no more\. What runs goes on\./);
	control.other = {kind: 'daemon', process: {host: 'vault01', bootId: 'boot', pid: 812, startTicks: 1}, since: ago(3_600_000)};
	await press('H', 'y');
	t.regex(await text(), /The daemon holds the schedule, process 812: it is not held here\./);
});

test('without a configuration there is nothing to change, and the keys say so', async t => {
	const {text, press} = await drawSchedule(t, small!, {hasControl: false});
	await press('c');
	for (const key of ['e', ' ']) {
		await press(key);
		t.regex(await text(), /There is no configuration file to keep a change in/);
	}

	for (const key of ['b', 'H']) {
		await press(key);
		t.regex(await text(), /There is no schedule to work on/);
	}
});

test('the cursor stays on its job when the list becomes another one; no jobs are no error', async t => {
	const {text, press, setSchedule, dashboard, settle, clock} = await drawSchedule(t, small!);
	await press('c', 'j', 'j');
	t.regex(await text(), /> monitor/);
	const schedule = buildSchedule();
	setSchedule({...schedule, jobs: schedule.jobs.slice(1)});
	dashboard.refresh();
	await settle();
	clock.advance(1000);
	await settle();
	t.regex(await text(), /> monitor/);
	setSchedule({jobs: []});
	dashboard.refresh();
	await settle();
	clock.advance(1000);
	await settle();
	const shown = await text();
	t.regex(shown, /There is no job on this host/);
	await press('e');
	t.regex(await text(), /There is no job at the cursor\./);
});

test('a terminal that is too small for panes: never higher than it', async t => {
	for (const size of [{columns: 79, rows: 23}, {columns: 44, rows: 12}, {columns: 40, rows: 10}]) {
		const {frame, press, dashboard} = await drawSchedule(t, size);
		const {openSchedule} = await import('../../../../source/ui/screens/schedule/open.ts');
		openSchedule(dashboard);
		assertFrame(t, await frame(), size);
		await press('j', 't');
		assertFrame(t, await frame(), size);
		await press('e');
		assertFrame(t, await frame(), size);
	}
});
