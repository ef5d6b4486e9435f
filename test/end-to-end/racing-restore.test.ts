import {mkdirSync, readdirSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {Worker} from 'node:worker_threads';
import {once} from 'node:events';
import test from 'ava';
import {restore} from '../../source/engine/operations/restore/restore.ts';
import {isCofferError} from '../../source/engine/errors.ts';
import {createTestRepository} from '../helpers/repository-session.ts';
import {buildSnapshot} from '../helpers/snapshot-builder.ts';
import {createFolder} from '../helpers/source-folder.ts';
import type {SwapTask} from '../helpers/swap-folders.ts';
import {systemRuntime as runtime} from '../helpers/traced-backup.ts';

test('fault 29: folders are swapped for links thousands of times while a restore of many files runs: nothing outside the target is touched', async t => {
	t.timeout(300_000);
	const {session} = await createTestRepository(runtime);
	const names = Array.from({length: 12}, (_, index) => `d${index}`);
	const {snapshot} = await buildSnapshot(session, names.map(name => ({
		name, mode: 0o700, entries: [
			...Array.from({length: 80}, (_, index) => ({name: `f${index}`, content: `${name} ${index}`})),
			{name: 'victim', content: 'from the backup', mode: 0o777},
			{name: 'sub', entries: [{name: 'deep', content: 'deep'}]},
		],
	})));
	const outside = createFolder(t, {victim: 'mine', 'sub/deep': 'mine'});
	const before = statSync(outside, {bigint: true});
	const describe = () => ['', 'victim', 'sub', 'sub/deep'].map(name => {
		const {mode, mtimeNs, uid, ctimeNs} = statSync(path.join(outside, name), {bigint: true});
		return `${name} ${mode} ${mtimeNs} ${uid} ${ctimeNs}`;
	});
	const described = describe();
	const target = createFolder(t);
	for (const name of names) {
		mkdirSync(path.join(target, name));
	}

	const control = new SharedArrayBuffer(8);
	const numbers = new Int32Array(control);
	const worker = new Worker(new URL('../helpers/swap-folders.ts', import.meta.url), {workerData: {names, target, outside, control} satisfies SwapTask});
	await once(worker, 'message');
	let restored = 0;
	let refused = 0;
	let runs = 0;
	const leastSwaps = 2000;
	for (; (runs < 8 || Atomics.load(numbers, 1) < leastSwaps) && runs < 200; runs++) {
		try {
			const summary = await restore(session, {snapshot, target, overwrite: 'always', delete: runs % 3 === 2});
			restored += summary.restored;
			refused += summary.problems.length;
		} catch (error) {
			t.true(isCofferError(error), String(error));
			refused++;
		}
	}

	const ended = once(worker, 'message');
	Atomics.store(numbers, 0, 1);
	await ended;
	const swaps = Atomics.load(numbers, 1);
	t.deepEqual(describe(), described);
	t.is(statSync(outside, {bigint: true}).ino, before.ino);
	t.deepEqual(readdirSync(outside).toSorted(), ['sub', 'victim']);
	t.deepEqual(readdirSync(path.join(outside, 'sub')), ['deep']);
	t.is(readFileSync(path.join(outside, 'victim'), 'utf8'), 'mine');
	t.is(readFileSync(path.join(outside, 'sub/deep'), 'utf8'), 'mine');
	t.true(swaps >= leastSwaps, `${swaps} swaps`);
	t.true(restored > 300, `${restored} restored`);
	t.log(`${runs} restores, ${swaps} swaps, ${restored} files restored, ${refused} problems named, nothing outside touched`);
});
