/** One value as Prometheus takes it. */
export type ParsedSample = {readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly value: number};

export type ParsedFamily = {readonly name: string; readonly help?: string; readonly type?: string; readonly samples: ParsedSample[]};

const metricName = /^[a-zA-Z_:][a-zA-Z\d_:]*/;
const labelName = /^[a-zA-Z_][a-zA-Z\d_]*/;
const types = new Set(['counter', 'gauge', 'histogram', 'summary', 'untyped']);
/** What Go's ParseFloat takes, of what anybody writes. */
const number = /^(?:nan|[+-]?inf|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i;

/** @throws Error for an escape that there is not */
function unescape(text: string, known: Readonly<Record<string, string>>): string {
	return text.replaceAll(/\\(.?)/gs, (_, escaped: string) => {
		if (!Object.hasOwn(known, escaped)) {
			throw new Error(`no escape: \\${escaped}`);
		}

		return known[escaped]!;
	});
}

/** Reads one line from left to right. */
class Scanner {
	#rest: string;

	constructor(line: string) {
		this.#rest = line;
	}

	take(pattern: RegExp, what: string): string {
		const found = pattern.exec(this.#rest)?.[0];
		if (found === undefined) {
			throw new Error(`${what} expected at: ${this.#rest}`);
		}

		this.#rest = this.#rest.slice(found.length);
		return found;
	}

	has(text: string): boolean {
		const isThere = this.#rest.startsWith(text);
		this.#rest = isThere ? this.#rest.slice(text.length) : this.#rest;
		return isThere;
	}

	get rest(): string {
		return this.#rest;
	}
}

function parseLabels(line: Scanner): Record<string, string> {
	const labels: Record<string, string> = {};
	while (!line.has('}')) {
		const name = line.take(labelName, 'a label name');
		line.take(/^="/, '="');
		const value = line.take(/^(?:[^"\\\n]|\\.)*/, 'a label value');
		line.take(/^"/, 'the end of a label value');
		if (Object.hasOwn(labels, name)) {
			throw new Error(`the label ${name} stands there twice`);
		}

		labels[name] = unescape(value, {'\\': '\\', '"': '"', n: '\n'});
		if (!line.has(',')) {
			line.take(/^\}/, 'the end of the labels');
			break;
		}
	}

	return labels;
}

function parseSample(text: string): ParsedSample {
	const line = new Scanner(text);
	const name = line.take(metricName, 'a metric name');
	const labels = line.has('{') ? parseLabels(line) : {};
	const [value = '', timestamp = '0', ...more] = line.take(/^[ \t].*$/, 'a value').trim().split(/[ \t]+/);
	if (!number.test(value) || !/^-?\d+$/.test(timestamp) || more.length > 0) {
		throw new Error(`no value: ${text}`);
	}

	return {name, labels, value: Number(value.replace(/inf$/i, 'Infinity'))};
}

/**
Take a text apart by the text format 0.0.4, as strictly as its specification lets anybody be: also what it says that "should" be. Of counters and gauges only.
@throws Error for whatever breaks it
*/
export function parseMetrics(text: string): ParsedFamily[] {
	if (text !== '' && !text.endsWith('\n')) {
		throw new Error('the last line does not end');
	}

	const families: Array<{name: string; help?: string; type?: string; samples: ParsedSample[]}> = [];
	const series = new Set<string>();
	const familyOf = (name: string) => {
		if (families.at(-1)?.name !== name) {
			if (families.some(family => family.name === name)) {
				throw new Error(`the lines of ${name} do not stand together`);
			}

			families.push({name, samples: []});
		}

		return families.at(-1)!;
	};

	for (const line of text.split('\n').slice(0, -1)) {
		const comment = /^#[ \t]+(?<word>HELP|TYPE)[ \t]+(?<name>\S+)(?:[ \t](?<rest>.*))?$/s.exec(line)?.groups;
		if (comment) {
			const {word, name, rest = ''} = comment as Partial<Record<'rest', string>> & Record<'word' | 'name', string>;
			const family = familyOf(name);
			const member = word === 'HELP' ? 'help' : 'type';
			if (!new RegExp(`${metricName.source}$`).test(name) || family[member] !== undefined || family.samples.length > 0 || (member === 'type' && !types.has(rest))) {
				throw new Error(`a wrong ${word}, twice, or too late: ${line}`);
			}

			family[member] = member === 'help' ? unescape(rest, {'\\': '\\', n: '\n'}) : rest;
		} else if (line.trim() !== '' && !line.trimStart().startsWith('#')) {
			const sample = parseSample(line);
			const key = JSON.stringify([sample.name, Object.entries(sample.labels).toSorted(([a], [b]) => a < b ? -1 : 1)]);
			if (series.has(key)) {
				throw new Error(`the same series twice: ${line}`);
			}

			series.add(key);
			familyOf(sample.name).samples.push(sample);
		}
	}

	return families;
}

/** What `promtool check metrics` complains of in names, and what the naming rules of Prometheus say. */
export function lintMetrics(families: readonly ParsedFamily[]): string[] {
	return families.flatMap(({name, help, type, samples}) => [
		...(help === undefined || help === '' ? [`${name}: no help`] : []),
		...(type === undefined ? [`${name}: no type`] : []),
		...((type === 'counter') === name.endsWith('_total') ? [] : [`${name}: _total is for counters`]),
		...(/_(?:count|sum|bucket)$/.test(name) ? [`${name}: a suffix of histograms`] : []),
		...(/(?:^|_)(?:ms|milliseconds?|minutes?|hours?|days?|weeks?|kb|mb|gb|kilobytes?|megabytes?|percent|s|b)(?:_|$)/.test(name) ? [`${name}: not in base units`] : []),
		...(/(?:^|_)(?:gauge|counter|histogram|summary)(?:_|$)/.test(name) ? [`${name}: the type is no part of the name`] : []),
		...(/[A-Z]|__/.test(name) ? [`${name}: not in snake case`] : []),
		...samples.flatMap(sample => Object.keys(sample.labels).filter(label => /[A-Z]|^__|^(?:le|quantile)$/.test(label)).map(label => `${name}: the label ${label}`)),
	]);
}
