import {publicKeyOf} from '../../source/engine/crypto/curve-keys.ts';
import type {SlotId} from '../../source/engine/ids.ts';
import {openDataKey, resealDataKey} from '../../source/engine/repository/data-key.ts';
import {decodeIndex, encodeIndex} from '../../source/engine/repository/index-object.ts';
import {createEpoch} from '../../source/engine/repository/epochs.ts';
import {createKeySlot, type SlotKeys} from '../../source/engine/repository/key-slot.ts';
import {writeKeySlot} from '../../source/engine/repository/key-slot-files.ts';
import type {Epoch, SlotEntry} from '../../source/engine/repository/keyring.ts';
import {readMetadata, writeHashedMetadata, writeMetadata} from '../../source/engine/repository/metadata-store.ts';
import {RepositorySession} from '../../source/engine/repository/session.ts';
import {listNames} from './storage-assertions.ts';

const folders = [['snapshots', 'snapshot'], ['tombstones', 'tombstone'], ['writers', 'writer'], ['pruning', 'pruningMark'], ['locks', 'lock']] as const;

/** A new epoch, and where asked for a new slot in place of the only one; everything under the old epoch is written anew, and nothing keeps it. @returns The session of who did it. */
export async function rotateByHand(session: RepositorySession, {hasNewSlot = false} = {}): Promise<RepositorySession> {
	const {storage, runtime, keyring, slot} = session;
	const [old] = keyring.epochs as [Epoch];
	const epoch: Epoch = {...createEpoch(runtime), isActive: true};
	const keys: SlotKeys = hasNewSlot ? {...slot.keys, encryptionKey: runtime.randomBytes(32), signingKey: runtime.randomBytes(32)} : slot.keys;
	const slotId = hasNewSlot ? runtime.randomBytes(16).toString('hex') as SlotId : slot.slotId;
	const entry: SlotEntry = {...keyring.slots[0]!, id: slotId, encryptionKey: publicKeyOf('x25519', keys.encryptionKey), signingKey: publicKeyOf('ed25519', keys.signingKey)};
	const slots = hasNewSlot ? [...keyring.slots, entry] : keyring.slots;
	const both = {...keyring, slots, generation: keyring.generation + 1, epochs: [{...old, isActive: false}, epoch]};
	const rotating = new RepositorySession(storage, runtime, {slot: {slotId, keys, keyring: both}, fileName: ''});
	for (const name of await listNames(storage, 'datakeys')) {
		const key = openDataKey(await storage.read(name), name.slice('datakeys/'.length) as Parameters<typeof openDataKey>[1], both, runtime);
		await storage.write(name, resealDataKey(key, both, runtime).sealed);
	}

	for (const name of await listNames(storage, 'index')) {
		const {packs, dataKeys} = decodeIndex((await readMetadata(rotating, 'index', name)).body, name);
		const resealed = dataKeys.map(({id, sealed}) => resealDataKey(openDataKey(sealed, id, both, runtime), both, runtime));
		await writeHashedMetadata(rotating, 'index', 'index', encodeIndex({packs, dataKeys: resealed}));
		await storage.remove(name);
	}

	for (const [folder, type] of folders) {
		for (const name of await listNames(storage, folder)) {
			await writeMetadata(rotating, type, name, (await readMetadata(rotating, type, name)).body);
		}
	}

	const before = [...await listNames(storage, 'keys'), ...await listNames(storage, 'keys-copy')];
	const after = {...both, generation: both.generation + 1, epochs: [epoch]};
	const secret = {keyFile: {slotId, key: Buffer.alloc(32, 9)}};
	const fileName = await writeKeySlot(storage, slotId, await createKeySlot({entry, keys, secret, keyring: after, authorityKey: keyring.authorityKey!}, runtime));
	for (const name of before) {
		await storage.remove(name);
	}

	return new RepositorySession(storage, runtime, {slot: {slotId, keys, keyring: after}, fileName});
}
