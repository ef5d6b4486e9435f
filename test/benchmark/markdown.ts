import {columns, type Column} from './figures.ts';

/** @param alignment - Of all columns but the first. @default numbers, to the right */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>, alignment: '--:' | '---' = '--:'): string {
	const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
	return [line(head), `|${head.map((_, index) => `${index === 0 ? '---' : alignment}|`).join('')}`, ...rows.map(row => line(row))].join('\n');
}

/** A figure without its unit, which stands in the head of its column or row: seconds, or bytes as MB. What is missing is a dash. */
export function formatFigure(column: Column, value: number | undefined): string {
	if (value === undefined) {
		return '–';
	}

	if (columns[column].unit === 's') {
		return value.toFixed(2);
	}

	return (value / 1e6).toFixed(value < 1e7 ? 2 : 1);
}

/** What a column or row of figures is called: `First backup, s`. */
export const titleOf = (column: Column): string => `${columns[column].title}, ${columns[column].unit}`;
