import {Worker} from 'node:worker_threads';
import {CofferError, throwIfAborted} from '../errors.ts';
import {fromPortableError} from '../portable-error.ts';
import {loadJob, type Job, type JobContext, type JobKind} from './job.ts';
import type {WorkerAnswer, WorkerRequest, WorkerStart} from './worker-protocol.ts';

/** One place where a job runs. */
type Seat = {
	ask(request: WorkerRequest): Promise<unknown>;
	tell(news: unknown): void;
	end(): Promise<void>;
};

/** A thread's garbage is mostly buffers outside its heap; a small young generation has them freed soon. Measured: 60 MB less at the peak, and no slower. */
const resourceLimits = {maxYoungGenerationSizeMb: 2};
const workerUrl = new URL(import.meta.url.endsWith('.ts') ? 'worker.ts' : 'worker.js', import.meta.url);

function createThreadSeat(start: WorkerStart): Seat {
	const worker = new Worker(workerUrl, {workerData: start, resourceLimits, name: `coffer ${start.kind}`});
	const waiting: Array<{resolve: (value: unknown) => void; reject: (error: unknown) => void}> = [];
	let death: CofferError | undefined;
	const die = (error: unknown) => {
		death ??= new CofferError('internal', `A worker thread ended unexpectedly: ${error instanceof Error ? error.message : String(error)}`, {cause: error});
		for (const {reject} of waiting.splice(0)) {
			reject(death);
		}
	};

	worker.on('message', (answer: WorkerAnswer) => {
		const {resolve, reject} = waiting.shift()!;
		if (answer.isOk) {
			resolve(answer.value);
		} else {
			reject(fromPortableError(answer.error));
		}
	});
	worker.on('error', die);
	worker.on('exit', code => {
		die(`exit code ${code}`);
	});
	return {
		ask: async request => new Promise((resolve, reject) => {
			if (death) {
				reject(death);
			} else {
				waiting.push({resolve, reject});
				worker.postMessage(request);
			}
		}),
		tell(news) {
			worker.postMessage({request: 'tell', news} satisfies WorkerRequest);
		},
		async end() {
			await worker.terminate();
		},
	};
}

async function createInlineSeat(kind: JobKind, init: unknown, context: JobContext): Promise<Seat> {
	const createJob = await loadJob(kind);
	const job: Job<unknown, unknown, unknown> = createJob(init, context);
	return {
		async ask(request) {
			switch (request.request) {
				case 'run': {
					return job.run(request.batch);
				}

				case 'finish': {
					return job.finish();
				}

				case 'discard': {
					return job.discard();
				}

				case 'tell': {
					return undefined;
				}
			}
		},
		tell(news) {
			job.tell?.(news);
		},
		async end() {
			// There is nothing to end in this thread.
		},
	};
}

export type WorkerPoolOptions = {
	readonly kind: JobKind;
	/** Given to every job; for threads it must survive the structured clone. */
	readonly init: unknown;
	readonly context: JobContext;
	/** Threads to start; 0 runs the job in this thread. */
	readonly threads: number;
	/** Once it has fired, batches that still wait are not begun. */
	readonly signal?: AbortSignal | undefined;
};

/**
Runs one job in each of several threads, or one in this thread, and deals batches out to whichever is free.
*/
export class WorkerPool<Batch, Result, Final> {
	readonly #seats: readonly Seat[];
	readonly #free: Seat[];
	readonly #waiting: Array<(seat: Seat) => void> = [];
	readonly #running = new Set<Promise<unknown>>();

	readonly #signal: AbortSignal | undefined;

	private constructor(seats: readonly Seat[], signal: AbortSignal | undefined) {
		this.#signal = signal;
		this.#seats = seats;
		this.#free = [...seats];
	}

	static async start<Batch, Result, Final>({kind, init, context, threads, signal}: WorkerPoolOptions): Promise<WorkerPool<Batch, Result, Final>> {
		const count = context.storage.isShareable ? threads : 0;
		return new WorkerPool(count === 0
			? [await createInlineSeat(kind, init, context)]
			: Array.from({length: count}, () => createThreadSeat({kind, init, storageUrl: context.storage.url, limit: context.storage.limit})), signal);
	}

	/** Batches that are given and not yet done. */
	get pending(): number {
		return this.#running.size;
	}

	get size(): number {
		return this.#seats.length;
	}

	/** Have a batch done by the next job that is free. @throws What the job threw. */
	async run(batch: Batch): Promise<Result> {
		const result = this.#run(batch);
		this.#running.add(result);
		try {
			return await result;
		} finally {
			this.#running.delete(result);
		}
	}

	/** Tell every job; those at work learn it after their batch. */
	tell(news: unknown): void {
		for (const seat of this.#seats) {
			seat.tell(news);
		}
	}

	/** Finish every job, once all batches are done. @throws What a job threw. */
	async finish(): Promise<Final[]> {
		return Promise.all(this.#seats.map(async seat => seat.ask({request: 'finish'}) as Promise<Final>));
	}

	/** Wait for running batches, then have every job throw away what it holds. Never fails. */
	async discard(): Promise<void> {
		await Promise.allSettled(this.#running);
		await Promise.allSettled(this.#seats.map(async seat => seat.ask({request: 'discard'})));
	}

	/** End the threads. */
	async close(): Promise<void> {
		await Promise.all(this.#seats.map(async seat => seat.end()));
	}

	async #run(batch: Batch): Promise<Result> {
		const seat = this.#free.pop() ?? await new Promise<Seat>(resolve => {
			this.#waiting.push(resolve);
		});
		try {
			throwIfAborted(this.#signal);
			return await seat.ask({request: 'run', batch}) as Result;
		} finally {
			const next = this.#waiting.shift();
			if (next) {
				next(seat);
			} else {
				this.#free.push(seat);
			}
		}
	}
}
