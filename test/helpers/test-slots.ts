import {publicKeyOf} from '../../source/engine/crypto/curve-keys.ts';
import type {EpochId, RepositoryId, SlotId} from '../../source/engine/ids.ts';
import type {Runtime} from '../../source/engine/runtime.ts';
import type {SlotKeys, UnlockedSlot} from '../../source/engine/repository/key-slot.ts';
import {restrictKeyring, type Keyring, type Role, type SlotEntry} from '../../source/engine/repository/keyring.ts';

export type TestSlots = Readonly<Record<Role, UnlockedSlot>> & {
	/** Private half of what signs keyrings. */
	readonly authorityKey: Buffer;
};

const created = '2026-11-21T18:46:00.000Z';

/** The unlocked slots of one repository with an owner, a backup key and an auditor; no key derivation is run. */
export function createTestSlots(runtime: Runtime): TestSlots {
	const id = <Id extends string>() => runtime.randomBytes(16).toString('hex') as Id;
	const authorityKey = runtime.randomBytes(32);
	const privateKey = runtime.randomBytes(32);
	const createSlot = (role: Role): {entry: SlotEntry; keys: SlotKeys} => {
		const keys = {encryptionKey: runtime.randomBytes(32), signingKey: runtime.randomBytes(32), authorityPublicKey: publicKeyOf('ed25519', authorityKey)};
		return {keys, entry: {id: id<SlotId>(), label: role, role, created, encryptionKey: publicKeyOf('x25519', keys.encryptionKey), signingKey: publicKeyOf('ed25519', keys.signingKey)}};
	};

	const slots = {owner: createSlot('owner'), backup: createSlot('backup'), auditor: createSlot('auditor')};
	const keyring: Keyring = {
		repository: {id: id<RepositoryId>(), created},
		generation: 1,
		role: 'owner',
		idKey: runtime.randomBytes(32),
		chunkerKey: runtime.randomBytes(32),
		chunking: {minimumBytes: 256, averageBytes: 1024, maximumBytes: 4096},
		authorityKey,
		epochs: [{id: id<EpochId>(), created, isActive: true, metadataKey: runtime.randomBytes(32), publicKey: publicKeyOf('x25519', privateKey), privateKey}],
		slots: Object.values(slots).map(({entry}) => entry),
	};
	const unlock = (role: Role): UnlockedSlot => ({slotId: slots[role].entry.id, keys: slots[role].keys, keyring: restrictKeyring(keyring, role)});
	return {owner: unlock('owner'), backup: unlock('backup'), auditor: unlock('auditor'), authorityKey};
}
