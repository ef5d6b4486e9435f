import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {backup} from '../../../../source/engine/operations/backup/backup.ts';
import {forget} from '../../../../source/engine/operations/forget/forget.ts';
import {prune} from '../../../../source/engine/operations/prune/prune.ts';
import {findUnderOldEpochs} from '../../../../source/engine/operations/rotate/proof.ts';
import {rotate} from '../../../../source/engine/operations/rotate/rotate.ts';
import {verify} from '../../../../source/engine/operations/verify/verify.ts';
import {listSnapshots, openRepository, type Storage} from '../../../../source/engine/repository/repository.ts';
import {createMemoryStorage} from '../../../../source/engine/storage/memory.ts';
import {copyStorage} from '../../../helpers/copy-storage.ts';
import {createFaultyStorage, SimulatedCrash} from '../../../helpers/faulty-storage.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {createPausedStorage} from '../../../helpers/paused-storage.ts';
import {describeContents, findGarbage, noiseOf} from '../../../helpers/prune-scene.ts';
import {createSharedRepository, openAs, type SharedRepository} from '../../../helpers/shared-repository.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {createStoredSecretChange, takeSecret} from '../../../helpers/stored-secret.ts';
import {createTestRuntime, type TestRuntime} from '../../../helpers/test-runtime.ts';

/** Tries more calls. */
const isSoak = process.env['COFFER_SOAK'] === '1';

type Scene = {readonly storage: Storage; readonly repository: SharedRepository; readonly runtime: TestRuntime};

/** Three snapshots, of which the first is forgotten: dead packs, and one that is mostly dead. */
async function createScene(t: ExecutionContext): Promise<Scene> {
	const runtime = createTestRuntime();
	const storage = createMemoryStorage({runtime});
	const repository = await createSharedRepository(storage, runtime);
	const folder = createFolder(t);
	for (let day = 1; day <= 3; day++) {
		await writeFile(path.join(folder, 'changing'), noiseOf(`day ${day}`, 90_000));
		await writeFile(path.join(folder, `day-${day}`), noiseOf(`stays ${day}`, 9000));
		runtime.forward(60_000);
		await backup(repository.session, {source: {kind: 'files', name: 'data', paths: [folder]}}, {threads: 1});
	}

	const {snapshots} = await listSnapshots(repository.session);
	await forget(repository.session, {snapshots: [snapshots[0]!.id]});
	return {storage, repository, runtime};
}

const run = async (storage: Storage, runtime: TestRuntime, isReencrypting: boolean) => {
	const session = await openRepository(storage, (await takeSecret(storage))!, runtime);
	return rotate(session, {secretChange: createStoredSecretChange(storage, runtime), isReencrypting});
};

for (const isReencrypting of [false, true]) {
	test(`a rotation ${isReencrypting ? 'with re-encryption ' : ''}that was interrupted: prune works beside it, and it is taken up as if nothing had been`, async t => {
		const {storage: original, repository, runtime} = await createScene(t);
		const probe = createFaultyStorage(await copyStorage(original));
		await run(probe, runtime, isReencrypting);
		const expected = await describeContents(await openAs(repository.slots['second owner'], original, runtime));
		t.is(expected.length, 2);
		let interrupted = 0;
		let pruned = 0;
		const calls = probe.mutatingCallCount;
		for (let at = 2; at <= calls; at += isSoak ? 1 : Math.ceil(calls / 9)) {
			const inner = await copyStorage(original);
			const crashing = createTestRuntime({seed: String(at), startMs: runtime.now(), identity: {...runtime.identity, pid: at}});
			const [{reason}] = await Promise.allSettled([run(createFaultyStorage(inner, [{at, effect: {kind: 'crash', when: 'after'}}]), crashing, isReencrypting)]) as [{reason?: unknown}];
			// At its very end it does not notice.
			t.true(reason === undefined || reason instanceof SimulatedCrash, String(reason));
			runtime.forward(1000);
			runtime.kill(crashing.identity);
			const other = await openAs(repository.slots['second owner'], inner, runtime);
			interrupted += Number(other.keyring.epochs.length > 1);
			const {packs} = await prune(other);
			pruned += packs.removed;
			t.deepEqual(await describeContents(other), expected, `call ${at}`);
			await run(inner, runtime, isReencrypting);
			const session = await openRepository(inner, (await takeSecret(inner))!, runtime);
			t.deepEqual(await findUnderOldEpochs(session), [], `call ${at}`);
			t.is(session.keyring.epochs.length, 1);
			t.deepEqual(await describeContents(session), expected, `call ${at}`);
			await prune(session);
			t.deepEqual(await findGarbage(session), [], `call ${at}`);
			const {problems} = await verify(session, {readData: 'all'});
			t.deepEqual(problems.filter(({object}) => !object.startsWith('hostkey/')), [], `call ${at}`);
		}

		t.true(interrupted > 2 && pruned > 0);
		t.log(`${calls} calls; ${interrupted} rotations interrupted, ${pruned} packs deleted before they were taken up`);
	});
}

test('a rotation and a prune exclude each other, whichever comes first', async t => {
	const {storage, repository, runtime} = await createScene(t);
	const other = createTestRuntime({seed: 'other', startMs: runtime.now(), identity: {...runtime.identity, pid: 2}});
	const counts = {refused: 0};
	const calm = createPausedStorage(await copyStorage(storage));
	await prune(await openAs(repository.slots['second owner'], calm, runtime));
	for (let at = 12; at <= calm.callCount - 4; at += 11) {
		const inner = await copyStorage(storage);
		const session = await openAs(repository.slots['second owner'], inner, other);
		const paused = createPausedStorage(inner, at, async () => {
			if ((await inner.list('locks')).length > 0) {
				counts.refused++;
				await refusesAsync(t, async () => run(inner, runtime, false), 'repository-locked', /"prune"/);
			}
		});
		await prune(await openAs(session.slot, paused, other));
	}

	t.true(counts.refused > 2);
	t.log(`${counts.refused} rotations were refused`);
});
