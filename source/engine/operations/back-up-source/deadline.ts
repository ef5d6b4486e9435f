import {CofferError} from '../../errors.ts';
import type {Runtime} from '../../runtime.ts';

/** The longest that a timer of Node runs. */
const maximumDelayMs = 2_147_483_647;

export type Deadline = {
	readonly runtime: Pick<Runtime, 'sleep'>;
	readonly signal?: AbortSignal | undefined;
	/** @default none */
	readonly durationMs: number | undefined;
	/** The error where the time is over, in a sentence. */
	readonly message: string;
};

/**
Do something for a limited time.
@param action - Is given a signal that fires when the time is over, or when the given one does.
@throws `source-failed` when the time was over; what the action throws
*/
export async function withDeadline<Result>({runtime, signal, durationMs, message}: Deadline, action: (signal: AbortSignal | undefined) => Promise<Result>): Promise<Result> {
	if (durationMs === undefined) {
		return action(signal);
	}

	const end = new AbortController();
	const done = new AbortController();
	let isLate = false;
	const onAbort = () => {
		end.abort(signal?.reason);
	};

	signal?.addEventListener('abort', onAbort, {once: true});
	if (signal?.aborted) {
		onAbort();
	}

	void (async () => {
		try {
			await runtime.sleep(Math.min(durationMs, maximumDelayMs), done.signal);
			isLate = !end.signal.aborted;
			end.abort();
		} catch {
			// It was done before.
		}
	})();

	try {
		return await action(end.signal);
	} catch (error) {
		throw isLate ? new CofferError('source-failed', message, {cause: error}) : error;
	} finally {
		done.abort();
		signal?.removeEventListener('abort', onAbort);
	}
}
