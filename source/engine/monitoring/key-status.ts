import type {EpochId, SlotId} from '../ids.ts';
import {listObjectsByEpoch, type RepositorySession, type Role} from '../repository/repository.ts';
import {ageInDays, keyAgeState, rotateAfterDays, type KeyAgeState} from './key-age.ts';

/** A key slot: one secret that opens the repository. */
export type KeyInfo = {
	readonly id: SlotId;
	readonly label: string;
	readonly role: Role;
	readonly created: string;
	readonly expires?: string;
	/** Whether this session opened the repository with it. */
	readonly isOwn: boolean;
};

export type EpochInfo = {
	readonly id: EpochId;
	readonly created: string;
	readonly ageDays: number;
	/** Whether everything new is written under it. */
	readonly isActive: boolean;
	/** Metadata objects and data keys under it; only when they were counted. */
	readonly objects?: number;
};

export type KeyStatus = {
	/** Removed slots are left out. */
	readonly keys: readonly KeyInfo[];
	readonly epochs: readonly EpochInfo[];
	readonly rotateAfterDays: number;
	/** Of the active epoch. */
	readonly age: KeyAgeState;
};

/**
What the keyring says of slots and epochs.
@param options.isCounting - Also count the objects under each epoch, which reads the header of each. @default false
@throws what the storage throws
*/
export async function readKeyStatus(session: RepositorySession, options: {readonly isCounting?: boolean; readonly signal?: AbortSignal} = {}): Promise<KeyStatus> {
	const {keyring, runtime} = session;
	const counts = options.isCounting ? await listObjectsByEpoch(session, options.signal) : undefined;
	const epochs = keyring.epochs.map(({id, created, isActive}): EpochInfo => ({
		id, created, isActive,
		ageDays: ageInDays(created, runtime.now()),
		...(counts && {objects: counts.get(id)?.length ?? 0}),
	}));
	return {
		keys: keyring.slots.filter(slot => slot.removed === undefined).map(({id, label, role, created, expires}) => ({
			id, label, role, created, isOwn: id === session.slot.slotId, ...(expires !== undefined && {expires}),
		})),
		epochs,
		rotateAfterDays,
		age: keyAgeState(Math.max(0, ...epochs.filter(epoch => epoch.isActive).map(epoch => epoch.ageDays))),
	};
}
