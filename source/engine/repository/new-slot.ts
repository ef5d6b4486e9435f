import {publicKeyOf} from '../crypto/curve-keys.ts';
import type {SlotId} from '../ids.ts';
import type {Runtime} from '../runtime.ts';
import type {SlotKeys} from './key-slot.ts';
import type {SlotEntry} from './keyring.ts';

/** What a keyring says of a slot before the slot has an id and keys. */
export type SlotFacts = Omit<SlotEntry, 'id' | 'encryptionKey' | 'signingKey'>;

/** A new slot: its entry for keyrings, and its private half. Nothing is written. */
export function createSlot(facts: SlotFacts, authorityPublicKey: Buffer, runtime: Runtime): {readonly entry: SlotEntry; readonly keys: SlotKeys} {
	const keys: SlotKeys = {encryptionKey: runtime.randomBytes(32), signingKey: runtime.randomBytes(32), authorityPublicKey};
	const id = runtime.randomBytes(16).toString('hex') as SlotId;
	return {keys, entry: {...facts, id, encryptionKey: publicKeyOf('x25519', keys.encryptionKey), signingKey: publicKeyOf('ed25519', keys.signingKey)}};
}
