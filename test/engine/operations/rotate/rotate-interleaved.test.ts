import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {isCofferError} from '../../../../source/engine/errors.ts';
import {backup} from '../../../../source/engine/operations/backup/backup.ts';
import {findUnderOldEpochs} from '../../../../source/engine/operations/rotate/proof.ts';
import {rotate} from '../../../../source/engine/operations/rotate/rotate.ts';
import {openRepository, RepositorySession, type Storage, type UnlockedSlot} from '../../../../source/engine/repository/repository.ts';
import {verify} from '../../../../source/engine/operations/verify/verify.ts';
import {createMemoryStorage} from '../../../../source/engine/storage/memory.ts';
import {copyStorage} from '../../../helpers/copy-storage.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {createPausedStorage} from '../../../helpers/paused-storage.ts';
import {describeSnapshots} from '../../../helpers/repository-session.ts';
import {createSharedRepository, openAs, readAsEverybody, type SharedRepository} from '../../../helpers/shared-repository.ts';
import {createStoredSecretChange, takeSecret} from '../../../helpers/stored-secret.ts';
import {createTestRuntime, type TestRuntime} from '../../../helpers/test-runtime.ts';

/** Tries each call instead of a sample. */
const isSoak = process.env['COFFER_SOAK'] === '1';

type Scene = {readonly storage: Storage; readonly repository: SharedRepository; readonly source: {readonly kind: 'files'; readonly name: string; readonly paths: readonly string[]}};

async function createScene(folder: string, runtime: TestRuntime): Promise<Scene> {
	const storage = createMemoryStorage({runtime});
	const repository = await createSharedRepository(storage, runtime);
	const source = {kind: 'files' as const, name: 'data', paths: [folder]};
	for (let day = 1; day <= 2; day++) {
		await writeFile(path.join(folder, `day-${day}`), `${day} `.repeat(8000));
		await writeFile(path.join(folder, 'changing'), `day ${day} `.repeat(6000));
		runtime.forward(1000);
		await backup(repository.session, {source});
	}

	await writeFile(path.join(folder, 'changing'), 'day 3 '.repeat(6000));
	await writeFile(path.join(folder, 'new'), 'new '.repeat(9000));
	return {storage, repository, source};
}

/** Without the folder of all temporary files, which others change meanwhile. */
const withoutAncestor = (snapshots: readonly string[]): string[] => snapshots.map(text => text.slice(text.indexOf(']') + 1));

/** A session that was opened without a disturbance, on a storage that has one. */
async function openOn(inner: Storage, slot: UnlockedSlot, storage: Storage, runtime: TestRuntime): Promise<RepositorySession> {
	const opened = await openAs(slot, inner, runtime);
	return new RepositorySession(storage, runtime, {slot: opened.slot, fileName: ''});
}

/** A rotation that is begun, and the moment at which it waits for others, or has ended. */
function beginRotation(storage: Storage, runtime: TestRuntime, isReencrypting: boolean): {readonly ended: Promise<unknown>; readonly waiting: Promise<void>} {
	const {promise: waiting, resolve} = Promise.withResolvers<void>();
	const run = async () => {
		const session = await openRepository(storage, (await takeSecret(storage))!, runtime);
		return rotate(session, {secretChange: createStoredSecretChange(storage, runtime), isReencrypting}, {onEvent(event) {
			if (event.event === 'progress' && event.phase === 'waiting') {
				resolve();
			}
		}});
	};

	const ended = run();
	const settle = async () => {
		await Promise.allSettled([ended]);
		resolve();
	};

	void settle();
	return {ended, waiting};
}

for (const [who, isReencrypting] of [['first owner', false], ['first owner', true], ['backup', false], ['backup', true]] as const) {
	test(`a rotation ${isReencrypting ? 'with re-encryption ' : ''}that comes before each call of a backup with the key of the ${who}: nothing is lost, and the backup succeeds`, async t => {
		const folder = await mkdtemp(path.join(os.tmpdir(), 'coffer-rotate-'));
		t.teardown(async () => rm(folder, {recursive: true}));
		const runtime = createTestRuntime();
		const {storage: original, repository, source} = await createScene(folder, runtime);
		const slot: UnlockedSlot = who === 'backup' ? repository.slots.backup : repository.session.slot;
		const calm = createPausedStorage(await copyStorage(original));
		runtime.forward(1000);
		await backup(await openOn(calm, slot, calm, runtime), {source});
		const {callCount} = calm;
		const expected = withoutAncestor(await readAsEverybody(repository, calm, runtime));
		t.is(expected.length, 3);
		let early = 0;
		let tried = 0;
		for (let at = 1; at <= callCount; at += isSoak ? 1 : 7) {
			const inner = await copyStorage(original);
			const host = createTestRuntime({seed: String(at), startMs: runtime.now(), identity: {...runtime.identity, pid: at}});
			let rotation: ReturnType<typeof beginRotation> | undefined;
			const paused = createPausedStorage(inner, at, async () => {
				rotation = beginRotation(inner, host, isReencrypting);
				await rotation.waiting;
			});
			const [outcome] = await Promise.allSettled([backup(await openOn(inner, slot, paused, runtime), {source})]);
			if (rotation === undefined) {
				// Names are random, and with them how many folders there are to list: this run had fewer calls.
				break;
			}

			await t.notThrowsAsync(rotation.ended, `call ${at}`);
			if (outcome.status === 'rejected' && isCofferError(outcome.reason, 'key-wrong') && who === 'first owner') {
				// Before the run had said that it is there, its key was replaced: it says so, and has done nothing.
				early++;
				await backup(await openRepository(inner, (await takeSecret(inner))!, runtime), {source});
			} else {
				t.like(outcome, {status: 'fulfilled'}, `call ${at}`);
			}

			t.deepEqual(withoutAncestor(await readAsEverybody(repository, inner, runtime)), expected, `call ${at}`);
			const session = await openRepository(inner, (await takeSecret(inner))!, runtime);
			t.deepEqual(withoutAncestor(await describeSnapshots(session)), expected);
			t.deepEqual(await findUnderOldEpochs(session), [], `call ${at}`);
			t.is(session.keyring.epochs.length, 1);
			const {problems} = await verify(session, {readData: {fraction: 1}});
			t.deepEqual(problems.filter(({object}) => !object.startsWith('hostkey/')), [], `call ${at}`);
			await refusesAsync(t, async () => openAs(repository.session.slot, inner, runtime), 'key-wrong');
			tried++;
		}

		t.log(`${tried} of ${callCount} calls; ${early} runs came too early to be waited for`);
		t.true(tried > 5 && early < tried / 2);
	});
}
