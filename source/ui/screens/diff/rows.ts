import type {SnapshotChange, SnapshotComparison} from '../../../engine/index.ts';
import {toSafeText, truncateStart} from '../../../text/display-text.ts';
import {formatBytes, formatCount, formatTime} from '../../../text/format.ts';
import {cell, emptyRow, fitCell, row, textRow, wrapText, type Cell, type Row, type Tone} from '../../row.ts';
import {windowOf} from '../../scrolling.ts';
import type {Glyphs} from '../../theme.ts';
import {changeFacts, changeSummary, changeTitle, fullPath} from './change-text.ts';
import {countChanges, kindOf, type ChangeKind, type DiffScreen} from './state.ts';

/** The mark of each kind, which needs no colour. */
export const changeMarks: Readonly<Record<ChangeKind, readonly [mark: string, tone: Tone]>> = {
	added: ['+', 'ok'], removed: ['-', 'critical'], changed: ['~', 'warning'], metadata: ['m', 'muted'],
};

/** Columns of what changed. */
const summaryColumns = 22;

function countCells(kind: ChangeKind, label: string, text: string, columns: number): Cell[] {
	const [mark, tone] = changeMarks[kind];
	return [cell(` ${mark} `, tone), fitCell(`${label} ${text}`, columns - 3)];
}

/** What was found, counted: two lines, and one more where not all of it is listed. */
export function countRows(comparison: SnapshotComparison, columns: number): Row[] {
	const {added, addedBytes, removed, removedBytes, changed, changedBytesBefore, changedBytesAfter, metadataOnly} = comparison.counts;
	const half = Math.min(50, Math.floor(columns / 2));
	const total = countChanges(comparison);
	return [
		row(...countCells('added', 'added', `${formatCount(added)}, ${formatBytes(addedBytes)}`, half), ...countCells('removed', 'removed', `${formatCount(removed)}, ${formatBytes(removedBytes)}`, half)),
		row(
			...countCells('changed', 'changed', `${formatCount(changed)}, ${formatBytes(changedBytesBefore)} -> ${formatBytes(changedBytesAfter)}`, half),
			...countCells('metadata', 'only metadata', formatCount(metadataOnly), half),
		),
		...(comparison.changes.length < total ? [textRow(` Only the first ${formatCount(comparison.changes.length)} of ${formatCount(total)} differences are listed.`, 'warning')] : []),
	];
}

function changeRow(change: SnapshotChange, isSelected: boolean, {columns, glyphs}: {readonly columns: number; readonly glyphs: Glyphs}): Row {
	const [mark, tone] = changeMarks[kindOf(change)];
	const room = columns - 4 - summaryColumns - 1;
	return {isSelected, cells: [
		cell(isSelected ? `${glyphs.cursor} ` : '  ', 'accent'), cell(`${mark} `, tone),
		fitCell(truncateStart(toSafeText(change.path), room), room), cell(' '), fitCell(changeSummary(change), summaryColumns, {align: 'right', tone: kindOf(change) === 'metadata' ? 'muted' : 'plain'}),
	]};
}

/** The part of the list that is seen. */
export function changeRows(changes: readonly SnapshotChange[], cursor: number, {height, ...view}: {readonly columns: number; readonly height: number; readonly glyphs: Glyphs}): Row[] {
	const {start, end} = windowOf(changes.length, cursor, height);
	return changes.slice(start, end).map((change, index) => changeRow(change, start + index === cursor, view));
}

/** Everything about the change at the cursor, for a pane beside the list. */
export function detailRows(change: SnapshotChange, columns: number): Row[] {
	const text = (value: string, tone: Tone): Row[] => wrapText(value, columns - 2).map(line => textRow(` ${line}`, tone));
	return [
		...text(fullPath(change), 'strong'), ...text(changeTitle(change), changeMarks[kindOf(change)][1]), emptyRow,
		...changeFacts(change).flatMap(({label, before, after}) => {
			const isSame = before === after || before === undefined || after === undefined;
			return [
				row(cell(` ${label.padEnd(9)} `, 'muted'), cell(before ?? after ?? '')),
				...(isSame ? [] : [row(cell(' '.repeat(8), 'muted'), cell('-> ', 'accent'), cell(after))]),
			];
		}),
	];
}

/** When a snapshot was taken, with its id. */
export const snapshotText = ({id, time}: DiffScreen['from']): string => `${id.slice(0, 8)} ${formatTime(time)}`;

/** What stands in the list's place while it is empty. */
export function emptyDiffText({comparison, problem, filter}: DiffScreen): string {
	if (problem !== undefined) {
		return problem;
	}

	if (!comparison) {
		return 'Comparing the two snapshots…';
	}

	return countChanges(comparison) === 0 ? 'Nothing differs.' : `Nothing here matches the filter "${filter}".`;
}
