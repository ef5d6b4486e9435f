import test from 'ava';
import {drawDashboard} from '../../../helpers/drawn-dashboard.tsx';
import {createFakeEngine} from '../../../helpers/fake-engine.ts';
import {assertScreen, screenSizes} from '../../../helpers/screen-assertions.ts';

for (const size of screenSizes) {
	for (const hasUnicode of [true, false]) {
		test(`a job at ${size.columns}x${size.rows} ${hasUnicode ? 'with' : 'without'} Unicode: how far it is, then what came of it`, async t => {
			const {promise, resolve} = Promise.withResolvers<void>();
			const engine = createFakeEngine({async backup(_, options) {
				options?.onEvent?.({event: 'progress', phase: 'reading', files: 12, bytes: 25_000_000, totalBytes: 100_000_000, rate: 5_000_000, current: '/srv/\u001B[2Jname'});
				options?.onEvent?.({event: 'warning', kind: 'unreadable', path: '/srv/x', message: '/srv/x could not be read: EACCES'});
				await promise;
				return {files: 3, directories: 1, bytes: 1000, addedBytes: 10, storedBytes: 5, durationMs: 1200, unreadable: 1, changed: 0};
			}});
			const {frame, press, settle, clock} = await drawDashboard(t, size, {engine, hasUnicode});
			await press('b', 'y', '5', 'enter');
			clock.advance(1000);
			const running = await frame();
			assertScreen(t, running, size);
			for (const part of ['backup db-prod-pg', 'RUN', '25%', '25 MB of 100 MB', '5.0 MB/s', '15 s left', '12 files', String.raw`\x1b[2Jname`, 'EACCES', 'Esc leaves it running']) {
				t.true(running.join('\n').includes(part), part);
			}

			resolve();
			await settle();
			clock.advance(1000);
			const done = await frame();
			assertScreen(t, done, size);
			for (const part of ['DONE', 'missing', '1 entry could not be read', 'EACCES']) {
				t.true(done.join('\n').includes(part), part);
			}

			t.is(hasUnicode, done.join('\n').includes('┬'));
		});
	}
}
