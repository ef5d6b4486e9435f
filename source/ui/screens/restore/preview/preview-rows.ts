import type {RestoreSummary} from '../../../../engine/index.ts';
import {formatAmount, formatBytes, formatCount} from '../../../../text/format.ts';
import {toSafeText, truncateStart} from '../../../../text/display-text.ts';
import {cell, fitCell, row, textRow, wrapText, type Cell, type Row, type Tone} from '../../../row.ts';
import {windowOf} from '../../../scrolling.ts';
import type {Glyphs} from '../../../theme.ts';
import {policyText} from '../policy-texts.ts';
import {targetText, type RestoreScreen} from '../state.ts';
import {isIdle, isOverwriting, itemsOf, type PreviewItem} from './preview.ts';

type Look = {readonly mark: string; readonly word: string; readonly tone: Tone};

const looks: Readonly<Record<PreviewItem['action'], Look>> = {
	create: {mark: '+', word: 'new', tone: 'ok'},
	replace: {mark: '!', word: 'replaced', tone: 'warning'},
	compare: {mark: '?', word: 'compared', tone: 'warning'},
	'keep-both': {mark: '~', word: 'beside', tone: 'accent'},
	identical: {mark: '=', word: 'same', tone: 'muted'},
	keep: {mark: '-', word: 'stays', tone: 'muted'},
	delete: {mark: '!', word: 'deleted', tone: 'critical'},
	cannot: {mark: 'x', word: 'cannot', tone: 'critical'},
};

function countCells(action: PreviewItem['action'], text: string, columns: number): Cell[] {
	const {mark, word, tone} = looks[action];
	const isNone = text.startsWith('0');
	return [cell(` ${mark} `, isNone ? 'muted' : tone), fitCell(word, 10, {tone: isNone ? 'muted' : tone}), fitCell(text, Math.max(1, columns - 13), {tone: isNone ? 'muted' : 'plain'})];
}

/** Where to, how much, and how many of each kind. */
export function countRows(screen: RestoreScreen, {planned, failed, bytes, neededBytes, freeBytes}: RestoreSummary, columns: number): Row[] {
	const {create, folders, foldersReplacing, replace, compare, beside, identical, kept} = planned;
	const half = Math.floor(columns / 2);
	const pair = (left: readonly Cell[], right: readonly Cell[]): Row => row(...left, ...right);
	const isShort = neededBytes !== undefined && freeBytes !== undefined && neededBytes > freeBytes;
	const space = [neededBytes === undefined ? formatBytes(bytes) : `needs ${formatBytes(neededBytes)}`, ...(freeBytes === undefined ? [] : [`${formatBytes(freeBytes)} free`])].join(', ');
	return [
		row(fitCell(' into', 10, {tone: 'muted'}), fitCell(truncateStart(toSafeText(targetText(screen)), Math.max(8, columns - 12 - space.length)), Math.max(8, columns - 12 - space.length), {tone: 'strong'}), cell(`  ${space}`, isShort ? 'critical' : 'plain')),
		row(fitCell(' existing', 10, {tone: 'muted'}), cell(`${screen.policy}: ${policyText(screen.policy, screen.snapshot)}`)),
		pair(countCells('create', `${formatCount(create - beside)}, in ${formatAmount(folders, 'new folder')}`, half), countCells('identical', formatCount(identical), columns - half)),
		pair(countCells('replace', formatCount(replace + foldersReplacing), half), countCells('keep', `${formatCount(kept)} that differ`, columns - half)),
		pair(countCells('compare', formatCount(compare), half), countCells('cannot', formatCount(failed), columns - half)),
		pair(countCells('keep-both', formatCount(beside), half), []),
	];
}

/** The entries around the cursor, each with what would become of it. */
export function itemRows(summary: RestoreSummary, cursor: number, {columns, height, glyphs}: {readonly columns: number; readonly height: number; readonly glyphs: Glyphs}): Row[] {
	const items = itemsOf(summary);
	if (items.length === 0) {
		return [textRow('  Nothing in the snapshot matches what is marked.', 'muted')];
	}

	const {start, end} = windowOf(items.length, cursor, height);
	return items.slice(start, end).map(({action, path, size, message}, index): Row => {
		const isSelected = start + index === cursor;
		const {mark, word, tone} = looks[action];
		const text = message === undefined ? truncateStart(toSafeText(path), Math.max(4, columns - 25)) : `${path}: ${message}`;
		return {isSelected, cells: [
			cell(isSelected ? `${glyphs.cursor} ` : '  ', 'accent'), cell(`${mark} `, tone), fitCell(word, 10, {tone}),
			...(message === undefined ? [fitCell(text, Math.max(4, columns - 24)), fitCell(size === undefined ? '' : formatBytes(size), 9, {align: 'right'})] : [cell(text)]),
		]};
	});
}

/** The question that the preview is. */
export function questionRows(screen: RestoreScreen, summary: RestoreSummary, columns: number): Row[] {
	const item = itemsOf(summary)[screen.preview?.status === 'ready' ? screen.preview.cursor : 0];
	const details = item?.message === undefined ? [] : wrapText(`${item.path}: ${item.message}`, columns - 2).map(line => textRow(` ${line}`, 'critical'));
	const back = row(cell(' n', 'key'), cell(' or Esc goes back, '), cell('o', 'key'), cell(' changes what happens to files that exist already.'));
	if (isIdle(summary)) {
		return [textRow(' Nothing would be restored.', 'warning'), back, ...details];
	}

	const isAsked = isOverwriting(summary);
	const meaning = isAsked ? 'asks for the name of the source, as something that is there may be replaced.' : 'restores this. No file that is there is replaced.';
	return [row(cell(' y', 'key'), cell(` ${meaning}`, isAsked ? 'warning' : 'plain')), back, ...details];
}
