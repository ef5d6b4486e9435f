import {CofferError, errorText, isCofferError, type EngineClient, type EngineEvent, type EventListener} from '../engine/index.ts';
import type {Clock} from './clock.ts';
import type {DashboardOptions} from './dashboard-options.ts';
import type {DashboardStore} from './hooks/use-selector.ts';
import {isActive, type Failure, type JobKind, type JobResult} from './model/job.ts';
import {jobTitle, resultText} from './model/job-text.ts';

/** What a job asks of the engine. */
export type JobWork = (engine: EngineClient, options: {readonly signal: AbortSignal; readonly onEvent: EventListener}) => Promise<JobResult>;

export type NewJob = {
	readonly kind: JobKind;
	readonly subject: string;
	/** The source that it is about, if it is one. */
	readonly source?: string;
	/** For the log: what it does exactly. */
	readonly facts?: Readonly<Record<string, string>>;
	readonly work: JobWork;
	/** Told when it is over, whatever came of it. */
	readonly onEnd?: (result: JobResult | undefined) => void;
};

/** How a job ended. */
export type JobEnding = {readonly title: string; readonly result?: JobResult; readonly failure?: Failure};

export type JobRunnerOptions = {
	readonly store: DashboardStore;
	readonly clock: Clock;
	readonly startEngine: () => EngineClient;
	readonly log: DashboardOptions['log']['write'];
	/** Told after each job: what is shown of the repository is old now. */
	readonly onEnded: (ending: JobEnding) => void;
};

/** An error in the shape that the state keeps. */
export function toFailure(error: unknown): Failure {
	return {code: isCofferError(error) ? error.code : 'internal', message: errorText(error)};
}

/** Wait until the repository is open. One who stops the job does not wait for a storage that does not answer. */
async function untilOpen(engine: EngineClient, signal: AbortSignal): Promise<void> {
	const stop = () => {
		void engine.close();
	};

	signal.addEventListener('abort', stop);
	try {
		await engine.opened;
	} finally {
		signal.removeEventListener('abort', stop);
	}
}

/**
Runs jobs one after the other, each with an engine of its own, which is gone afterwards with all of its memory.
*/
export class JobRunner {
	readonly #options: JobRunnerOptions;
	readonly #waiting: Array<NewJob & {readonly id: number}> = [];
	#lastId = 0;
	#current: {readonly id: number; readonly kind: JobKind; readonly subject: string; readonly controller: AbortController; done: Promise<void>} | undefined;
	#isClosed = false;

	constructor(options: JobRunnerOptions) {
		this.#options = options;
	}

	/** @returns Its number. */
	add(job: NewJob): number {
		const id = ++this.#lastId;
		this.#waiting.push({...job, id});
		this.#options.store.dispatch({type: 'job-added', id, kind: job.kind, subject: job.subject, ...(job.source !== undefined && {source: job.source})}, {isUrgent: true});
		this.#startNext();
		return id;
	}

	/** Whether a job of this kind and subject runs or waits. */
	has(kind: JobKind, subject: string): boolean {
		return this.#options.store.state.jobs.some(job => job.kind === kind && job.subject === subject && isActive(job));
	}

	/** Stop a job safely: one that waits is dropped, one that runs ends at the next safe point. */
	cancel(id: number): void {
		const position = this.#waiting.findIndex(job => job.id === id);
		if (position !== -1) {
			const [dropped] = this.#waiting.splice(position, 1);
			dropped!.onEnd?.(undefined);
		}

		if (position !== -1 || this.#current?.id === id) {
			this.#options.store.dispatch({type: 'job-stopping', id}, {isUrgent: true});
		}

		if (this.#current?.id === id && !this.#current.controller.signal.aborted) {
			const {kind, subject, controller} = this.#current;
			controller.abort();
			this.#options.log('info', `${kind} is being stopped`, {subject});
		}
	}

	/** Stop everything safely; returns when nothing runs any more. */
	async close(): Promise<void> {
		this.#isClosed = true;
		while (this.#waiting.length > 0) {
			this.cancel(this.#waiting[0]!.id);
		}

		if (this.#current) {
			const {id, done} = this.#current;
			this.cancel(id);
			await done;
		}
	}

	#startNext(): void {
		if (this.#current || this.#isClosed) {
			return;
		}

		const job = this.#waiting.shift();
		if (job) {
			const controller = new AbortController();
			// Known as the current one before it begins: it may fail, and the next one begin, within the call.
			const current = {id: job.id, kind: job.kind, subject: job.subject, controller, done: Promise.resolve()};
			this.#current = current;
			current.done = this.#run(job, controller.signal);
		}
	}

	async #run({id, kind, subject, facts = {}, work, onEnd}: NewJob & {readonly id: number}, signal: AbortSignal): Promise<void> {
		const {store, clock, startEngine, log, onEnded} = this.#options;
		log('info', `${kind} begins`, {subject, ...facts});
		let result: JobResult | undefined;
		let failure: Failure | undefined;
		const onEvent = (event: EngineEvent) => {
			store.dispatch({type: 'job-event', id, event});
			if (event.event === 'warning') {
				log('warn', event.message, {kind: event.kind});
			} else if (event.event === 'log') {
				log('info', event.message);
			}
		};

		try {
			const engine = startEngine();
			const {processId} = engine;
			store.dispatch({type: 'job-started', id, nowMs: clock.now(), ...(processId !== undefined && {processId})}, {isUrgent: true});
			try {
				await untilOpen(engine, signal);
				if (signal.aborted) {
					throw new CofferError('aborted', 'Stopped before it began.');
				}

				result = await work(engine, {signal, onEvent});
			} finally {
				await engine.close();
			}
		} catch (error) {
			failure = toFailure(error);
			result = undefined;
		}

		if (result) {
			log('info', `${kind} ends`, {subject, ...facts, result: resultText(result)});
		} else {
			log(failure?.code === 'aborted' ? 'info' : 'error', `${jobTitle({kind, subject})}: ${failure?.message}`, {code: failure?.code, ...facts});
		}

		store.dispatch({type: 'job-ended', id, nowMs: clock.now(), ...(result && {result}), ...(failure && {failure})}, {isUrgent: true});
		this.#current = undefined;
		onEnded({title: jobTitle({kind, subject}), ...(result && {result}), ...(failure && {failure})});
		onEnd?.(result);
		this.#startNext();
	}
}
