import {Buffer} from 'node:buffer';
import {isCofferError, throwIfAborted} from '../../errors.ts';
import type {BlobId, PackId} from '../../ids.ts';
import {BlobMarks, isSound, packName, readContent, scanTree, type BlobLocation, type BlobReader, type LoadedIndex, type ObjectProblem, type StoredSnapshot, type TreeScanner} from '../../repository/repository.ts';
import type {Runtime} from '../../runtime.ts';
import {lostBlob} from './refusals.ts';

const sliceMs = 20;

export type WalkOptions = {
	readonly reader: BlobReader;
	readonly runtime: Runtime;
	/** Packs that are missing, by the names of their objects. */
	readonly lost: ReadonlyMap<string, ObjectProblem>;
	readonly signal?: AbortSignal | undefined;
	/** Called after each part of a tree that was read, with how many have been read and are known so far. */
	readonly onTree?: (done: number, total: number) => void;
};

/** Of a blob that shares its segment with others: its part of what the segment takes. */
const shareOf = ({sealedBytes, length, plaintextBytes}: BlobLocation): number => plaintextBytes === 0 ? 0 : sealedBytes * length / plaintextBytes;

function toRefusal(error: unknown): unknown {
	return isCofferError(error, 'damaged', 'object-missing') ? lostBlob(`${error.message} A snapshot needs it.`, String(error.context['object'] ?? '')) : error;
}

/** Go to the next entry. Nothing is awaited: there may be millions. */
function hasNext(scanner: TreeScanner): boolean {
	try {
		return scanner.next();
	} catch (error) {
		throw toRefusal(error);
	}
}

/**
Which blobs snapshots need, each in the place that counts: trees, lists of contents, chunks, and what those are stored as differences to. A bit a blob, so that millions of files take little memory.
*/
export class NeededBlobs {
	readonly #index: LoadedIndex;
	readonly #options: WalkOptions;
	readonly #needed = new BlobMarks();
	// A file may have the very content of a tree: what is needed has not been walked.
	readonly #walkedTrees = new BlobMarks();
	readonly #walkedLists = new BlobMarks();
	readonly #scratch = Buffer.alloc(32);
	/** By pack number. */
	readonly #blobsIn: Uint32Array;
	readonly #bytesIn: Float64Array;
	readonly #numbers: ReadonlyMap<PackId, number>;
	#done = 0;
	#sliceStart: number;

	constructor(index: LoadedIndex, options: WalkOptions) {
		this.#index = index;
		this.#options = options;
		this.#blobsIn = new Uint32Array(index.packs.length);
		this.#bytesIn = new Float64Array(index.packs.length);
		this.#numbers = new Map(index.packs.map(({id}, number) => [id, number]));
		this.#sliceStart = options.runtime.monotonicMs();
	}

	/**
	Walk snapshots; what was walked before is not walked again.
	@throws `damaged` for the first part that lies nowhere or cannot be read; `aborted`; what the storage throws
	*/
	async walk(snapshots: Iterable<StoredSnapshot>): Promise<void> {
		const first: number[] = [];
		for (const {tree} of snapshots) {
			for (const id of tree) {
				this.#needTree(id, first);
			}
		}

		for (let level = first; level.length > 0;) {
			const next: number[] = [];
			for (const address of this.#sortByPlace(level)) {
				await this.#breathe();
				await this.#walkTree(address, next);
				this.#done++;
				this.#options.onTree?.(this.#done, this.#done + level.length + next.length);
			}

			level = next;
		}
	}

	/** Whether anything that is needed lies in a pack. */
	hasNeed(pack: PackId): boolean {
		return this.#countIn(this.#blobsIn, pack) > 0;
	}

	/** What is needed of a pack, in bytes of it. */
	neededBytes(pack: PackId): number {
		return this.#countIn(this.#bytesIn, pack);
	}

	/** Whether a blob is needed, and from this very place. @param segment - Its number in the pack. */
	isNeededAt(id: Uint8Array, pack: PackId, segment: number): boolean {
		const address = this.#index.blobs.addressOf(id);
		if (address === undefined || !this.#needed.has(address)) {
			return false;
		}

		const location = this.#index.blobs.locationAt(address)!;
		return location.pack === this.#numbers.get(pack) && location.segment === segment;
	}

	#countIn(counts: ArrayLike<number>, pack: PackId): number {
		const number = this.#numbers.get(pack);
		return number === undefined ? 0 : counts[number]!;
	}

	#sortByPlace(level: readonly number[]): number[] {
		const {blobs} = this.#index;
		return level
			.map(address => ({address, place: blobs.locationAt(address)!}))
			.toSorted((a, b) => a.place.pack === b.place.pack ? a.place.segmentOffset - b.place.segmentOffset : a.place.pack - b.place.pack)
			.map(({address}) => address);
	}

	#needTree(id: BlobId, trees: number[]): void {
		const address = this.#need(this.#toBytes(id));
		if (this.#walkedTrees.add(address)) {
			trees.push(address);
		}
	}

	async #walkTree(address: number, next: number[]): Promise<void> {
		const id = this.#idAt(address);
		const {scanners} = await this.#orRefuse(async () => scanTree(this.#options.reader, [id]));
		const scanner = scanners[0]!;
		while (hasNext(scanner)) {
			const {type, contentCount, hasContentLists} = scanner.entry;
			if (type === 'directory') {
				for (const child of scanner.node.tree ?? []) {
					this.#needTree(child, next);
				}
			} else if (hasContentLists) {
				await this.#needLists(scanner);
			} else {
				for (let index = 0; index < contentCount; index++) {
					scanner.contentId(index, this.#scratch);
					this.#need(this.#scratch);
				}
			}
		}
	}

	async #needLists(scanner: TreeScanner): Promise<void> {
		for (const list of scanner.node.contents ?? []) {
			if (!this.#walkedLists.add(this.#need(this.#toBytes(list)))) {
				continue;
			}

			await this.#breathe();
			for (const chunk of await this.#orRefuse(async () => readContent(this.#options.reader, {contents: [list]}))) {
				this.#need(this.#toBytes(chunk));
			}
		}
	}

	/** @returns Its address. @throws `damaged` where it lies nowhere */
	#need(id: Uint8Array): number {
		const {blobs} = this.#index;
		const address = blobs.addressOf(id);
		if (address === undefined) {
			const text = Buffer.from(id).toString('hex');
			throw lostBlob(`A part (${text.slice(0, 12)}…) that a snapshot needs is in no pack that the index names: an index object or a pack is lost.`, text);
		}

		if (this.#needed.add(address)) {
			this.#count(address);
		}

		return address;
	}

	/** A blob is needed that was not before: its pack is, and where it is a delta, its bases are. */
	#count(address: number): void {
		const location = this.#index.blobs.locationAt(address)!;
		const name = packName(this.#index.packs[location.pack]!.id);
		const problem = this.#options.lost.get(name);
		if (problem) {
			throw lostBlob(`${problem.message} A snapshot needs it.`, name);
		}

		this.#blobsIn[location.pack]!++;
		this.#bytesIn[location.pack]! += shareOf(location);
		if (location.delta === undefined) {
			return;
		}

		const {delta} = location;
		if (!isSound(delta, base => this.#index.locate(Buffer.from(base, 'hex'))?.delta?.depth ?? 0)) {
			throw lostBlob(`A part that a snapshot needs is stored in ${name} as a difference to others that are as deep as it is: a less deep copy of them is lost, or the index was damaged.`, name);
		}

		for (const base of delta.bases) {
			this.#need(Buffer.from(base, 'hex'));
		}
	}

	#toBytes(id: BlobId): Uint8Array {
		return Buffer.from(id, 'hex');
	}

	#idAt(address: number): BlobId {
		return Buffer.from(this.#index.blobs.idAt(address)).toString('hex') as BlobId;
	}

	async #orRefuse<Value>(read: () => Promise<Value>): Promise<Value> {
		try {
			return await read();
		} catch (error) {
			throw toRefusal(error);
		}
	}

	async #breathe(): Promise<void> {
		const {runtime, signal} = this.#options;
		throwIfAborted(signal);
		if (runtime.monotonicMs() - this.#sliceStart > sliceMs) {
			await runtime.yieldToEvents();
			this.#sliceStart = runtime.monotonicMs();
		}
	}
}
