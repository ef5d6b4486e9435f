import type {Buffer} from 'node:buffer';
import type {DataKeyId, PackId} from '../ids.ts';
import type {Runtime} from '../runtime.ts';
import type {Storage} from '../storage/storage.ts';
import type {BlobIndex, BlobIndexMemory, BlobLocation} from './blob-index.ts';
import {BlobPlaces} from './blob-places.ts';
import {findDataKey} from './data-key.ts';
import type {IndexContent} from './index-object.ts';
import {hasIndexChanged, KnownObjects, readIndexObjects, type IndexListing, type KnownObjectsMemory, type ReadObject} from './index-objects.ts';
import {findLostPacks} from './lost-packs.ts';
import type {ObjectProblem} from './metadata-store.ts';
import type {PackAddress} from './pack-reader.ts';
import type {NumberedPack} from './place-blobs.ts';
import type {BlobKind, PackDescription} from './segment-table.ts';
import {RepositorySession, type SessionMemory} from './session.ts';
import {SimilarityIndex} from './similarity-index.ts';
import {readUnindexedPacks} from './unindexed-packs.ts';

/** A pack that the index names. */
export type IndexedPack = PackAddress & {
	readonly kind: BlobKind;
	readonly sizeBytes: number;
};

const maximumListings = 5;

export type LoadIndexOptions = {
	/** Marked for deletion: their blobs count as not there. */
	readonly ignoredPacks?: ReadonlySet<PackId>;
	/** Of several places of a blob that are equally deep one in another pack counts: for who means to delete these. */
	readonly lastPacks?: ReadonlySet<PackId>;
	/**
	Take the index at its word. Else it is compared with a listing of the packs, and one that is missing, or has another size than the index says, is among the problems, and used only
	for what lies in no other. @default false
	*/
	readonly arePacksTrusted?: boolean;
	/** What lies only in such a pack counts as not there: for who writes, and can store it again. @default false */
	readonly areLostPacksIgnored?: boolean;
	/** Whether to remember which chunk has which sketch, for who writes deltas. @default false */
	readonly hasSketches?: boolean;
	readonly signal?: AbortSignal;
	/** Sees every index object that could be read, also those that are read when it looks again. */
	readonly onContent?: (content: IndexContent, name: string) => void;
};

/** A loaded index for another thread; survives the structured clone. */
export type LoadedIndexMemory = {
	readonly places: readonly BlobIndexMemory[];
	readonly packs: readonly IndexedPack[];
	/** Sealed. */
	readonly dataKeys: ReadonlyMap<DataKeyId, Uint8Array>;
	readonly objects: KnownObjectsMemory;
	readonly session: SessionMemory;
	readonly options: Pick<LoadIndexOptions, 'ignoredPacks' | 'areLostPacksIgnored'>;
};

/** Everything that the index objects of a repository say, in memory. Packs may be replaced by others with the same blobs: then it looks again, and knows those, too. */
export class LoadedIndex {
	/** Entries are addresses in `blobs`; empty unless it was asked for. */
	readonly similarity = new SimilarityIndex();
	/** In the order of the numbers that locations use. */
	readonly packs: IndexedPack[] = [];
	/** Data keys as the index objects carry them. */
	readonly dataKeys = new Map<DataKeyId, Uint8Array>();
	/** Damaged index objects, and packs that could not be read instead. */
	readonly problems: ObjectProblem[] = [];
	readonly #places: BlobPlaces;
	readonly #options: LoadIndexOptions;
	readonly #opened = new Map<DataKeyId, Buffer>();
	readonly #numbers = new Map<PackId, number>();
	readonly #objects: KnownObjects;
	/** Found missing, and looked for since. */
	readonly #lost = new Set<number>();
	#session: RepositorySession;
	#looking: Promise<void> = Promise.resolve();

	private constructor(session: RepositorySession, options: LoadIndexOptions, {places, objects}: Partial<Pick<LoadedIndexMemory, 'places' | 'objects'>> = {}) {
		this.#session = session;
		this.#options = options;
		this.#places = new BlobPlaces(places);
		this.#objects = new KnownObjects(objects);
	}

	/**
	Read all index objects. Where one is damaged, the packs that no other one names are asked for their own tables. Where packs are replaced meanwhile, it begins anew.
	@throws `format-unsupported`, `aborted`, `key-wrong` as `readAllMetadata`; what the storage throws
	*/
	static async load(session: RepositorySession, options: LoadIndexOptions = {}): Promise<LoadedIndex> {
		let known: ReadonlyMap<string, ReadObject> = new Map();
		for (let round = 1; ; round++) {
			const listing = await readIndexObjects(session, known, options.signal);
			known = new Map(listing.values.map(value => [value.name, value]));
			if (listing.hasVanished && round < maximumListings) {
				continue;
			}

			const packs = listing.values.flatMap(({content}) => content!.packs);
			const lost: ReadonlyMap<PackId, ObjectProblem> = options.arePacksTrusted ? new Map() : await findLostPacks(session.storage, packs);
			if (lost.size > 0 && round < maximumListings && await hasIndexChanged(session, listing.names, options.signal)) {
				continue;
			}

			const index = new LoadedIndex(listing.session, options);
			const usable = index.#takeObjects(listing);
			// The first place of a blob is the one that counts.
			index.addPacks(usable.filter(({id}) => !lost.has(id)));
			if (!options.areLostPacksIgnored) {
				index.addPacks(usable.filter(({id}) => lost.has(id)));
			}

			index.#nameObjects(listing);
			index.problems.push(...lost.values(), ...listing.problems);
			for (const number of [...lost.keys()].flatMap(id => index.#numbers.get(id) ?? [])) {
				index.noteMissing(number);
			}

			if (listing.problems.length > 0) {
				await index.addUnindexedPacks();
			}

			return index;
		}
	}

	/** The same index in another thread: what was known when its memory was taken. */
	static fromMemory({packs, dataKeys, session, options, ...known}: LoadedIndexMemory, storage: Storage, runtime: Runtime): LoadedIndex {
		const index = new LoadedIndex(new RepositorySession(storage, runtime, session), options, known);
		for (const pack of packs) {
			index.#number(pack);
		}

		for (const [id, sealed] of dataKeys) {
			index.dataKeys.set(id, sealed);
		}

		return index;
	}

	/** For another thread. */
	get memory(): LoadedIndexMemory {
		const {ignoredPacks, areLostPacksIgnored} = this.#options;
		return {
			places: this.#places.memory,
			packs: this.packs.map(({id, dataKeyId, kind, sizeBytes}) => ({id, dataKeyId, kind, sizeBytes})),
			dataKeys: this.dataKeys,
			objects: this.#objects.memory,
			session: this.#session.memory,
			options: {...(ignoredPacks && {ignoredPacks}), ...(areLostPacksIgnored && {areLostPacksIgnored})},
		};
	}

	/** One place of each blob, as the index was when it was loaded. Who writes remembers new blobs here. */
	get blobs(): BlobIndex {
		return this.#places.first;
	}

	/** The place of a blob to read it from. */
	locate(id: Uint8Array): BlobLocation | undefined {
		return this.#places.locate(id);
	}

	has(pack: PackId): boolean {
		return this.#numbers.has(pack);
	}

	/** Whether an index object names the pack, as far as is known: one that does not was removed on purpose, or never belonged to a finished run. */
	isNamed(pack: PackId): boolean {
		const number = this.#numbers.get(pack);
		return number !== undefined && this.#objects.isNamed(number);
	}

	/** The key of a run's packs, from the copy in the index, else from datakeys/. @throws `damaged`, `object-missing`, `key-role` */
	async dataKey(id: DataKeyId): Promise<Buffer> {
		let key = this.#opened.get(id);
		if (key === undefined) {
			key = (await findDataKey(id, this.dataKeys.get(id), this.#session)).key;
			this.#opened.set(id, key);
		}

		return key;
	}

	/** A pack was found missing: what lies in it is looked for elsewhere first. @param pack - Its number. */
	noteMissing(pack: number): void {
		this.#places.avoid(pack);
	}

	/**
	Look for index objects that were written since, and take in the packs that they name. An index object is written before the pack that it replaces is deleted: who calls this after having found a pack missing
	knows for certain then.
	@param missing - Number of the pack that is missing: for each of them it looks once.
	@throws `key-wrong` as `readAllMetadata`; what the storage throws
	*/
	async lookAgain(missing?: number): Promise<void> {
		// One after the other: what another call has listed may be older than what was found missing here.
		const turn = this.#looking.then(async () => {
			if (missing === undefined || !this.#lost.has(missing)) {
				await this.#look();
			}
		});
		this.#looking = turn.catch(() => undefined);
		await turn;
		if (missing !== undefined) {
			this.#lost.add(missing);
		}
	}

	/**
	Take in the packs that no index names, by their own tables: what an interrupted run left behind, or what a lost index object named.
	@returns Their names.
	*/
	async addUnindexedPacks(): Promise<readonly PackDescription[]> {
		const {packs, problems} = await readUnindexedPacks(this.#session, id => this.has(id), async id => this.dataKey(id));
		this.problems.push(...problems);
		this.addPacks(packs);
		return packs;
	}

	/** Take in packs, before other threads are given the index. */
	addPacks(packs: readonly PackDescription[]): void {
		const {areLostPacksIgnored = false, hasSketches = false} = this.#options;
		const news = this.#numberNews(packs);
		this.#places.add(news, {areUnreadableIgnored: areLostPacksIgnored});
		if (hasSketches) {
			this.#addSketches(news);
		}
	}

	async #look(): Promise<void> {
		if (!(await hasIndexChanged(this.#session, this.#objects.names))) {
			return;
		}

		for (let round = 1; ; round++) {
			const known = new Map(this.#objects.names.map(name => [name, {name}]));
			const listing = await readIndexObjects(this.#session, known);
			this.#session = listing.session;
			this.problems.push(...listing.problems);
			this.#places.learn(this.#numberNews(this.#takeObjects(listing)), {areUnreadableIgnored: this.#options.areLostPacksIgnored ?? false});
			this.#nameObjects(listing);
			if (!listing.hasVanished || round === maximumListings) {
				return;
			}
		}
	}

	/** @returns The packs that are named and not ignored. */
	#takeObjects({values}: IndexListing): PackDescription[] {
		for (const {content, name} of values) {
			if (!content) {
				continue;
			}

			this.#options.onContent?.(content, name);
			for (const {id, sealed} of content.dataKeys) {
				this.dataKeys.set(id, sealed);
			}
		}

		return values.flatMap(({content}) => content?.packs ?? []).filter(({id}) => !this.#options.ignoredPacks?.has(id));
	}

	/** Packs that only index objects named which are gone are about to go, too. */
	#nameObjects(listing: IndexListing): void {
		for (const number of this.#objects.replace(listing, ({packs}) => packs.flatMap(({id}) => this.#numbers.get(id) ?? []))) {
			this.#places.avoid(number);
		}
	}

	#number(pack: IndexedPack): number {
		const number = this.packs.length;
		this.packs.push(pack);
		this.#numbers.set(pack.id, number);
		return number;
	}

	/** Give those packs that are not known a number, the oldest first. */
	#numberNews(packs: readonly PackDescription[]): NumberedPack[] {
		const news = new Map(packs.filter(({id}) => !this.#numbers.has(id)).map(pack => [pack.id, pack]));
		const {lastPacks} = this.#options;
		const isLast = ({id}: PackDescription) => lastPacks?.has(id) ?? false;
		return [...news.values()].sort((a, b) => isLast(a) === isLast(b) ? a.createdMs - b.createdMs : Number(isLast(a)) - Number(isLast(b))).map(pack => {
			const {id, dataKeyId, kind, sizeBytes} = pack;
			return {...pack, number: this.#number({id, dataKeyId, kind, sizeBytes})};
		});
	}

	/** @param packs - The oldest first: of chunks that are alike the newest is found. */
	#addSketches(packs: readonly PackDescription[]): void {
		for (const {segments} of packs) {
			for (const {sketch, ids} of segments) {
				const address = sketch && this.blobs.addressOf(ids.subarray(0, 32));
				if (address !== undefined) {
					this.similarity.add(sketch!, address);
				}
			}
		}
	}
}
