import type {EpochId, SlotId} from '../ids.ts';
import {countPacksByEpoch, decodeWriterRecord, isWriterStale, listObjectsByEpoch, listSnapshots, liveSlots, LoadedIndex, readAllMetadata, readKeySlots, retiringEpochs, type Factor, type RepositorySession, type Role} from '../repository/repository.ts';
import type {KeyUse} from '../state/key-uses.ts';
import {ageInDays, defaultKeyPolicy, keyAgeState, type KeyAgeState, type KeyPolicy} from './key-age.ts';

export type {KeyPolicy} from './key-age.ts';

/** A key slot: one secret that opens the repository. */
export type KeyInfo = {
	readonly id: SlotId;
	readonly label: string;
	readonly role: Role;
	readonly created: string;
	readonly expires?: string;
	/** Whether this session opened the repository with it. */
	readonly isOwn: boolean;
	/** Whether it is kept away from here, for the day when every other key is lost. */
	readonly isRecovery: boolean;
	/** What opens it; empty where no intact file of the slot is left. Only when it was counted. */
	readonly factors?: readonly Factor[];
	/** When it last made a snapshot, or opened the repository on this host. Only when it was counted. */
	readonly lastUsed?: string;
	/** When this host last proved that it opens everything. */
	readonly checked?: string;
	/** The slot that this one takes the place of, in a rotation that has not ended; until then both open the repository. */
	readonly replaces?: SlotId;
};

export type EpochInfo = {
	readonly id: EpochId;
	readonly created: string;
	readonly ageDays: number;
	/** Whether everything new is written under it. */
	readonly isActive: boolean;
	/** Metadata objects and data keys under it, and packs under those data keys; only when they were counted. */
	readonly objects?: number;
	/** Of those the packs. */
	readonly packs?: number;
	/** What the packs take. */
	readonly packBytes?: number;
};

export type KeyStatus = {
	/** Removed slots are left out. */
	readonly keys: readonly KeyInfo[];
	/** In the order in which they were made. */
	readonly epochs: readonly EpochInfo[];
	/** Whether a rotation was begun and has not ended; with re-encryption, or without. */
	readonly rotation?: 'keys' | 'packs';
	/** Runs that are writing now. Only when it was counted. */
	readonly writers?: number;
	readonly rotateAfterDays: number;
	readonly warnAfterDays: number;
	/** Of the active epoch. */
	readonly age: KeyAgeState;
};

export type KeyStatusOptions = {
	/** Also count the objects under each epoch, which reads the header of each, and the index; and look when keys were used. @default false */
	readonly isCounting?: boolean;
	readonly signal?: AbortSignal;
	/** @default defaultKeyPolicy */
	readonly policy?: KeyPolicy;
	/** What this host remembers. @default nothing */
	readonly uses?: ReadonlyMap<SlotId, KeyUse>;
};

type Counts = {
	readonly objects: ReadonlyMap<EpochId, readonly string[]>;
	readonly packs: ReadonlyMap<EpochId, {readonly packs: number; readonly bytes: number}>;
	readonly factors: ReadonlyMap<SlotId, readonly Factor[]>;
	/** Of the newest snapshot that each slot made. */
	readonly snapshots: ReadonlyMap<SlotId, string>;
	readonly writers: number;
};

async function count(session: RepositorySession, signal: AbortSignal | undefined): Promise<Counts> {
	const objects = await listObjectsByEpoch(session, signal);
	const index = await LoadedIndex.load(session, {arePacksTrusted: true, ...(signal && {signal})});
	const {slots} = await readKeySlots(session.storage);
	const {snapshots} = await listSnapshots(session, signal);
	const writers = await readAllMetadata(session, 'writer', 'writers', ({body}, name) => decodeWriterRecord(body, name), {signal});
	return {
		objects,
		writers: writers.values.filter(writer => !isWriterStale(writer, session.runtime)).length,
		packs: countPacksByEpoch(index.packs, index.dataKeys),
		factors: new Map(slots.map(({slot: {slotId, factors}}) => [slotId, factors])),
		snapshots: new Map(snapshots.map(({signer, time}) => [signer, time])),
	};
}

const latest = (...times: ReadonlyArray<string | undefined>): string | undefined => times.filter(time => time !== undefined).toSorted().at(-1);

/**
What the keyring says of slots and epochs.
@throws what the storage throws; `aborted`
*/
export async function readKeyStatus(session: RepositorySession, {isCounting, signal, policy = defaultKeyPolicy, uses}: KeyStatusOptions = {}): Promise<KeyStatus> {
	const {keyring, runtime} = session;
	const counts = isCounting ? await count(session, signal) : undefined;
	const epochs = keyring.epochs.map(({id, created, isActive}): EpochInfo => {
		const packs = counts && (counts.packs.get(id) ?? {packs: 0, bytes: 0});
		return {
			id, created, isActive,
			ageDays: ageInDays(created, runtime.now()),
			...(packs && {objects: (counts.objects.get(id)?.length ?? 0) + packs.packs, packs: packs.packs, packBytes: packs.bytes}),
		};
	});
	const slots = liveSlots(keyring);
	const keys = slots.map(({id, label, role, created, expires, replaces, isRecovery = false}): KeyInfo => {
		const use = uses?.get(id);
		const lastUsed = counts && latest(use?.used, counts.snapshots.get(id));
		return {
			id, label, role, created, isRecovery,
			isOwn: id === session.slot.slotId,
			...(expires !== undefined && {expires}),
			...(counts && {factors: counts.factors.get(id) ?? []}),
			...(lastUsed !== undefined && {lastUsed}),
			...(use?.checked !== undefined && {checked: use.checked}),
			...(replaces !== undefined && slots.some(slot => slot.id === replaces) && {replaces}),
		};
	});
	const retiring = retiringEpochs(keyring);
	const isRotating = retiring.length > 0 || epochs.length > 1;
	return {
		keys,
		epochs,
		...(counts && {writers: counts.writers}),
		...(isRotating && {rotation: retiring.some(({isReencrypted}) => isReencrypted) ? 'packs' : 'keys'}),
		rotateAfterDays: policy.rotateAfterDays,
		warnAfterDays: policy.warnAfterDays,
		age: keyAgeState(Math.max(0, ...epochs.filter(epoch => epoch.isActive).map(epoch => epoch.ageDays)), policy),
	};
}
