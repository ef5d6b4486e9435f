import type {Runtime} from '../runtime.ts';
import type {Storage} from '../repository/repository.ts';

/** What a job finds where it runs, be it a worker thread or the main one. */
export type JobContext = {
	readonly storage: Storage;
	readonly runtime: Runtime;
};

/**
The part of an operation that handles the bytes. A pool runs one of these in each worker thread, or one in the main thread when there is little to do. Calls never overlap.
Everything that passes through must survive the structured clone.
*/
export type Job<Batch, Result, Final> = {
	run(batch: Batch): Promise<Result>;
	/** After the last batch. */
	finish(): Promise<Final>;
	/** Instead of `finish`, when the operation failed or was interrupted. Never fails. */
	discard(): Promise<void>;
	/** News from the main thread, between two batches. */
	tell?(news: unknown): void;
};

/** How a job is made; one module a kind, loaded only where it is needed. */
export type CreateJob<Init, Batch, Result, Final> = (init: Init, context: JobContext) => Job<Batch, Result, Final>;

const jobs = {
	store: async () => import('./backup/store-job.ts').then(module => module.createStoreJob),
	check: async () => import('./verify/check-job.ts').then(module => module.createCheckJob),
	restore: async () => import('./restore/restore-job.ts').then(module => module.createRestoreJob),
};

export type JobKind = keyof typeof jobs;

/** Load the maker of a kind of job. */
export async function loadJob(kind: JobKind): Promise<CreateJob<unknown, unknown, unknown, unknown>> {
	return await jobs[kind]() as CreateJob<unknown, unknown, unknown, unknown>;
}
