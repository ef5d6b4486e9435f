import type {Runtime} from '../runtime.ts';

const minuteMs = 60_000;
/** After so many failures in a row the next attempt is so much later; after more of them as after the last. */
const waitMinutes = [1, 2, 5, 15, 30, 60] as const;
/** Up to so large a share is added by chance, so that many hosts do not come back at once. */
const jitterShare = 0.2;

/** The longest that is waited for, in milliseconds. */
export const maximumWaitMs = waitMinutes.at(-1)! * minuteMs * (1 + jitterShare);

/** A notice that could not be sent for so long is given up, in milliseconds. */
export const givenUpAfterMs = 3 * 24 * 60 * minuteMs;

/**
How long is waited for after a failure, in milliseconds.
@param failures - In a row; at least 1.
@param isRefused - The same will hardly succeed later.
*/
export function backOffMs(failures: number, isRefused: boolean, runtime: Pick<Runtime, 'randomBytes'>): number {
	const minutes = isRefused ? waitMinutes.at(-1)! : waitMinutes[Math.min(failures, waitMinutes.length) - 1]!;
	return Math.round(minutes * minuteMs * (1 + jitterShare * runtime.randomBytes(1)[0]! / 255));
}
