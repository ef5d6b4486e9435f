import {BlobHasher, BlobIndex, BlobWriter, encodeNode, FileChunker, PackWriter, SimilarityIndex, WriteCheck, type BlobIndexMemory, type ChunkingParameters, type DataKey, type PackDescription, type SimilarityMemory} from '../../repository/repository.ts';
import type {CreateJob} from '../job.ts';
import {createJobBlobReader, type ReadingInit} from '../reading.ts';
import type {TreeNode} from '../../tree-node.ts';
import {BaseFinder} from './base-finder.ts';
import type {ContentLook} from './content-look.ts';
import {FileStorer, type FileResult, type FileToStore} from './store-file.ts';

export type StoreInit = {
	readonly dataKey: DataKey;
	readonly idKey: Uint8Array;
	readonly chunkerKey: Uint8Array;
	readonly chunking: ChunkingParameters;
	readonly blobs: BlobIndexMemory;
	/** Open every segment again before it is stored, instead of a share. */
	readonly verifyWrites: boolean;
	/** What is needed to store deltas, where they are wanted. */
	readonly deltas?: {readonly reading: ReadingInit; readonly similarity: SimilarityMemory};
	/** Shared memory; not 0 once the run is to stop. */
	readonly stop: Int32Array;
};

/** Tables that the main thread has added to the blob index. */
export type StoreNews = {readonly blobs: BlobIndexMemory};

export type StoreBatch = readonly FileToStore[];

/** A stored file as an encoded tree entry; the node itself only where other hard links will need it. */
export type StoredFile =
	Exclude<FileResult, {kind: 'stored'}> | Omit<Extract<FileResult, {kind: 'stored'}>, 'node' | 'look'> & {
		readonly json: string;
		readonly size: number;
		readonly node?: TreeNode;
		/** What was seen of its content, where it was read. */
		readonly look?: ContentLook;
	};

export type StoreResult = {
	/** In the order of the batch. */
	readonly files: readonly StoredFile[];
	/** Packs that became durable since the last result. */
	readonly packs: readonly PackDescription[];
};

export type StoreFinal = {
	readonly packs: readonly PackDescription[];
	readonly addedBytes: number;
};

function toStoredFile(result: FileResult): StoredFile {
	if (result.kind !== 'stored') {
		return result;
	}

	const {node, isChanged, look} = result;
	return {kind: 'stored', json: encodeNode(node), size: node.size ?? 0, isChanged, look, ...(node.links > 1 && {node})};
}

/** Reads, cuts, hashes, compresses, encrypts and packs files: all that is done with their bytes. */
export const createStoreJob: CreateJob<StoreInit, StoreBatch, StoreResult, StoreFinal> = ({dataKey, idKey, chunkerKey, chunking, blobs: memory, verifyWrites, deltas, stop}, context) => {
	const {storage, runtime} = context;
	const hasher = new BlobHasher(idKey);
	const index = new BlobIndex(memory);
	let packs: PackDescription[] = [];
	const writer = new PackWriter({storage, dataKey, kind: 'data', runtime, check: new WriteCheck(hasher, 'data', {isComplete: verifyWrites}), onPack(pack) {
		packs.push(pack);
	}});
	const blobs = new BlobWriter(hasher, index, writer);
	const bases = deltas && new BaseFinder({
		blobs: index, reader: createJobBlobReader(deltas.reading, context, {}), similarity: new SimilarityIndex(deltas.similarity), averageBytes: chunking.averageBytes,
	});
	const storer = new FileStorer(new FileChunker(chunking, chunkerKey), blobs, runtime, {isStopped: () => Atomics.load(stop, 0) !== 0, bases});
	const takePacks = () => {
		const taken = packs;
		packs = [];
		return taken;
	};

	return {
		async run(batch) {
			const files: StoredFile[] = [];
			for (const file of batch) {
				files.push(toStoredFile(await storer.store(file)));
			}

			await blobs.drain();
			return {files, packs: takePacks()};
		},
		async finish() {
			await blobs.finish();
			return {packs: takePacks(), addedBytes: blobs.added.bytes};
		},
		async discard() {
			await blobs.discard();
		},
		tell(news) {
			index.adopt((news as StoreNews).blobs);
		},
	};
};
