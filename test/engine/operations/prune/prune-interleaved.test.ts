import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {forget} from '../../../../source/engine/operations/forget/forget.ts';
import {prune} from '../../../../source/engine/operations/prune/prune.ts';
import {verify} from '../../../../source/engine/operations/verify/verify.ts';
import {listSnapshots, RepositorySession, type Storage} from '../../../../source/engine/repository/repository.ts';
import {copyStorage} from '../../../helpers/copy-storage.ts';
import {createPausedStorage} from '../../../helpers/paused-storage.ts';
import {createPruneScene, describeContents, edited, findGarbage, noiseOf, type PruneScene} from '../../../helpers/prune-scene.ts';
import {createTestRuntime, type TestRuntime} from '../../../helpers/test-runtime.ts';

/** Tries each call instead of a sample. */
const isSoak = process.env['COFFER_SOAK'] === '1';

/** A snapshot that is forgotten, with contents that no other one has, and that the next backup finds again: whole ones, and bases of differences. */
async function createScene(t: ExecutionContext): Promise<PruneScene> {
	const dump = noiseOf('dump', 300_000);
	const scene = await createPruneScene(t, {again: noiseOf('again', 200_000), 'dir/again': noiseOf('small', 5000), dump});
	const first = await scene.run();
	scene.change({again: undefined, 'dir/again': undefined, dump: noiseOf('another dump', 300_000)});
	await scene.run();
	await forget(scene.session, {snapshots: [first]});
	scene.change({again: noiseOf('again', 200_000), 'dir/again': noiseOf('small', 5000), dump: edited(dump, 5000)});
	return scene;
}

/** Another process, which lives beside the scene's own. */
function open(scene: PruneScene, storage: Storage, pid: number): {readonly session: RepositorySession; readonly runtime: TestRuntime} {
	const runtime = createTestRuntime({seed: `process ${pid}`, startMs: scene.runtime.now() + 60_000, identity: {...scene.runtime.identity, pid}});
	return {session: new RepositorySession(storage, runtime, scene.session.memory), runtime};
}

/** The newest snapshot is whole, what was there before is as it was, and once nobody writes any more all garbage goes. */
async function assertWhole(t: ExecutionContext, scene: PruneScene, storage: Storage, expected: readonly string[], about: string): Promise<void> {
	const {session} = open(scene, storage, 9000);
	const texts = await describeContents(session);
	t.deepEqual(texts, expected, about);
	t.deepEqual((await verify(session, {readData: 'all'})).problems.map(({message}) => message), [], about);
	await prune(session);
	t.deepEqual(await describeContents(session), expected, about);
	t.deepEqual(await findGarbage(session), [], about);
}

test('a prune at moments of a backup that finds forgotten contents again: nothing is lost, and neither hinders the other', async t => {
	const scene = await createScene(t);
	const calm = createPausedStorage(await copyStorage(scene.storage));
	await scene.runIn(open(scene, calm, 5000).session);
	const expected = await describeContents(open(scene, calm, 5001).session);
	t.is(expected.length, 2);
	const counts = {waiting: 0, removed: 0};
	let tried = 0;
	for (let at = 1; at <= calm.callCount; at += isSoak ? 1 : 3) {
		const inner = await copyStorage(scene.storage);
		const paused = createPausedStorage(inner, at, async () => {
			const {packs, waitingFor} = await prune(open(scene, inner, 5001).session);
			counts.waiting += Number(packs.waiting > 0);
			counts.removed += packs.removed;
			t.is(waitingFor, packs.waiting > 0 ? 'process 5000 on test-host' : '');
		});
		await t.notThrowsAsync(async () => scene.runIn(open(scene, paused, 5000).session), `call ${at}`);
		tried++;
		await assertWhole(t, scene, inner, expected, `prune before call ${at} of the backup`);
	}

	t.true(counts.waiting > 0 && counts.removed > 0);
	t.log(`${calm.callCount} calls, prunes before ${tried} of them: ${counts.waiting} times packs had to wait, ${counts.removed} were deleted at once`);
});

test('a backup at moments of a prune: what it relies on stays', async t => {
	const scene = await createScene(t);
	const calm = createPausedStorage(await copyStorage(scene.storage));
	await prune(open(scene, calm, 5001).session);
	const probe = await copyStorage(scene.storage);
	await scene.runIn(open(scene, probe, 5000).session);
	const expected = await describeContents(open(scene, probe, 5001).session);
	let tried = 0;
	for (let at = 1; at <= calm.callCount; at += isSoak ? 1 : 3) {
		const inner = await copyStorage(scene.storage);
		const paused = createPausedStorage(inner, at, async () => {
			await scene.runIn(open(scene, inner, 5000).session);
		});
		await t.notThrowsAsync(async () => prune(open(scene, paused, 5001).session), `call ${at}`);
		if ((await listSnapshots(open(scene, inner, 5001).session)).snapshots.length < expected.length) {
			// Names are random, and with them how many calls there are.
			break;
		}

		tried++;
		await assertWhole(t, scene, inner, expected, `backup before call ${at} of the prune`);
	}

	t.true(tried > 10);
	t.log(`${calm.callCount} calls, backups before ${tried} of them`);
});

test('a backup that begins at one moment of a prune and ends at another one, or after it', async t => {
	const scene = await createScene(t);
	const calm = createPausedStorage(await copyStorage(scene.storage));
	await prune(open(scene, calm, 5001).session);
	const backupCalm = createPausedStorage(await copyStorage(scene.storage));
	await scene.runIn(open(scene, backupCalm, 5000).session);
	const expected = await describeContents(open(scene, backupCalm, 5001).session);
	let tried = 0;
	for (let begin = 2; begin <= calm.callCount; begin += isSoak ? 2 : 9) {
		for (let stop = 3; stop <= backupCalm.callCount; stop += isSoak ? 5 : 16) {
			const inner = await copyStorage(scene.storage);
			const {promise: stopped, resolve: onStopped} = Promise.withResolvers<void>();
			const {promise: goOn, resolve: letGo} = Promise.withResolvers<void>();
			const halting = createPausedStorage(inner, stop, async () => {
				onStopped();
				await goOn;
			});
			let backup: Promise<unknown> = Promise.resolve();
			const paused = createPausedStorage(inner, begin, async () => {
				backup = scene.runIn(open(scene, halting, 5000).session);
				await Promise.race([stopped, backup]);
			});
			await t.notThrowsAsync(async () => prune(open(scene, paused, 5001).session));
			letGo();
			await t.notThrowsAsync(async () => backup);
			if (paused.callCount < begin || halting.callCount === 0) {
				continue;
			}

			tried++;
			await assertWhole(t, scene, inner, expected, `begun before call ${begin} of the prune, stopped before call ${stop} of its own`);
		}
	}

	t.true(tried > 5);
	t.log(`${tried} pairs of moments`);
});
