import type {StorageSample} from '../state/storage-samples.ts';

const dayMs = 24 * 60 * 60 * 1000;
const minimumDays = 2;

type Point = {readonly timeMs: number; readonly bytes: number};

/** The last sample of each day, in UTC. */
function daily(samples: readonly StorageSample[]): Point[] {
	const days = new Map<number, Point>();
	for (const {time, usedBytes} of samples) {
		const timeMs = Date.parse(time);
		if (usedBytes !== undefined) {
			days.set(Math.floor(timeMs / dayMs), {timeMs, bytes: usedBytes});
		}
	}

	return [...days.values()];
}

/** The middle of values, or the mean of the two in the middle. @param values - At least one. */
export function medianOf(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted.length / 2;
	return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

/**
How much a repository grows, in bytes a day: the median of the slopes between every two days (Theil and Sen), which single days of much or nothing hardly move.
@param samples - Oldest first.
@returns `undefined` where they span less than two days.
*/
export function growthPerDay(samples: readonly StorageSample[]): number | undefined {
	const points = daily(samples);
	const [first, last] = [points[0], points.at(-1)];
	if (first === undefined || last === undefined || last.timeMs - first.timeMs < minimumDays * dayMs) {
		return undefined;
	}

	const slopes = points.flatMap((from, index) => points.slice(index + 1).map(to => (to.bytes - from.bytes) / (to.timeMs - from.timeMs) * dayMs));
	return Math.round(medianOf(slopes));
}
