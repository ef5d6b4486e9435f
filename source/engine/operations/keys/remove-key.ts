import {removeSlot, withExclusiveLock, type RepositorySession, type SlotEntry} from '../../repository/repository.ts';
import {requireOwner} from '../owner.ts';
import {findKey} from './find-key.ts';

/**
Take a key slot away: its secret opens nothing any more, and a run that uses it ends at its next look.
@param reference - As `findKey` takes it.
@throws `key-role` before any work; `usage`, also for the last owner's slot and for the one in use; `repository-locked`, `writer-expired`; what the storage throws
*/
export async function removeKey(session: RepositorySession, reference: string, signal?: AbortSignal): Promise<SlotEntry> {
	requireOwner(session.keyring, 'remove keys');
	findKey(session.keyring, reference);
	return withExclusiveLock(session, 'key remove', async lock => {
		await session.refresh();
		const entry = findKey(session.keyring, reference);
		await removeSlot(session, entry.id, lock);
		return entry;
	}, signal);
}
