import {CofferError} from '../../errors.ts';
import type {EventListener} from '../../events.ts';
import type {DataKeyId, EpochId, SlotId, WriterId} from '../../ids.ts';
import {
	activeEpoch,
	announcedEpoch,
	createEpoch,
	liveSlots,
	moveToActiveEpoch,
	prepareSlot,
	publishKeyring,
	Reencryption,
	retiringEpochs,
	withActive,
	withExclusiveLock,
	withoutSlots,
	writePreparedSlot,
	type ExclusiveLock,
	type Keyring,
	type ObjectProblem,
	type PreparedSlot,
	type PublishedKeyring,
	type RepositorySession,
	type SlotEntry,
} from '../../repository/repository.ts';
import {requireOwner} from '../owner.ts';
import {ProgressReporter} from '../progress.ts';
import {findPredecessor, findSuccessor, isNewerThanRotation, tryOpenSlot} from './new-secret.ts';
import type {RotateRequest, RotateSummary} from './rotate-request.ts';
import {proveEpochsUnneeded} from './proof.ts';
import type {SecretChange} from './secret-change.ts';
import {describeWriters, listWriters, waitForWriters} from './wait-for-writers.ts';

export type RotateOptions = {
	readonly signal?: AbortSignal | undefined;
	readonly onEvent?: EventListener | undefined;
};

/** Whether a rotation is under way that this session has a part in. */
export function isRotating(session: RepositorySession): boolean {
	const {keyring} = session;
	return announcedEpoch(keyring) !== undefined || retiringEpochs(keyring).length > 0 || findSuccessor(session) !== undefined || findPredecessor(session) !== undefined;
}

/*
What is left to do is read from the repository and the caller's secret, at each step anew. So an interruption needs no record of its own:

- no rotation under way: an epoch and a slot are made and announced to all slots;
- an epoch is announced: announced again (not everybody may know it), then the new slot's file is written, the caller goes on with it, and the epoch is activated;
- epochs are retiring: what lies under them is moved; once the runs that began before have ended and the proof holds, the epochs go from all keyrings, and with them the slot that was replaced;
- epochs whose packs are written anew go last.
*/
class Rotation {
	readonly #session: RepositorySession;
	readonly #lock: ExclusiveLock;
	readonly #change: SecretChange;
	readonly #options: RotateOptions;
	readonly #progress: ProgressReporter;
	moved = 0;
	packs = 0;
	bytes = 0;
	damagedPacks = 0;
	readonly retired: EpochId[] = [];
	readonly removedSlots: SlotEntry[] = [];
	#published: PublishedKeyring | undefined;
	/** Runs that were writing when the new epoch was activated; where another call did that, all that are writing now. */
	#oldRuns: ReadonlySet<WriterId> | undefined;

	constructor(session: RepositorySession, lock: ExclusiveLock, change: SecretChange, progress: ProgressReporter, options: RotateOptions) {
		this.#session = session;
		this.#lock = lock;
		this.#change = change;
		this.#progress = progress;
		this.#options = options;
	}

	/** Begin a rotation, or take one up: until the new epoch is active and the caller uses the new slot. */
	async begin(isReencrypting: boolean): Promise<void> {
		this.#progress.enter('renewing', {files: 0, bytes: 0});
		const {runtime} = this.#session;
		const isTakenUp = announcedEpoch(this.#session.keyring) !== undefined || retiringEpochs(this.#session.keyring).length > 0;
		const epochs = isTakenUp ? this.#session.keyring.epochs : [...this.#session.keyring.epochs, createEpoch(runtime)];
		await this.#changeSecret({...this.#session.keyring, epochs});
		const announced = announcedEpoch(this.#session.keyring);
		if (announced) {
			const {keyring} = this.#session;
			const active = activeEpoch(keyring).id;
			const marked = keyring.epochs.map(epoch => epoch.id === active && isReencrypting ? {...epoch, isReencrypted: true} : epoch);
			await this.#publish({...keyring, epochs: withActive(marked, announced.id)});
			this.#oldRuns = new Set((await listWriters(this.#session, this.#options.signal)).map(({id}) => id));
		}
	}

	/** Bring everything under the active epoch, and drop the ones before it. */
	async finish(): Promise<void> {
		await this.#move();
		await this.#waitForOldRuns();
		await this.#move();
		await this.#drop(({isReencrypted}) => !isReencrypted);
		await this.#change.retire();
		if (retiringEpochs(this.#session.keyring).length > 0) {
			await this.#reencrypt();
			await this.#drop(() => true);
		}
	}

	/** Go on with a new slot in the place of the caller's own, where the rotation has not made that already; the keyring is published in any case. */
	async #changeSecret(keyring: Keyring): Promise<void> {
		const session = this.#session;
		if (findPredecessor(session) || isNewerThanRotation(session)) {
			await this.#publish(keyring);
			await this.#change.replace();
			return;
		}

		const successor = findSuccessor(session);
		const prepared = successor && await this.#change.prepared(successor.id);
		const opened = prepared && await tryOpenSlot(session, successor.id, prepared);
		if (opened) {
			await this.#publish(keyring);
			// Again: it was renewed.
			session.adopt((await tryOpenSlot(session, successor.id, prepared)) ?? opened);
		} else {
			// A successor that nobody can open was never used.
			const kept = successor ? withoutSlots(keyring.slots, new Set([successor.id]), this.#now()) : keyring.slots;
			const slot = await this.#prepareSlot();
			await this.#publish({...keyring, slots: [...kept, slot.entry]}, slot.entry.id);
			session.adopt(await writePreparedSlot(session, slot));
		}

		await this.#change.replace();
	}

	async #prepareSlot(): Promise<PreparedSlot> {
		const {keyring, slot} = this.#session;
		const {label, role, expires, isRecovery} = keyring.slots.find(({id}) => id === slot.slotId)!;
		const facts = {label, role, created: this.#now(), replaces: slot.slotId, ...(expires !== undefined && {expires}), ...(isRecovery && {isRecovery})};
		return prepareSlot(this.#session, facts, async id => this.#change.prepare(id));
	}

	async #move(): Promise<void> {
		const {signal} = this.#options;
		this.#progress.enter('moving', {files: 0, bytes: 0});
		const {moved, problems} = await moveToActiveEpoch(this.#session, this.#lock, {signal, onProgress: (done, total) => {
			this.#progress.update(() => ({files: done, bytes: 0, totalFiles: total}));
		}});
		await this.#lock.renew();
		this.moved += moved;
		for (const {message} of problems) {
			this.#warn(message);
		}
	}

	async #waitForOldRuns(): Promise<void> {
		const goingSlot = findPredecessor(this.#session)?.id;
		await waitForWriters(this.#session, ({id}) => this.#oldRuns?.has(id) ?? true, {signal: this.#options.signal, goingSlot, onWaiting: writers => {
			this.#progress.enter('waiting', {files: 0, bytes: 0, current: describeWriters(writers)});
		}});
	}

	/** Take epochs from all keyrings, and with them the slot that was replaced and those that have expired. */
	async #drop(isDropped: (epoch: Keyring['epochs'][number]) => boolean): Promise<void> {
		const session = this.#session;
		this.#progress.enter('proving', {files: 0, bytes: 0});
		await proveEpochsUnneeded(session, this.#options.signal);
		await this.#proveRecovery();
		// Once more: a proof takes its time, and who began with the old secret meanwhile shall not lose its work.
		await this.#waitForOldRuns();
		const {keyring, runtime} = session;
		const dropped = new Set(retiringEpochs(keyring).filter(epoch => isDropped(epoch)).map(({id}) => id));
		const predecessor = findPredecessor(session);
		const unexpired = new Set(liveSlots(keyring, runtime.now()).map(({id}) => id));
		const removed = liveSlots(keyring).filter(({id}) => id !== session.slot.slotId && (id === predecessor?.id || !unexpired.has(id)));
		if (dropped.size > 0 || removed.length > 0) {
			const slots = withoutSlots(keyring.slots, new Set(removed.map(({id}) => id)), this.#now());
			await this.#publish({...keyring, epochs: keyring.epochs.filter(({id}) => !dropped.has(id)), slots});
		}

		this.retired.push(...dropped);
		this.removedSlots.push(...removed);
	}

	/** The files of recovery slots hold the new keyring: what was sealed was opened once, and the files were read back. */
	async #proveRecovery(): Promise<void> {
		this.#published ??= await publishKeyring(this.#session, this.#session.keyring, this.#lock);
		const recovery = liveSlots(this.#session.keyring, this.#session.runtime.now()).filter(({isRecovery}) => isRecovery);
		const {files} = this.#published;
		const lost = recovery.filter(({id}) => !files.has(id));
		if (recovery.length === 0) {
			this.#warn('There is no recovery key: if this key is lost, so are the backups. Make one with "coffer key export" and keep it in another place.');
		} else if (lost.length === recovery.length) {
			throw new CofferError('damaged', `The recovery key "${lost[0]!.label}" has no intact key slot any more, so the old epoch stays. Make a new one with "coffer key export", remove the old one with "coffer key remove ${lost[0]!.id.slice(0, 8)}", and run "coffer key rotate" again.`);
		}
	}

	async #reencrypt(): Promise<void> {
		const {signal} = this.#options;
		const session = this.#session;
		for (;;) {
			this.#progress.enter('re-encrypting', {files: 0, bytes: 0});
			let last = {packs: 0, bytes: 0};
			const busyKeys = async () => new Set<DataKeyId>((await listWriters(session, signal)).map(({dataKeyId}) => dataKeyId));
			const reencryption = new Reencryption(session, {lock: this.#lock, signal, busyKeys, onProgress: ({packs, bytes, totalPacks, totalBytes}) => {
				last = {packs, bytes};
				this.#progress.update(() => ({files: packs, bytes, totalFiles: totalPacks, totalBytes}));
			}});
			const {isComplete, damaged} = await reencryption.run();
			this.packs += last.packs - damaged.length;
			this.bytes += last.bytes;
			if (isComplete) {
				await this.#leave(damaged);
				return;
			}

			await this.#waitForOldRuns();
		}
	}

	/** Packs that are damaged cannot be written anew: their data keys are only sealed to the new epoch, so that what is intact in them can still be read. */
	async #leave(damaged: readonly ObjectProblem[]): Promise<void> {
		this.damagedPacks = damaged.length;
		if (damaged.length === 0) {
			return;
		}

		for (const {message} of damaged) {
			this.#warn(`${message} It was not written anew: who has its old data key can still read what is intact in it. "coffer verify --read-data" names the files that it affects.`);
		}

		const {keyring} = this.#session;
		await this.#publish({...keyring, epochs: keyring.epochs.map(({isReencrypted: _, ...epoch}) => epoch)});
		await this.#move();
	}

	/** @param coming - The slot whose file is written once all know it. */
	async #publish(keyring: Keyring, coming?: SlotId): Promise<void> {
		this.#published = await publishKeyring(this.#session, keyring, this.#lock);
		for (const {label, id} of this.#published.lost.filter(slot => slot.id !== coming)) {
			this.#warn(`No intact file of the key slot "${label}" (${id.slice(0, 8)}) is left, so it does not follow. Remove it with "coffer key remove ${id.slice(0, 8)}".`);
		}
	}

	#warn(message: string): void {
		this.#options.onEvent?.({event: 'warning', kind: 'repository', message});
	}

	#now(): string {
		return new Date(this.#session.runtime.now()).toISOString();
	}
}

/**
Replace the master key: a new epoch for all, a new secret for the caller. All other slots follow without their secrets. Takes up what an interrupted rotation left, also that of another owner.
Backups and restores may go on meanwhile; what began before is waited for before the old epoch and the old secret go.

@throws `key-role` before any work; `repository-locked`; `damaged` for an object that keeps an old epoch in use: then everything opens with the new and the old secret, and the next call goes on; `writer-expired`, `aborted`, `memory-corrupted`; what `secretChange` and the storage throw
*/
export async function rotate(session: RepositorySession, request: RotateRequest, options: RotateOptions = {}): Promise<RotateSummary> {
	const {runtime} = session;
	const startMs = runtime.monotonicMs();
	requireOwner(session.keyring, 'rotate keys');
	const progress = new ProgressReporter(runtime, options.onEvent, 'renewing');
	return withExclusiveLock(session, 'key rotate', async lock => {
		await session.refresh();
		const isResumed = isRotating(session);
		const isReencrypting = request.isReencrypting ?? false;
		if (!isResumed) {
			// The last one may have been interrupted before its very last step.
			await request.secretChange.retire();
		}

		const rotation = new Rotation(session, lock, request.secretChange, progress, options);
		await rotation.begin(isReencrypting);
		await rotation.finish();
		const {keyring, slot} = session;
		const others = liveSlots(keyring).filter(({id}) => id !== slot.slotId);
		return {
			epoch: activeEpoch(keyring).id,
			retired: rotation.retired,
			slot: slot.slotId,
			removedSlots: rotation.removedSlots.map(({id, label}) => ({id, label})),
			followingSlots: others.length,
			recoverySlots: others.filter(({isRecovery}) => isRecovery).length,
			moved: rotation.moved,
			packs: rotation.packs,
			bytes: rotation.bytes,
			damagedPacks: rotation.damagedPacks,
			isResumed,
			durationMs: Math.round(runtime.monotonicMs() - startMs),
		};
	}, options.signal);
}
