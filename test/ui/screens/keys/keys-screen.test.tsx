import test from 'ava';
import {drawDashboard} from '../../../helpers/drawn-dashboard.tsx';
import {assertScreen, screenSizes} from '../../../helpers/screen-assertions.ts';

for (const size of screenSizes) {
	test(`the screen of keys at ${size.columns}x${size.rows}`, async t => {
		const {frame, press} = await drawDashboard(t, size);
		await press('2', 'enter', 'down');
		const lines = await frame();
		assertScreen(t, lines, size);
		const text = lines.join('\n');
		for (const part of ['Epochs 1', '26a4f1c2', '83d / 90d', 'next rotation in 7 days', 'Key slots 2', 'root@vault01', 'recovery', 'owner']) {
			t.true(text.includes(part), part);
		}
	});
}
