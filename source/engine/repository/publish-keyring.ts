import {createHash} from 'node:crypto';
import type {SlotId} from '../ids.ts';
import type {ExclusiveLock} from './exclusive-lock.ts';
import {renewKeySlot, type KeySlot} from './key-slot.ts';
import {readKeySlots, removeKeySlotFiles, writeKeySlot} from './key-slot-files.ts';
import type {Keyring, SlotEntry} from './keyring.ts';
import type {RepositorySession} from './session.ts';

/** What wraps a slot's private keys: files that differ in it are opened by different secrets. */
function wrappingOf({factors, iterations, salt, secret}: KeySlot): string {
	return createHash('sha256').update(`${factors.join(' ')} ${iterations} `).update(salt).update(secret).digest('hex');
}

/** Slots that are not removed; the session's own last, so that who is interrupted knows nothing that others do not. */
function inOrder(session: RepositorySession, {slots}: Keyring): SlotEntry[] {
	const isOwn = ({id}: SlotEntry) => id === session.slot.slotId;
	const live = slots.filter(({removed}) => removed === undefined);
	return [...live.filter(entry => !isOwn(entry)), ...live.filter(entry => isOwn(entry))];
}

export type PublishedKeyring = {
	/** Slots of which no intact file is left: they keep what they know, and will not open what is written later. */
	readonly lost: readonly SlotEntry[];
	/** The names of each slot's new files, the same in both places; read back, and known to open. */
	readonly files: ReadonlyMap<SlotId, ReadonlySet<string>>;
};

/**
Give every slot a changed keyring, each what its role may know. The files of slots that are removed go last.
An interruption leaves slots with the old and slots with the new keyring; the same call again, or another, mends that.

@param keyring - An owner's; its `generation` is set here.
@throws TypeError without the authority key; `writer-expired` when the lock is lost; `damaged` when a file does not read back; what the storage throws
*/
export async function publishKeyring(session: RepositorySession, keyring: Keyring, lock: ExclusiveLock): Promise<PublishedKeyring> {
	const {storage, runtime} = session;
	const {authorityKey} = keyring;
	if (authorityKey === undefined) {
		throw new TypeError('Only owners change keyrings');
	}

	// The clock besides the count: an interrupted change of somebody else must not look as new as this one.
	const next = {...keyring, generation: Math.max(session.keyring.generation + 1, runtime.now())};
	const {slots: files} = await readKeySlots(storage);
	const lost: SlotEntry[] = [];
	const written = new Map<SlotId, ReadonlySet<string>>();
	for (const entry of inOrder(session, next)) {
		await lock.assertHeld();
		const own = files.filter(({slot}) => slot.slotId === entry.id).map(({slot}) => slot);
		const distinct = new Map(own.map(slot => [wrappingOf(slot), slot]));
		const kept = new Set<string>();
		for (const slot of distinct.values()) {
			kept.add(await writeKeySlot(storage, entry.id, renewKeySlot(slot, {entry, keyring: next, authorityKey}, runtime)));
		}

		if (kept.size === 0) {
			lost.push(entry);
		} else {
			await removeKeySlotFiles(storage, entry.id, kept);
			written.set(entry.id, kept);
		}
	}

	for (const {id} of next.slots.filter(({removed}) => removed !== undefined)) {
		await lock.assertHeld();
		await removeKeySlotFiles(storage, id);
	}

	await session.refresh();
	return {lost, files: written};
}
