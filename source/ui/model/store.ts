import type {Clock} from '../clock.ts';

export type StoreOptions<State, Action> = {
	readonly reduce: (state: State, action: Action) => State;
	readonly clock: Pick<Clock, 'monotonicMs' | 'after'>;
	/** Listeners are told at most so often, in milliseconds. @default 100 */
	readonly intervalMs?: number;
};

/**
A state outside React, as `useSyncExternalStore` wants it. The state changes at once; listeners are told at most every `intervalMs`, or at once for what a person did, so that a flood of events draws few frames.
*/
export class Store<State, Action> {
	#state: State;
	#published: State;
	readonly #options: StoreOptions<State, Action>;
	readonly #listeners = new Set<() => void>();
	#lastMs = Number.NEGATIVE_INFINITY;
	#cancel: (() => void) | undefined;

	constructor(initial: State, options: StoreOptions<State, Action>) {
		this.#state = initial;
		this.#published = initial;
		this.#options = options;
	}

	/** The newest state. */
	get state(): State {
		return this.#state;
	}

	/** The state that listeners know: what is drawn. */
	readonly published = (): State => this.#published;

	readonly subscribe = (listener: () => void): (() => void) => {
		this.#listeners.add(listener);
		return () => {
			this.#listeners.delete(listener);
		};
	};

	/** @param options.isUrgent - Tell listeners at once. @default false */
	dispatch(action: Action, {isUrgent = false}: {readonly isUrgent?: boolean} = {}): void {
		this.#state = this.#options.reduce(this.#state, action);
		if (this.#state === this.#published) {
			return;
		}

		const {clock, intervalMs = 100} = this.#options;
		const waitMs = isUrgent ? 0 : this.#lastMs + intervalMs - clock.monotonicMs();
		if (waitMs <= 0) {
			this.#publish();
		} else {
			this.#cancel ??= clock.after(waitMs, () => {
				this.#publish();
			});
		}
	}

	/** Tell nobody any more. */
	close(): void {
		this.#cancel?.();
		this.#cancel = undefined;
		this.#listeners.clear();
	}

	#publish(): void {
		this.#cancel?.();
		this.#cancel = undefined;
		this.#lastMs = this.#options.clock.monotonicMs();
		this.#published = this.#state;
		for (const listener of this.#listeners) {
			listener();
		}
	}
}
