import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {rotate} from '../../../../source/engine/operations/rotate/rotate.ts';
import type {RotateSummary} from '../../../../source/engine/operations/rotate/rotate-request.ts';
import {verify} from '../../../../source/engine/operations/verify/verify.ts';
import {listSnapshots, openRepository, type RepositorySession, type Secret, type Storage} from '../../../../source/engine/repository/repository.ts';
import {createMemoryStorage} from '../../../../source/engine/storage/memory.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {copyStorage} from '../../../helpers/copy-storage.ts';
import {createFaultyStorage, SimulatedCrash, type FaultMoment} from '../../../helpers/faulty-storage.ts';
import {describeSnapshots} from '../../../helpers/repository-session.ts';
import {buildSnapshot} from '../../../helpers/snapshot-builder.ts';
import {countEpochs, createSharedRepository, openAs, readAsEverybody, type SharedRepository} from '../../../helpers/shared-repository.ts';
import {listNames} from '../../../helpers/storage-assertions.ts';
import {createStoredSecretChange, takeSecret} from '../../../helpers/stored-secret.ts';
import {createTestRuntime, type TestRuntime} from '../../../helpers/test-runtime.ts';

/** Tries each call instead of a sample. */
const isSoak = process.env['COFFER_SOAK'] === '1';
const dayMs = 24 * 60 * 60 * 1000;

type Scene = {
	readonly runtime: TestRuntime;
	readonly storage: Storage;
	readonly repository: SharedRepository;
	/** Every snapshot as it must stay. */
	readonly expected: readonly string[];
};

async function createScene(): Promise<Scene> {
	const runtime = createTestRuntime();
	const storage = createMemoryStorage({runtime});
	const repository = await createSharedRepository(storage, runtime);
	for (let day = 1; day <= 3; day++) {
		runtime.forward(dayMs);
		await buildSnapshot(repository.session, [{name: 'same', content: 'same '.repeat(3000)}, {name: `day ${day}`, content: `${day} `.repeat(5000)}]);
	}

	return {runtime, storage, repository, expected: await readAsEverybody(repository, storage, runtime)};
}

async function open(storage: Storage, runtime: TestRuntime, secret?: Secret): Promise<RepositorySession> {
	return openRepository(storage, secret ?? (await takeSecret(storage))!, runtime);
}

async function run(storage: Storage, runtime: TestRuntime, isReencrypting: boolean): Promise<RotateSummary> {
	return rotate(await open(storage, runtime), {secretChange: createStoredSecretChange(storage, runtime), isReencrypting});
}

/** Nothing of the old key is left, and everybody reads everything. */
async function assertRotated(t: ExecutionContext, {repository, runtime, expected}: Scene, storage: Storage): Promise<void> {
	t.deepEqual(await readAsEverybody(repository, storage, runtime), expected);
	await refusesAsync(t, async () => openAs(repository.session.slot, storage, runtime), 'key-wrong');
	const session = await open(storage, runtime);
	t.deepEqual(await describeSnapshots(session), expected);
	t.deepEqual(await countEpochs(session), {epochs: 1, underOthers: 0});
	t.is(await takeSecret(storage, 'next'), undefined);
	t.is(await takeSecret(storage, 'retired'), undefined);
	const names = await listNames(storage);
	t.deepEqual(names.filter(name => name.startsWith('locks/') || name.startsWith('writers/')), []);
	t.is(names.filter(name => name.startsWith('keys/')).length, 5);
}

for (const isReencrypting of [false, true]) {
	const title = isReencrypting ? 'with re-encryption' : 'of the keys';
	test(`a rotation ${title}: the old secret opens nothing, all others everything, nothing is left under the old epoch`, async t => {
		const scene = await createScene();
		const {storage, runtime, repository} = scene;
		const before = await listNames(storage);
		const old = repository.session.keyring.epochs[0]!.id;
		const summary = await run(storage, runtime, isReencrypting);
		await assertRotated(t, scene, storage);
		t.deepEqual(summary.retired, [old]);
		await refusesAsync(t, async () => open(storage, runtime, repository.firstSecret), 'key-wrong');
		for (const secret of Object.values(repository.secrets)) {
			await t.notThrowsAsync(open(storage, runtime, secret));
		}

		t.is(summary.followingSlots, 4);
		t.is(summary.recoverySlots, 1);
		t.false(summary.isResumed);
		const after = await listNames(storage);
		const packs = (names: readonly string[]) => names.filter(name => name.startsWith('packs/'));
		t.is(packs(after).filter(name => before.includes(name)).length, isReencrypting ? 0 : packs(before).length);
		t.is(packs(after).length, packs(before).length);
		t.is(summary.packs, isReencrypting ? packs(before).length : 0);
		t.log(`${summary.moved} objects moved, ${summary.packs} packs`);
	});

	for (const when of ['before', 'midway', 'after'] as FaultMoment[]) {
		test(`a crash ${when} each call of a rotation ${title}: every key opens everything, and the next rotation ends it`, async t => {
			const scene = await createScene();
			const {storage: original, runtime, repository, expected} = scene;
			const calm = createFaultyStorage(await copyStorage(original));
			await run(calm, runtime, isReencrypting);
			let resumed = 0;
			let crashes = 0;
			const step = isSoak ? 1 : {before: 3, midway: 11, after: 7}[when];
			for (let at = 1; at <= calm.mutatingCallCount; at += step) {
				const inner = await copyStorage(original);
				const faulty = createFaultyStorage(inner, [{at, effect: {kind: 'crash', when}}]);
				const crashing = createTestRuntime({seed: String(at), startMs: runtime.now(), identity: {...runtime.identity, pid: at}});
				try {
					await run(faulty, crashing, isReencrypting);
				} catch (error) {
					t.true(error instanceof SimulatedCrash, `${at}: ${String(error)}`);
					crashes++;
				}

				runtime.forward(1000);
				runtime.kill(crashing.identity);
				t.deepEqual(await readAsEverybody(repository, inner, runtime), expected, `call ${at}`);
				t.deepEqual(await describeSnapshots(await open(inner, runtime)), expected, `call ${at}`);
				resumed += Number((await run(inner, runtime, isReencrypting)).isResumed);
				await assertRotated(t, scene, inner);
			}

			t.log(`${crashes} crashes, ${resumed} rotations taken up`);
			t.true(crashes > 5 && resumed > 3);
		});
	}
}

test('a rotation without trouble warns of nothing', async t => {
	const {storage, runtime} = await createScene();
	const warnings: string[] = [];
	await rotate(await open(storage, runtime), {secretChange: createStoredSecretChange(storage, runtime)}, {onEvent(event) {
		if (event.event === 'warning') {
			warnings.push(event.message);
		}
	}});
	t.deepEqual(warnings, []);
});

test('a re-encryption that is taken up goes on with the secret that the rotation has made', async t => {
	const scene = await createScene();
	const {storage, runtime} = scene;
	const stop = new AbortController();
	const session = await open(storage, runtime);
	await refusesAsync(t, async () => rotate(session, {secretChange: createStoredSecretChange(storage, runtime), isReencrypting: true}, {signal: stop.signal, onEvent(event) {
		if (event.event === 'progress' && event.phase === 're-encrypting') {
			stop.abort();
		}
	}}), 'aborted');
	const {keyFile} = (await takeSecret(storage))!;
	t.not(keyFile!.slotId, scene.repository.firstSecret.keyFile!.slotId);
	const summary = await run(storage, runtime, false);
	t.true(summary.isResumed);
	t.is(summary.slot, keyFile!.slotId);
	t.true(summary.packs > 0);
	await assertRotated(t, scene, storage);
});

test('packs that are damaged or lost are named, and do not keep a re-encryption from ending; what is intact in them is still read', async t => {
	const {storage, runtime, repository} = await createScene();
	const [first, second] = (await listNames(storage)).filter(name => name.startsWith('packs/'));
	const bytes = await storage.read(first!);
	bytes[100]! ^= 1;
	await storage.write(first!, bytes);
	await storage.remove(second!);
	const before = await verify(repository.session, {readData: {fraction: 1}});
	const warnings: string[] = [];
	const session = await open(storage, runtime);
	const summary = await rotate(session, {secretChange: createStoredSecretChange(storage, runtime), isReencrypting: true}, {onEvent(event) {
		if (event.event === 'warning') {
			warnings.push(event.message);
		}
	}});
	t.is(summary.damagedPacks, 2);
	t.true(warnings.some(message => message.includes(first!)) && warnings.some(message => message.includes(second!)));
	t.deepEqual(await countEpochs(session), {epochs: 1, underOthers: 0});
	const after = await verify(await open(storage, runtime), {readData: {fraction: 1}});
	const files = ({problems}: typeof before) => problems.flatMap(problem => problem.files).toSorted();
	t.deepEqual(files(after), files(before));
	t.deepEqual((await listNames(storage)).filter(name => name === first), [first]);
});

test('a damaged snapshot keeps the old epoch, and is named; both secrets open everything else, and without it the rotation ends', async t => {
	const {storage, runtime, repository} = await createScene();
	const name = (await listNames(storage)).find(object => object.startsWith('snapshots/'));
	const bytes = await storage.read(name!);
	bytes[200]! ^= 1;
	await storage.write(name!, bytes);
	await refusesAsync(t, async () => run(storage, runtime, false), 'damaged', new RegExp(name!));
	for (const session of [await open(storage, runtime), await open(storage, runtime, repository.firstSecret)]) {
		t.is((await listSnapshots(session)).snapshots.length, 2);
	}

	await storage.remove(name!);
	t.true((await run(storage, runtime, false)).isResumed);
	await refusesAsync(t, async () => open(storage, runtime, repository.firstSecret), 'key-wrong');
});
