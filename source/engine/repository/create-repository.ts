import {type ChunkingParameters, defaultChunking} from '../chunking/cut-points.ts';
import {publicKeyOf} from '../crypto/curve-keys.ts';
import {CofferError} from '../errors.ts';
import type {RepositoryId, SlotId} from '../ids.ts';
import type {Runtime} from '../runtime.ts';
import type {Storage} from '../storage/storage.ts';
import {createEpoch} from './epochs.ts';
import {createKeySlot} from './key-slot.ts';
import type {Secret} from './secret.ts';
import {writeKeySlot} from './key-slot-files.ts';
import type {Keyring} from './keyring.ts';
import {createSlot} from './new-slot.ts';
import {encodeRepositoryFile, repositoryFileName} from './repository-file.ts';
import {RepositorySession} from './session.ts';

export type CreateOptions = {
	readonly secret: (slotId: SlotId) => Promise<Secret> | Secret;
	readonly label: string;
	/** @default defaultChunking */
	readonly chunking?: ChunkingParameters;
};

/**
Make a new repository with one owner slot. `repository.json` is written last: until then there is none.
@param options.secret - Gives the secret for a slot id, since a key file names its slot; it is called once, before anything is written.
@throws `repository-exists`; what the storage throws
*/
export async function createRepository(storage: Storage, options: CreateOptions, runtime: Runtime): Promise<RepositorySession> {
	const existing = await storage.list('');
	if (existing.length > 0) {
		const isRepository = existing.some(object => object.name === repositoryFileName || object.name.startsWith('keys/'));
		throw new CofferError('repository-exists', isRepository
			? `There is a repository at ${storage.url} already. Use it as it is, or name another place.`
			: `${storage.url} is not empty (it holds ${existing[0]!.name}). Name an empty or a new place for the repository.`, {context: {url: storage.url}});
	}

	const created = new Date(runtime.now()).toISOString();
	const authorityKey = runtime.randomBytes(32);
	const {entry, keys} = createSlot({label: options.label, role: 'owner', created}, publicKeyOf('ed25519', authorityKey), runtime);
	const keyring: Keyring = {
		repository: {id: runtime.randomBytes(16).toString('hex') as RepositoryId, created},
		generation: 1,
		role: 'owner',
		idKey: runtime.randomBytes(32),
		chunkerKey: runtime.randomBytes(32),
		chunking: options.chunking ?? defaultChunking,
		authorityKey,
		epochs: [{...createEpoch(runtime), isActive: true}],
		slots: [entry],
	};
	const bytes = await createKeySlot({entry, keys, secret: await options.secret(entry.id), keyring, authorityKey}, runtime);
	const fileName = await writeKeySlot(storage, entry.id, bytes);
	await storage.write(repositoryFileName, encodeRepositoryFile(keyring.repository));
	return new RepositorySession(storage, runtime, {slot: {slotId: entry.id, keys, keyring}, fileName});
}
