import {Buffer} from 'node:buffer';
import {isCofferError} from '../../errors.ts';
import type {BlobId} from '../../ids.ts';
import {releaseMemory} from '../../release-memory.ts';
import {deepestWritten, depthOver, isRawDictionary, readContent, VersionAlignment, type BlobIndex, type BlobReader, type DeltaBase, type SimilarityIndex} from '../../repository/repository.ts';
import type {TreeNode} from '../../tree-node.ts';

/** A file as the previous snapshot has it. */
export type FileVersion = Pick<TreeNode, 'content' | 'contents'>;

export type BaseFinderOptions = {
	readonly blobs: BlobIndex;
	readonly reader: BlobReader;
	readonly similarity: SimilarityIndex;
	/** Of chunks, in bytes. */
	readonly averageBytes: number;
};

/** What a chunk may be stored as a difference to. */
type Candidate = {
	readonly ids: readonly BlobId[];
	/** The chunk of the previous version that would stand here now: where this candidate serves, so does all behind it. */
	readonly movedFrom?: BlobId;
};

/** More than this is not read for one chunk. */
const maximumDictionaryBytes = 16 * 1024 * 1024;
const maximumBases = 8;
/** After so many chunks in a row that were not like what the previous version had in their place, nothing is expected of the rest of the file. */
const patience = 3;

/**
Finds what the chunks of a file may be stored as differences to: what its previous version had in the same place; else a chunk of any file whose sketch is alike. One file at a time.
Where that has become too deep a chain of differences, what the chain began with takes its place.
What cannot be read is no base.
*/
export class BaseFinder {
	readonly #options: BaseFinderOptions;
	#alignment: VersionAlignment<BlobId> | undefined;
	#misses = 0;

	constructor(options: BaseFinderOptions) {
		this.#options = options;
	}

	/** Begin with a file. @param previous - Where it had one. @throws What the storage throws that is no damage */
	async begin(previous: FileVersion | undefined): Promise<void> {
		this.#misses = 0;
		this.#alignment = undefined;
		if (previous) {
			const chunks = await this.#tolerate(async () => readContent(this.#options.reader, previous));
			this.#alignment = chunks && this.#align(chunks);
		}
	}

	/**
	Bases for a chunk that is new.
	@param start - Where it begins in the file.
	@yields Each with its dictionary; whoever takes one stops asking.
	@throws What the storage throws that is no damage
	*/
	async * bases(start: number, length: number, sketch: Uint8Array | undefined): AsyncGenerator<DeltaBase, void, undefined> {
		const similar = sketch && this.#findSimilar(sketch);
		for (const {ids, movedFrom} of this.#candidates(start, length, similar)) {
			const base = await this.#tolerate(async () => this.#read(ids));
			if (base === undefined) {
				continue;
			}

			let isTaken = true;
			try {
				yield base;
				isTaken = false;
			} finally {
				this.#misses = isTaken ? 0 : this.#misses + 1;
				if (isTaken && movedFrom !== undefined) {
					this.#alignment?.anchor(movedFrom, start);
				}

				releaseMemory(base.dictionary);
			}
		}
	}

	/** The file has this chunk, new or not. */
	pass(id: BlobId, start: number, length: number): void {
		this.#alignment?.anchor(id, start);
		this.#alignment?.passCut(start + length);
	}

	#candidates(start: number, length: number, similar: BlobId | undefined): readonly Candidate[] {
		const aligned = this.#alignment?.at(start, length) ?? [];
		const inPlace = aligned.length > 0 ? [{ids: aligned}] : [];
		if (similar === undefined) {
			return this.#misses < patience ? inPlace : [];
		}

		if (aligned.includes(similar)) {
			return inPlace;
		}

		// What is alike elsewhere in the previous version may be where this was before, or be alike by chance, as rows of one table are.
		const moved = this.#alignment?.from(similar, length) ?? [];
		return [...inPlace, moved.includes(similar) ? {ids: moved, movedFrom: similar} : {ids: [similar]}];
	}

	#align(chunks: readonly BlobId[]): VersionAlignment<BlobId> {
		const known: Array<{id: BlobId; length: number}> = [];
		for (const id of chunks) {
			const length = this.#options.reader.locate(id)?.length;
			if (length === undefined) {
				// Without it nobody knows where the rest stood.
				break;
			}

			known.push({id, length});
		}

		return new VersionAlignment(known, this.#options.averageBytes / 8);
	}

	#findSimilar(sketch: Uint8Array): BlobId | undefined {
		const {similarity, blobs} = this.#options;
		const address = similarity.find(sketch);
		return address === undefined ? undefined : Buffer.from(blobs.idAt(address)).toString('hex') as BlobId;
	}

	/** What these chunks were stored as differences to, and that in turn, down to what is stored whole: older, but nothing else has to be unpacked for it. */
	#rootsOf(ids: readonly BlobId[]): BlobId[] {
		const roots = new Set<BlobId>();
		const seen = new Set<BlobId>();
		const waiting = [...ids].toReversed();
		for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
			if (seen.has(id)) {
				continue;
			}

			seen.add(id);
			const bases = this.#options.reader.locate(id)?.delta?.bases;
			if (bases) {
				waiting.push(...bases.toReversed());
			} else {
				roots.add(id);
			}
		}

		return [...roots];
	}

	/** @returns `undefined` for chunks that are no good base: too deep, too large. */
	async #read(ids: readonly BlobId[]): Promise<DeltaBase | undefined> {
		return await this.#readThese(ids) ?? this.#readThese(this.#rootsOf(ids));
	}

	async #readThese(ids: readonly BlobId[]): Promise<DeltaBase | undefined> {
		const {reader} = this.#options;
		const locations = ids.map(id => reader.locate(id));
		const depth = depthOver(locations.map(location => location?.delta?.depth ?? 0));
		const dictionaryBytes = locations.reduce((sum, location) => sum + (location?.length ?? Infinity), 0);
		if (ids.length > maximumBases || depth > deepestWritten || dictionaryBytes > maximumDictionaryBytes) {
			return undefined;
		}

		// A base that is not what its id says, such as by a faulty memory, would spoil what is stored as a difference to it.
		const delta = {bases: [...ids], depth};
		const dictionary = await reader.readDictionary(delta, {areChecked: true});
		return isRawDictionary(dictionary) ? {delta, dictionary} : undefined;
	}

	async #tolerate<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
		try {
			return await read();
		} catch (error) {
			if (isCofferError(error, 'damaged', 'object-missing')) {
				return undefined;
			}

			throw error;
		}
	}
}
