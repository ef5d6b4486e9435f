/** Whole microseconds since 1970, rounded down: what survives every way of writing a time here. */
export function toMicroseconds(timeNs: bigint): bigint {
	return timeNs >= 0n ? timeNs / 1000n : -((999n - timeNs) / 1000n);
}

/**
A time as Node's `utimes` has to be given it: a double of seconds, which errs by up to 243 ns; so the middle of the microsecond is aimed at. Times before 1970 must be strings: a negative number
silently becomes the present. After 2106 a double is too coarse for every microsecond.
*/
export function toSystemTime(timeNs: bigint): number | string {
	const seconds = (Number(toMicroseconds(timeNs)) + 0.5) / 1e6;
	return seconds >= 0 ? seconds : String(seconds);
}
