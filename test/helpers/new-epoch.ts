import {createKeySlot, type Secret} from '../../source/engine/repository/key-slot.ts';
import {writeKeySlot} from '../../source/engine/repository/key-slot-files.ts';
import {createEpoch} from '../../source/engine/repository/epochs.ts';
import type {Keyring} from '../../source/engine/repository/keyring.ts';
import {openRepository, type RepositorySession} from '../../source/engine/repository/repository.ts';
import type {Runtime} from '../../source/engine/runtime.ts';

/** A keyring to which an epoch was added that is active now. */
function withNewEpoch(keyring: Keyring, runtime: Runtime): Keyring {
	const epoch = {...createEpoch(runtime), isActive: true};
	return {...keyring, generation: keyring.generation + 1, epochs: [...keyring.epochs.map(old => ({...old, isActive: false})), epoch]};
}

/** A repository as it is when a rotation has just begun: what there is stays under the epochs before, and the session that is returned writes under a new one. The slot's older file stays, too. */
export async function beginEpoch({keyring, slot, storage, runtime}: RepositorySession, secret: Secret): Promise<RepositorySession> {
	const entry = keyring.slots.find(({id}) => id === slot.slotId)!;
	await writeKeySlot(storage, slot.slotId, await createKeySlot({entry, keys: slot.keys, secret, keyring: withNewEpoch(keyring, runtime), authorityKey: keyring.authorityKey!}, runtime));
	return openRepository(storage, secret, runtime);
}
