import {toSafeText} from '../../text/display-text.ts';

/** One value, and what it is about. */
export type Sample = {readonly labels: Readonly<Record<string, string>>; readonly value: number};

/** One metric: a gauge. */
export type Metric = {
	readonly name: string;
	/** One sentence. */
	readonly help: string;
	readonly samples: readonly Sample[];
};

/** As the format has them in label values; what could harm a terminal stands as its escape. */
function labelValue(text: string): string {
	return toSafeText(text).replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`);
}

function renderLabels(labels: Sample['labels']): string {
	const pairs = Object.entries(labels).map(([name, value]) => `${name}="${labelValue(value)}"`);
	return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/**
Metrics in the text format 0.0.4 of Prometheus (github.com/prometheus/docs, "Text-based format"), which node_exporter's textfile collector reads. Metrics without a value are left out; of two values with the same labels the last one stands.
*/
export function renderMetrics(metrics: readonly Metric[]): string {
	return metrics.flatMap(({name, help, samples}) => {
		const series = new Map(samples.map(({labels, value}) => [`${name}${renderLabels(labels)}`, value]));
		return series.size === 0 ? [] : [`# HELP ${name} ${help.replaceAll('\\', String.raw`\\`)}\n# TYPE ${name} gauge\n`, ...[...series].map(([key, value]) => `${key} ${value}\n`)];
	}).join('');
}
