import type {PortableOutcome} from '../portable-error.ts';
import type {ByteLimit} from '../repository/repository.ts';
import type {JobKind} from './job.ts';

/** `workerData` of a worker thread. */
export type WorkerStart = {
	readonly kind: JobKind;
	readonly storageUrl: string;
	/** How fast all threads together may write. */
	readonly limit: ByteLimit | undefined;
	readonly init: unknown;
};

export type WorkerRequest =
	| {readonly request: 'run'; readonly batch: unknown}
	| {readonly request: 'finish'}
	| {readonly request: 'discard'}
	| {readonly request: 'tell'; readonly news: unknown};

/** The answer to each request but `tell`, in their order. */
export type WorkerAnswer = PortableOutcome<unknown>;
