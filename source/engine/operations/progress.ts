import type {EventListener, Phase} from '../events.ts';
import type {Runtime} from '../runtime.ts';

const minimumIntervalMs = 100;

/** What an operation counts while it runs. */
export type ProgressCounts = {
	readonly files: number;
	readonly bytes: number;
	readonly totalFiles?: number;
	readonly totalBytes?: number;
	readonly current?: string;
};

/** Reports an operation's progress: at most ten events a second, and one at the beginning of each phase. */
export class ProgressReporter {
	readonly #runtime: Runtime;
	readonly #onEvent: EventListener | undefined;
	#phase: Phase;
	#phaseStart: number;
	#bytesBefore = 0;
	#lastReport = Number.NEGATIVE_INFINITY;

	constructor(runtime: Runtime, onEvent: EventListener | undefined, phase: Phase) {
		this.#runtime = runtime;
		this.#onEvent = onEvent;
		this.#phase = phase;
		this.#phaseStart = runtime.monotonicMs();
	}

	/** Begin a phase; the rate counts from here. */
	enter(phase: Phase, counts: ProgressCounts): void {
		this.#phase = phase;
		this.#phaseStart = this.#runtime.monotonicMs();
		this.#bytesBefore = counts.bytes;
		this.#report(counts, this.#phaseStart);
	}

	/** @param counts - Asked for only when it is time for an event. */
	update(counts: () => ProgressCounts): void {
		if (this.#onEvent) {
			const now = this.#runtime.monotonicMs();
			if (now - this.#lastReport >= minimumIntervalMs) {
				this.#report(counts(), now);
			}
		}
	}

	#report(counts: ProgressCounts, now: number): void {
		this.#lastReport = now;
		const seconds = (now - this.#phaseStart) / 1000;
		const rate = seconds > 0 ? Math.round((counts.bytes - this.#bytesBefore) / seconds) : 0;
		this.#onEvent?.({event: 'progress', phase: this.#phase, ...counts, rate});
	}
}
