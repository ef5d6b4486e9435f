import {publicKeyOf} from '../crypto/curve-keys.ts';
import {defaultChunking, type ChunkingParameters} from '../chunking/cut-points.ts';
import {CofferError, errorText, isCofferError} from '../errors.ts';
import type {EpochId, RepositoryId, SlotId} from '../ids.ts';
import type {Runtime} from '../runtime.ts';
import type {Storage} from '../storage/storage.ts';
import {canTrySlot, createKeySlot, openKeySlot, reopenKeyring, type Secret, type SlotKeys, type UnlockedSlot} from './key-slot.ts';
import {readKeySlots, writeKeySlot, type KeySlotFile, type KeySlotProblem} from './key-slot-files.ts';
import type {Epoch, Keyring, SlotEntry} from './keyring.ts';
import {decodeRepositoryFile, encodeRepositoryFile, repositoryFileName} from './repository-file.ts';

/** Each takes a key derivation: more are refused before the work. */
const maximumCandidates = 64;

/** An open repository: the storage, and the keys of one slot. */
export class RepositorySession {
	readonly storage: Storage;
	readonly runtime: Runtime;
	/** What was found wrong with repository.json and the key slots on the way in; the repository opened all the same. */
	readonly problems: readonly KeySlotProblem[];
	#fileName: string;
	#slot: UnlockedSlot;

	constructor(storage: Storage, runtime: Runtime, opened: {readonly slot: UnlockedSlot; readonly fileName: string; readonly problems?: readonly KeySlotProblem[]}) {
		this.storage = storage;
		this.runtime = runtime;
		this.#slot = opened.slot;
		this.#fileName = opened.fileName;
		this.problems = opened.problems ?? [];
	}

	get slot(): UnlockedSlot {
		return this.#slot;
	}

	get keyring(): Keyring {
		return this.#slot.keyring;
	}

	/**
	Look at the slot again, and take over a keyring that changed. A long run calls this before each index and before its snapshot.
	@returns Whether it changed.
	@throws `key-wrong` when the slot is gone; `damaged` when only an older or a damaged keyring is there
	*/
	async refresh(): Promise<boolean> {
		const {slots} = await readKeySlots(this.storage);
		const own = slots.filter(file => file.slot.slotId === this.#slot.slotId);
		if (own.some(file => file.fileName === this.#fileName) && own.length === 1) {
			return false;
		}

		const {opened, damage} = reopenAll(own, this.#slot, this.runtime);
		const newest = newestOf(opened);
		if (newest === undefined) {
			throw damage ?? new CofferError('key-wrong', 'The key slot that this run opened was removed from the repository meanwhile. Use another key.');
		}

		if (newest.slot.keyring.generation < this.keyring.generation) {
			throw new CofferError('damaged', `The key slot ${newest.fileName} is older than the one that this run opened: somebody put back old files in keys/. Do not use this repository before you know why.`);
		}

		if (newest.fileName === this.#fileName) {
			return false;
		}

		this.#slot = newest.slot;
		this.#fileName = newest.fileName;
		return true;
	}
}

type OpenedFile = {readonly slot: UnlockedSlot; readonly fileName: string};

function newestOf(opened: readonly OpenedFile[]): OpenedFile | undefined {
	return opened.toSorted((a, b) => b.slot.keyring.generation - a.slot.keyring.generation)[0];
}

/** The slot files that the slot's keys open, and what is wrong with another one. */
function reopenAll(files: readonly KeySlotFile[], unlocked: UnlockedSlot, runtime: Runtime): {opened: OpenedFile[]; damage?: CofferError} {
	const opened: OpenedFile[] = [];
	let damage: CofferError | undefined;
	for (const {fileName, slot} of files) {
		try {
			opened.push({fileName, slot: reopenKeyring(slot, unlocked, `keys/${fileName}`, runtime)});
		} catch (error) {
			if (!isCofferError(error, 'damaged', 'format-unsupported')) {
				throw error;
			}

			damage = error;
		}
	}

	return {opened, ...(damage && {damage})};
}

export type CreateOptions = {
	readonly secret: (slotId: SlotId) => Promise<Secret> | Secret;
	readonly label: string;
	/** @default defaultChunking */
	readonly chunking?: ChunkingParameters;
};

function createEpoch(created: string, runtime: Runtime): Epoch {
	const privateKey = runtime.randomBytes(32);
	return {id: runtime.randomBytes(16).toString('hex') as EpochId, created, isActive: true, metadataKey: runtime.randomBytes(32), publicKey: publicKeyOf('x25519', privateKey), privateKey};
}

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
	const slotId = runtime.randomBytes(16).toString('hex') as SlotId;
	const authorityKey = runtime.randomBytes(32);
	const keys: SlotKeys = {encryptionKey: runtime.randomBytes(32), signingKey: runtime.randomBytes(32), authorityPublicKey: publicKeyOf('ed25519', authorityKey)};
	const entry: SlotEntry = {id: slotId, label: options.label, role: 'owner', created, encryptionKey: publicKeyOf('x25519', keys.encryptionKey), signingKey: publicKeyOf('ed25519', keys.signingKey)};
	const keyring: Keyring = {
		repository: {id: runtime.randomBytes(16).toString('hex') as RepositoryId, created},
		generation: 1,
		role: 'owner',
		idKey: runtime.randomBytes(32),
		chunkerKey: runtime.randomBytes(32),
		chunking: options.chunking ?? defaultChunking,
		authorityKey,
		epochs: [createEpoch(created, runtime)],
		slots: [entry],
	};
	const bytes = await createKeySlot({entry, keys, secret: await options.secret(slotId), keyring, authorityKey}, runtime);
	const fileName = await writeKeySlot(storage, slotId, bytes);
	await storage.write(repositoryFileName, encodeRepositoryFile(keyring.repository));
	return new RepositorySession(storage, runtime, {slot: {slotId, keys, keyring}, fileName});
}

async function readFacts(storage: Storage): Promise<{facts?: ReturnType<typeof decodeRepositoryFile>; problem?: KeySlotProblem; isMissing: boolean}> {
	try {
		return {facts: decodeRepositoryFile(await storage.read(repositoryFileName, {maximumBytes: 65_536})), isMissing: false};
	} catch (error) {
		if (isCofferError(error, 'object-missing')) {
			return {isMissing: true, problem: {object: repositoryFileName, message: `${repositoryFileName} is missing.`}};
		}

		if (isCofferError(error, 'damaged')) {
			return {isMissing: false, problem: {object: repositoryFileName, message: errorText(error)}};
		}

		throw error;
	}
}

/** @throws `repository-missing`, `format-unsupported` — never needs a key */
export async function assertRepositoryExists(storage: Storage): Promise<void> {
	const {isMissing} = await readFacts(storage);
	const hasKeys = async () => (await storage.list('keys')).length > 0 || (await storage.list('keys-copy')).length > 0;
	if (isMissing && !(await hasKeys())) {
		throw new CofferError('repository-missing', `There is no repository at ${storage.url}. If one was there, see whether its disk is mounted; else make one with "coffer init", or name the right place with --repository.`, {context: {url: storage.url}});
	}
}

/** Try every slot file; one that is not what it should be must not stand in the way of an intact one. */
async function openAll(files: readonly KeySlotFile[], secret: Secret, runtime: Runtime): Promise<{opened: OpenedFile[]; damage: CofferError[]; problems: KeySlotProblem[]}> {
	const opened: OpenedFile[] = [];
	const damage: CofferError[] = [];
	const problems: KeySlotProblem[] = [];
	for (const {slot, fileName} of files) {
		const object = `keys/${fileName}`;
		try {
			opened.push({slot: await openKeySlot(slot, secret, object, runtime), fileName});
		} catch (error) {
			if (isCofferError(error, 'damaged', 'format-unsupported')) {
				damage.push(error);
				problems.push({object, message: error.message});
			} else if (!isCofferError(error, 'key-wrong')) {
				throw error;
			}
		}
	}

	return {opened, damage, problems};
}

/**
Open a repository with a secret. A damaged `repository.json` or copy of a slot is reported in `problems` and does not stop it.
@throws `repository-missing`, `format-unsupported`, `key-wrong`, `damaged`; what the storage throws
*/
export async function openRepository(storage: Storage, secret: Secret, runtime: Runtime): Promise<RepositorySession> {
	const {facts, problem, isMissing} = await readFacts(storage);
	if (isMissing) {
		await assertRepositoryExists(storage);
	}

	const {slots, problems} = await readKeySlots(storage);
	const candidates = slots.filter(file => canTrySlot(file.slot, secret));
	if (candidates.length > maximumCandidates) {
		throw new CofferError('damaged', `${candidates.length} key slots could fit this key, more than any repository has: keys/ was tampered with. Restore it from a copy of the repository.`);
	}

	const attempts = await openAll(candidates, secret, runtime);
	const opened = newestOf(attempts.opened);
	if (opened === undefined) {
		if (attempts.damage[0]) {
			throw attempts.damage[0];
		}

		if (candidates.length === 0 && problems.length > 0) {
			throw new CofferError('damaged', `No intact key slot fits this key: ${problems[0]!.message} Restore keys/ from a copy of the repository.`);
		}

		throw new CofferError('key-wrong', `This key does not open the repository at ${storage.url}. Name the right one with --key-file or COFFER_PASSPHRASE_FILE.`, {context: {url: storage.url}});
	}

	const {repository} = opened.slot.keyring;
	if (facts && (facts.id !== repository.id || facts.created !== repository.created)) {
		throw new CofferError('damaged', `${repositoryFileName} describes another repository than the key slots do: files of two repositories were mixed. Restore ${repositoryFileName} from a copy.`);
	}

	return new RepositorySession(storage, runtime, {...opened, problems: [...(problem ? [problem] : []), ...problems, ...attempts.problems]});
}
