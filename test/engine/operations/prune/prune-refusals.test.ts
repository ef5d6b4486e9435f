import test, {type ExecutionContext} from 'ava';
import {CofferError, type ErrorCode} from '../../../../source/engine/errors.ts';
import type {PackId, SnapshotId} from '../../../../source/engine/ids.ts';
import {forget} from '../../../../source/engine/operations/forget/forget.ts';
import {prune, type PruneOptions} from '../../../../source/engine/operations/prune/prune.ts';
import {listSnapshots, packName, RepositorySession, type Storage} from '../../../../source/engine/repository/repository.ts';
import {copyStorage} from '../../../helpers/copy-storage.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {createPruneScene, noiseOf, readNeededBlobs, type PruneScene} from '../../../helpers/prune-scene.ts';
import {readAllObjects} from '../../../helpers/repository-fixture.ts';
import {withRole} from '../../../helpers/repository-session.ts';
import {createTestRuntime} from '../../../helpers/test-runtime.ts';

/** Four snapshots in two sources, the first of which is forgotten, so that there is something to delete. */
async function createScene(t: ExecutionContext): Promise<PruneScene> {
	const scene = await createPruneScene(t, {one: noiseOf('one', 100_000)});
	const first = await scene.run('a');
	for (const [name, source] of [['two', 'a'], ['three', 'b'], ['four', 'b']] as const) {
		scene.change({one: undefined, [name]: noiseOf(name, 50_000)});
		await scene.run(source);
	}

	await forget(scene.session, {snapshots: [first]});
	return scene;
}

const retention = {policy: {last: 1}};

type Refusal = readonly [ErrorCode, RegExp];

/** That a prune of a copy that something was done to refuses, and changes nothing. */
async function assertRefuses(t: ExecutionContext, {session, runtime}: PruneScene, storage: Storage, [code, message]: Refusal, options: PruneOptions = {}): Promise<void> {
	const before = await readAllObjects(storage);
	for (const request of [{}, {retention}, {retention, isDryRun: true}]) {
		const error = await refusesAsync(t, async () => prune(new RepositorySession(storage, runtime, session.memory), request, options), code, message);
		t.regex(error.message, /[Nn]othing (?:more )?was deleted|Use an owner's key/);
		t.deepEqual(await readAllObjects(storage), before);
	}
}

const damagedObject = Buffer.from('nothing that was ever written');

test('what cannot be read, is gone or was exchanged: nothing is deleted, and it is said what to do', async t => {
	const scene = await createScene(t);
	const {snapshots} = await listSnapshots(scene.session);
	const [second, third, fourth] = snapshots;
	const {needed, index} = await readNeededBlobs(scene.session);
	const place = index.locate(Buffer.from(needed.values().next().value!, 'hex'))!;
	const pack = packName(index.packs[place.pack]!.id);
	const [indexName] = (await scene.storage.list('index')).map(({name}) => name);
	const [tombstone] = (await scene.storage.list('tombstones')).map(({name}) => name);
	const cases: ReadonlyArray<readonly [string, (storage: Storage) => Promise<void>, Refusal, PruneOptions?]> = [
		['no snapshot', async storage => {
			for (const {objectName} of snapshots) {
				await storage.remove(objectName);
			}
		}, ['usage', /lists no snapshot, but \d+ packs.*make a backup first.*delete the repository itself/]],
		['damaged snapshot', async storage => storage.write(fourth!.objectName, damagedObject), ['damaged', new RegExp(`${fourth!.objectName}.*copy of the repository`)]],
		['damaged tombstone', async storage => storage.write(tombstone!, damagedObject), ['damaged', new RegExp(tombstone!)]],
		['damaged index object', async storage => storage.write(indexName!, damagedObject), ['damaged', new RegExp(indexName!)]],
		['damaged mark', async storage => storage.write(`pruning/${'ab'.repeat(16)}`, damagedObject), ['damaged', /names nothing but packs.*Delete pruning/]],
		['lost predecessor', async storage => storage.remove(third!.objectName), ['damaged', new RegExp(`gone without having been forgotten.*"coffer forget ${third!.id}"`)]],
		['lost tombstone', async storage => storage.remove(tombstone!), ['damaged', /gone without having been forgotten/]],
		['lost pack', async storage => storage.remove(pack), ['damaged', new RegExp(`${pack} is missing.*coffer verify`)]],
		['shortened pack', async storage => storage.write(pack, (await storage.read(pack)).subarray(1)), ['damaged', new RegExp(`${pack} has another size`)]],
		['lost head', async () => undefined, ['damaged', /which this host remembers, is gone.*"coffer forget [\da-f]{32}"/], {findLosses: async () => [{...second!, id: 'cd'.repeat(16) as SnapshotId}]}],
	];
	for (const [about, damage, expected, options] of cases) {
		const storage = await copyStorage(scene.storage);
		await damage(storage);
		t.log(about);
		await assertRefuses(t, scene, storage, expected, options);
	}
});

test('an index object is lost: what it named is needed, and not taken for garbage', async t => {
	const scene = await createScene(t);
	for (const {name} of await scene.storage.list('index')) {
		const storage = await copyStorage(scene.storage);
		await storage.remove(name);
		const {memory} = scene.session;
		const outcome = await prune(new RepositorySession(storage, scene.runtime, memory)).then(() => 'done').catch(() => 'refused');
		// Of an index object that names nothing that is needed nothing is lost.
		const packs = new Set((await storage.list('packs')).map(object => object.name));
		const {needed, index} = await readNeededBlobs(scene.session);
		const neededPacks = [...needed].map(id => packName(index.packs[index.locate(Buffer.from(id, 'hex'))!.pack]!.id));
		t.deepEqual(neededPacks.filter(pack => !packs.has(pack)), []);
		t.log(outcome);
	}

	const storage = await copyStorage(scene.storage);
	for (const {name} of await scene.storage.list('index')) {
		await storage.remove(name);
	}

	await assertRefuses(t, scene, storage, ['damaged', /in no pack that the index names: an index object or a pack is lost/]);
});

test('a lost snapshot that is forgotten by its id stands in the way no longer', async t => {
	const scene = await createScene(t);
	const {session, storage} = scene;
	const {snapshots} = await listSnapshots(session);
	const [second, third] = snapshots;
	await storage.remove(third!.objectName);
	await refusesAsync(t, async () => prune(session), 'damaged');
	const dry = await forget(session, {snapshots: [third!.id.slice(0, 8)], isDryRun: true});
	t.deepEqual(dry.lost, [third!.id]);
	t.deepEqual((await forget(session, {snapshots: [third!.id.slice(0, 8)]})).lost, [third!.id]);
	await prune(session);
	await refusesAsync(t, async () => forget(session, {snapshots: [third!.id]}), 'snapshot-missing');
	// One that only this host remembers.
	const head = {...second!, id: 'ef'.repeat(16) as SnapshotId};
	const summary = await forget(session, {snapshots: [head.id]}, {findLosses: async () => [head]});
	t.deepEqual([summary.lost, summary.forgotten], [[head.id], []]);
});

test('only an owner prunes; limits that are none are refused; an interruption before the first change changes nothing', async t => {
	const scene = await createScene(t);
	for (const role of ['backup', 'auditor'] as const) {
		await refusesAsync(t, async () => prune(await withRole(scene.session, role)), 'key-role', /cannot prune/);
	}

	await refusesAsync(t, async () => prune(scene.session, {maximumRepackBytes: -1}), 'usage');
	await refusesAsync(t, async () => prune(scene.session, {timeLimitMs: Number.NaN}), 'usage');
	const before = await readAllObjects(scene.storage);
	await refusesAsync(t, async () => prune(scene.session, {}, {signal: AbortSignal.abort()}), 'aborted');
	const seen: boolean[] = [];
	const checkClock: PruneOptions['checkClock'] = (isTrusted, {snapshots, tombstones}) => {
		seen.push(isTrusted);
		t.deepEqual([snapshots.length, tombstones.length], [3, 1]);
		throw new CofferError('clock-wrong', 'Nothing was deleted.');
	};

	await refusesAsync(t, async () => prune(scene.session, {retention}, {checkClock}), 'clock-wrong');
	await refusesAsync(t, async () => prune(scene.session, {retention, isClockTrusted: true, isDryRun: true}, {checkClock}), 'clock-wrong');
	t.deepEqual(seen, [false, true]);
	t.deepEqual(await readAllObjects(scene.storage), before);
});

/** A storage whose listings of one folder leave something out, from the n-th on; listings of everything do not, or do, too. */
function createForgetfulStorage(inner: Storage, folder: string, isLeftOut: (name: string, position: number) => boolean, from: number): Storage {
	let calls = 0;
	return {
		...inner,
		async list(asked, signal) {
			const objects = await inner.list(asked, signal);
			if (asked !== folder || ++calls < from) {
				return objects;
			}

			return objects.filter(({name}, position) => !isLeftOut(name, position));
		},
	};
}

for (const folder of ['snapshots', 'tombstones', 'index', 'packs', 'writers', 'pruning', '']) {
	test(`listings of ${folder === '' ? 'everything' : `${folder}/`} that come empty, in part, or not at all: nothing is deleted that anybody needs`, async t => {
		const scene = await createScene(t);
		const {runtime, session} = scene;
		// A run that is writing, and a mark that an earlier prune has left for it.
		scene.change({running: noiseOf('running', 80_000)});
		const {promise: stopped, resolve: onStopped} = Promise.withResolvers<void>();
		const {promise: goOn, resolve: letGo} = Promise.withResolvers<void>();
		const halting: Storage = {...scene.storage, isShareable: false, async write(name, data) {
			if (name.startsWith('snapshots/')) {
				onStopped();
				await goOn;
			}

			await scene.storage.write(name, data);
		}};
		const writer = createTestRuntime({seed: 'writer', startMs: runtime.now(), identity: {...runtime.identity, pid: 77}});
		const backup = scene.runIn(new RepositorySession(halting, writer, session.memory), 'a');
		await stopped;
		await prune(session);
		const written = new Set((await scene.storage.list('packs')).map(({name}) => name));
		const {needed, index} = await readNeededBlobs(session);
		const neededPacks = new Set([...needed].map(id => packName(index.packs[index.locate(Buffer.from(id, 'hex'))!.pack]!.id)));
		let refused = 0;
		let done = 0;
		for (const from of [1, 2, 3]) {
			const names = (await scene.storage.list(folder)).length;
			for (const left of [-1, ...Array.from({length: Math.min(names, 6)}, (_, position) => position)]) {
				const copy = await copyStorage(scene.storage);
				const storage = createForgetfulStorage(copy, folder, (_, position) => left === -1 || position === left, from);
				const snapshotsBefore = (await copy.list('snapshots')).length;
				const outcome = await prune(new RepositorySession(storage, runtime, session.memory)).then(() => 'done').catch(() => 'refused');
				refused += Number(outcome === 'refused');
				done += Number(outcome === 'done');
				const about = `${folder}, ${left === -1 ? 'all' : `number ${left}`} left out from listing ${from} on: ${outcome}`;
				t.is((await copy.list('snapshots')).length, snapshotsBefore, about);
				const present = new Set((await copy.list('packs')).map(({name}) => name));
				t.deepEqual([...neededPacks].filter(name => !present.has(name)), [], about);
				// Nor anything of the run that is writing.
				t.deepEqual([...written].filter(name => !present.has(name) && !neededPacks.has(name) && !index.has(name.slice(-64) as PackId)), [], about);
			}
		}

		const copy = await copyStorage(scene.storage);
		const failing = {...copy, async list(asked: string) {
			if (asked === folder) {
				throw new CofferError('storage-failed', 'The listing fails.');
			}

			return copy.list(asked);
		}};
		const before = await readAllObjects(copy);
		await refusesAsync(t, async () => prune(new RepositorySession(failing, runtime, session.memory)), 'storage-failed');
		t.deepEqual(await readAllObjects(copy), before);
		letGo();
		await backup;
		t.log(`${refused} refused, ${done} done without harm`);
	});
}
