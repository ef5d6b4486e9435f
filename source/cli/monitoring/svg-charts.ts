import {toHtmlText} from './html-text.ts';

/** One value of a chart; `undefined` where there is none, such as of a run that failed. */
export type ChartValue = {
	readonly value: number | undefined;
	/** What the value means, for who points at it. */
	readonly text: string;
	/** Whether it is shown as a failure. @default false */
	readonly isBad?: boolean;
};

const width = 240;
const height = 48;
const gap = 1;
/** The least that is seen of a value above nothing. */
const leastHeight = 1;

const round = (value: number): number => Math.round(value * 10) / 10;

function frame(title: string, content: readonly string[]): string {
	return [`<svg class="chart" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${toHtmlText(title)}">`, `<title>${toHtmlText(title)}</title>`, ...content, '</svg>'].join('');
}

const greatestOf = (values: readonly ChartValue[], least = 0): number => Math.max(least, ...values.map(({value}) => value ?? 0));

/** A bar for each value, the oldest to the left; a failure is a bar of its own colour from top to bottom. Empty where there are no values. */
export function barChart(title: string, values: readonly ChartValue[]): string {
	const greatest = greatestOf(values);
	const step = width / Math.max(1, values.length);
	return values.length === 0
		? ''
		: frame(title, values.map(({value, text, isBad = false}, index) => {
			const share = greatest === 0 ? 0 : (value ?? 0) / greatest;
			const tall = isBad ? height : ((value ?? 0) > 0 ? Math.max(leastHeight, share * height) : 0);
			return `<rect class="${isBad ? 'bad' : 'bar'}" x="${round(index * step)}" y="${round(height - tall)}" width="${round(Math.max(1, step - gap))}" height="${round(tall)}"><title>${toHtmlText(text)}</title></rect>`;
		}));
}

/** A line through the values, from nothing to the greatest; points of which nothing is known are left out. Empty where there are less than two. @param greatest - What the top stands for. @default the greatest value */
export function lineChart(title: string, values: readonly ChartValue[], greatest?: number): string {
	const known = values.filter(({value}) => value !== undefined);
	const top = greatest ?? greatestOf(known);
	const points = known.map(({value}, index) => `${round(index / (known.length - 1) * width)},${round(height - (top === 0 ? 0 : value! / top * (height - 2)) - 1)}`);
	return known.length < 2 ? '' : frame(title, [`<polyline class="line" points="${points.join(' ')}"/>`]);
}
