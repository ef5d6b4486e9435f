import type {Runtime} from './runtime.ts';

/** The longest that a timer of Node runs. */
const maximumDelayMs = 2_147_483_647;

export type TimeLimit = {
	readonly signal: AbortSignal;
	/** @default none */
	readonly limitMs: number | undefined;
	/** Called when the time is over before the action is. */
	readonly onLimit: () => void;
};

/** Do something that is asked to end when its time is over, or when the given signal fires. */
export async function withTimeLimit<Result>(runtime: Pick<Runtime, 'sleep'>, {signal, limitMs, onLimit}: TimeLimit, action: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
	if (limitMs === undefined) {
		return action(signal);
	}

	const limit = new AbortController();
	const done = new AbortController();
	void (async () => {
		try {
			await runtime.sleep(Math.min(limitMs, maximumDelayMs), done.signal);
			onLimit();
			limit.abort();
		} catch {
			// It was done before.
		}
	})();

	try {
		return await action(AbortSignal.any([signal, limit.signal]));
	} finally {
		done.abort();
	}
}
