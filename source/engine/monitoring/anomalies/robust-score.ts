import {medianOf} from '../growth.ts';

/** Scales the median absolute deviation to the standard deviation of a normal distribution. */
const normalScale = 1.4826;

/** What is usual: the middle of values, and how far they lie from it. */
export type Usual = {readonly median: number; readonly spread: number};

/** The median, and the median absolute deviation scaled to a standard deviation: up to half of the values may be odd without moving them far. @param values - At least one. */
export function usualOf(values: readonly number[]): Usual {
	const median = medianOf(values);
	return {median, spread: normalScale * medianOf(values.map(value => Math.abs(value - median)))};
}

/** How many spreads a value lies above what is usual; below 0: below it. @param leastSpread - What is always the same would make anything odd. */
export function scoreOf(value: number, {median, spread}: Usual, leastSpread: number): number {
	return (value - median) / Math.max(spread, leastSpread);
}
