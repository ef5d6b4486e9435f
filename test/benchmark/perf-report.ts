import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {kindOf, type FindSource, type SampledPlace, type WorkKind} from './work-kinds.ts';

/** The arguments with which `perf report` prints what is read here. */
export const perfReportArguments = ['report', '--stdio', '--no-children', '--sort=dso,symbol', '--field-separator=|'] as const;

export type PerfReport = {
	/** Processor seconds of all samples together. */
	readonly seconds: number;
	readonly places: ReadonlyArray<SampledPlace & {readonly share: number}>;
};

/**
Read what `perf report` prints of samples of the event `cpu-clock`, which counts nanoseconds.
@throws Error for another text
*/
export function parsePerfReport(text: string): PerfReport {
	const nanoseconds = /^# Event count \(approx\.\): (?<count>\d+)$/m.exec(text)?.groups?.['count'];
	if (nanoseconds === undefined) {
		throw new Error(`perf printed no report:\n${text.slice(0, 500)}`);
	}

	const places = text.split('\n').flatMap(line => {
		const [share, object, marked] = line.split('|') as [string, string?, string?];
		const {mark, symbol} = /^\[(?<mark>.)\] (?<symbol>.*)$/.exec(marked?.trim() ?? '')?.groups ?? {};
		return line.startsWith('#') || object === undefined || symbol === undefined ? [] : [{share: Number(share.trim().replace(/%$/, '')) / 100, object: object.trim(), symbol, isKernel: mark === 'k' || mark === 'g'}];
	});
	return {seconds: Number(nanoseconds) / 1e9, places};
}

/** Processor seconds by kind of work. */
export function sumKinds({seconds, places}: PerfReport, findSource: FindSource): Partial<Record<WorkKind, number>> {
	const sums: Partial<Record<WorkKind, number>> = {};
	for (const place of places) {
		const kind = kindOf(place, findSource);
		sums[kind] = (sums[kind] ?? 0) + (seconds * place.share);
	}

	return sums;
}

/**
Tells from which file of the project a function comes: V8 names the place in the bundle, and the bundler wrote before the content of each file where it is from.
@param readBundle - Gives the text of a file by its URL. @default from the disk
*/
export function createSourceFinder(readBundle: (url: string) => string = url => readFileSync(fileURLToPath(url), 'utf8')): FindSource {
	const bundles = new Map<string, Array<string | undefined>>();
	const sourcesOf = (url: string): Array<string | undefined> => {
		let source: string | undefined;
		return readBundle(url).split('\n').map(line => {
			source = /^\/\/ (?<file>(?:source|node_modules)\/\S+)$/.exec(line)?.groups?.['file'] ?? source;
			return source;
		});
	};

	return symbol => {
		const {url, line} = / (?<url>file:\/\/\/\S+):(?<line>\d+):\d+$/.exec(symbol)?.groups ?? {};
		if (url === undefined) {
			return undefined;
		}

		const sources = bundles.get(url) ?? sourcesOf(url);
		bundles.set(url, sources);
		return sources[Number(line) - 1];
	};
}
