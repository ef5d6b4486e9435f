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

export const stepNames = Object.keys(steps) as readonly Step[];

/** What is compared, in the order of the document. Less is better in each. */
export const columns = {
	...Object.fromEntries(Object.entries(steps).map(([step, {title}]) => [step, {title, unit: 's'}])) as Record<Step, {readonly title: string; readonly unit: 's'}>,
	memory: {title: 'Peak memory', unit: 'MB'},
	sizeFirst: {title: 'Repository after the first backup', unit: 'MB'},
	sizeNext: {title: 'Repository after the next day', unit: 'MB'},
	growth: {title: 'Growth by the next day', unit: 'MB'},
} as const satisfies Record<string, {readonly title: string; readonly unit: 's' | 'MB'}>;

export type Column = keyof typeof columns;

export const columnNames = Object.keys(columns) as readonly Column[];

/** What one step took. */
export type StepFigures = {
	readonly seconds: number;
	/** User and system time of all processes. */
	readonly cpuSeconds: number;
	readonly peakBytes: number;
	/** The repository's size afterwards. */
	readonly repositoryBytes: number;
};

/** What one tool did in one round; steps that were not done are missing. Plain data. */
export type RoundFigures = Readonly<Partial<Record<Step, StepFigures>>>;

export function isStep(column: Column): column is Step {
	return Object.hasOwn(steps, column);
}

/** The value of one column, seconds or bytes; `undefined` where its steps were not done. */
export function valueOf(round: RoundFigures, column: Column): number | undefined {
	if (isStep(column)) {
		return round[column]?.seconds;
	}

	switch (column) {
		case 'memory': {
			const peaks = Object.values(round).map(({peakBytes}) => peakBytes);
			return peaks.length > 0 ? Math.max(...peaks) : undefined;
		}

		case 'sizeFirst': {
			return round.first?.repositoryBytes;
		}

		case 'sizeNext': {
			return round.next?.repositoryBytes;
		}

		case 'growth': {
			return round.next && round.unchanged ? round.next.repositoryBytes - round.unchanged.repositoryBytes : undefined;
		}
	}
}

/** The median of a column over rounds; `undefined` where one of them has no value. */
export function medianOf(rounds: readonly RoundFigures[], column: Column): number | undefined {
	const values = rounds.map(round => valueOf(round, column)).filter(value => value !== undefined);
	return values.length > 0 && values.length === rounds.length ? median(values) : undefined;
}
