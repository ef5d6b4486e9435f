/** Those that follow one another more closely count as one. */
export const burstGapMs = 5 * 60 * 1000;

/** What bursts are made of. */
export type Moment = {
	readonly timeMs: number;
	/** Number of the day on which it falls: a burst ends with its day. */
	readonly day: number;
	readonly isGood: boolean;
};

/**
Put together what was made in one go: each less than five minutes after the one before, on the same day. A burst of one is the usual case.
@param moments - Oldest first.
@returns Oldest first.
*/
export function findBursts<One extends Moment>(moments: readonly One[]): One[][] {
	const bursts: One[][] = [];
	let before: One | undefined;
	for (const moment of moments) {
		const isNew = before === undefined || moment.timeMs - before.timeMs >= burstGapMs || moment.day !== before.day;
		if (isNew) {
			bursts.push([moment]);
		} else {
			bursts.at(-1)!.push(moment);
		}

		before = moment;
	}

	return bursts;
}

/** A burst is good when one of it is. */
export function isGoodBurst(burst: readonly Moment[]): boolean {
	return burst.some(({isGood}) => isGood);
}

/** The last of several bursts, and the last good ones, which may be others. @param bursts - Oldest first. */
export function lastBursts<One extends Moment>(bursts: ReadonlyArray<readonly One[]>, count: number): {readonly last: ReadonlyArray<readonly One[]>; readonly lastGood: ReadonlyArray<readonly One[]>} {
	const last = bursts.slice(-count);
	const known = new Set(last);
	return {last, lastGood: bursts.filter(burst => isGoodBurst(burst)).slice(-count).filter(burst => !known.has(burst))};
}
