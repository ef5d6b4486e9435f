import {Buffer} from 'node:buffer';
import {CofferError, isCofferError} from '../errors.ts';
import type {DataKeyId} from '../ids.ts';
import type {Runtime} from '../runtime.ts';
import type {Storage} from '../storage/storage.ts';
import {activeEpoch} from './epochs.ts';
import type {Keyring} from './keyring.ts';
import {openWithPrivateKey, sealToPublicKey} from './sealed-object.ts';
import {unlessRemoved} from './unless-removed.ts';

/*
datakeys/<id>: one run's data key (32 bytes), an object of type 3 sealed to the epoch's X25519 public key. Key id = epoch, object id = the data key's own id. The same bytes stand in
every index object that names a pack under it.
*/

export type DataKey = {
	readonly id: DataKeyId;
	readonly key: Buffer;
	readonly sealed: Buffer;
};

export const dataKeyName = (id: DataKeyId): string => `datakeys/${id}`;

/** @param id - @default random */
export function createDataKey(keyring: Keyring, runtime: Runtime, id = runtime.randomBytes(16).toString('hex') as DataKeyId): DataKey {
	return resealDataKey({id, key: runtime.randomBytes(32)}, keyring, runtime);
}

/** The same data key, sealed to the epoch that is active now. @throws `damaged` without an active epoch */
export function resealDataKey({id, key}: Pick<DataKey, 'id' | 'key'>, keyring: Keyring, runtime: Runtime): DataKey {
	const epoch = activeEpoch(keyring);
	return {id, key, sealed: sealToPublicKey('dataKey', {keyId: epoch.id, publicKey: epoch.publicKey}, key, runtime, {objectId: id})};
}

/**
@throws `damaged`; `key-role` where the keyring cannot open data
*/
export function openDataKey(sealed: Uint8Array, id: DataKeyId, keyring: Keyring, runtime: Runtime, what = dataKeyName(id)): DataKey {
	const {header, plaintext} = openWithPrivateKey(sealed, 'dataKey', what, header => {
		const epoch = keyring.epochs.find(candidate => candidate.id === header.keyId);
		if (epoch === undefined) {
			throw new CofferError('damaged', `${what} is sealed to a key epoch that this repository does not have: it was damaged or comes from elsewhere.`);
		}

		if (epoch.privateKey === undefined) {
			throw new CofferError('key-role', `A key with the role "${keyring.role}" cannot read the contents of backups. Use an owner's key.`);
		}

		return epoch.privateKey;
	}, runtime);
	if (header.objectId !== id || plaintext.byteLength !== 32) {
		throw new CofferError('damaged', `${what} holds another data key than its name says: it was swapped.`);
	}

	return {id, key: plaintext, sealed: Buffer.from(sealed)};
}

/** Where sealed data keys are looked for, and what opens them. */
type KeyFinder = {readonly storage: Storage; readonly keyring: Keyring; readonly runtime: Runtime};

/**
The data key `id`, from the copy that an index object carries, else from datakeys/.
@param copy - Sealed, as it stands in an index object.
@throws `damaged`, `object-missing`, `key-role`; what the storage throws
*/
export async function findDataKey(id: DataKeyId, copy: Uint8Array | undefined, {storage, keyring, runtime}: KeyFinder): Promise<DataKey> {
	if (copy) {
		try {
			return openDataKey(copy, id, keyring, runtime);
		} catch (error) {
			if (!isCofferError(error, 'damaged')) {
				throw error;
			}
		}
	}

	const sealed = await storage.read(dataKeyName(id));
	return unlessRemoved(storage, dataKeyName(id), () => openDataKey(sealed, id, keyring, runtime));
}
