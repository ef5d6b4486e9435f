import {CofferError} from '../errors.ts';
import type {SlotId} from '../ids.ts';
import type {ExclusiveLock} from './exclusive-lock.ts';
import {createKeySlot, type SlotKeys} from './key-slot.ts';
import type {Secret} from './secret.ts';
import {writeKeySlot} from './key-slot-files.ts';
import {restrictKeyring, type Keyring, type SlotEntry} from './keyring.ts';
import {createSlot, type SlotFacts} from './new-slot.ts';
import {publishKeyring} from './publish-keyring.ts';
import type {SessionMemory, RepositorySession} from './session.ts';

/** A slot that keyrings may name before anybody can open it. */
export type PreparedSlot = {
	readonly entry: SlotEntry;
	readonly keys: SlotKeys;
	readonly secret: Secret;
};

/** @param secret - Gives the secret for the new slot's id, and has made it durable when it returns. Nothing is written here. */
export async function prepareSlot({slot, runtime}: RepositorySession, facts: SlotFacts, secret: (slotId: SlotId) => Promise<Secret> | Secret): Promise<PreparedSlot> {
	const made = createSlot(facts, slot.keys.authorityPublicKey, runtime);
	return {...made, secret: await secret(made.entry.id)};
}

/** Write the file of a slot that every keyring names by now: what it signs is valid everywhere from its first hour. @throws TypeError without the authority key; what the storage throws */
export async function writePreparedSlot({storage, runtime, keyring}: RepositorySession, {entry, keys, secret}: PreparedSlot): Promise<SessionMemory> {
	const {authorityKey} = keyring;
	if (authorityKey === undefined) {
		throw new TypeError('Only owners make key slots');
	}

	const fileName = await writeKeySlot(storage, entry.id, await createKeySlot({entry, keys, secret, keyring, authorityKey}, runtime));
	return {fileName, slot: {slotId: entry.id, keys, keyring: restrictKeyring(keyring, entry.role)}};
}

/**
Make a new slot: known to all first, then there.
@throws as `publishKeyring`; what `secret` throws, before anything is written
*/
export async function addSlot(session: RepositorySession, facts: SlotFacts, secret: (slotId: SlotId) => Promise<Secret> | Secret, lock: ExclusiveLock): Promise<SessionMemory> {
	const prepared = await prepareSlot(session, facts, secret);
	await publishKeyring(session, {...session.keyring, slots: [...session.keyring.slots, prepared.entry]}, lock);
	return writePreparedSlot(session, prepared);
}

/** The same slots, some of them removed. What they signed stays valid. */
export function withoutSlots(slots: readonly SlotEntry[], ids: ReadonlySet<SlotId>, removed: string): readonly SlotEntry[] {
	return slots.map(entry => ids.has(entry.id) ? {...entry, removed: entry.removed ?? removed} : entry);
}

/** Slots that can be opened, as far as keyrings tell. @param nowMs - To leave out those that have expired; none are without it. */
export function liveSlots({slots}: Keyring, nowMs = 0): SlotEntry[] {
	return slots.filter(({removed, expires}) => removed === undefined && (expires === undefined || Date.parse(expires) > nowMs));
}

/** Owners' slots that never expire. One of them there always has to be, or a day would come when nobody could get in. */
export function lastingOwners(keyring: Keyring): SlotEntry[] {
	return liveSlots(keyring).filter(({role, expires}) => role === 'owner' && expires === undefined);
}

function isLastLastingOwner(keyring: Keyring, id: SlotId): boolean {
	const owners = lastingOwners(keyring);
	return owners.length === 1 && owners[0]!.id === id;
}

/**
Take a slot away from everybody: its secret opens nothing from now on.
@throws `usage` for the slot that is in use, or that of the last owner who never expires; as `publishKeyring`
*/
export async function removeSlot(session: RepositorySession, id: SlotId, lock: ExclusiveLock): Promise<void> {
	const {keyring, slot, runtime} = session;
	if (isLastLastingOwner(keyring, id)) {
		throw new CofferError('usage', 'This is the key slot of the last owner that never expires: without it a day would come when nobody could read the backups or change keys. Add another owner first, with "coffer key add".');
	}

	if (slot.slotId === id) {
		throw new CofferError('usage', 'This is the key slot that the repository was opened with. Use the key of another owner to remove it, or "coffer key rotate" to replace it.');
	}

	const removed = new Date(runtime.now()).toISOString();
	await publishKeyring(session, {...keyring, slots: withoutSlots(keyring.slots, new Set([id]), removed)}, lock);
}
