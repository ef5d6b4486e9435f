import test from 'ava';
import {drawDashboard} from '../../../helpers/drawn-dashboard.tsx';
import {createFakeEngine} from '../../../helpers/fake-engine.ts';
import {buildOverview, buildSource} from '../../../helpers/overview-builder.ts';
import {assertScreen, screenSizes} from '../../../helpers/screen-assertions.ts';

for (const size of screenSizes) {
	test(`the screen of a late source at ${size.columns}x${size.rows}: why, what to do, its snapshots`, async t => {
		const {frame, press} = await drawDashboard(t, size);
		await press('down', 'down', 'down', 'enter');
		const lines = await frame();
		assertScreen(t, lines, size);
		const text = lines.join('\n');
		for (const part of ['git-mirror: LATE', 'Cause', 'no backup for 3 days', 'Next step', 'Snapshots 5', '00040000', 'last run']) {
			t.true(text.includes(part), part);
		}

		t.regex(text, /Trend +size [.:=+*#-]{5} \S+ \SB +took [.:=+*#-]{5} /);
		t.is(/ new [.:=+*#-]{5} /.test(text), size.columns >= 200);
		t.is(text.includes('Snapshot 00040000'), size.columns >= 110);
	});
}

test('from a snapshot: verify it, compare it with the one before or a marked one, restore it', async t => {
	const engine = createFakeEngine({async compareSnapshots(from, to) {
		engine.calls.push(`compare ${from.slice(0, 4)} ${to.slice(0, 4)}`);
		return {changes: [], counts: {added: 0, addedBytes: 0, removed: 0, removedBytes: 0, changed: 0, changedBytesBefore: 0, changedBytesAfter: 0, metadataOnly: 0}};
	}});
	const {press, dashboard} = await drawDashboard(t, {columns: 80, rows: 24}, {engine});
	await press('enter', 'v', 'f');
	t.true(engine.calls.includes('verify "all" of 1'));
	await press('d');
	t.true(engine.calls.includes('compare 0003 0004'));
	await press('q', 'G', 'space', 'g', 'd');
	t.true(engine.calls.includes('compare 0000 0004'));
	await press('q', 'r');
	t.is(dashboard.state.screens.at(-1)!.kind, 'restore');
});

test('a source without snapshots says so, and what would need one says why not', async t => {
	const engine = createFakeEngine();
	engine.overviewValue = buildOverview({sources: [buildSource('new', {state: 'never', snapshots: 0, runs: []})]});
	engine.snapshotList = {snapshots: [], verifications: new Map()};
	const {frame, press} = await drawDashboard(t, {columns: 80, rows: 24}, {engine});
	await press('enter');
	t.regex((await frame()).join('\n'), /There is no snapshot yet: b backs it up/);
	await press('v');
	t.regex((await frame()).join('\n'), /There is no snapshot of this source yet/);
});
