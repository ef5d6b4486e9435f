import {Buffer} from 'node:buffer';
import {readFileSync} from 'node:fs';
import {constants} from 'node:os';
import path from 'node:path';
import test from 'ava';
import type {EngineEvent} from '../../../../source/engine/events.ts';
import {forget} from '../../../../source/engine/operations/forget/forget.ts';
import {prune} from '../../../../source/engine/operations/prune/prune.ts';
import {createBlobReader} from '../../../../source/engine/operations/reading.ts';
import {verify} from '../../../../source/engine/operations/verify/verify.ts';
import {listSnapshots, listTombstones, LoadedIndex, RepositorySession, tombstoneName, type Storage} from '../../../../source/engine/repository/repository.ts';
import {toStorageError} from '../../../../source/engine/storage/storage-errors.ts';
import {createFaultyStorage} from '../../../helpers/faulty-storage.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {createPruneScene, describeContents, findGarbage, noiseOf, sizeOf} from '../../../helpers/prune-scene.ts';
import {describeSnapshots, newestSnapshot, readSnapshot} from '../../../helpers/repository-session.ts';
import {createByteStream} from '../../../helpers/test-runtime.ts';

const hourMs = 60 * 60 * 1000;

/** As a storage on a full disk throws it. */
const fullError = ({url}: Storage): Error => toStorageError(Object.assign(new Error('ENOSPC'), {code: 'ENOSPC', errno: -constants.errno.ENOSPC}), {action: 'store', object: 'object', url});

test('what only forgotten snapshots needed goes, all else stays as it was', async t => {
	const scene = await createPruneScene(t, {a: noiseOf('a', 300_000), b: 'bb'});
	const one = await scene.run();
	scene.change({a: noiseOf('a2', 300_000), c: 'new'});
	await scene.run();
	await forget(scene.session, {snapshots: [one]});
	const before = await describeSnapshots(scene.session);
	const sizeBefore = await sizeOf(scene.storage);
	const summary = await prune(scene.session);
	t.like(summary, {decisions: [], forgotten: [], completed: [], remaining: 1, waitingFor: '', isLimited: false, isDryRun: false, packs: {total: 4, waiting: 0}});
	t.true(summary.freedBytes > 295_000);
	t.is(summary.freedBytes, sizeBefore - await sizeOf(scene.storage));
	t.deepEqual(await describeSnapshots(scene.session), before);
	t.deepEqual(await findGarbage(scene.session), []);
	t.deepEqual((await verify(scene.session, {readData: 'all'})).problems, []);
	const again = await prune(scene.session);
	t.like(again, {freedBytes: 0, packs: {removed: 0, rewritten: 0}});
});

test('retention forgets by its rules, with the rule in the tombstone, and the dry run says the same before', async t => {
	const scene = await createPruneScene(t, {file: 'v0'});
	for (let day = 1; day <= 5; day++) {
		scene.runtime.forward(24 * hourMs);
		scene.change({file: `v${day}`, [`day-${day}`]: noiseOf(`day-${day}`, 50_000)});
		await scene.run('data', {class: 'daily'});
	}

	const request = {retention: {policy: {classes: {daily: 3 * 24 * hourMs}}}};
	const dry = await prune(scene.session, {...request, isDryRun: true});
	const ids = (await listSnapshots(scene.session)).snapshots.map(({id}) => id);
	const summary = await prune(scene.session, request);
	t.deepEqual(summary.forgotten.map(({id}) => id), ids.slice(0, 2));
	t.deepEqual(dry.forgotten, summary.forgotten);
	t.deepEqual(dry.decisions, summary.decisions);
	t.is(summary.decisions.length, 5);
	t.is(summary.remaining, 3);
	const {tombstones} = await listTombstones(scene.session);
	for (const {id, reason} of summary.forgotten) {
		t.true(reason.length > 5);
		t.is(tombstones.find(tombstone => tombstone.id === id)?.reason, reason);
		t.true(await scene.storage.size(tombstoneName(id)) !== undefined);
	}

	t.deepEqual((await listSnapshots(scene.session)).snapshots.map(({id}) => id), ids.slice(2));
	t.deepEqual(await findGarbage(scene.session), []);
	// The rules do not find more to forget, however often they are asked.
	t.deepEqual((await prune(scene.session, request)).forgotten, []);
});

test('a damaged or partial snapshot does not count as a good one', async t => {
	const scene = await createPruneScene(t, {file: 'v0'});
	const first = await scene.run();
	scene.runtime.forward(24 * hourMs);
	const ids = [first, await scene.run()];
	const request = {retention: {policy: {last: 1}}, isDryRun: true};
	t.deepEqual((await prune(scene.session, request)).forgotten.map(({id}) => id), [ids[0]!]);
	const {decisions} = await prune(scene.session, request, {findDamaged: snapshots => new Set(snapshots.slice(-1).map(({id}) => id))});
	t.deepEqual(decisions.filter(({isKept}) => isKept).map(({snapshot: {id}}) => id), ids);
});

test('a file that has the very content of a tree: what the tree names is needed nevertheless', async t => {
	const scene = await createPruneScene(t, {'folder/inner/precious': noiseOf('precious', 90_000), 'folder/list': 'x'});
	await scene.run();
	const {tree} = await newestSnapshot(scene.session);
	const reader = createBlobReader(scene.session, await LoadedIndex.load(scene.session));
	const entries = await readSnapshot(scene.session, await newestSnapshot(scene.session));
	const folders = [...entries.values()].flatMap(({node}) => node.tree ?? []);
	// A file of each, before everything else in the order of names.
	for (const [number, id] of [...tree, ...folders].entries()) {
		scene.change({[`folder/0-copy-${number}`]: await reader.read(id), [`0-copy-${number}`]: await reader.read(id)});
	}

	const first = (await newestSnapshot(scene.session)).id;
	await scene.run();
	await forget(scene.session, {snapshots: [first]});
	const before = await describeContents(scene.session);
	await prune(scene.session);
	t.deepEqual(await describeContents(scene.session), before);
	t.deepEqual((await verify(scene.session, {readData: 'all'})).problems, []);
});

test('mostly dead packs and shared segments are written anew within the limit, the most wasteful first', async t => {
	const layout = Object.fromEntries(Array.from({length: 60}, (_, number) => [`small/${number}`, noiseOf(String(number), 9000)]));
	const scene = await createPruneScene(t, layout);
	const first = await scene.run();
	scene.change(Object.fromEntries(Object.keys(layout).slice(3).map(name => [name, undefined])));
	await scene.run();
	await forget(scene.session, {snapshots: [first]});
	const before = await describeContents(scene.session);
	const none = await prune(scene.session, {maximumRepackBytes: 0});
	t.like(none, {isLimited: true, rewrittenBytes: 0, packs: {rewritten: 0}});
	t.true(none.deadBytes > 500_000 && none.deadBytes < 530_000, String(none.deadBytes));
	const late = await prune(scene.session, {timeLimitMs: 0});
	t.like(late, {isLimited: true, packs: {rewritten: 0}});
	const dry = await prune(scene.session, {isDryRun: true});
	const summary = await prune(scene.session, {maximumRepackBytes: 40_000});
	t.like(summary, {isLimited: false, packs: {rewritten: 1}});
	t.true(Math.abs(summary.freedBytes - dry.freedBytes) < 2000, `${summary.freedBytes}, promised ${dry.freedBytes}`);
	t.true(summary.rewrittenBytes < 32_000 && summary.freedBytes > 500_000);
	t.true(summary.deadBytes < 1000);
	t.deepEqual(await describeContents(scene.session), before);
	t.deepEqual((await verify(scene.session, {readData: 'all'})).problems, []);
});

test('many small packs and index objects are joined, and stay so', async t => {
	const scene = await createPruneScene(t);
	for (let day = 0; day < 12; day++) {
		scene.change({[`day-${day}`]: noiseOf(String(day), 20_000)});
		await scene.run();
	}

	const count = async (folder: string) => (await scene.storage.list(folder)).length;
	t.deepEqual([await count('index'), await count('packs'), await count('datakeys')], [12, 24, 12]);
	const before = await describeContents(scene.session);
	await prune(scene.session);
	t.deepEqual([await count('index'), await count('packs'), await count('datakeys')], [1, 2, 1]);
	t.deepEqual(await describeContents(scene.session), before);
	const objects = (await scene.storage.list('')).map(({name}) => name);
	await prune(scene.session);
	t.deepEqual((await scene.storage.list('')).map(({name}) => name), objects);
	t.deepEqual((await verify(scene.session, {readData: 'all'})).problems, []);
});

test('progress, a warning for a pack that cannot be written anew, and what is intact in it can still be read', async t => {
	const layout = Object.fromEntries(Array.from({length: 30}, (_, number) => [`small/${number}`, noiseOf(String(number), 9000)]));
	const scene = await createPruneScene(t, {...layout, other: noiseOf('other', 300_000)});
	const first = await scene.run();
	scene.change(Object.fromEntries([...Object.keys(layout).slice(3), 'other'].map(name => [name, undefined])));
	await scene.run();
	await forget(scene.session, {snapshots: [first]});
	const packs = await scene.storage.list('packs');
	const [{name, sizeBytes}] = packs.toSorted((a, b) => b.sizeBytes - a.sizeBytes) as [typeof packs[number]];
	const bytes = await scene.storage.read(name);
	for (let at = 100; at < sizeBytes - 5000; at += 1000) {
		bytes[at]! ^= 1;
	}

	await scene.storage.write(name, bytes);
	const events: EngineEvent[] = [];
	const summary = await prune(scene.session, {}, {onEvent(event) {
		events.push(event);
	}});
	t.is(summary.packs.rewritten, 0);
	t.true(events.some(event => event.event === 'warning' && event.message.includes(name) && event.message.includes('stays as it is')));
	t.true(['planning', 'sweeping', 'repacking'].every(phase => events.some(event => event.event === 'progress' && event.phase === phase)));
	t.is(await scene.storage.size(name), sizeBytes);
	t.is((await listSnapshots(scene.session)).snapshots.length, 1);
});

test('a lock that is lost stops the prune before the next removal', async t => {
	const scene = await createPruneScene(t, {a: noiseOf('a', 300_000)});
	const one = await scene.run();
	scene.change({a: noiseOf('a2', 300_000)});
	await scene.run();
	await forget(scene.session, {snapshots: [one]});
	const objects = (await scene.storage.list('')).length;
	for (const how of ['suspended', 'removed'] as const) {
		let isHit = false;
		const storage: Storage = {...scene.storage, isShareable: false, async write(name, data) {
			await scene.storage.write(name, data);
			if (name.startsWith('pruning/') && !isHit) {
				isHit = true;
				if (how === 'suspended') {
					// Nothing runs while a machine sleeps, the renewal of the lock neither.
					sleepMs = 25 * hourMs;
				} else {
					const [lock] = await scene.storage.list('locks');
					await scene.storage.remove(lock!.name);
				}
			}
		}};
		let sleepMs = 0;
		const runtime = {...scene.runtime, now: () => scene.runtime.now() + sleepMs};
		await refusesAsync(t, async () => prune(new RepositorySession(storage, runtime, scene.session.memory)), 'writer-expired', /taken over while it was suspended/);
		const left = await scene.storage.list('');
		t.is(left.filter(({name}) => !/^(?:pruning|locks)\//.test(name)).length, objects, how);
		for (const {name} of await scene.storage.list('pruning')) {
			await scene.storage.remove(name);
		}
	}
});

test('a reader that has the index of before finds everything while packs are replaced', async t => {
	const layout = Object.fromEntries(Array.from({length: 60}, (_, number) => [`small/${number}`, noiseOf(String(number), 9000)]));
	const scene = await createPruneScene(t, layout);
	const first = await scene.run();
	scene.change(Object.fromEntries(Object.keys(layout).slice(5).map(name => [name, undefined])));
	await scene.run();
	await forget(scene.session, {snapshots: [first]});
	const index = await LoadedIndex.load(scene.session);
	const reader = createBlobReader(scene.session, index);
	const entries = await readSnapshot(scene.session, await newestSnapshot(scene.session));
	t.is((await prune(scene.session)).packs.rewritten, 1);
	let read = 0;
	for (const [name, {node}] of entries) {
		for (const id of node.content ?? []) {
			t.true(Buffer.from(await reader.read(id)).equals(readFileSync(name)), path.basename(name));
			read++;
		}
	}

	t.is(read, 5);
});

test('a disk without room for marks: orphans go, and then a few packs whose index object goes with them', async t => {
	const scene = await createPruneScene(t, {a: noiseOf('a', 200_000)});
	await scene.run();
	// A backup that failed on a full disk: its packs are durable, and named by an index object of their own; another one did not get so far.
	scene.change({b: noiseOf('b', 300_000)});
	for (const pattern of [/^snapshots\//, /^index\//]) {
		const full = createFaultyStorage(scene.storage, [{at: 1, among: ['write'], name: pattern, isLasting: true, effect: {kind: 'throw', when: 'before', error: fullError(scene.storage)}}]);
		await t.throwsAsync(async () => scene.runIn(new RepositorySession(full, scene.runtime, scene.session.memory)));
		scene.change({b: noiseOf('b2', 300_000)});
	}

	const sizeBefore = await sizeOf(scene.storage);
	let room = 3000;
	const small: Storage = {...scene.storage, isShareable: false, async write(name, data) {
		if (data.byteLength > room) {
			throw fullError(scene.storage);
		}

		room -= data.byteLength;
		await scene.storage.write(name, data);
	}, async remove(name, options) {
		room += await scene.storage.size(name) ?? 0;
		await scene.storage.remove(name, options);
	}};
	const summary = await prune(new RepositorySession(small, scene.runtime, scene.session.memory));
	t.true(summary.freedBytes > 590_000);
	t.is(summary.freedBytes, sizeBefore - await sizeOf(scene.storage));
	t.deepEqual(await findGarbage(scene.session), []);
	t.deepEqual((await verify(scene.session, {readData: 'all'})).problems, []);
});

test('no room at all: it is said what is needed, and nothing is lost', async t => {
	const scene = await createPruneScene(t, {a: noiseOf('a', 200_000)});
	const one = await scene.run();
	scene.change({a: noiseOf('b', 200_000)});
	await scene.run();
	await forget(scene.session, {snapshots: [one]});
	const full: Storage = {...scene.storage, isShareable: false, async write(name, data) {
		if (!name.startsWith('locks/')) {
			throw fullError(scene.storage);
		}

		await scene.storage.write(name, data);
	}};
	await refusesAsync(t, async () => prune(new RepositorySession(full, scene.runtime, scene.session.memory)), 'storage-full', /Free a little room there, and prune again/);
	t.deepEqual((await verify(scene.session, {readData: 'all'})).problems, []);
	await prune(scene.session);
	t.deepEqual(await findGarbage(scene.session), []);
});

test('an interruption in the middle: what is done is right, and the next prune goes on', async t => {
	const scene = await createPruneScene(t);
	for (let day = 0; day < 5; day++) {
		scene.change({file: createByteStream(String(day))(80_000)});
		await scene.run();
	}

	const {snapshots} = await listSnapshots(scene.session);
	await forget(scene.session, {snapshots: snapshots.slice(0, 4).map(({id}) => id)});
	const controller = new AbortController();
	const storage: Storage = {...scene.storage, isShareable: false, async remove(name, options) {
		await scene.storage.remove(name, options);
		if (name.startsWith('packs/')) {
			controller.abort();
		}
	}};
	await refusesAsync(t, async () => prune(new RepositorySession(storage, scene.runtime, scene.session.memory), {}, {signal: controller.signal}), 'aborted', /the next prune goes on/);
	t.deepEqual((await verify(scene.session, {readData: 'all'})).problems, []);
	t.deepEqual(await scene.storage.list('locks'), []);
	await prune(scene.session);
	t.deepEqual(await findGarbage(scene.session), []);
});
