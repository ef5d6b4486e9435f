import {formatAmount, formatBytes} from '../../source/text/format.ts';
import {medianOf, type Column} from './figures.ts';
import {formatFigure, table, titleOf} from './markdown.ts';
import type {ContenderResult, DataSetResult} from './protocol.ts';
import {renderRounds} from './report-rounds.ts';
import type {SectionResult} from './stored-results.ts';
import {tools} from './tools/tools.ts';

const shown = ['first', 'verify', 'restore', 'memory'] as const satisfies readonly Column[];

const nameOf = ({key, processors, threads}: ContenderResult): string => `${tools[key].name}, ${formatAmount(processors ?? 0, 'processor')}${threads === undefined ? '' : `, ${formatAmount(threads, 'thread')}`}`;

/** The same tool with the least that it was given: what the others are compared with. */
function leastOf(contender: ContenderResult, {contenders}: DataSetResult): ContenderResult {
	return contenders.find(({key}) => key === contender.key)!;
}

function renderDataSet(dataSet: DataSetResult): string {
	const rows = dataSet.contenders.map(contender => [nameOf(contender), ...shown.map(column => {
		const value = medianOf(contender.rounds, column);
		const least = medianOf(leastOf(contender, dataSet).rounds, column);
		return `${formatFigure(column, value)}${value === undefined || least === undefined ? '' : ` (${(value / least).toFixed(2)})`}`;
	})]);
	return table(['medians', ...shown.map(column => titleOf(column))], rows);
}

/** What processors and threads add. */
export function renderCores({dataSets, rounds}: SectionResult): string {
	return [
		'## Processors and threads',
		`Each tool is kept on some of the processors by \`taskset\`; coffer is told by \`--threads\` how many worker threads to start (by itself as many as there are processors), restic goes by the processors. In brackets: the ratio to the first row of the same tool. ${dataSets.map(({title, size}) => `${title}, ${formatAmount(size.files, 'file')}, ${formatBytes(size.bytes)}.`).join(' ')}`,
		...dataSets.map(dataSet => renderDataSet(dataSet)),
		renderRounds(dataSets, rounds, (_, contender) => nameOf(contender)),
	].join('\n\n');
}
