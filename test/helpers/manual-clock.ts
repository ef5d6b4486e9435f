import type {Clock} from '../../source/ui/clock.ts';

/** A clock that goes when it is told to. */
export class ManualClock implements Clock {
	#nowMs: number;
	#waiting: Array<{readonly atMs: number; readonly action: () => void}> = [];

	constructor(nowMs: number) {
		this.#nowMs = nowMs;
	}

	now(): number {
		return this.#nowMs;
	}

	monotonicMs(): number {
		return this.#nowMs;
	}

	after(delayMs: number, action: () => void): () => void {
		const entry = {atMs: this.#nowMs + delayMs, action};
		this.#waiting.push(entry);
		return () => {
			this.#waiting = this.#waiting.filter(other => other !== entry);
		};
	}

	/** How many actions wait for their time. */
	get waiting(): number {
		return this.#waiting.length;
	}

	/** When the next of them comes; `undefined` where none waits. */
	get nextMs(): number | undefined {
		return this.#waiting.length === 0 ? undefined : Math.min(...this.#waiting.map(({atMs}) => atMs));
	}

	/** Let time pass, and what was to happen in it. */
	advance(durationMs: number): void {
		const endMs = this.#nowMs + durationMs;
		for (;;) {
			const next = this.#waiting.filter(({atMs}) => atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs)[0];
			if (!next) {
				break;
			}

			this.#waiting = this.#waiting.filter(entry => entry !== next);
			this.#nowMs = next.atMs;
			next.action();
		}

		this.#nowMs = endMs;
	}
}
