import type {BlobId} from '../../source/engine/ids.ts';
import {createBlobReader} from '../../source/engine/operations/reading.ts';
import {BlobHasher} from '../../source/engine/repository/blob-id.ts';
import {BlobIndex} from '../../source/engine/repository/blob-index.ts';
import type {BlobReader} from '../../source/engine/repository/blob-reader.ts';
import {BlobWriter, type DeltaBase} from '../../source/engine/repository/blob-writer.ts';
import {createDataKey, dataKeyName, type DataKey} from '../../source/engine/repository/data-key.ts';
import {depthOver} from '../../source/engine/repository/delta-table.ts';
import {encodeIndex} from '../../source/engine/repository/index-object.ts';
import {LoadedIndex} from '../../source/engine/repository/loaded-index.ts';
import {writeHashedMetadata} from '../../source/engine/repository/metadata-store.ts';
import {PackWriter, packName} from '../../source/engine/repository/pack-writer.ts';
import type {PackDescription} from '../../source/engine/repository/segment-table.ts';
import type {RepositorySession} from '../../source/engine/repository/session.ts';
import {createMemoryStorage} from '../../source/engine/storage/memory.ts';
import type {Storage} from '../../source/engine/storage/storage.ts';
import {createTestRepository} from './test-repositories.ts';
import {createTestRuntime, type TestRuntime} from './test-runtime.ts';

/** A repository in memory whose chunks are stored one by one, each in a pack of its own, as differences to those that a test names. */
export class DeltaStore {
	readonly storage: Storage;
	readonly session: RepositorySession;
	/** As they were written. */
	readonly packs: PackDescription[] = [];
	readonly #runtime: TestRuntime;
	readonly #dataKey: DataKey;
	readonly #stored = new Map<BlobId, {readonly plaintext: Buffer; readonly depth: number}>();

	private constructor(session: RepositorySession, runtime: TestRuntime) {
		this.session = session;
		this.storage = session.storage;
		this.#runtime = runtime;
		this.#dataKey = createDataKey(session.keyring, runtime);
	}

	/** Make an empty one. @param storage - @default in memory */
	static async create(storage: Storage = createMemoryStorage()): Promise<DeltaStore> {
		const runtime = createTestRuntime();
		const {session} = await createTestRepository(storage, runtime);
		const store = new DeltaStore(session, runtime);
		await storage.write(dataKeyName(store.#dataKey.id), store.#dataKey.sealed);
		return store;
	}

	/** What a chunk may be stored as a difference to: chunks that were stored before. */
	baseOf(...ids: readonly BlobId[]): DeltaBase {
		const bases = ids.map(id => this.#stored.get(id)!);
		return {delta: {bases: ids, depth: depthOver(bases.map(({depth}) => depth))}, dictionary: Buffer.concat(bases.map(({plaintext}) => plaintext))};
	}

	/**
	Store a chunk, again where it is there. The pack's description says whether it became a delta.
	@param candidates - Tried one after the other.
	*/
	async store(plaintext: Uint8Array, candidates: readonly DeltaBase[] = [], sketch?: Uint8Array): Promise<BlobId> {
		const known = new BlobIndex();
		known.grow();
		const packs: PackDescription[] = [];
		const writer = new BlobWriter(new BlobHasher(this.session.keyring.idKey!), known, new PackWriter({
			storage: this.storage, dataKey: this.#dataKey, kind: 'data', runtime: this.#runtime,
			onPack(pack) {
				packs.push(pack);
			},
		}));
		const id = await writer.storeChunk(plaintext, sketch, async function * () {
			yield * candidates;
		});
		await writer.finish();
		this.#runtime.forward(1000);
		this.packs.push(...packs);
		this.#stored.set(id, {plaintext: Buffer.from(plaintext), depth: packs[0]!.segments[0]!.delta?.depth ?? 0});
		return id;
	}

	/** The pack that a chunk was stored in last. */
	packOf(id: BlobId): PackDescription {
		return this.packs.findLast(({segments}) => segments.some(({ids}) => Buffer.from(ids).toString('hex').includes(id)))!;
	}

	/** The object that holds a chunk. */
	objectOf(id: BlobId): string {
		return packName(this.packOf(id).id);
	}

	/** How deep a chunk was stored. */
	depthOf(id: BlobId): number {
		return this.#stored.get(id)!.depth;
	}

	/** Name packs in an index object of their own. @param packs - @default all that were written */
	async writeIndex(packs: readonly PackDescription[] = this.packs): Promise<void> {
		const {id, sealed} = this.#dataKey;
		await writeHashedMetadata(this.session, 'index', 'index', encodeIndex({packs, dataKeys: [{id, sealed}]}));
	}

	/** A reader over what the index objects name now. @param cacheBytes - @default 0: nothing is kept */
	async openReader(cacheBytes = 0): Promise<BlobReader> {
		return createBlobReader(this.session, await LoadedIndex.load(this.session), cacheBytes);
	}
}
