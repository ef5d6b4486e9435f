const minuteMs = 60 * 1000;
const dayMs = 24 * 60 * minuteMs;

/** No clock that is right tells a time before this program was made. */
const earliestMs = Date.UTC(2026, 0, 1);
/** Clocks of several machines differ by a little. */
const toleranceMs = 5 * minuteMs;
/** So long without any snapshot is more likely a clock that runs ahead. */
const longSilenceMs = 366 * dayMs;

/** `behind`: the clock is before things that have happened. `ahead`: perhaps it is, as nothing has happened for so long. `slightly-behind`: by less than a day. */
export type ClockState = 'ok' | 'slightly-behind' | 'behind' | 'ahead';

/**
What can be told of a clock from times that others wrote down.
@param newestSnapshot - RFC 3339.
@param newestFileMs - When a file that this program writes was last changed, in milliseconds since 1970.
*/
export function assessClock(nowMs: number, {newestSnapshot, newestFileMs}: {readonly newestSnapshot?: string | undefined; readonly newestFileMs?: number | undefined}): ClockState {
	const snapshotMs = newestSnapshot === undefined ? undefined : Date.parse(newestSnapshot);
	const newestMs = Math.max(snapshotMs ?? 0, newestFileMs ?? 0);
	if (nowMs < earliestMs || newestMs - nowMs >= dayMs) {
		return 'behind';
	}

	if (newestMs - nowMs > toleranceMs) {
		return 'slightly-behind';
	}

	return snapshotMs !== undefined && nowMs - snapshotMs > longSilenceMs ? 'ahead' : 'ok';
}
