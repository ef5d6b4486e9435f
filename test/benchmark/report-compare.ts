import {formatAmount, formatBytes, formatCount} from '../../source/text/format.ts';
import {columnNames, columns, isStep, median, medianOf, ratio, valueOf, type Column, type Step} from './figures.ts';
import {formatFigure, table, titleOf} from './markdown.ts';
import type {ContenderResult, DataSetResult} from './protocol.ts';
import type {SectionResult} from './stored-results.ts';
import {assess, backupPrograms, targets, type Target} from './targets.ts';
import {tools, type ToolKey} from './tools/tools.ts';

const reference: ToolKey = 'coffer';

function formatRatio(value: number | undefined, referenceValue: number | undefined): string {
	return (value === undefined ? undefined : ratio(value, referenceValue)?.toFixed(2)) ?? '–';
}

function renderSummary({contenders}: DataSetResult): string {
	const rows = columnNames.map(column => {
		const medians = contenders.map(({rounds}) => medianOf(rounds, column));
		const least = Math.min(...medians.filter(value => value !== undefined));
		const cells = medians.map(value => value === least ? `**${formatFigure(column, value)}**` : formatFigure(column, value));
		return [titleOf(column), ...cells];
	});
	return table(['medians', ...contenders.map(({key}) => tools[key].name)], rows);
}

const cpuMedian = (rounds: ContenderResult['rounds'], step: Step): string => median(rounds.map(round => round[step]!.cpuSeconds)).toFixed(2);

function renderColumn({contenders}: DataSetResult, column: Column, roundCount: number): string {
	const referenceRounds = contenders.find(({key}) => key === reference)?.rounds;
	const referenceMedian = referenceRounds && medianOf(referenceRounds, column);
	const rows = contenders.map(({key, rounds}) => {
		const middle = medianOf(rounds, column);
		const each = rounds.map(round => formatFigure(column, valueOf(round, column)));
		return [tools[key].name, ...each, formatFigure(column, middle), formatRatio(middle, referenceMedian), ...(isStep(column) ? [cpuMedian(rounds, column)] : [])];
	});
	const rounds = Array.from({length: roundCount}, (_, index) => `round ${index + 1}`);
	return `### ${titleOf(column)}\n\n${table(['tool', ...rounds, 'median', 'to coffer', ...(isStep(column) ? ['CPU, median'] : [])], rows)}`;
}

/** All figures of one data set: the medians of all columns, then each column with every round. */
export function renderDataSet(dataSet: DataSetResult, roundCount: number): string {
	const {title, description, size, changes} = dataSet;
	return [
		`## ${title}`,
		`${formatAmount(size.files, 'file')}, ${formatBytes(size.bytes)}. ${description}${changes ? ` That is ${formatCount(changes.changed)} changed and ${formatCount(changes.renamed)} renamed of ${formatAmount(changes.small, 'small file')}.` : ''}`,
		renderSummary(dataSet),
		...columnNames.map(column => renderColumn(dataSet, column, roundCount)),
	].join('\n\n');
}

function mediansOf({contenders}: DataSetResult, column: Column): Partial<Record<ToolKey, number>> {
	return Object.fromEntries(contenders.map(({key, rounds}) => [key, medianOf(rounds, column)] as const).filter(([, value]) => value !== undefined));
}

function describeTarget({column, against, atMost, isStretch}: Target): string[] {
	const whom = against === 'best' ? 'the best backup program' : (against === 'bytes' ? '' : tools[against].name);
	return [`${columns[column].title}${isStretch ? ', as a stretch' : ''}`, against === 'bytes' ? `at most ${formatBytes(atMost)}` : (atMost === 1 ? `no more than ${whom}` : `at most ${atMost.toFixed(2)} of ${whom}`)];
}

function describeStanding(target: Target, dataSet: DataSetResult): string[] {
	const medians = mediansOf(dataSet, target.column);
	const standing = assess(target, medians);
	const toPipeline = formatRatio(medians[reference], medians.pipeline);
	if (standing === undefined) {
		return ['–', toPipeline];
	}

	const {measured, peer, isMet} = standing;
	const value = peer === undefined ? formatBytes(measured) : measured.toFixed(2);
	return [`${value}${target.against === 'best' ? ` of ${tools[peer!].name}` : ''}, ${isMet ? 'met' : '**not met**'}`, toPipeline];
}

/** What this project aims at, and how it stands with each data set. */
export function renderTargets({dataSets}: SectionResult): string {
	const rows = targets.map(target => [...describeTarget(target), ...dataSets.flatMap(dataSet => describeStanding(target, dataSet))]);
	return [
		'## What coffer aims at',
		`Fixed before the first run, as ratios of medians: what coffer takes to what the other takes. The backup programs are ${backupPrograms.map(key => tools[key].name).join(', ')}; beside it stands the ratio to ${tools.pipeline.name}, which neither deduplicates nor hashes nor syncs.`,
		table(['what', 'aim', ...dataSets.flatMap(({title}) => [title, 'to the pipeline'])], rows, '---'),
	].join('\n\n');
}
