import {
	addSlot,
	createRepository,
	listObjectsByEpoch,
	listSnapshots,
	RepositorySession,
	withExclusiveLock,
	type Role,
	type Secret,
	type Storage,
	type UnlockedSlot,
} from '../../source/engine/repository/repository.ts';
import type {Runtime} from '../../source/engine/runtime.ts';
import {describeSnapshots} from './repository-session.ts';
import {putSecret} from './stored-secret.ts';

/** Who else has a key. */
export const otherKeys = ['second owner', 'backup', 'auditor', 'recovery'] as const;
export type OtherKey = typeof otherKeys[number];

/** A repository with five key slots: the first owner's key lies in the storage (see stored-secret.ts), the others' here. */
export type SharedRepository = {
	readonly session: RepositorySession;
	readonly secrets: Readonly<Record<OtherKey, Secret>>;
	/** The others' slots, opened once: the derivation from the secret need not be done again for each look. */
	readonly slots: Readonly<Record<OtherKey, UnlockedSlot>>;
	/** That the first owner made the repository with. */
	readonly firstSecret: Secret;
};

const roleOf: Readonly<Record<OtherKey, Role>> = {'second owner': 'owner', backup: 'backup', auditor: 'auditor', recovery: 'owner'};

export async function createSharedRepository(storage: Storage, runtime: Runtime): Promise<SharedRepository> {
	let firstSecret: Secret = {};
	const session = await createRepository(storage, {label: 'first owner', chunking: {minimumBytes: 256, averageBytes: 1024, maximumBytes: 4096}, secret(slotId) {
		firstSecret = {keyFile: {slotId, key: runtime.randomBytes(32)}};
		return firstSecret;
	}}, runtime);
	await putSecret(storage, firstSecret);
	const secrets: Partial<Record<OtherKey, Secret>> = {};
	const slots: Partial<Record<OtherKey, UnlockedSlot>> = {};
	await withExclusiveLock(session, 'key add', async lock => {
		for (const label of otherKeys) {
			const facts = {label, role: roleOf[label], created: new Date(runtime.now()).toISOString(), ...(label === 'recovery' && {isRecovery: true})};
			const {slot} = await addSlot(session, facts, slotId => {
				const secret = {keyFile: {slotId, key: runtime.randomBytes(32)}};
				secrets[label] = secret;
				return secret;
			}, lock);
			slots[label] = slot;
		}
	});
	return {session, secrets: secrets as SharedRepository['secrets'], slots: slots as SharedRepository['slots'], firstSecret};
}

/** A session with a slot as its file is now. @throws `key-wrong` when the slot is gone */
export async function openAs(slot: UnlockedSlot, storage: Storage, runtime: Runtime): Promise<RepositorySession> {
	const session = new RepositorySession(storage, runtime, {slot, fileName: ''});
	await session.refresh();
	return session;
}

/**
What everybody sees: owners read every snapshot, the others list them all.
@returns All snapshots as one text each, equal for equal contents.
@throws When a slot does not open, or two see different things.
*/
export async function readAsEverybody({slots}: SharedRepository, storage: Storage, runtime: Runtime): Promise<string[]> {
	const owner = await describeSnapshots(await openAs(slots['second owner'], storage, runtime));
	for (const key of ['backup', 'auditor', 'recovery'] as const) {
		const {snapshots, problems} = await listSnapshots(await openAs(slots[key], storage, runtime));
		if (snapshots.length !== owner.length || problems.length > 0) {
			throw new Error(`${key} lists ${snapshots.length} of ${owner.length} snapshots: ${problems[0]?.message}`);
		}
	}

	return owner;
}

/** How many epochs a keyring knows, and how many objects lie under others than the active one. */
export async function countEpochs(session: RepositorySession): Promise<{epochs: number; underOthers: number}> {
	const active = session.keyring.epochs.find(({isActive}) => isActive)!.id;
	const names = await listObjectsByEpoch(session);
	return {epochs: session.keyring.epochs.length, underOthers: [...names].reduce((sum, [epoch, under]) => sum + (epoch === active ? 0 : under.length), 0)};
}
