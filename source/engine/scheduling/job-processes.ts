import {errorText} from '../errors.ts';
import type {Runtime} from '../runtime.ts';
import type {RunningJob} from './choose-starts.ts';
import type {Job} from './job.ts';
import {JobProcess, type JobCommand, type JobProcessEnd} from './job-process.ts';

/** What happens to the processes of jobs. */
export type JobProcessEvent =
	| {readonly event: 'started'; readonly job: string; readonly pid: number | undefined}
	| {readonly event: 'line'; readonly job: string; readonly line: string}
	| {readonly event: 'ended'; readonly job: string; readonly code: number; readonly line: string; readonly durationMs: number};

export type JobProcessesOptions = {
	readonly runtime: Runtime;
	/** How the process of a job is started. @param isByHand - A person wants it now: whether it is due is not asked. */
	readonly command: (job: string, isByHand: boolean) => Promise<JobCommand>;
	readonly onEvent: (event: JobProcessEvent) => void;
};

/** A process that is being started, or runs. */
type Running = RunningJob & {process?: JobProcess; ended: Promise<unknown>};

/** The processes of jobs that were started here. */
export class JobProcesses {
	readonly #options: JobProcessesOptions;
	readonly #running = new Set<Running>();
	#isStopped = false;

	constructor(options: JobProcessesOptions) {
		this.#options = options;
	}

	/** What runs now. */
	get running(): readonly RunningJob[] {
		return [...this.#running];
	}

	/** Whether nothing is started any more. */
	get isStopped(): boolean {
		return this.#isStopped;
	}

	/** Run a job. Settles when its process has gone. Never fails. */
	async run(job: Job, {isByHand}: {readonly isByHand: boolean}): Promise<JobProcessEnd> {
		const {runtime, onEvent} = this.#options;
		const startMs = runtime.monotonicMs();
		const running: Running = {job, startedMs: runtime.now(), ended: Promise.resolve()};
		this.#running.add(running);
		const ended = this.#perform(running, isByHand);
		running.ended = ended;
		const end = await ended;
		this.#running.delete(running);
		onEvent({event: 'ended', job: job.name, ...end, durationMs: Math.round(runtime.monotonicMs() - startMs)});
		return end;
	}

	/** Start nothing more, and ask what runs to end, safely. */
	terminate(): void {
		this.#isStopped = true;
		for (const {process} of this.#running) {
			process?.terminate();
		}
	}

	/** End what runs at once. */
	kill(): void {
		this.#isStopped = true;
		for (const {process} of this.#running) {
			process?.kill();
		}
	}

	/** Wait until nothing runs any more. */
	async settle(): Promise<void> {
		while (this.#running.size > 0) {
			await Promise.all([...this.#running].map(async ({ended}) => ended));
		}
	}

	/** What runs goes on without this process, and keeps it alive no longer. */
	detach(): void {
		this.#isStopped = true;
		for (const {process} of this.#running) {
			process?.detach();
		}
	}

	async #perform(running: Running, isByHand: boolean): Promise<JobProcessEnd> {
		const {runtime, command, onEvent} = this.#options;
		const {name} = running.job;
		let prepared: JobCommand;
		try {
			prepared = await command(name, isByHand);
		} catch (error) {
			return {code: 1, line: `could not be started: ${errorText(error)}`};
		}

		if (this.#isStopped) {
			prepared.secret?.fill(0);
			return {code: 130, line: 'stopped before it began'};
		}

		const process = new JobProcess(prepared, runtime, line => {
			onEvent({event: 'line', job: name, line});
		});
		running.process = process;
		onEvent({event: 'started', job: name, pid: process.pid});
		return process.ended;
	}
}
