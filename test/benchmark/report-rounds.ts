import {isStep, stepNames, valueOf, type Column, type RoundFigures} from './figures.ts';
import {formatFigure, table, titleOf} from './markdown.ts';
import type {ContenderResult, DataSetResult} from './protocol.ts';

function cellOf(round: RoundFigures, column: Column): string {
	const cpuSeconds = isStep(column) ? round[column]?.cpuSeconds : undefined;
	return `${formatFigure(column, valueOf(round, column))}${cpuSeconds === undefined ? '' : ` (${cpuSeconds.toFixed(2)})`}`;
}

/** Every round of a section in one table: a cell has the rounds in their order. @param nameOf - What a row is called. */
export function renderRounds(dataSets: readonly DataSetResult[], roundCount: number, nameOf: (dataSet: DataSetResult, contender: ContenderResult) => string): string {
	const isMeasured = (column: Column): boolean => dataSets.some(({contenders}) => contenders.some(({rounds}) => rounds.some(round => valueOf(round, column) !== undefined)));
	const shown = ([...stepNames, 'memory'] as const).filter(column => isMeasured(column));
	const rows = dataSets.flatMap(dataSet => dataSet.contenders.map(contender => [
		nameOf(dataSet, contender),
		...shown.map(column => contender.rounds.map(round => cellOf(round, column)).join(', ')),
	]));
	return `### Every round\n\n${roundCount} in each cell; CPU time in brackets.\n\n${table(['', ...shown.map(column => titleOf(column))], rows)}`;
}
