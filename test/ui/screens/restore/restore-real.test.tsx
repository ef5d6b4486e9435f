import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {systemClock} from '../../../../source/ui/clock.ts';
import type {DashboardState} from '../../../../source/ui/model/state.ts';
import type {RestoreScreen} from '../../../../source/ui/screens/restore/state.ts';
import {drawDashboard} from '../../../helpers/drawn-dashboard.tsx';
import {createFolder} from '../../../helpers/source-folder.ts';
import {createThreadedEngine} from '../../../helpers/threaded-engine.ts';
import {describeFolder} from '../../../helpers/walk-folder.ts';

const restoreOf = ({screens}: DashboardState): RestoreScreen | undefined => screens.find(screen => screen.kind === 'restore');

test('a folder and a file of an older snapshot come back from a real repository, byte for byte, and nothing else', async t => {
	const source = createFolder(t, {'html/index.html': 'first', 'html/css/site.css': 'body {}', 'html/big.bin': Buffer.alloc(300_000, 'x'), 'html/naïve – ☃.txt': 'snow', 'notes.txt': 'notes', 'other.txt': 'other'});
	const restoreFolder = createFolder(t);
	const {client, options, start} = await createThreadedEngine(t);
	const request = {source: {kind: 'files', name: 'files', paths: [source]}, class: 'manual'} as const;
	await client.backup(request);
	const before = describeFolder(path.join(source, 'html'));
	writeFileSync(path.join(source, 'html/index.html'), 'second');
	await client.backup(request);

	const {dashboard, press, type, frame, settle} = await drawDashboard(t, {columns: 120, rows: 36}, {
		clock: systemClock, restoreFolder, start: {url: options.repositoryUrl, sources: [], startEngine: () => start()},
	});
	const until = async (isReached: (state: DashboardState) => boolean) => {
		await new Promise<void>(resolve => {
			const unsubscribe = dashboard.store.subscribe(() => {
				look();
			});
			const look = () => {
				if (isReached(dashboard.state)) {
					unsubscribe();
					resolve();
				}
			};

			look();
		});
		await settle();
	};

	await until(({snapshots}) => snapshots?.snapshots.length === 2);
	await press('r', 'j', 'enter');
	await until(state => restoreOf(state)!.picking!.isSettled);
	t.regex((await frame()).join('\n'), /> \[ \] +> html\//);

	await press('space', '/');
	await type('notes');
	await press('enter');
	await until(state => restoreOf(state)!.picking!.tree.search?.status === 'found');
	await press('space', 'n', 'enter');
	await until(state => restoreOf(state)!.preview?.status === 'ready');
	const preview = (await frame()).join('\n');
	t.true(preview.includes('html/css/site.css'));
	t.true(preview.includes('No file that is there is replaced.'));
	t.deepEqual(readdirSync(restoreFolder), []);

	await press('y');
	await until(({jobs}) => jobs[0]?.endedMs !== undefined);
	t.true((await frame()).join('\n').includes('5 restored, 0 skipped, 0 failed'));
	const [target] = readdirSync(restoreFolder);
	const restored = path.join(restoreFolder, target!, source);
	t.deepEqual(describeFolder(path.join(restored, 'html')), before);
	t.is(readFileSync(path.join(restored, 'html/index.html'), 'utf8'), 'first');
	t.is(readFileSync(path.join(restored, 'notes.txt'), 'utf8'), 'notes');
	t.deepEqual(readdirSync(restored).toSorted(), ['html', 'notes.txt']);
	t.log(`${Object.keys(before).length + 1} entries restored`);
});
