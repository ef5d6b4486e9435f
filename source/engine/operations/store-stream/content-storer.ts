import type {Buffer} from 'node:buffer';
import {CofferError} from '../../errors.ts';
import type {BlobId} from '../../ids.ts';
import {BlobHasher, BlobWriter, encodeContentLists, FileChunker, maximumInlineContent, PackWriter, WriteCheck, type LoadedIndex, type RepositorySession, type WriterRun} from '../../repository/repository.ts';
import type {TreeNode} from '../../tree-node.ts';
import {BaseFinder, type FileVersion} from '../backup/base-finder.ts';
import {createBlobReader} from '../reading.ts';

export type ContentStorerOptions = {
	/** Store chunks as differences to others that are alike; the index must have been loaded with sketches. */
	readonly hasDeltas: boolean;
	/** Open every segment again before it is stored, instead of a share. */
	readonly verifyWrites: boolean;
	/** Called before each chunk; may throw. */
	readonly onChunk: (sizeBytes: number) => void;
};

/** Bytes as the chunker asks for them. */
function createRead(pieces: AsyncIterator<Uint8Array>): (buffer: Buffer, offset: number, length: number) => Promise<number> {
	let rest: Uint8Array = new Uint8Array();
	return async (buffer, offset, length) => {
		while (rest.byteLength === 0) {
			const next = await pieces.next();
			if (next.done) {
				return 0;
			}

			rest = next.value;
		}

		const count = Math.min(length, rest.byteLength);
		buffer.set(rest.subarray(0, count), offset);
		rest = rest.subarray(count);
		return count;
	};
}

/** Stores contents that come as streams, one at a time, in this thread: what `FileStorer` does for files on a disk. */
export class ContentStorer {
	readonly #index: LoadedIndex;
	readonly #blobs: BlobWriter;
	readonly #chunker: FileChunker;
	readonly #bases: BaseFinder | undefined;
	readonly #onChunk: ContentStorerOptions['onChunk'];

	/** @throws `key-role` for a key that may not write */
	constructor(session: RepositorySession, run: WriterRun, index: LoadedIndex, {hasDeltas, verifyWrites, onChunk}: ContentStorerOptions) {
		const {storage, runtime, keyring: {idKey, chunkerKey, chunking, role}} = session;
		if (idKey === undefined || chunkerKey === undefined) {
			throw new CofferError('key-role', `A key with the role "${role}" cannot make backups. Use a key with the role "owner" or "backup".`);
		}

		const hasher = new BlobHasher(idKey);
		const packs = new PackWriter({
			storage, runtime, dataKey: run.dataKey, kind: 'data', check: new WriteCheck(hasher, 'data', {isComplete: verifyWrites}),
			beforeCommit: async () => run.ensureDataKey(),
			onPack(pack) {
				run.addPack(pack);
			},
		});
		this.#index = index;
		this.#onChunk = onChunk;
		this.#blobs = new BlobWriter(hasher, index.blobs, packs);
		this.#chunker = new FileChunker(chunking, chunkerKey);
		this.#bases = hasDeltas ? new BaseFinder({blobs: index.blobs, reader: createBlobReader(session, index), similarity: index.similarity, averageBytes: chunking.averageBytes}) : undefined;
	}

	/** Plaintext bytes that the repository did not have. */
	get addedBytes(): number {
		return this.#blobs.added.bytes;
	}

	/** @param previous - The content as it was, to store differences to it. @throws What the content, `onChunk` or the storage throws */
	async store(content: AsyncIterable<Uint8Array>, previous?: FileVersion): Promise<Pick<TreeNode, 'content' | 'contents'> & {readonly size: number}> {
		const bases = this.#bases;
		await bases?.begin(previous);
		const pieces = content[Symbol.asyncIterator]();
		try {
			const {ids, size} = await this.#cut(pieces, bases);
			return {size, ...(ids.length > maximumInlineContent ? {contents: this.#storeLists(ids)} : {content: ids})};
		} finally {
			// Whoever gives them may hold a program that waits for somebody to read on.
			await pieces.return?.();
		}
	}

	/** Make durable all that was stored. @throws What the storage throws */
	async finish(): Promise<void> {
		await this.#blobs.finish();
	}

	/** Throw away what is not in a finished pack. Never fails. */
	async discard(): Promise<void> {
		await this.#blobs.discard();
	}

	async #cut(pieces: AsyncIterator<Uint8Array>, bases: BaseFinder | undefined): Promise<{readonly ids: BlobId[]; readonly size: number}> {
		const ids: BlobId[] = [];
		let position = 0;
		const size = await this.#chunker.cut(createRead(pieces), async (chunk, sketch) => {
			this.#onChunk(chunk.byteLength);
			this.#index.blobs.grow(1);
			const start = position;
			position += chunk.byteLength;
			const id = bases ? await this.#blobs.storeChunk(chunk, sketch, () => bases.bases(start, chunk.byteLength, sketch)) : this.#blobs.store(chunk, sketch);
			bases?.pass(id, start, chunk.byteLength);
			ids.push(id);
			await this.#blobs.drain();
		});
		return {ids, size};
	}

	#storeLists(ids: readonly BlobId[]): BlobId[] {
		const lists = encodeContentLists(ids);
		this.#index.blobs.grow(lists.length);
		return lists.map(list => this.#blobs.store(list));
	}
}
