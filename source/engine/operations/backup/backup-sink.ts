import type {Buffer} from 'node:buffer';
import {CofferError} from '../../errors.ts';
import type {BlobId} from '../../ids.ts';
import {BlobHasher, BlobWriter, PackWriter, WriteCheck, type LoadedIndex, type RepositorySession, type WriterRun} from '../../repository/repository.ts';
import {createReadingInit} from '../reading.ts';
import {countThreads} from '../thread-count.ts';
import {WorkerPool} from '../worker-pool.ts';
import type {FileToStore} from './store-file.ts';
import type {StoreBatch, StoredFile, StoreFinal, StoreInit, StoreNews, StoreResult} from './store-job.ts';

/** Where a walk sends what it finds. */
export type BackupSink = {
	/** Store a file's content; `onResult` is called later, from the main thread. */
	addFile(file: FileToStore, sizeBytes: number, onResult: (result: StoredFile) => void): void;
	/** Store the blobs of a tree at once. */
	storeTree(blobs: readonly Buffer[]): BlobId[];
	/** Whether the walk should wait: much is queued. */
	readonly isFull: boolean;
	/** Wait until the sink is no longer full. @throws What a job or the storage threw. */
	drain(): Promise<void>;
	/** Wait until every file's `onResult` was called. @throws What a job or the storage threw. */
	settle(): Promise<void>;
};

const batchBytes = 4 * 1024 * 1024;
const batchFiles = 256;
/** Batches that may wait for a free thread: so far the walk runs ahead, to know soon how much there is. */
const maximumQueuedBatches = 256;
/** Files in them: some 300 bytes each. */
const maximumQueuedFiles = 16_384;
/** Room in the blob index that every batch must find. */
const roomForBatches = 4096;

type StoringOptions = {readonly verifyWrites: boolean; readonly hasDeltas: boolean; readonly threads: number | undefined; readonly signal: AbortSignal | undefined};

type Waiting = {readonly file: FileToStore; readonly onResult: (result: StoredFile) => void};

/**
The sink that stores: files in batches by a pool of threads, which are started when the first batch is full; trees in this thread.
*/
export class StoringSink implements BackupSink {
	readonly #session: RepositorySession;
	readonly #run: WriterRun;
	readonly #index: LoadedIndex;
	readonly #verifyWrites: boolean;
	readonly #hasDeltas: boolean;
	readonly #threads: number;
	readonly #trees: BlobWriter;
	#batch: Waiting[] = [];
	#batchBytes = 0;
	/** In batches that are not done. */
	#queuedFiles = 0;
	#pool: Promise<WorkerPool<StoreBatch, StoreResult, StoreFinal>> | undefined;
	readonly #running = new Set<Promise<void>>();
	#failure: {readonly error: unknown} | undefined;
	#addedBytes = 0;
	readonly #signal: AbortSignal | undefined;
	/** Set once the signal has fired: threads look at it between two chunks. */
	readonly #stop = new Int32Array(new SharedArrayBuffer(4));

	/**
	@param options.signal - Once it has fired, no batch and no chunk is begun any more.
	@param options.hasDeltas - Store changed chunks as deltas; the index must have been loaded with sketches.
	@param options.verifyWrites - Open every segment of file contents again before it is stored, instead of a share.
	@param options.threads - As `countThreads` takes it.
	@throws `key-role` for a key that may not write
	*/
	constructor(session: RepositorySession, run: WriterRun, index: LoadedIndex, options: StoringOptions) {
		this.#session = session;
		this.#signal = options.signal;
		this.#signal?.addEventListener('abort', () => {
			Atomics.store(this.#stop, 0, 1);
		}, {once: true});
		this.#verifyWrites = options.verifyWrites;
		this.#hasDeltas = options.hasDeltas;
		this.#threads = countThreads(options.threads, session.runtime);
		this.#run = run;
		this.#index = index;
		this.#index.blobs.grow(roomForBatches);
		const {storage, runtime} = session;
		const hasher = new BlobHasher(this.#writingKeys().idKey);
		const packs = new PackWriter({
			storage, runtime, dataKey: run.dataKey, kind: 'tree', check: new WriteCheck(hasher, 'tree'),
			beforeCommit: async () => run.ensureDataKey(),
			onPack(pack) {
				run.addPack(pack);
			},
		});
		this.#trees = new BlobWriter(hasher, index.blobs, packs);
	}

	/** Plaintext bytes that the repository did not have; complete after `finish`. */
	get addedBytes(): number {
		return this.#addedBytes + this.#trees.added.bytes;
	}

	get isFull(): boolean {
		return this.#running.size >= maximumQueuedBatches || this.#queuedFiles >= maximumQueuedFiles;
	}

	addFile(file: FileToStore, sizeBytes: number, onResult: (result: StoredFile) => void): void {
		this.#batch.push({file, onResult});
		this.#batchBytes += sizeBytes;
		if (this.#batchBytes >= batchBytes || this.#batch.length >= batchFiles) {
			this.#send(this.#threads);
		}
	}

	storeTree(blobs: readonly Buffer[]): BlobId[] {
		this.#index.blobs.grow(blobs.length);
		return blobs.map(blob => this.#trees.store(blob));
	}

	async drain(): Promise<void> {
		while (this.isFull && !this.#failure) {
			await this.#oldestDone();
		}

		await this.#trees.drain();
		this.#throwFailure();
	}

	async settle(): Promise<void> {
		while (this.#batch.length > 0 || this.#running.size > 0) {
			if (this.#batch.length > 0) {
				// Without threads so far there is little to do: not worth starting any.
				this.#send(0);
			}

			await this.#oldestDone();
		}

		this.#throwFailure();
	}

	/** After `settle`: make durable all that was stored. @throws What a job or the storage threw. */
	async finish(): Promise<void> {
		const pool = await this.#pool;
		for (const {packs, addedBytes} of await pool?.finish() ?? []) {
			this.#addedBytes += addedBytes;
			for (const pack of packs) {
				this.#run.addPack(pack);
			}
		}

		await this.#trees.finish();
	}

	/** Throw away what is not in a finished pack. Never fails. */
	async discard(): Promise<void> {
		this.#batch = [];
		this.#failure ??= {error: new CofferError('aborted', 'The backup was interrupted.')};
		const pool = await this.#pool?.catch(() => undefined);
		await pool?.discard();
		await Promise.all(this.#running);
		await this.#trees.discard();
	}

	/** End the threads, after `finish` or `discard`. */
	async close(): Promise<void> {
		const pool = await this.#pool?.catch(() => undefined);
		await pool?.close();
	}

	#writingKeys() {
		const {idKey, chunkerKey, chunking, role} = this.#session.keyring;
		if (idKey === undefined || chunkerKey === undefined) {
			throw new CofferError('key-role', `A key with the role "${role}" cannot make backups. Use a key with the role "owner" or "backup".`);
		}

		return {idKey, chunkerKey, chunking};
	}

	#send(threads: number): void {
		const batch = this.#batch;
		this.#batch = [];
		this.#batchBytes = 0;
		const running = (async () => {
			try {
				await this.#store(batch, threads);
			} catch (error) {
				this.#failure ??= {error};
			}
		})();
		this.#running.add(running);
		this.#queuedFiles += batch.length;
		void running.then(() => {
			this.#running.delete(running);
			this.#queuedFiles -= batch.length;
		});
	}

	/** Waiting for whichever is first would leave something with all the others, each time. */
	async #oldestDone(): Promise<void> {
		const [oldest] = this.#running;
		await oldest;
	}

	async #store(batch: readonly Waiting[], threads: number): Promise<void> {
		this.#pool ??= this.#startPool(threads);
		const pool = await this.#pool;
		if (this.#failure) {
			return;
		}

		if (this.#index.blobs.grow(roomForBatches)) {
			pool.tell({blobs: this.#index.blobs.memory} satisfies StoreNews);
		}

		const {files, packs} = await pool.run(batch.map(({file}) => file));
		for (const pack of packs) {
			this.#run.addPack(pack);
		}

		for (const [position, result] of files.entries()) {
			batch[position]!.onResult(result);
		}
	}

	async #startPool(threads: number): Promise<WorkerPool<StoreBatch, StoreResult, StoreFinal>> {
		await this.#run.ensureDataKey();
		const deltas = this.#hasDeltas ? {reading: createReadingInit(this.#session, this.#index), similarity: this.#index.similarity.memory} : undefined;
		const init: StoreInit = {
			...this.#writingKeys(), dataKey: this.#run.dataKey, blobs: this.#index.blobs.memory, verifyWrites: this.#verifyWrites, stop: this.#stop, ...(deltas && {deltas}),
		};
		return WorkerPool.start({kind: 'store', init, context: this.#session, threads, signal: this.#signal});
	}

	#throwFailure(): void {
		if (this.#failure) {
			throw this.#failure.error;
		}
	}
}
