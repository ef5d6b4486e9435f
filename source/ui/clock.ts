/** Time for the screen; a test gives one that it moves by hand. */
export type Clock = {
	/** Milliseconds since 1970 UTC. */
	now(): number;
	/** Milliseconds that never run backwards. */
	monotonicMs(): number;
	/** Call `action` once, later; returns what prevents it. Keeps no process alive. */
	after(delayMs: number, action: () => void): () => void;
};

export const systemClock: Clock = {
	now: () => Date.now(),
	monotonicMs: () => performance.now(),
	after(delayMs, action) {
		const timer = setTimeout(action, delayMs);
		timer.unref();
		return () => {
			clearTimeout(timer);
		};
	},
};
