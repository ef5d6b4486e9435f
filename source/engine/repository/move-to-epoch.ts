import {type Buffer} from 'node:buffer';
import {errorText, isCofferError, throwIfAborted} from '../errors.ts';
import type {DataKeyId, EpochId} from '../ids.ts';
import {dataKeyName, findDataKey, openDataKey, resealDataKey} from './data-key.ts';
import {retiringEpochs} from './epochs.ts';
import {keyIdOf} from './epoch-usage.ts';
import type {ExclusiveLock} from './exclusive-lock.ts';
import {decodeIndex, encodeIndex, type IndexContent} from './index-object.ts';
import {decodeMetadata, maximumMetadataBytes, resealMetadata, type MetadataType} from './metadata-object.ts';
import {memoryCorrupted} from './memory-corrupted.ts';
import {writeHashedMetadata, type ObjectProblem} from './metadata-store.ts';
import type {RepositorySession} from './session.ts';

/** Metadata that keeps its name when it is encrypted anew. */
const namedFolders = [['snapshots', 'snapshot'], ['tombstones', 'tombstone'], ['pruning', 'pruningMark']] as const satisfies ReadonlyArray<readonly [string, MetadataType]>;

export type MoveResult = {
	/** Objects that were written anew. */
	readonly moved: number;
	/** What cannot be moved, as it is damaged. */
	readonly problems: readonly ObjectProblem[];
};

type MoveOptions = {
	readonly signal?: AbortSignal | undefined;
	/** Called after each object with how many have been looked at, and how many there are. */
	readonly onProgress?: (done: number, total: number) => void;
};

/**
Brings what lies under the retiring epochs under the active one: data keys are sealed to it, index objects, snapshots, tombstones and pruning marks encrypted under it. Data keys of epochs whose packs are to be written anew stay as they are.
Each object is replaced as a whole, the new one first; so it may be interrupted anywhere, and done again. Objects that a run is writing meanwhile are left to the next call.
*/
class Move {
	readonly problems: ObjectProblem[] = [];
	moved = 0;
	readonly #session: RepositorySession;
	readonly #lock: ExclusiveLock;
	readonly #options: MoveOptions;
	/** Every epoch but the active one. */
	readonly #old: ReadonlySet<string>;
	/** Those whose data keys are sealed anew. */
	readonly #resealed: ReadonlySet<string>;
	readonly #dataKeys = new Map<DataKeyId, Buffer>();
	#done = 0;
	#total = 0;

	constructor(session: RepositorySession, lock: ExclusiveLock, options: MoveOptions) {
		const retiring = retiringEpochs(session.keyring);
		this.#session = session;
		this.#lock = lock;
		this.#options = options;
		this.#old = new Set<string>(retiring.map(({id}) => id));
		this.#resealed = new Set<string>(retiring.filter(({isReencrypted}) => !isReencrypted).map(({id}) => id));
	}

	async run(): Promise<void> {
		const {storage} = this.#session;
		const [dataKeys, index, ...named] = await Promise.all(['datakeys', 'index', ...namedFolders.map(([folder]) => folder)].map(async folder => storage.list(folder, this.#options.signal)));
		this.#total = [dataKeys!, index!, ...named].reduce((sum, objects) => sum + objects.length, 0);
		for (const {name} of dataKeys!) {
			await this.#each(name, async () => this.#moveDataKey(name));
		}

		for (const {name} of index!) {
			await this.#each(name, async () => this.#moveIndex(name));
		}

		for (const [position, objects] of named.entries()) {
			for (const {name} of objects) {
				await this.#each(name, async () => this.#moveNamed(name, namedFolders[position]![1]));
			}
		}
	}

	/** One damaged object must not keep the others from being moved. */
	async #each(name: string, hasMoved: () => Promise<boolean>): Promise<void> {
		throwIfAborted(this.#options.signal);
		try {
			this.moved += Number(await hasMoved());
		} catch (error) {
			if (isCofferError(error, 'damaged', 'format-unsupported')) {
				this.problems.push({object: name, message: errorText(error)});
			} else if (!isCofferError(error, 'object-missing')) {
				throw error;
			}
		}

		this.#options.onProgress?.(++this.#done, this.#total);
	}

	async #moveDataKey(name: string): Promise<boolean> {
		const {storage, keyring, runtime} = this.#session;
		const sealed = await storage.read(name);
		if (!this.#resealed.has(keyIdOf(sealed))) {
			return false;
		}

		const id = name.slice('datakeys/'.length) as DataKeyId;
		const resealed = resealDataKey(openDataKey(sealed, id, keyring, runtime, name), keyring, runtime);
		await this.#lock.assertHeld();
		await storage.write(dataKeyName(id), resealed.sealed);
		this.#dataKeys.set(id, resealed.sealed);
		return true;
	}

	/** The copy for an index object; where the data key's own object is lost or damaged, it is written from the copy. */
	async #resealCopy(id: DataKeyId, copy: Buffer): Promise<Buffer> {
		const {storage, keyring, runtime} = this.#session;
		let sealed = this.#dataKeys.get(id);
		if (sealed === undefined) {
			const own = await storage.read(dataKeyName(id)).catch(() => undefined);
			const isMoved = own !== undefined && !this.#old.has(keyIdOf(own)) && isIntact(own, id, this.#session);
			sealed = isMoved ? own : resealDataKey(await findDataKey(id, copy, {storage, keyring, runtime}), keyring, runtime).sealed;
			if (!isMoved) {
				await storage.write(dataKeyName(id), sealed);
			}

			this.#dataKeys.set(id, sealed);
		}

		return sealed;
	}

	async #moveIndex(name: string): Promise<boolean> {
		const {storage, slot, runtime} = this.#session;
		const bytes = await storage.read(name, {maximumBytes: maximumMetadataBytes.index});
		const content = decodeIndex(decodeMetadata(bytes, 'index', name, slot, runtime).body, name);
		const isOld = ({sealed}: IndexContent['dataKeys'][number]) => this.#resealed.has(keyIdOf(sealed));
		if (!this.#old.has(keyIdOf(bytes)) && content.dataKeys.every(key => !isOld(key))) {
			return false;
		}

		const dataKeys = await Promise.all(content.dataKeys.map(async key => isOld(key) ? {id: key.id, sealed: await this.#resealCopy(key.id, key.sealed)} : key));
		await this.#lock.assertHeld();
		await writeHashedMetadata(this.#session, 'index', 'index', encodeIndex({packs: content.packs, dataKeys}));
		await storage.remove(name);
		return true;
	}

	async #moveNamed(name: string, type: MetadataType): Promise<boolean> {
		const {storage, slot, runtime} = this.#session;
		const bytes = await storage.read(name, {maximumBytes: maximumMetadataBytes[type]});
		if (!this.#old.has(keyIdOf(bytes))) {
			return false;
		}

		const {bodyBytes} = decodeMetadata(bytes, type, name, slot, runtime);
		const moved = resealMetadata(bytes, type, name, slot, runtime);
		if (!decodeMetadata(moved, type, name, slot, runtime).bodyBytes.equals(bodyBytes)) {
			throw memoryCorrupted(`The new ${type} object`);
		}

		await this.#lock.assertHeld();
		await storage.write(name, moved);
		return true;
	}
}

function isIntact(sealed: Uint8Array, id: DataKeyId, {keyring, runtime}: RepositorySession): boolean {
	try {
		openDataKey(sealed, id, keyring, runtime);
		return true;
	} catch (error) {
		if (isCofferError(error, 'damaged', 'format-unsupported')) {
			return false;
		}

		throw error;
	}
}

/**
One pass over the repository that brings everything under the active epoch; see `Move`. Nothing to do where nothing lies under another.
@throws `writer-expired` when the lock is lost; `aborted`; `memory-corrupted`; what the storage throws
*/
export async function moveToActiveEpoch(session: RepositorySession, lock: ExclusiveLock, options: MoveOptions = {}): Promise<MoveResult> {
	const move = new Move(session, lock, options);
	await move.run();
	return {moved: move.moved, problems: move.problems};
}

/** Objects that still lie under epochs other than the active one, by name. */
export function underOtherEpochs(names: ReadonlyMap<EpochId, readonly string[]>, active: EpochId): string[] {
	return [...names].flatMap(([epoch, under]) => epoch === active ? [] : under);
}
