import {CofferError} from '../../errors.ts';
import {activeEpoch, listSnapshots, LoadedIndex, type Secret, type SlotEntry, type Storage} from '../../repository/repository.ts';
import type {Runtime} from '../../runtime.ts';
import {createBlobReader} from '../reading.ts';
import {openRecovery} from './open-recovery.ts';

export type CheckKeyBackupRequest = {
	/** Of the recovery key. */
	readonly secret: Secret;
	/** What was exported. @default only the repository's own copy is checked */
	readonly exported?: Uint8Array;
};

export type KeyBackupCheck = {
	readonly slot: Pick<SlotEntry, 'id' | 'label' | 'role' | 'created'>;
	/** What the exported file is worth. `current`: it opens everything by itself. `older`: a rotation has come since; it opens everything together with the repository's own copy, and by itself what was written before. */
	readonly exported?: 'current' | 'older';
	/** Data keys that were opened with it: all that are in use. */
	readonly dataKeys: number;
	/** The newest snapshot, whose root was read and checked; none in an empty repository. */
	readonly snapshot?: {readonly id: string; readonly time: string};
};

/**
Prove that a recovery key opens the repository: its slot is opened anew from its secret, all data keys with it, and the root of the newest snapshot is read.
@throws `key-wrong` when it does not open it; `key-role` for a key that cannot read; `damaged` for what it opens not; `repository-missing`; what the storage throws
*/
export async function checkKeyBackup(storage: Storage, {secret, exported}: CheckKeyBackupRequest, runtime: Runtime, signal?: AbortSignal): Promise<KeyBackupCheck> {
	const {session, exported: file} = await openRecovery(storage, secret, exported, runtime);
	const {keyring, slot} = session;
	if (keyring.role !== 'owner') {
		throw new CofferError('key-role', `This key has the role "${keyring.role}": it cannot read the contents of backups, so it is no recovery key.`);
	}

	const index = await LoadedIndex.load(session, {arePacksTrusted: true, ...(signal && {signal})});
	const ids = new Set(index.packs.map(({dataKeyId}) => dataKeyId));
	for (const id of ids) {
		await index.dataKey(id);
	}

	const {snapshots} = await listSnapshots(session, signal);
	const newest = snapshots.at(-1);
	const [root] = newest?.tree ?? [];
	if (root !== undefined) {
		await createBlobReader(session, index).read(root);
	}

	const {id, label, role, created} = keyring.slots.find(entry => entry.id === slot.slotId)!;
	return {
		slot: {id, label, role, created},
		...(file && {exported: activeEpoch(file.keyring).id === activeEpoch(keyring).id ? 'current' : 'older'}),
		dataKeys: ids.size,
		...(newest && {snapshot: {id: newest.id, time: newest.time}}),
	};
}
