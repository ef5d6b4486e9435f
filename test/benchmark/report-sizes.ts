import {formatAmount, formatBytes} from '../../source/text/format.ts';
import {isStep, medianOf, stepNames, type Column} from './figures.ts';
import {formatFigure, table, titleOf} from './markdown.ts';
import type {DataSetResult} from './protocol.ts';
import {renderRounds} from './report-rounds.ts';
import type {SectionResult} from './stored-results.ts';
import {tools, type ToolKey} from './tools/tools.ts';

const shown: readonly Column[] = [...stepNames, 'memory', 'sizeFirst'];
const filesUnit = 1000;
const bytesUnit = 100e6;

const sizeText = ({size}: DataSetResult): string => `${formatAmount(size.files, 'file')}, ${formatBytes(size.bytes)}`;
const keysOf = (dataSets: readonly DataSetResult[]): ToolKey[] => [...new Set(dataSets.flatMap(({contenders}) => contenders.map(({key}) => key)))];

function medianIn({contenders}: DataSetResult, key: ToolKey, column: Column): number | undefined {
	const rounds = contenders.find(contender => contender.key === key)?.rounds;
	return rounds && medianOf(rounds, column);
}

/** One row a column and tool. @param cells - What follows them. */
function renderRows(dataSets: readonly DataSetResult[], chosen: readonly Column[], cells: (key: ToolKey, column: Column) => string[]): string[][] {
	return chosen.flatMap(column => keysOf(dataSets).map(key => [titleOf(column), tools[key].name, ...cells(key, column)]));
}

/** How much more one more unit takes, from the smaller to the larger. */
function slope(smaller: readonly [amount: number, value: number | undefined], larger: readonly [amount: number, value: number | undefined], unit: number): string {
	const [amount, value] = smaller;
	const [largerAmount, largerValue] = larger;
	return value === undefined || largerValue === undefined || largerAmount === amount ? '–' : ((largerValue - value) / (largerAmount - amount) * unit).toFixed(3);
}

function renderShares(dataSets: readonly DataSetResult[], amountOf: (dataSet: DataSetResult) => number, unit: number): string {
	const first = dataSets[0]!;
	const last = dataSets.at(-1)!;
	const rows = renderRows(dataSets, stepNames, (key, column) => {
		const point = (dataSet: DataSetResult) => [amountOf(dataSet), medianIn(dataSet, key, column)] as const;
		const shares = dataSets.map(dataSet => {
			const [amount, value] = point(dataSet);
			return value === undefined ? '–' : (value / amount * unit).toFixed(3);
		});
		return [...shares, slope(point(first), point(last), unit)];
	});
	return table(['', 'tool', ...dataSets.map(dataSet => sizeText(dataSet)), 'more of it'], rows);
}

function renderThreeSizes(dataSets: readonly DataSetResult[]): string {
	return [
		'### Three sizes of one kind of data',
		`The generated data of an app server, of which files and bytes grow together. "More of it" is what so much more takes, from the smallest to the largest: without what every run costs. ${dataSets[0]!.description}`,
		'Medians:',
		table(['', 'tool', ...dataSets.map(dataSet => sizeText(dataSet))], renderRows(dataSets, shown, (key, column) => dataSets.map(dataSet => formatFigure(column, medianIn(dataSet, key, column))))),
		'Seconds per 1 000 files:',
		renderShares(dataSets, ({size}) => size.files, filesUnit),
		'Seconds per 100 MB:',
		renderShares(dataSets, ({size}) => size.bytes, bytesUnit),
	].join('\n\n');
}

function renderApart(single: DataSetResult, many: DataSetResult, large: DataSetResult): string {
	const dataSets = [single, many, large];
	const rows = renderRows(dataSets, shown, (key, column) => {
		const values = dataSets.map(dataSet => medianIn(dataSet, key, column));
		const costs = isStep(column)
			? [slope([single.size.files, values[0]], [many.size.files, values[1]], filesUnit), slope([single.size.bytes, values[0]], [large.size.bytes, values[2]], bytesUnit)]
			: ['', ''];
		return [...values.map(value => formatFigure(column, value)), ...costs];
	});
	return [
		'### Files and bytes apart',
		dataSets.map(dataSet => `*${dataSet.title}* (${sizeText(dataSet)}): ${dataSet.description}`).join(' '),
		'What a run costs with one file is taken off before the rest is divided; of the many small files their few bytes are not.',
		table(['', 'tool', ...dataSets.map(({title}) => title), 's per 1 000 files', 's per 100 MB'], rows),
	].join('\n\n');
}

/** What files and bytes cost, and how that grows. */
export function renderSizes({dataSets, rounds}: SectionResult): string {
	const servers = dataSets.filter(({kind}) => kind === 'server');
	const single = dataSets.find(({kind}) => kind === 'single');
	const many = dataSets.find(({kind}) => kind === 'many');
	const large = dataSets.find(({kind}) => kind === 'large');
	return [
		'## Cost per file and per byte',
		...(servers.length > 0 ? [renderThreeSizes(servers)] : []),
		...(single && many && large ? [renderApart(single, many, large)] : []),
		renderRounds(dataSets, rounds, (dataSet, {key}) => `${dataSet.title}, ${sizeText(dataSet)}, ${tools[key].name}`),
	].join('\n\n');
}
