import type {Buffer} from 'node:buffer';
import {errorText, isCofferError, throwIfAborted} from '../errors.ts';
import type {DataKeyId, PackId} from '../ids.ts';
import {CoveredBlobs} from './covered-blobs.ts';
import {createDataKey, dataKeyName, findDataKey, type DataKey} from './data-key.ts';
import {retiringEpochs} from './epochs.ts';
import {keyIdOf} from './epoch-usage.ts';
import {decodeIndex, encodeIndex, type IndexContent} from './index-object.ts';
import {assertNoProblems, readAllMetadata, readMetadata, writeHashedMetadata, type ObjectProblem} from './metadata-store.ts';
import {headerBytes} from './object-header.ts';
import {PackReader} from './pack-reader.ts';
import {packName} from './pack-writer.ts';
import type {ReencryptionOptions, ReencryptionProgress} from './reencryption-options.ts';
import {rewritePack} from './rewrite-pack.ts';
import type {PackDescription} from './segment-table.ts';
import type {RepositorySession} from './session.ts';

/** Packs are replaced in batches of so many bytes: one new index object each, and so much that an interruption may leave twice. */
const batchBytes = 128 * 1024 * 1024;

type StoredIndex = {readonly name: string; readonly content: IndexContent};

/**
Writes packs anew whose data keys are sealed to epochs that are marked for it. For each batch: the new packs, read back; a new index object in place of the old one; only then the old index object and the old packs go.
What an interruption leaves is known by its blobs: an old pack whose blobs are all in new ones is only removed.
*/
export class Reencryption {
	readonly #session: RepositorySession;
	readonly #options: ReencryptionOptions;
	readonly #oldEpochs: ReadonlySet<string>;
	readonly #oldKeys = new Map<DataKeyId, Buffer>();
	readonly #opened = new Map<DataKeyId, Promise<DataKey>>();
	#dataKey: DataKey | undefined;
	/** What lies under other keys than the old ones. */
	readonly #covered = new CoveredBlobs();
	/** How many index objects name an old pack. */
	readonly #references = new Map<PackId, number>();
	/** Packs that cannot be written anew, as they are damaged or lost. */
	readonly #damaged = new Map<PackId, ObjectProblem>();
	/** Of those. */
	readonly #keptKeys = new Set<DataKeyId>();
	#progress: ReencryptionProgress = {packs: 0, bytes: 0, totalPacks: 0, totalBytes: 0};

	constructor(session: RepositorySession, options: ReencryptionOptions) {
		this.#session = session;
		this.#options = options;
		this.#oldEpochs = new Set<string>(retiringEpochs(session.keyring).filter(({isReencrypted}) => isReencrypted).map(({id}) => id));
	}

	/**
	@returns `isComplete`: whether nothing is left; else packs of runs that are writing are. `damaged`: packs that cannot be written anew; they stay as they are, and so do their data keys.
	@throws `damaged` for an index object that cannot be read, before anything is changed; `writer-expired`, `memory-corrupted`, `aborted`; what the storage throws
	*/
	async run(): Promise<{readonly isComplete: boolean; readonly damaged: readonly ObjectProblem[]}> {
		const stored = await this.#readIndexes();
		const busy = await this.#options.busyKeys();
		const unindexed = await this.#readUnindexed(stored, busy);
		this.#take([...stored.map(({content}) => content.packs), unindexed]);
		let isComplete = true;
		for (const index of stored) {
			isComplete = await this.#replaceIndex(index) && isComplete;
		}

		await this.#replaceUnindexed(unindexed);
		return {isComplete: isComplete && await this.#removeOldKeys(), damaged: [...this.#damaged.values()]};
	}

	async #readIndexes(): Promise<StoredIndex[]> {
		const {values, problems} = await readAllMetadata(this.#session, 'index', 'index', ({body}, name) => ({name, content: decodeIndex(body, name)}), {signal: this.#options.signal});
		assertNoProblems(problems);
		for (const {content} of values) {
			for (const {id, sealed} of content.dataKeys) {
				if (this.#oldEpochs.has(keyIdOf(sealed))) {
					this.#oldKeys.set(id, sealed);
				}
			}
		}

		return values;
	}

	/** Packs that no index names: what interrupted runs left, or what a lost index object named. They are kept, under a new key. */
	async #readUnindexed(stored: readonly StoredIndex[], busy: ReadonlySet<DataKeyId>): Promise<PackDescription[]> {
		const {storage, runtime} = this.#session;
		const known = new Set(stored.flatMap(({content}) => content.packs.map(({id}) => packName(id))));
		const found: PackDescription[] = [];
		for (const {name} of await storage.list('packs', this.#options.signal)) {
			if (known.has(name)) {
				continue;
			}

			const id = name.slice(name.lastIndexOf('/') + 1) as PackId;
			try {
				const dataKeyId = await PackReader.dataKeyIdOf(storage, id);
				if (busy.has(dataKeyId)) {
					continue;
				}

				const key = await this.#open(dataKeyId);
				if (this.#oldEpochs.has(keyIdOf(key.sealed))) {
					this.#oldKeys.set(dataKeyId, key.sealed);
				}

				const reader = await PackReader.open(storage, {id, dataKeyId}, () => key.key, runtime);
				found.push({id, dataKeyId, kind: 'data', createdMs: 0, ...await reader.readTable()});
			} catch (error) {
				this.#noteDamage(id, error);
			}
		}

		return found;
	}

	/** @throws what is no damage */
	#noteDamage(id: PackId, error: unknown): void {
		if (!isCofferError(error, 'damaged', 'object-missing', 'format-unsupported')) {
			throw error;
		}

		this.#damaged.set(id, {object: packName(id), message: errorText(error)});
	}

	/** Note what is there: how much there is to do, and what is done already. */
	#take(groups: ReadonlyArray<readonly PackDescription[]>): void {
		const old = new Map<PackId, PackDescription>();
		for (const [position, packs] of groups.entries()) {
			for (const pack of packs) {
				if (this.#oldKeys.has(pack.dataKeyId)) {
					old.set(pack.id, pack);
					this.#references.set(pack.id, (this.#references.get(pack.id) ?? 0) + 1);
				} else if (position < groups.length - 1) {
					this.#covered.add(pack);
				}
			}
		}

		this.#progress = {packs: 0, bytes: 0, totalPacks: old.size, totalBytes: old.values().reduce((sum, {sizeBytes}) => sum + sizeBytes, 0)};
	}

	async #open(id: DataKeyId): Promise<DataKey> {
		let opened = this.#opened.get(id);
		if (opened === undefined) {
			opened = findDataKey(id, this.#oldKeys.get(id), this.#session);
			this.#opened.set(id, opened);
		}

		return opened;
	}

	/** One for this call, made durable before the first pack. */
	async #newKey(): Promise<DataKey> {
		if (this.#dataKey === undefined) {
			const {keyring, runtime, storage} = this.#session;
			const dataKey = createDataKey(keyring, runtime);
			await storage.write(dataKeyName(dataKey.id), dataKey.sealed);
			this.#dataKey = dataKey;
		}

		return this.#dataKey;
	}

	/** @returns Whether no old pack is left in it. */
	async #replaceIndex(stored: StoredIndex): Promise<boolean> {
		let index: StoredIndex | undefined = stored;
		for (;;) {
			throwIfAborted(this.#options.signal);
			const old: PackDescription[] = index?.content.packs.filter(({id, dataKeyId}) => this.#oldKeys.has(dataKeyId) && !this.#damaged.has(id)) ?? [];
			if (old.length === 0) {
				return true;
			}

			const busy = await this.#options.busyKeys();
			const batch: PackDescription[] = [];
			let bytes = 0;
			for (const pack of old.filter(({dataKeyId}) => !busy.has(dataKeyId))) {
				if (!(bytes < batchBytes)) {
					continue;
				}

				batch.push(pack);
				bytes += pack.sizeBytes;
			}

			if (batch.length === 0) {
				return false;
			}

			index = await this.#replaceBatch(index!, batch);
		}
	}

	async #replaceBatch(index: StoredIndex, batch: readonly PackDescription[]): Promise<StoredIndex | undefined> {
		const {name, content} = index;
		const added = await this.#rewrite(batch);
		const done = batch.filter(({id}) => !this.#damaged.has(id));
		if (done.length === 0) {
			return index;
		}

		const replaced = new Set(done.map(({id}) => id));
		const packs = [...content.packs.filter(({id}) => !replaced.has(id)), ...added];
		const next = packs.length === 0 ? undefined : await this.#writeIndex(packs, content);
		await this.#remove(name);
		for (const {id} of done) {
			const left = this.#references.get(id)! - 1;
			this.#references.set(id, left);
			if (left !== 0) {
				continue;
			}

			await this.#remove(packName(id));
		}

		return next;
	}

	/** Write anew what is not in new packs yet; one that is damaged is noted, and left. */
	async #rewrite(packs: readonly PackDescription[]): Promise<PackDescription[]> {
		const written: PackDescription[] = [];
		for (const pack of packs) {
			try {
				if (!this.#covered.hasAllOf(pack)) {
					const rewritten = await this.#rewriteOne(pack);
					written.push(rewritten);
					this.#covered.add(rewritten);
				}
			} catch (error) {
				this.#noteDamage(pack.id, error);
				this.#keptKeys.add(pack.dataKeyId);
			}

			const {packs: done, bytes, ...totals} = this.#progress;
			this.#progress = {packs: done + 1, bytes: bytes + pack.sizeBytes, ...totals};
			this.#options.onProgress?.(this.#progress);
		}

		return written;
	}

	async #rewriteOne(pack: PackDescription): Promise<PackDescription> {
		const {storage, runtime} = this.#session;
		const dataKey = await this.#newKey();
		return rewritePack(pack, {storage, runtime, dataKey, signal: this.#options.signal, keyOf: async id => (await this.#open(id)).key});
	}

	async #writeIndex(packs: readonly PackDescription[], {dataKeys}: Pick<IndexContent, 'dataKeys'>): Promise<StoredIndex> {
		const used = new Set(packs.map(({dataKeyId}) => dataKeyId));
		const known = [...dataKeys, ...(this.#dataKey ? [this.#dataKey] : [])];
		const content = {packs, dataKeys: known.filter(({id}, position) => used.has(id) && known.findIndex(key => key.id === id) === position)};
		const {name} = await writeHashedMetadata(this.#session, 'index', 'index', encodeIndex(content));
		await readMetadata(this.#session, 'index', name);
		return {name, content};
	}

	async #replaceUnindexed(packs: readonly PackDescription[]): Promise<void> {
		for (const pack of packs) {
			if (!this.#oldKeys.has(pack.dataKeyId) && !this.#covered.hasAllOf(pack)) {
				continue;
			}

			const added = await this.#rewrite([pack]);
			if (added.length > 0) {
				await this.#writeIndex(added, {dataKeys: []});
			}

			if (!this.#damaged.has(pack.id)) {
				await this.#remove(packName(pack.id));
			}
		}
	}

	async #remove(name: string): Promise<void> {
		await this.#options.lock.assertHeld();
		await this.#session.storage.remove(name);
	}

	/** @returns Whether none is left: that of a run that is writing stays. */
	async #removeOldKeys(): Promise<boolean> {
		const {storage} = this.#session;
		const busy = await this.#options.busyKeys();
		let areGone = true;
		for (const {name} of await storage.list('datakeys', this.#options.signal)) {
			const isBusy = busy.has(name.slice('datakeys/'.length) as DataKeyId);
			const isKept = this.#keptKeys.has(name.slice('datakeys/'.length) as DataKeyId);
			if (isKept || !this.#oldEpochs.has(keyIdOf(await storage.read(name, {range: {offset: 0, length: headerBytes}})))) {
				continue;
			}

			areGone &&= !isBusy;
			if (isBusy) {
				continue;
			}

			await this.#remove(name);
		}

		return areGone;
	}
}
