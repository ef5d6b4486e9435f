import {throwIfAborted} from '../../errors.ts';
import type {Runtime} from '../../runtime.ts';

const uninterruptedMs = 20;

/** Breaks long synchronous work up, so that timers, input and the wish to stop have their turn. */
export class Pacer {
	readonly #runtime: Runtime;
	readonly #signal: AbortSignal | undefined;
	#lastPause: number;

	constructor(runtime: Runtime, signal?: AbortSignal) {
		this.#runtime = runtime;
		this.#signal = signal;
		this.#lastPause = runtime.monotonicMs();
	}

	get isDue(): boolean {
		return this.#runtime.monotonicMs() - this.#lastPause > uninterruptedMs;
	}

	/** @throws `aborted` */
	async pause(): Promise<void> {
		await this.#runtime.yieldToEvents();
		throwIfAborted(this.#signal);
		this.#lastPause = this.#runtime.monotonicMs();
	}
}
