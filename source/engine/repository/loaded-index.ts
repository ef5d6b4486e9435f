import {Buffer} from 'node:buffer';
import {errorText, isCofferError} from '../errors.ts';
import type {BlobId, DataKeyId, PackId} from '../ids.ts';
import {BlobIndex} from './blob-index.ts';
import {findDataKey} from './data-key.ts';
import {isSound, type Delta} from './delta-table.ts';
import {decodeIndex, type IndexContent} from './index-object.ts';
import {readAllMetadata, type ObjectProblem} from './metadata-store.ts';
import {PackReader, type PackAddress} from './pack-reader.ts';
import {packName} from './pack-writer.ts';
import {plaintextBytesOf, type BlobKind, type PackDescription, type SegmentEntry} from './segment-table.ts';
import type {RepositorySession} from './session.ts';
import {SimilarityIndex} from './similarity-index.ts';

/** A pack that the index names. */
export type IndexedPack = PackAddress & {
	readonly kind: BlobKind;
	readonly sizeBytes: number;
};

const maximumListings = 5;

type PlacedSegment = {
	/** Number of the pack. */
	readonly pack: number;
	/** Number of the segment in it. */
	readonly number: number;
	readonly segment: SegmentEntry;
};

function countBlobs(pack: PackDescription): number {
	let count = 0;
	for (const segment of pack.segments) {
		count += segment.lengths.length;
	}

	return count;
}

export type LoadIndexOptions = {
	/** Marked for deletion: their blobs count as not there. */
	readonly ignoredPacks?: ReadonlySet<PackId>;
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
	/** Sees every index object that could be read. */
	readonly onContent?: (content: IndexContent, name: string) => void;
};

/** Everything that the index objects of a repository say, in memory. */
export class LoadedIndex {
	readonly blobs = new BlobIndex();
	/** Entries are addresses in `blobs`; empty unless it was asked for. */
	readonly similarity = new SimilarityIndex();
	/** In the order of the numbers that `BlobIndex` uses. */
	readonly packs: IndexedPack[] = [];
	/** Data keys as the index objects carry them. */
	readonly dataKeys = new Map<DataKeyId, Buffer>();
	/** Damaged index objects, and packs that could not be read instead. */
	readonly problems: ObjectProblem[] = [];
	readonly #session: RepositorySession;
	readonly #opened = new Map<DataKeyId, Buffer>();
	readonly #numbers = new Map<PackId, number>();

	private constructor(session: RepositorySession) {
		this.#session = session;
	}

	/**
	Read all index objects. Where one is damaged, the packs that no other one names are asked for their own tables.
	@throws `format-unsupported`, `aborted`; what the storage throws
	*/
	static async load(session: RepositorySession, options: LoadIndexOptions = {}): Promise<LoadedIndex> {
		for (let round = 1; ; round++) {
			const index = new LoadedIndex(session);
			const {values, problems, hasVanished} = await readAllMetadata(session, 'index', 'index', ({body}, name) => ({content: decodeIndex(body, name), name}), {signal: options.signal});
			if (hasVanished && round < maximumListings) {
				continue;
			}

			const packs = values.flatMap(({content}) => content.packs);
			const lost = options.arePacksTrusted ? new Set<PackId>() : await index.#findLostPacks(packs);
			for (const {content, name} of values) {
				options.onContent?.(content, name);
				for (const {id, sealed} of content.dataKeys) {
					index.dataKeys.set(id, sealed);
				}
			}

			const usable = packs.filter(({id}) => !options.ignoredPacks?.has(id));
			// The first place of a blob is the one that counts.
			index.addPacks(usable.filter(({id}) => !lost.has(id)), options);
			if (!options.areLostPacksIgnored) {
				index.addPacks(usable.filter(({id}) => lost.has(id)), options);
			}

			index.problems.push(...problems);
			if (problems.length > 0) {
				await index.addUnindexedPacks();
			}

			return index;
		}
	}

	has(pack: PackId): boolean {
		return this.#numbers.has(pack);
	}

	/** The key of a run's packs, from the copy in the index, else from datakeys/. @throws `damaged`, `key-role` */
	async dataKey(id: DataKeyId): Promise<Buffer> {
		let key = this.#opened.get(id);
		if (key === undefined) {
			key = (await findDataKey(id, this.dataKeys.get(id), this.#session)).key;
			this.#opened.set(id, key);
		}

		return key;
	}

	/**
	Take in the packs that no index names, by their own tables: what an interrupted run left behind, or what a lost index object named.
	@returns Their names.
	*/
	async addUnindexedPacks(): Promise<PackDescription[]> {
		const {storage, runtime} = this.#session;
		const added: PackDescription[] = [];
		for (const {name} of await storage.list('packs')) {
			const id = /^packs\/[\da-f]{2}\/(?<id>[\da-f]{64})$/.exec(name)?.groups?.['id'] as PackId | undefined;
			if (id === undefined || this.#numbers.has(id)) {
				continue;
			}

			try {
				const dataKeyId = await PackReader.dataKeyIdOf(storage, id);
				const reader = await PackReader.open(storage, {id, dataKeyId}, async keyId => this.dataKey(keyId), runtime);
				const {segments, sizeBytes} = await reader.readTable();
				added.push({id, dataKeyId, sizeBytes, kind: 'data', createdMs: 0, segments});
			} catch (error) {
				if (!isCofferError(error, 'damaged', 'format-unsupported', 'object-missing', 'key-role')) {
					throw error;
				}

				this.problems.push({object: name, message: `${name} is named by no index, and cannot be read by itself: ${errorText(error)}`});
			}
		}

		this.addPacks(added);
		return added;
	}

	/**
	Take in packs. Of a blob that is stored several times the least deep place counts, so that a chain of deltas always ends.
	@param options.areLostPacksIgnored - Leave out deltas whose bases are not there, or only too deep: whoever writes stores what they hold again.
	*/
	addPacks(packs: readonly PackDescription[], {areLostPacksIgnored = false, hasSketches = false}: Pick<LoadIndexOptions, 'areLostPacksIgnored' | 'hasSketches'> = {}): void {
		const deltas: PlacedSegment[] = [];
		const news = packs.filter(({id}) => !this.#numbers.has(id)).toSorted((a, b) => a.createdMs - b.createdMs);
		this.blobs.grow(news.reduce((sum, pack) => sum + countBlobs(pack), 0));
		for (const pack of news) {
			const number = this.packs.length;
			this.packs.push({id: pack.id, dataKeyId: pack.dataKeyId, kind: pack.kind, sizeBytes: pack.sizeBytes});
			this.#numbers.set(pack.id, number);
			for (const [segmentNumber, segment] of pack.segments.entries()) {
				const placed = {pack: number, number: segmentNumber, segment};
				if (segment.delta) {
					deltas.push(placed);
				} else {
					this.#addSegment(placed);
				}
			}
		}

		for (const placed of deltas.toSorted((a, b) => a.segment.delta!.depth - b.segment.delta!.depth)) {
			if (!areLostPacksIgnored || this.#isReadable(placed.segment.delta!)) {
				this.#addSegment(placed);
			}
		}

		if (hasSketches) {
			this.#addSketches(news);
		}
	}

	/** Whether all bases are there, and none as deep as the delta itself: its place that was less deep may be lost. */
	#isReadable(delta: Delta): boolean {
		const locate = (base: BlobId) => this.blobs.locate(Buffer.from(base, 'hex'));
		return delta.bases.every(base => locate(base) !== undefined) && isSound(delta, base => locate(base)?.delta?.depth ?? 0);
	}

	#addSegment({pack, number, segment}: PlacedSegment): void {
		const {sealedBytes, compression, delta} = segment;
		const plaintextBytes = plaintextBytesOf(segment);
		let offset = 0;
		for (const [position, length] of segment.lengths.entries()) {
			const id = segment.ids.subarray(position * 32, (position + 1) * 32);
			this.blobs.add(id, {pack, segment: number, compression, segmentOffset: segment.offset, sealedBytes, plaintextBytes, offset, length, ...(delta && {delta})});
			offset += length;
		}
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

	async #findLostPacks(packs: readonly PackDescription[]): Promise<ReadonlySet<PackId>> {
		const sizes = new Map((await this.#session.storage.list('packs')).map(({name, sizeBytes}) => [name, sizeBytes]));
		const lost = packs.filter(({id, sizeBytes}) => sizes.get(packName(id)) !== sizeBytes);
		for (const {id} of lost) {
			const name = packName(id);
			this.problems.push({object: name, message: `${name} ${sizes.has(name) ? 'has another size than the index says' : 'is missing'}; the next backup stores what it held again, where that still exists.`});
		}

		return new Set(lost.map(({id}) => id));
	}
}
