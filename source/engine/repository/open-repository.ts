import {CofferError, errorText, isCofferError} from '../errors.ts';
import type {Runtime} from '../runtime.ts';
import type {Storage} from '../storage/storage.ts';
import {canTrySlot, openKeySlot, type UnlockedSlot} from './key-slot.ts';
import type {Secret} from './secret.ts';
import {readKeySlots, type KeySlotFile, type KeySlotProblem} from './key-slot-files.ts';
import {decodeRepositoryFile, repositoryFileName} from './repository-file.ts';
import {newestOf, RepositorySession, type SessionMemory} from './session.ts';

/** Each takes a key derivation: more are refused before the work. */
const maximumCandidates = 64;

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
async function openAll(files: readonly KeySlotFile[], secret: Secret, runtime: Runtime): Promise<{opened: SessionMemory[]; damage: CofferError[]; problems: KeySlotProblem[]}> {
	const opened: SessionMemory[] = [];
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

/** A promise of the program: whoever holds the secret and another program is not stopped. @throws `key-expired` */
function assertNotExpired({slotId, keyring}: UnlockedSlot, runtime: Runtime): void {
	const {label, expires} = keyring.slots.find(({id}) => id === slotId) ?? {};
	if (expires !== undefined && Date.parse(expires) <= runtime.now()) {
		throw new CofferError('key-expired', `The key "${label!}" expired on ${expires}, by this machine's clock. Ask who holds an owner's key for a new one ("coffer key add"); an owner's key that never expires still opens the repository.`, {context: {slot: slotId, expires}});
	}
}

/**
Open a repository with a secret. A damaged `repository.json` or copy of a slot is reported in `problems` and does not stop it.
@throws `repository-missing`, `format-unsupported`, `key-wrong`, `key-expired`, `damaged`; what the storage throws
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

	assertNotExpired(opened.slot, runtime);
	return new RepositorySession(storage, runtime, {...opened, problems: [...(problem ? [problem] : []), ...problems, ...attempts.problems]});
}
