import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {forget} from '../../../../source/engine/operations/forget/forget.ts';
import {prune} from '../../../../source/engine/operations/prune/prune.ts';
import type {PruneRequest} from '../../../../source/engine/operations/prune/prune-request.ts';
import {verify} from '../../../../source/engine/operations/verify/verify.ts';
import {RepositorySession, type Storage} from '../../../../source/engine/repository/repository.ts';
import {copyStorage} from '../../../helpers/copy-storage.ts';
import {createFaultyStorage, type FaultMoment} from '../../../helpers/faulty-storage.ts';
import {createPruneScene, edited, findGarbage, noiseOf, type PruneScene} from '../../../helpers/prune-scene.ts';
import {describeSnapshots} from '../../../helpers/repository-session.ts';
import {createTestRuntime} from '../../../helpers/test-runtime.ts';

/** Tries each call at each moment instead of a sample. */
const isSoak = process.env['COFFER_SOAK'] === '1';
/** Keeps the last three. */
const retention: PruneRequest = {retention: {policy: {last: 3}}};

/** Dead packs, mostly dead ones, shared segments that are mostly dead, deltas, an orphan, a half-forgotten snapshot, and some for retention to forget. */
async function createHistory(t: ExecutionContext): Promise<PruneScene> {
	const dump = noiseOf('dump', 300_000);
	const scene = await createPruneScene(t, {dump, big: noiseOf('big', 260_000), 'dir/a': noiseOf('a', 60_000), 'dir/b': noiseOf('b', 60_000), 'dir/c': noiseOf('c', 60_000)});
	const snapshots = [await scene.run()];
	for (let day = 1; day <= 9; day++) {
		scene.change({dump: edited(dump, day * 1000), 'dir/a': noiseOf(`a${day}`, 60_000), ...(day === 1 && {big: undefined, 'dir/b': undefined})});
		snapshots.push(await scene.run());
		scene.runtime.forward(60 * 60_000);
	}

	await forget(scene.session, {snapshots: snapshots.slice(0, 3)});
	// A run that dies after it has written packs, and one that dies while it forgets.
	scene.change({lost: noiseOf('lost', 200_000)});
	const dying = createFaultyStorage(scene.storage, [{at: 1, among: ['write'], name: /^snapshots\//, effect: {kind: 'crash', when: 'before'}}]);
	const other = new RepositorySession(dying, scene.runtime, scene.session.memory);
	await t.throwsAsync(async () => scene.runIn(other));
	const forgetting = createFaultyStorage(scene.storage, [{at: 1, among: ['remove'], name: /^snapshots\//, effect: {kind: 'crash', when: 'before'}}]);
	await t.throwsAsync(async () => forget(new RepositorySession(forgetting, scene.runtime, scene.session.memory), {snapshots: [snapshots[4]!]}));
	return scene;
}

/** A session in another process, to which the one before is dead. */
function succeed(scene: PruneScene, storage: Storage, seed: string): RepositorySession {
	const {runtime, session} = scene;
	const successor = createTestRuntime({seed, startMs: runtime.now(), identity: {...runtime.identity, pid: 5000}});
	successor.kill(runtime.identity);
	return new RepositorySession(storage, successor, session.memory);
}

/** The texts of snapshots that are among those that were there. */
function assertAmong(t: ExecutionContext, texts: readonly string[], before: readonly string[], about: string): void {
	t.deepEqual(texts.filter(text => !before.includes(text)), [], about);
}

test('killed at calls of the storage that change something: what is left is whole, and the next prune finishes', async t => {
	const scene = await createHistory(t);
	const before = await describeSnapshots(scene.session);
	const probe = createFaultyStorage(await copyStorage(scene.storage));
	const whole = await prune(succeed(scene, probe, 'probe'), retention);
	t.true(whole.packs.removed > 3 && whole.packs.rewritten > 0 && whole.forgotten.length > 2);
	t.is(whole.completed.length, 1);
	const after = await describeSnapshots(succeed(scene, probe, 'look'));
	t.is(after.length, 3);
	let kills = 0;
	let unfinished = 0;
	for (const when of ['before', 'midway', 'after'] as const satisfies readonly FaultMoment[]) {
		for (let at = 1; at <= probe.mutatingCallCount; at += isSoak ? 1 : (when === 'midway' ? 9 : 4)) {
			const inner = await copyStorage(scene.storage);
			const faulty = createFaultyStorage(inner, [{at, effect: {kind: 'crash', when}}]);
			await prune(succeed(scene, faulty, `${when} ${at}`), retention).catch(() => undefined);
			if (!faulty.hasCrashed) {
				continue;
			}

			kills++;
			const about = `killed ${when} call ${at}`;
			const next = createTestRuntime({seed: about, startMs: scene.runtime.now() + 1000, identity: {...scene.runtime.identity, pid: 6000}});
			next.kill(scene.runtime.identity);
			next.kill({...scene.runtime.identity, pid: 5000});
			const session = new RepositorySession(inner, next, scene.session.memory);
			assertAmong(t, await describeSnapshots(session), before, about);
			const middle = await verify(session, {});
			t.deepEqual(middle.problems.map(({message}) => message), [], about);
			const {packs, freedBytes} = await prune(session, retention);
			unfinished += Number(packs.removed > 0 || freedBytes > 0);
			t.deepEqual(await describeSnapshots(session), after, about);
			t.deepEqual(await findGarbage(session), [], about);
		}
	}

	t.true(unfinished > 0);
	t.log(`${probe.mutatingCallCount} calls that change something; killed ${kills} times, ${unfinished} of which left something to do`);
});
