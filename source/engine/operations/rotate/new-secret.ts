import {isCofferError} from '../../errors.ts';
import type {SlotId} from '../../ids.ts';
import {activeEpoch, canTrySlot, liveSlots, openKeySlot, readKeySlots, retiringEpochs, type SessionMemory, type RepositorySession, type Secret, type SlotEntry} from '../../repository/repository.ts';

/** A slot that an interrupted rotation has made in the place of the session's own. */
export function findSuccessor({keyring, slot}: RepositorySession): SlotEntry | undefined {
	return liveSlots(keyring).findLast(({replaces}) => replaces === slot.slotId);
}

/** The slot whose place the session's own has taken, and that is still there. */
export function findPredecessor({keyring, slot}: RepositorySession): SlotEntry | undefined {
	const own = keyring.slots.find(({id}) => id === slot.slotId);
	return own?.replaces === undefined ? undefined : liveSlots(keyring).find(({id}) => id === own.replaces);
}

/** Whether the session's slot was made after the rotation that is under way had begun: its secret is a new one. */
export function isNewerThanRotation({keyring, slot}: RepositorySession): boolean {
	const own = keyring.slots.find(({id}) => id === slot.slotId);
	return retiringEpochs(keyring).length > 0 && own !== undefined && own.created >= activeEpoch(keyring).created;
}

/** Open a slot of this repository with a secret; `undefined` where it has no file that the secret opens. @throws what the storage throws */
export async function tryOpenSlot({storage, runtime}: RepositorySession, id: SlotId, secret: Secret): Promise<SessionMemory | undefined> {
	const {slots} = await readKeySlots(storage);
	for (const {slot, fileName} of slots.filter(file => file.slot.slotId === id && canTrySlot(file.slot, secret))) {
		try {
			return {slot: await openKeySlot(slot, secret, `keys/${fileName}`, runtime), fileName};
		} catch (error) {
			if (!isCofferError(error, 'key-wrong', 'damaged')) {
				throw error;
			}
		}
	}

	return undefined;
}
