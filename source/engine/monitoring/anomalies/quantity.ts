import type {RunMeasures} from './source-history.ts';

export const quantityNames = ['duration', 'added', 'size', 'changed', 'removed'] as const;
export type QuantityName = typeof quantityNames[number];

/** Something that is measured of a run, and from when on it can be odd at all. Values are compared on a logarithmic scale: twice as much counts the same for every source. */
export type Quantity = {
	readonly name: QuantityName;
	/** `undefined` where it was not measured. */
	value(run: RunMeasures, before: RunMeasures | undefined): number | undefined;
	/** Amounts far below it are taken for nothing. */
	readonly unit: number;
	/** The least spread, on the scale of natural logarithms. */
	readonly leastSpread: number;
	/** The least factor to what is usual. */
	readonly leastFactor: number;
	/** Two amounts that differ by less are alike. */
	readonly similarFactor: number;
	/** The least difference to what is usual, so that small sources are left in peace. */
	readonly leastDifference: number;
	/** Whether less than usual is odd, too. */
	readonly isTwoSided: boolean;
};

const minuteMs = 60_000;
const megabyte = 1_000_000;

/** The least share of all files, beside the least number of them. */
const leastShare = 0.05;
const ofMany = (count: number | undefined, before: number | undefined): number | undefined => count === undefined || before === undefined ? undefined : count;

/** A size is compared with the one before it: sources grow. */
function growthFactor({bytes}: RunMeasures, before: RunMeasures | undefined, unit: number): number | undefined {
	return before && (bytes + unit) / (before.bytes + unit);
}

const sizeUnit = 10 * megabyte;

export const quantities: readonly Quantity[] = [
	{name: 'duration', value: ({durationMs}) => durationMs, unit: 10_000, leastSpread: 0.25, leastFactor: 2.5, similarFactor: 1.75, leastDifference: 5 * minuteMs, isTwoSided: false},
	{name: 'added', value: ({addedBytes}) => addedBytes, unit: megabyte, leastSpread: 0.35, leastFactor: 4, similarFactor: 1.75, leastDifference: 200 * megabyte, isTwoSided: false},
	{name: 'size', value: (run, before) => growthFactor(run, before, sizeUnit), unit: 0, leastSpread: 0.03, leastFactor: 1.5, similarFactor: 1.25, leastDifference: 0, isTwoSided: true},
	{name: 'changed', value: ({changedFiles, before}) => ofMany(changedFiles, before), unit: 10, leastSpread: 0.35, leastFactor: 4, similarFactor: 1.75, leastDifference: 100, isTwoSided: false},
	{name: 'removed', value: ({removedFiles, before}) => ofMany(removedFiles, before), unit: 10, leastSpread: 0.35, leastFactor: 4, similarFactor: 1.75, leastDifference: 100, isTwoSided: false},
];

/** Whether a value is large enough to matter, whatever is usual. */
export function isLargeEnough({name}: Quantity, value: number, run: RunMeasures): boolean {
	return !['changed', 'removed'].includes(name) || value >= leastShare * (run.before ?? 0);
}

/** The value on the scale on which it is compared. */
export const toScale = ({unit}: Quantity, value: number): number => Math.log(value + unit);
