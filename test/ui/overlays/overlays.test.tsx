import test from 'ava';
import {drawDashboard} from '../../helpers/drawn-dashboard.tsx';
import {createFakeEngine} from '../../helpers/fake-engine.ts';
import {assertScreen, screenSizes} from '../../helpers/screen-assertions.ts';

for (const size of screenSizes) {
	test(`help, palette, question and choice at ${size.columns}x${size.rows}`, async t => {
		const {frame, press, type} = await drawDashboard(t, size);
		const seen = async (...parts: readonly string[]) => {
			const lines = await frame();
			assertScreen(t, lines, size);
			for (const part of parts) {
				t.true(lines.join('\n').includes(part), part);
			}
		};

		await press('?');
		await seen('Help: main screen', 'back up this source now');
		await type('acknow');
		await seen('acknowledge the alert');
		await press('escape', ':');
		await type('verify m');
		await seen('Command', 'verify mail-spool');
		await press('escape', 'v');
		await seen('Verify db-prod-pg', '(*) quick', '( ) full');
		await press('escape', 'b');
		await seen('Back up "db-prod-pg" now?', 'n no (default)');
	});
}

test('backup asks; Enter confirms nothing, any other key is a no', async t => {
	const {press, engine, dashboard} = await drawDashboard(t, {columns: 80, rows: 24});
	await press('b', 'enter');
	t.is(dashboard.state.overlay?.kind, 'confirm');
	await press('n');
	t.is(dashboard.state.overlay, undefined);
	t.deepEqual(dashboard.state.jobs, []);
	await press('b', 'y');
	t.true(engine.calls.includes('backup db-prod-pg'));
	await press('B', 'y');
	t.is(dashboard.state.jobs.length, 9);
});

test('the palette completes, runs, and remembers', async t => {
	const {press, type, engine, dashboard, frame} = await drawDashboard(t, {columns: 80, rows: 24});
	await press(':');
	await type('backup git');
	await press('tab', 'enter', 'y');
	t.true(engine.calls.includes('backup git-mirror'));
	await press(':', 'up');
	t.regex((await frame()).join('\n'), /: backup git-mirror/);
	await press('escape');
	t.deepEqual(dashboard.history, ['backup git-mirror']);
	await press(':');
	await type('nonsense');
	await press('enter');
	t.regex((await frame()).join('\n'), /No command matches/);
});

test('leaving asks where a job runs, and ends it when told to', async t => {
	let isAborted = false;
	const engine = createFakeEngine({backup: async (_, options) => new Promise((_resolve, reject) => {
		options?.signal?.addEventListener('abort', () => {
			isAborted = true;
			reject(new Error('ended'));
		});
	})});
	const {press, frame, dashboard} = await drawDashboard(t, {columns: 80, rows: 24}, {engine});
	let hasLeft = false;
	dashboard.terminal = {...dashboard.terminal!, exit() {
		hasLeft = true;
	}};
	await press('b', 'y', 'q');
	t.regex((await frame()).join('\n'), /Jobs are running or waiting/);
	await press('enter');
	t.is(dashboard.state.overlay?.kind, 'leave');
	await press('n');
	t.false(hasLeft);
	await press('ctrl-c', 'ctrl-c');
	t.true(hasLeft);
	await dashboard.close();
	t.true(isAborted);
});
