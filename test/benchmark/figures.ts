/** The middle value; of an even number the mean of the two in the middle. @throws RangeError when there is none. */
export function median(values: readonly number[]): number {
	if (values.length === 0) {
		throw new RangeError('There is no median of nothing.');
	}

	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** How many times as much as the reference; `undefined` where the reference is missing or 0. */
export function ratio(value: number, reference: number | undefined): number | undefined {
	return reference === undefined || reference === 0 ? undefined : value / reference;
}

/** The list, begun `by` places later: who was first comes last in the next round. */
export function rotate<Item>(list: readonly Item[], by: number): Item[] {
	const start = list.length === 0 ? 0 : by % list.length;
	return [...list.slice(start), ...list.slice(0, start)];
}

/** What is timed, in its order. */
export const steps = {
	first: {title: 'First backup', does: 'the first backup into a new, empty repository'},
	unchanged: {title: 'No change', does: 'a second backup with nothing changed'},
	next: {title: 'Next day', does: 'a third backup, after the changes of a day'},
	verify: {title: 'Verify all data', does: 'read and check all data that is stored'},
	restore: {title: 'Full restore', does: 'restore the third backup into an empty folder'},
} as const;

export type Step = keyof typeof steps;

/** What is compared, in the order of the document. Less is better in each. */
export const columns = {
	...Object.fromEntries(Object.entries(steps).map(([step, {title}]) => [step, {title, unit: 's'}])) as Record<Step, {readonly title: string; readonly unit: 's'}>,
	memory: {title: 'Peak memory', unit: 'MB'},
	sizeFirst: {title: 'Repository after the first backup', unit: 'MB'},
	sizeNext: {title: 'Repository after the next day', unit: 'MB'},
	growth: {title: 'Growth by the next day', unit: 'MB'},
} as const satisfies Record<string, {readonly title: string; readonly unit: 's' | 'MB'}>;

export type Column = keyof typeof columns;

/** What one tool did in one round: seconds for steps, and bytes for the rest; CPU seconds for steps besides. */
export type RoundFigures = {
	readonly values: Readonly<Record<Column, number>>;
	readonly cpu: Readonly<Record<Step, number>>;
};
