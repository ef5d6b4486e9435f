import type {BlobReader, LoadedIndex, RepositorySession} from '../../repository/repository.ts';
import {createReadingInit} from '../reading.ts';
import {countThreads} from '../thread-count.ts';
import {WorkerPool} from '../worker-pool.ts';
import {createBatches, type Batchable} from './batches.ts';
import type {FileOrder, FileOutcome} from './file-writer.ts';
import type {PlannedEntry} from './plan.ts';
import type {RestoreControl} from './restore-control.ts';
import type {RestoreBatch, RestoreInit, RestoreResult} from './restore-job.ts';

export type FileTask = Batchable & {
	readonly entry: PlannedEntry;
};

export type WriteFilesOptions = {
	readonly session: RepositorySession;
	readonly index: LoadedIndex;
	readonly blobs: BlobReader;
	readonly control: RestoreControl;
	/** The target's descriptor. */
	readonly root: number;
	readonly targetPath: string;
	readonly hasOwnership: boolean;
	/** As `countThreads` takes it. */
	readonly threads: number | undefined;
	/** Asked when the file's turn comes, so that few orders take memory at a time. */
	readonly toOrder: (entry: PlannedEntry) => FileOrder;
};

/** Below this, starting threads costs more than they save. */
const worthThreadsBytes = 16 * 1024 * 1024;
/** What a file costs besides its content, as if it were content. */
const fileCostBytes = 8 * 1024;
/** Folders that all threads together keep open: with eight of them, this one and the rest of the process stay below 256 descriptors. */
const openInThreads = 96;
const openInThread = 12;
const openHere = 24;

/**
Write files, in several threads when there is enough to do.
@throws `aborted`, `target-unusable`; what the storage throws that may pass
*/
export async function writeFiles(tasks: readonly FileTask[], options: WriteFilesOptions, onOutcome: (entry: PlannedEntry, outcome: FileOutcome) => void): Promise<void> {
	if (tasks.length === 0) {
		return;
	}

	const {session, index, blobs, control, root, targetPath, hasOwnership, toOrder} = options;
	const cost = tasks.reduce((sum, {sizeBytes}) => sum + sizeBytes + fileCostBytes, 0);
	const batches = createBatches(tasks, blobs);
	const threads = cost < worthThreadsBytes ? 0 : Math.min(countThreads(options.threads, session.runtime), batches.length);
	const init: RestoreInit = {
		...createReadingInit(session, index),
		root, targetPath, hasOwnership,
		control: control.memory,
		maximumOpen: threads > 0 ? Math.min(openInThread, Math.floor(openInThreads / threads)) : openHere,
	};
	const pool = await WorkerPool.start<RestoreBatch, RestoreResult, void>({kind: 'restore', init, context: session, threads});
	const running = new Set<Promise<void>>();
	let failure: {readonly error: unknown} | undefined;
	const run = async (batch: readonly FileTask[]): Promise<void> => {
		try {
			const outcomes = await pool.run(batch.map(({entry}) => toOrder(entry)));
			for (const [position, {entry}] of batch.entries()) {
				onOutcome(entry, outcomes.get(position) ?? {result: 'restored'});
			}
		} catch (error) {
			failure ??= {error};
			control.stop();
		}
	};

	try {
		for (const batch of batches) {
			const promise = run(batch);
			running.add(promise);
			void promise.then(() => running.delete(promise));
			while (running.size >= pool.size * 2) {
				await Promise.race(running);
			}

			if (failure) {
				break;
			}
		}

		await Promise.all(running);
		if (failure) {
			await pool.discard();
			throw failure.error;
		}

		await pool.finish();
	} finally {
		await pool.close();
	}
}
