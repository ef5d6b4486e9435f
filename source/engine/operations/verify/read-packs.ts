import {throwIfAborted} from '../../errors.ts';
import type {RepositorySession} from '../../repository/repository.ts';
import {createReadingInit} from '../reading.ts';
import {countThreads} from '../thread-count.ts';
import {WorkerPool} from '../worker-pool.ts';
import type {CheckInit} from './check-job.ts';
import type {PackReport, PackToCheck} from './check-pack.ts';
import type {SizedPack} from './choose-packs.ts';
import type {StoredIndex} from './stored-index.ts';

/** Threads are not worth their start for less. */
const smallBytes = 16 * 1024 * 1024;

export type ReadPacksOptions = {
	readonly canDecrypt: boolean;
	readonly signal: AbortSignal | undefined;
	/** As `countThreads` takes it. */
	readonly threads: number | undefined;
	/** Called in no particular order. */
	readonly onReport: (pack: SizedPack, report: PackReport) => void;
};

/**
Read packs whole and check them, in worker threads where there is much to read.
@throws `aborted`; what the storage throws
*/
export async function readPacks(session: RepositorySession, packs: readonly SizedPack[], {loaded, contents}: StoredIndex, options: ReadPacksOptions): Promise<void> {
	if (packs.length === 0) {
		return;
	}

	const {runtime, storage} = session;
	const {canDecrypt, signal, onReport} = options;
	const totalBytes = packs.reduce((sum, pack) => sum + pack.sizeBytes, 0);
	const threads = totalBytes < smallBytes ? 0 : Math.min(countThreads(options.threads, runtime), packs.length);
	const init: CheckInit = {...createReadingInit(session, loaded), canDecrypt};
	const pool = await WorkerPool.start<PackToCheck, PackReport, void>({kind: 'check', init, context: {storage, runtime}, threads});
	// The largest first, so that all threads end at about the same time.
	const waiting = packs.toSorted((a, b) => a.sizeBytes - b.sizeBytes);
	let hasFailed = false;
	const work = async (): Promise<void> => {
		for (let pack = waiting.pop(); pack !== undefined && !hasFailed; pack = waiting.pop()) {
			throwIfAborted(signal);
			onReport(pack, await pool.run({id: pack.id, contents: contents.get(pack.id)}));
		}
	};

	try {
		await Promise.all(Array.from({length: pool.size}, async () => {
			try {
				await work();
			} catch (error) {
				hasFailed = true;
				throw error;
			}
		}));
		await pool.finish();
	} catch (error) {
		await pool.discard();
		throw error;
	} finally {
		await pool.close();
	}
}
