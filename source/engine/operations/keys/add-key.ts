import {CofferError} from '../../errors.ts';
import type {SlotId} from '../../ids.ts';
import {addSlot, lastingOwners, liveSlots, withExclusiveLock, type Keyring, type RepositorySession, type Role, type Secret, type SlotEntry} from '../../repository/repository.ts';
import {requireOwner} from '../owner.ts';

export type AddKeyRequest = {
	/** For people: 1 to 200 characters on one line. */
	readonly label: string;
	readonly role: Role;
	/** From then on the program refuses the key: RFC 3339. @default never */
	readonly expires?: string;
	/** To be kept away from here, for the day when every other key is lost. @default false */
	readonly isRecovery?: boolean;
	/** Gives the secret for the new slot's id, and has made it durable when it returns. Called once, before anything is written. */
	readonly secret: (slotId: SlotId) => Promise<Secret> | Secret;
};

function assertFacts({label, role, expires}: AddKeyRequest, keyring: Keyring, nowMs: number): void {
	if (label.trim() === '' || label.length > 200 || /\p{Control}/v.test(label)) {
		throw new CofferError('usage', 'The label of a key has 1 to 200 characters on one line.');
	}

	if (expires !== undefined && Date.parse(expires) <= nowMs) {
		throw new CofferError('usage', `The key would have expired already, on ${expires}. Name a day that is still to come.`);
	}

	if (expires !== undefined && role === 'owner' && lastingOwners(keyring).length === 0) {
		throw new CofferError('usage', 'No owner\'s key would be left that never expires: a day would come when nobody could read the backups. Add an owner without --expires first.');
	}
}

/**
Make a key slot for another secret. Every other slot knows it before it can be opened.
@throws `key-role` before any work; `usage`; `repository-locked`, `writer-expired`; what `secret` throws, before anything is written; what the storage throws
*/
export async function addKey(session: RepositorySession, request: AddKeyRequest, signal?: AbortSignal): Promise<SlotEntry> {
	const {runtime} = session;
	requireOwner(session.keyring, 'add keys');
	assertFacts(request, session.keyring, runtime.now());
	return withExclusiveLock(session, 'key add', async lock => {
		await session.refresh();
		const {label, role, expires, isRecovery, secret} = request;
		const facts = {label, role, created: new Date(runtime.now()).toISOString(), ...(expires !== undefined && {expires}), ...(isRecovery && {isRecovery})};
		const {slot} = await addSlot(session, facts, secret, lock);
		return liveSlots(session.keyring).find(({id}) => id === slot.slotId)!;
	}, signal);
}
