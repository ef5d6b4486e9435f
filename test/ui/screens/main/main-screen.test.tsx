import test from 'ava';
import {displayWidth} from '../../../../source/text/display-text.ts';
import {drawDashboard} from '../../../helpers/drawn-dashboard.tsx';

for (const size of [{columns: 80, rows: 24}, {columns: 120, rows: 36}, {columns: 200, rows: 60}]) {
	test(`the main screen at ${size.columns}x${size.rows} shows all sources, and fills the terminal exactly`, async t => {
		const {frame} = await drawDashboard(t, size);
		const lines = await frame();
		t.is(lines.length, size.rows);
		t.true(lines.every(line => displayWidth(line) <= size.columns));
		const text = lines.join('\n');
		for (const word of ['db-prod-pg', 'FAIL', 'LATE', 'NEVER', 'WARN', 'epoch 26a4f1c2', '83d/90d', '71%', 'growth', 'win-share  the last 10 backups failed'.slice(0, 9)]) {
			t.true(text.includes(word), word);
		}
	});
}

test('below 80x24 a compact screen tells how it stands, the worst first', async t => {
	const {frame, resize} = await drawDashboard(t, {columns: 60, rows: 15});
	const lines = await frame();
	t.is(lines.length, 15);
	t.true(lines[1]!.includes('1 critical'));
	t.true(lines[2]!.includes('FAIL') && lines[2]!.includes('win-share'));
	await resize({columns: 80, rows: 24});
	const full = await frame();
	t.true(full[1]!.includes('1 Backups 8'));
});
