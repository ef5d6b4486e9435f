import {CofferError, isCofferError} from '../../errors.ts';
import {
	assertRepositoryExists,
	canTrySlot,
	decodeKeySlot,
	openKeySlot,
	openRepository,
	RepositorySession,
	type Secret,
	type Storage,
	type UnlockedSlot,
} from '../../repository/repository.ts';
import type {Runtime} from '../../runtime.ts';

export type OpenedRecovery = {
	readonly session: RepositorySession;
	/** What the exported file holds by itself; it may be older than the repository. */
	readonly exported?: UnlockedSlot;
	/** Whether the repository has no copy of the slot that the secret opens: the exported file stood in. */
	readonly isOwnLost: boolean;
};

async function openExported(bytes: Uint8Array, secret: Secret, runtime: Runtime): Promise<UnlockedSlot> {
	const what = 'The exported key';
	const slot = decodeKeySlot(bytes, what);
	if (!canTrySlot(slot, secret)) {
		throw new CofferError('key-wrong', 'The exported key is of another kind than the secret that was given: a recovery key takes its code or its passphrase.');
	}

	return openKeySlot(slot, secret, what, runtime);
}

/**
Open a repository with a recovery key. Where the repository's own copy of the slot is lost, the exported file stands in.
@param exported - The file that `exportKey` gave. @default only the repository's own copy is tried
@throws `repository-missing`; `key-wrong`, `damaged`; what the storage throws
*/
export async function openRecovery(storage: Storage, secret: Secret, exported: Uint8Array | undefined, runtime: Runtime): Promise<OpenedRecovery> {
	await assertRepositoryExists(storage);
	const file = exported && await openExported(exported, secret, runtime);
	let session: RepositorySession;
	let isOwnLost = false;
	try {
		session = await openRepository(storage, secret, runtime);
	} catch (error) {
		if (!file || !isCofferError(error, 'key-wrong', 'damaged')) {
			throw error;
		}

		session = new RepositorySession(storage, runtime, {slot: file, fileName: ''});
		isOwnLost = true;
	}

	if (file && (file.slotId !== session.slot.slotId || file.keyring.repository.id !== session.keyring.repository.id)) {
		throw new CofferError('key-wrong', `The exported key belongs to another repository, or to another key, than what the secret opens at ${storage.url}.`);
	}

	return {session, isOwnLost, ...(file && {exported: file})};
}
