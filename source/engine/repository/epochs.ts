import {publicKeyOf} from '../crypto/curve-keys.ts';
import {CofferError} from '../errors.ts';
import type {EpochId} from '../ids.ts';
import type {Runtime} from '../runtime.ts';
import type {Epoch, Keyring} from './keyring.ts';

/*
The epochs of a keyring stand in the order in which they were made. One is active: everything new is written under it. Those before it are retiring: a rotation is moving what lies under
them. One after it is announced: every keyring shall know it before anything is written under it.
*/

/** A new epoch, made now, not active. */
export function createEpoch(runtime: Runtime): Epoch {
	const privateKey = runtime.randomBytes(32);
	return {
		id: runtime.randomBytes(16).toString('hex') as EpochId,
		created: new Date(runtime.now()).toISOString(),
		isActive: false,
		metadataKey: runtime.randomBytes(32),
		publicKey: publicKeyOf('x25519', privateKey),
		privateKey,
	};
}

const activeAt = ({epochs}: Keyring): number => epochs.findIndex(({isActive}) => isActive);

/** The epoch that everything new is written under. @throws `damaged` when the keyring names none */
export function activeEpoch(keyring: Keyring): Epoch {
	const epoch = keyring.epochs[activeAt(keyring)];
	if (epoch === undefined) {
		throw new CofferError('damaged', 'The keyring names no active epoch: it was tampered with.');
	}

	return epoch;
}

/** Epochs that a rotation replaces, oldest first; none when no rotation is under way. */
export function retiringEpochs(keyring: Keyring): readonly Epoch[] {
	return keyring.epochs.slice(0, Math.max(activeAt(keyring), 0));
}

/** The epoch that a rotation is about to activate. */
export function announcedEpoch(keyring: Keyring): Epoch | undefined {
	return keyring.epochs[activeAt(keyring) + 1];
}

/** The same epochs, with another one active. */
export function withActive(epochs: readonly Epoch[], active: EpochId): readonly Epoch[] {
	return epochs.map(epoch => ({...epoch, isActive: epoch.id === active}));
}
