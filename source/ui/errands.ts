import type {Clock} from './clock.ts';

type Errand = {
	readonly controller: AbortController;
	/** Begin it now; for one that has not begun yet. */
	hurry?: () => void;
};

/**
What a screen has under way, by names: a newer errand ends the older one of the same name, so that what is asked for last is what comes. Not part of the state: it lives as long as its screen.
*/
export class Errands {
	readonly #running = new Map<string, Errand>();

	/** End what runs under this name, and begin anew. @returns The signal for the new errand. */
	begin(name: string): AbortSignal {
		return this.#begin(name).controller.signal;
	}

	/** The same, but later: unless another one comes in between, or it is ended. */
	beginLater(name: string, {clock, delayMs}: {readonly clock: Pick<Clock, 'after'>; readonly delayMs: number}, action: (signal: AbortSignal) => void): void {
		const errand = this.#begin(name);
		const {signal} = errand.controller;
		const start = () => {
			delete errand.hurry;
			action(signal);
		};

		const cancel = clock.after(delayMs, start);
		signal.addEventListener('abort', cancel, {once: true});
		errand.hurry = () => {
			cancel();
			start();
		};
	}

	/** Begin at once what was to begin later. */
	hurry(name: string): void {
		this.#running.get(name)?.hurry?.();
	}

	end(name: string): void {
		this.#running.get(name)?.controller.abort();
		this.#running.delete(name);
	}

	endAll(): void {
		for (const name of this.#running.keys()) {
			this.end(name);
		}
	}

	#begin(name: string): Errand {
		this.end(name);
		const errand: Errand = {controller: new AbortController()};
		this.#running.set(name, errand);
		return errand;
	}
}
