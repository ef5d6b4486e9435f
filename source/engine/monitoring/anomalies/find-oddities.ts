import type {Sensitivity} from '../../incident.ts';
import {isLargeEnough, quantities, toScale, type Quantity, type QuantityName} from './quantity.ts';
import {scoreOf, usualOf} from './robust-score.ts';
import type {RunMeasures} from './source-history.ts';

/** Fewer runs before tell nothing of what is usual. */
export const leastRuns = 7;
/** So many runs on the same day of the week make a rhythm. */
const leastOfWeekday = 4;
/** What came up before is not odd, unless that was only so many runs ago: what has just become odd is so for some days. */
const recentRuns = 7;

/** From this score on something is odd. docs/anomalies.md says how they were found. */
const oddScores: Readonly<Record<Sensitivity, number>> = {high: 3.5, normal: 5, low: 8};

/** What is odd about a run. */
export type Oddity = {
	readonly quantity: QuantityName;
	readonly value: number;
	/** The median, and the least and the most, of `runs` runs before; of a size: factors from one run to the next. */
	readonly usual: number;
	readonly least: number;
	readonly most: number;
	readonly runs: number;
	/** In spreads; below 0: less than usual. */
	readonly score: number;
};

/** A value of a run before. */
type Known = {readonly time: string; readonly value: number; readonly scaled: number};

const weekdayOf = (time: string): number => new Date(time).getUTCDay();

function knownValues(quantity: Quantity, history: readonly RunMeasures[]): Known[] {
	return history.flatMap((run, index): Known[] => {
		const value = quantity.value(run, history[index - 1]);
		return value === undefined ? [] : [{time: run.time, value, scaled: toScale(quantity, value)}];
	});
}

function assess(quantity: Quantity, history: readonly RunMeasures[], newest: RunMeasures, threshold: number): Oddity | undefined {
	const value = quantity.value(newest, history.at(-1));
	const known = knownValues(quantity, history);
	if (value === undefined || known.length < leastRuns || !isLargeEnough(quantity, value, newest)) {
		return undefined;
	}

	const scaled = toScale(quantity, value);
	const all = usualOf(known.map(one => one.scaled));
	const direction = Math.sign(scaled - all.median);
	const isLarge = Math.abs(scaled - all.median) >= Math.log(quantity.leastFactor);
	const values = known.map(one => one.value).toSorted((a, b) => a - b);
	const usual = values[Math.floor(values.length / 2)]!;
	if (!isLarge || Math.abs(value - usual) < quantity.leastDifference || (direction < 0 && !quantity.isTwoSided)) {
		return undefined;
	}

	const weekday = weekdayOf(newest.time);
	const ofWeekday = known.filter(one => weekdayOf(one.time) === weekday);
	const references = [all, ...(ofWeekday.length >= leastOfWeekday ? [usualOf(ofWeekday.map(one => one.scaled))] : [])];
	const score = Math.min(...references.map(reference => direction * scoreOf(scaled, reference, quantity.leastSpread)));
	const isCameUpBefore = known.slice(0, -recentRuns).some(one => direction * (one.scaled - scaled) >= -Math.log(quantity.similarFactor));
	return score < threshold || isCameUpBefore ? undefined : {quantity: quantity.name, value, usual, least: values[0]!, most: values.at(-1)!, runs: known.length, score: direction * score};
}

/**
What is odd about the newest run, measured by the runs before it: the oddest first. Nothing is where fewer than `leastRuns` are known.
A value is odd that lies `oddScores` spreads from the median of the runs before, and from that of the same day of the week where enough of these are known; and that did not come up before the last days.
@param history - Oldest first, without the newest.
*/
export function findOddities(history: readonly RunMeasures[], newest: RunMeasures, sensitivity: Sensitivity): Oddity[] {
	return quantities
		.map(quantity => assess(quantity, history, newest, oddScores[sensitivity]))
		.filter(oddity => oddity !== undefined)
		.toSorted((a, b) => Math.abs(b.score) - Math.abs(a.score));
}

/** So many files and so large a share have other names before it is told; and so many of them were replaced. */
const leastRenamed = 20;
const renamedShare = 0.5;
const replacedShare = 0.8;

/** Whether most files have another name than in the run before, or were replaced by as many others. Takes no history. */
export function isRenamed({before = 0, newFiles = 0, removedFiles = 0}: RunMeasures): boolean {
	return removedFiles >= leastRenamed && removedFiles >= renamedShare * before && newFiles >= replacedShare * removedFiles && newFiles * replacedShare <= removedFiles;
}
