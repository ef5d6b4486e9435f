import type {AuditHead} from '../audit-head.ts';
import {CofferError, isCofferError} from '../errors.ts';
import type {Runtime} from '../runtime.ts';
import {holdToLimit} from '../storage/byte-limit.ts';
import type {Storage} from '../storage/storage.ts';
import {reopenKeyring, type UnlockedSlot} from './key-slot.ts';
import {readKeySlots, type KeySlotFile, type KeySlotProblem} from './key-slot-files.ts';
import type {Keyring} from './keyring.ts';

/** What opens the same repository with the same keys in another thread, without a secret. It survives the structured clone, which makes plain `Uint8Array`s of its keys. */
export type SessionMemory = {
	readonly slot: UnlockedSlot;
	/** Of the slot's file. */
	readonly fileName: string;
};

/** An open repository: the storage, and the keys of one slot. */
export class RepositorySession {
	readonly storage: Storage;
	readonly runtime: Runtime;
	/** What was found wrong with repository.json and the key slots on the way in; the repository opened all the same. */
	readonly problems: readonly KeySlotProblem[];
	/** Gives what snapshots and tombstones are to vouch for: the end of this host's audit log. @default they vouch for none */
	auditHead: (() => AuditHead | undefined) | undefined;
	#fileName: string;
	#slot: UnlockedSlot;

	constructor(storage: Storage, runtime: Runtime, opened: SessionMemory & {readonly problems?: readonly KeySlotProblem[]}) {
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

	/** Where the storage is limited: an operation begins, and who stops it waits for no more than what is on its way. */
	holdToLimit(signal: AbortSignal | undefined): void {
		const {limit} = this.storage;
		if (limit) {
			holdToLimit(limit, signal);
		}
	}

	/** Go on with another slot of the same repository, such as the one that a rotation has made. */
	adopt({slot, fileName}: SessionMemory): void {
		this.#slot = slot;
		this.#fileName = fileName;
	}

	/** As it is now: a session that is constructed from it is refreshed on its own. */
	get memory(): SessionMemory {
		return {slot: this.#slot, fileName: this.#fileName};
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
			throw damage ?? new CofferError('key-wrong', 'The key that this run began with was removed from the repository meanwhile, or replaced by a rotation. Start it again with the key that is valid now.');
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

/** The one whose keyring is newest. */
export function newestOf(opened: readonly SessionMemory[]): SessionMemory | undefined {
	return opened.toSorted((a, b) => b.slot.keyring.generation - a.slot.keyring.generation)[0];
}

/** The slot files that the slot's keys open, and what is wrong with another one. */
function reopenAll(files: readonly KeySlotFile[], unlocked: UnlockedSlot, runtime: Runtime): {opened: SessionMemory[]; damage?: CofferError} {
	const opened: SessionMemory[] = [];
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
