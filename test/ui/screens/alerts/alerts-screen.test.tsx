import test from 'ava';
import {drawDashboard} from '../../../helpers/drawn-dashboard.tsx';
import {createFakeEngine} from '../../../helpers/fake-engine.ts';
import {ago, buildAlert, buildOverview} from '../../../helpers/overview-builder.ts';
import {assertScreen, screenSizes} from '../../../helpers/screen-assertions.ts';

for (const size of screenSizes) {
	test(`the screen of alerts at ${size.columns}x${size.rows}`, async t => {
		const {frame, press} = await drawDashboard(t, size);
		await press('4', 'enter');
		const lines = await frame();
		assertScreen(t, lines, size);
		const text = lines.join('\n');
		for (const part of ['4 Alerts 3 open, 0 acknowledged', 'CRIT', 'the last 10 backups failed', 'Cause: The source could not be read', 'Next step: mount the share']) {
			t.true(text.includes(part), part);
		}
	});
}

test('acknowledge at once, with a note, and take it back', async t => {
	const engine = createFakeEngine();
	engine.overviewValue = buildOverview({alerts: [buildAlert({key: 'one'}), buildAlert({key: 'two', object: 'other', acknowledged: {time: ago(0), user: 'root', note: 'asked'}})]});
	const {press, type, frame} = await drawDashboard(t, {columns: 80, rows: 24}, {engine});
	await press('4', 'enter', 'a');
	t.true(engine.calls.includes('acknowledge one'));
	await press('n');
	await type('ticket 8812');
	await press('enter');
	t.true(engine.calls.includes('acknowledge one: ticket 8812'));
	await press('u');
	t.regex((await frame()).join('\n'), /This alert is open/);
	await press('down', 'u');
	t.true(engine.calls.includes('unacknowledge two'));
	t.regex((await frame()).join('\n'), /Acknowledged by root .*asked/);
	await press('f');
	t.notRegex((await frame()).join('\n'), /other/);
});

test('Enter goes to what an alert is about; a filter leaves what matches', async t => {
	const {press, type, dashboard, frame} = await drawDashboard(t, {columns: 80, rows: 24});
	await press('4', 'enter', '/');
	await type('mirror');
	await press('enter');
	t.regex((await frame()).join('\n'), /filter: mirror/);
	await press('enter');
	t.like(dashboard.state.screens.at(-1), {kind: 'source', name: 'git-mirror'});
	await press('q', '/', 'ctrl-u', 'enter', 'G', 'enter');
	t.is(dashboard.state.screens.at(-1)!.kind, 'keys');
});

test('an alert says who was told of it, and which page has more; those of the schedule and the audit log open their screens', async t => {
	const engine = createFakeEngine();
	engine.overviewValue = buildOverview({alerts: [
		buildAlert({key: 'idle', kind: 'idle', object: 'schedule', told: [{channel: 'mail', last: ago(60_000), count: 1}, {channel: 'pager', last: ago(0), count: 3}]}), buildAlert({key: 'audit-log', kind: 'audit-log', object: 'audit log'}),
	]});
	const {press, frame, dashboard} = await drawDashboard(t, {columns: 120, rows: 36}, {engine});
	await press('4', 'enter');
	const text = (await frame()).join('\n');
	t.regex(text, /told +mail \d{4}-/);
	t.regex(text, /pager \d{4}-.*, 3 times/);
	t.regex(text, /More: docs\/runbooks\/idle\.md/);
	await press('enter');
	t.is(dashboard.state.screens.at(-1)!.kind, 'schedule');
	await press('q', 'down', 'enter');
	t.is(dashboard.state.screens.at(-1)!.kind, 'audit');
});
