import type {Buffer} from 'node:buffer';
import {CofferError} from '../../errors.ts';
import type {SlotId} from '../../ids.ts';
import {readKeySlotBytes, type RepositorySession, type Secret, type SlotEntry} from '../../repository/repository.ts';
import {addKey} from './add-key.ts';

export type ExportKeyRequest = {
	/** For people. @default 'recovery' */
	readonly label?: string;
	/** The passphrase, or the recovery code as a passphrase. */
	readonly secret: Secret;
};

export type ExportedKey = {
	readonly slot: SlotEntry;
	/** The slot's file, as it lies in the repository: encrypted, to be kept in another place. */
	readonly bytes: Buffer;
};

/** The slot's file as it is now, to be kept elsewhere. @throws `damaged` when no intact one is there; what the storage throws */
export async function readExport({storage}: RepositorySession, id: SlotId): Promise<Buffer> {
	const bytes = await readKeySlotBytes(storage, id);
	if (bytes === undefined) {
		throw new CofferError('damaged', `The key slot ${id.slice(0, 8)} has no intact file in the repository. Make a new recovery key with "coffer key export".`);
	}

	return bytes;
}

/**
Make a recovery key: an owner's slot for a passphrase or a code that is kept away from here, and its file. Every rotation renews it by itself.
@throws as `addKey`
*/
export async function exportKey(session: RepositorySession, {label = 'recovery', secret}: ExportKeyRequest, signal?: AbortSignal): Promise<ExportedKey> {
	const slot = await addKey(session, {label, role: 'owner', isRecovery: true, secret: () => secret}, signal);
	return {slot, bytes: await readExport(session, slot.id)};
}
