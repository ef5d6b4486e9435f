import test, {type ExecutionContext} from 'ava';
import {forget} from '../../../../source/engine/operations/forget/forget.ts';
import {prune} from '../../../../source/engine/operations/prune/prune.ts';
import {decodePruningMark, encodePruningMark, listRunningWriters, pruningMarkName, readAllMetadata, RepositorySession, WriterRun, writeMetadata, writerName, type Storage} from '../../../../source/engine/repository/repository.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {createPruneScene, describeContents, edited, findGarbage, noiseOf, type PruneScene} from '../../../helpers/prune-scene.ts';
import {createTestRuntime, type TestRuntime} from '../../../helpers/test-runtime.ts';

const hourMs = 60 * 60 * 1000;

/** Another host on the same repository. */
function createHost({runtime, session}: PruneScene, host: string, storage: Storage): {readonly session: RepositorySession; readonly runtime: TestRuntime} {
	const other = createTestRuntime({seed: host, startMs: runtime.now() + 60_000, identity: {host, bootId: `boot of ${host} pid:[1]`, pid: 100, startTicks: 1}});
	return {session: new RepositorySession(storage, other, session.memory), runtime: other};
}

/** A backup of another host that stands still before it writes its snapshot. */
async function startBackup(scene: PruneScene, host: string): Promise<{readonly goOn: () => Promise<void>; readonly fail: () => Promise<void>}> {
	const {promise: stopped, resolve: onStopped} = Promise.withResolvers<void>();
	const {promise: ending, resolve: end} = Promise.withResolvers<boolean>();
	const storage: Storage = {...scene.storage, isShareable: false, async write(name, data) {
		if (name.startsWith('snapshots/')) {
			onStopped();
			if (!await ending) {
				throw new Error('the network is gone');
			}
		}

		await scene.storage.write(name, data);
	}};
	const backup = scene.runIn(createHost(scene, host, storage).session, `of ${host}`);
	const outcome = Promise.allSettled([backup]);
	await Promise.race([stopped, backup]);
	return {
		async goOn() {
			end(true);
			await backup;
		},
		async fail() {
			end(false);
			await outcome;
		},
	};
}

async function createScene(t: ExecutionContext): Promise<PruneScene> {
	const dump = noiseOf('dump', 300_000);
	const scene = await createPruneScene(t, {old: noiseOf('old', 200_000), dump});
	const first = await scene.run();
	scene.change({old: undefined, dump: noiseOf('other dump', 300_000)});
	await scene.run();
	await forget(scene.session, {snapshots: [first]});
	scene.change({old: noiseOf('old', 200_000), dump: edited(dump, 1000)});
	return scene;
}

async function readMarks({session}: PruneScene) {
	return (await readAllMetadata(session, 'pruningMark', 'pruning', ({body}, name) => decodePruningMark(body, name))).values;
}

test('packs that a running backup relies on wait for it, and stay when its snapshot needs them', async t => {
	const scene = await createScene(t);
	const backup = await startBackup(scene, 'b');
	const first = await prune(scene.session);
	t.true(first.packs.waiting > 0);
	t.like(first, {waitingFor: 'process 100 on b', packs: {removed: 0}});
	t.true(first.waitingBytes > 400_000);
	const marks = await readMarks(scene);
	const marked = (isWaiting: boolean) => marks.filter(({writers}) => (writers?.length === 1) === isWaiting).map(({packs}) => packs.length);
	t.deepEqual([marked(false), marked(true)], [[first.packs.waiting], [first.packs.waiting]]);
	// Again, while it still runs: nothing new is marked.
	t.like(await prune(scene.session), {packs: {waiting: first.packs.waiting, removed: 0}});
	t.is((await readMarks(scene)).length, 2);
	await backup.goOn();
	const before = await describeContents(scene.session);
	t.is(before.length, 2);
	t.like(await prune(scene.session), {waitingFor: '', packs: {waiting: 0}});
	t.deepEqual(await describeContents(scene.session), before);
	t.deepEqual(await findGarbage(scene.session), []);
});

test('they go when it fails, although other backups run meanwhile, without end', async t => {
	const scene = await createScene(t);
	const old = await startBackup(scene, 'b');
	const {packs: {waiting}} = await prune(scene.session);
	t.true(waiting > 0);
	// It began after the marks: it stores what is in those packs again.
	const young = await startBackup(scene, 'c');
	await old.fail();
	const next = await prune(scene.session);
	t.true(next.packs.removed >= waiting);
	await young.goOn();
	const before = await describeContents(scene.session);
	t.is(before.length, 2);
	await prune(scene.session);
	t.deepEqual(await describeContents(scene.session), before);
	t.deepEqual(await findGarbage(scene.session), []);
});

test('a mark without writers, as an interrupted prune leaves it, frees nothing from the runs of now', async t => {
	const scene = await createScene(t);
	const backup = await startBackup(scene, 'b');
	const {packs: {waiting}} = await prune(scene.session);
	const mark = (await readMarks(scene)).find(({writers}) => writers === undefined);
	for (const {name} of await scene.storage.list('pruning')) {
		await scene.storage.remove(name);
	}

	await writeMetadata(scene.session, 'pruningMark', pruningMarkName('ab'.repeat(16)), encodePruningMark({packs: mark!.packs}));
	t.like(await prune(scene.session), {packs: {waiting, removed: 0}});
	await backup.goOn();
	const before = await describeContents(scene.session);
	await prune(scene.session);
	t.deepEqual(await describeContents(scene.session), before);
	t.deepEqual(await findGarbage(scene.session), []);
});

test('packs of a running backup are nobody else\'s, named or not, and its data key stays', async t => {
	const scene = await createScene(t);
	const before = new Set((await scene.storage.list('')).map(({name}) => name));
	const backup = await startBackup(scene, 'b');
	const own = (await scene.storage.list('')).map(({name}) => name).filter(name => !before.has(name));
	t.true(['packs/', 'datakeys/', 'index/'].every(folder => own.some(name => name.startsWith(folder))));
	for (const {name} of await scene.storage.list('index')) {
		// Its packs are named no longer, as if it had not come so far.
		if (own.includes(name)) {
			await scene.storage.remove(name);
		}
	}

	await prune(scene.session);
	const left = new Set((await scene.storage.list('')).map(({name}) => name));
	t.deepEqual(own.filter(name => !left.has(name) && !name.startsWith('index/')), []);
	await backup.fail();
	await prune(scene.session);
	t.deepEqual(await findGarbage(scene.session), []);
	const after = (await scene.storage.list('')).map(({name}) => name);
	t.deepEqual(after.filter(name => own.includes(name)), []);
});

test('the record of a run that cannot be read counts as one that writes; of a dead one nothing is waited for', async t => {
	const scene = await createScene(t);
	const name = `writers/${'ab'.repeat(16)}`;
	await scene.storage.write(name, Buffer.from('damaged'));
	const summary = await prune(scene.session);
	t.is(summary.waitingFor, `whoever wrote ${name}, which cannot be read`);
	t.true(summary.packs.waiting > 0 && summary.packs.removed === 0);
	await scene.storage.remove(name);
	// A machine that was switched off in the middle of a backup a day ago.
	const dead = createHost(scene, 'dead', scene.storage);
	const run = await WriterRun.start(dead.session);
	scene.runtime.forward(23 * hourMs);
	t.true((await prune(scene.session)).packs.removed > 0, 'it began after the marks');
	t.is((await listRunningWriters(scene.session)).writers.length, 1);
	scene.runtime.forward(2 * hourMs);
	await prune(scene.session);
	t.is(await scene.storage.size(writerName(run.id)), undefined);
	t.deepEqual(await findGarbage(scene.session), []);
});

test('a run that was asleep for over a day writes no index of packs that are gone, and makes no snapshot', async t => {
	const scene = await createScene(t);
	const host = createHost(scene, 'asleep', scene.storage);
	// It sleeps: its clock goes on, but nothing of it runs.
	let sleptMs = 0;
	const sleeping = new RepositorySession(scene.storage, {...host.runtime, now: () => host.runtime.now() + sleptMs}, scene.session.memory);
	const sleeper = await WriterRun.start(sleeping);
	sleptMs = 25 * hourMs;
	sleeper.addPack({id: 'ab'.repeat(32) as Parameters<typeof sleeper.addPack>[0]['id'], sizeBytes: 1, dataKeyId: sleeper.dataKey.id, kind: 'data', createdMs: 1, segments: []});
	await refusesAsync(t, async () => sleeper.writeIndex(), 'writer-expired');
	t.true(await scene.storage.size(writerName(sleeper.id)) !== undefined, 'nobody else has looked at it yet');
	await sleeper.close();
});
