import {BlobHasher} from '../../repository/repository.ts';
import type {Job, JobContext} from '../job.ts';
import {createJobBlobReader, requireIdKey, type ReadingInit} from '../reading.ts';
import {FileWriter, type FileOrder, type FileOutcome} from './file-writer.ts';
import {GuardedFolders} from './guarded-folders.ts';
import {Pacer} from './pacer.ts';
import {RestoreControl} from './restore-control.ts';

export type RestoreInit = ReadingInit & {
	/** The target's descriptor: the threads of a process share them. It stays the caller's. */
	readonly root: number;
	readonly targetPath: string;
	readonly hasOwnership: boolean;
	readonly control: SharedArrayBuffer;
	/** Directories that the job may keep open. */
	readonly maximumOpen: number;
};

/** In an order that finds neighbours in the repository one after the other. */
export type RestoreBatch = readonly FileOrder[];

/** Those files, by their place in the batch, that were not simply restored. */
export type RestoreResult = ReadonlyMap<number, FileOutcome>;

/** Files come in the order of the segments that hold them, so few of those are wanted again. */
const cacheBytes = 4 * 1024 * 1024;

/** Writes the files of a restore. */
export function createRestoreJob(init: RestoreInit, context: JobContext): Job<RestoreBatch, RestoreResult, void> {
	const {runtime} = context;
	const folders = new GuardedFolders(init.root, init.maximumOpen);
	const writer = new FileWriter({
		folders,
		blobs: createJobBlobReader(init, context, {cacheBytes, isReleased: true}),
		hasher: new BlobHasher(requireIdKey(init.keyring)),
		control: new RestoreControl(init.control),
		runtime,
		hasOwnership: init.hasOwnership,
		targetPath: init.targetPath,
	});
	const pacer = new Pacer(runtime);
	const close = async () => {
		writer.close();
		folders.close();
	};

	return {
		async run(batch) {
			const outcomes = new Map<number, FileOutcome>();
			for (const [index, order] of batch.entries()) {
				const outcome = await writer.write(order);
				if (outcome.result !== 'restored' || outcome.warnings) {
					outcomes.set(index, outcome);
				}

				if (pacer.isDue) {
					await pacer.pause();
				}
			}

			return outcomes;
		},
		finish: close,
		discard: close,
	};
}
