import type {Glyphs} from '../theme.ts';

/**
A line of bars, one a column, each as high as its value is beside the greatest; the lowest bar stands for nothing, too, so that a gap never looks like one that is missing.
@param values - From 0, oldest first; of more than `columns` the last ones are shown.
*/
export function sparkline(values: readonly number[], columns: number, {levels}: Pick<Glyphs, 'levels'>): string {
	const shown = columns > 0 ? values.slice(-columns) : [];
	const greatest = Math.max(0, ...shown);
	return shown.map(value => levels[greatest === 0 ? 0 : Math.round(Math.max(0, value) / greatest * (levels.length - 1))]!).join('');
}
