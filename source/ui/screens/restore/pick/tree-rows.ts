import type {FolderSize} from '../../../../engine/index.ts';
import {formatBytes, formatCount, formatTime} from '../../../../text/format.ts';
import {displayWidth, toSafeText, truncateStart} from '../../../../text/display-text.ts';
import {cell, fitCell, type Cell, type Row} from '../../../row.ts';
import {windowOf} from '../../../scrolling.ts';
import type {Glyphs} from '../../../theme.ts';
import {markStateOf, type MarkState} from '../marks.ts';
import {nameOf} from '../path-key.ts';
import {cursorIndex, type Picking} from './picking.ts';
import {rowsOf, type EntryRow, type NoteRow, type TreeEntry} from './tree.ts';

export type TreeView = {readonly columns: number; readonly height: number; readonly glyphs: Glyphs};

const boxes: Readonly<Record<MarkState, string>> = {all: '[x] ', part: '[-] ', none: '[ ] '};

/** Columns of the size, of the number of files, and of the time, where there is room for them. */
function columnsOf(columns: number): {readonly size: number; readonly files: number; readonly time: number} {
	return {size: 9, files: columns >= 84 ? 12 : 0, time: columns >= 66 ? 18 : 0};
}

const typeNames = {file: '', directory: '', symlink: 'link', fifo: 'fifo', socket: 'socket', block: 'device', character: 'device'} as const;

function sizeText(entry: TreeEntry, size: FolderSize | 'unknown' | undefined): string {
	if (entry.type === 'directory') {
		return size === undefined ? '' : (size === 'unknown' ? '?' : formatBytes(size.bytes));
	}

	return entry.type === 'file' ? formatBytes(entry.size ?? 0) : typeNames[entry.type];
}

function nameCells({entry, depth, isOpen}: EntryRow, isMatch: boolean, columns: number, glyphs: Glyphs): Cell[] {
	const isFolder = entry.type === 'directory';
	const end = isFolder ? '/' : (entry.type === 'symlink' && !isMatch ? ` -> ${entry.target ?? ''}` : '');
	if (isMatch) {
		const text = truncateStart(toSafeText(entry.path + end), columns);
		return [fitCell(text, columns, {tone: isFolder ? 'strong' : 'plain'})];
	}

	// Deep folders leave room for the names.
	const indent = ' '.repeat(Math.min(depth * 2, Math.floor(columns / 3)));
	const start = `${indent}${isFolder ? (isOpen ? glyphs.open : glyphs.closed) : ' '} `;
	return [cell(start, 'muted'), fitCell(nameOf(entry) + end, Math.max(1, columns - displayWidth(start)), {tone: isFolder ? 'strong' : 'plain'})];
}

function entryRow(row: EntryRow, isSelected: boolean, {marks, sizes, tree}: Picking, {columns, glyphs}: TreeView): Row {
	const {entry} = row;
	const {size, files, time} = columnsOf(columns);
	const measured = sizes.get(entry.key);
	const state = markStateOf(marks, entry.key);
	const isMatch = tree.search !== undefined;
	const fileCount = entry.type === 'directory' && measured !== undefined && measured !== 'unknown' ? formatCount(measured.files) : '';
	return {isSelected, cells: [
		cell(isSelected ? `${glyphs.cursor} ` : '  ', 'accent'), cell(boxes[state], state === 'none' ? 'muted' : 'accent'),
		...nameCells(row, isMatch, Math.max(4, columns - 7 - size - files - time), glyphs),
		fitCell(sizeText(entry, measured), size, {align: 'right', tone: entry.type === 'directory' || entry.type === 'file' ? 'plain' : 'muted'}),
		...(files > 0 ? [fitCell(fileCount, files, {align: 'right', tone: 'muted'})] : []),
		...(time > 0 ? [fitCell(formatTime(entry.mtime), time, {align: 'right', tone: 'muted'})] : []),
	]};
}

function noteRow({depth, text, isFailure}: NoteRow, isSelected: boolean, {glyphs}: TreeView): Row {
	return {isSelected, cells: [
		cell(isSelected ? `${glyphs.cursor} ` : '  ', 'accent'), cell(' '.repeat(6 + Math.min(depth, 8) * 2)),
		cell(isFailure ? `${glyphs.critical} Enter tries again: ${text}` : text, isFailure ? 'critical' : 'muted'),
	]};
}

/** The headings above the tree. */
export function treeHeadings({columns}: Pick<TreeView, 'columns'>): Row {
	const {size, files, time} = columnsOf(columns);
	return {cells: [
		fitCell('      NAME', Math.max(4, columns - 1 - size - files - time), {tone: 'muted'}), fitCell('SIZE', size, {align: 'right', tone: 'muted'}),
		...(files > 0 ? [fitCell('FILES', files, {align: 'right', tone: 'muted'})] : []), ...(time > 0 ? [fitCell('CHANGED', time, {align: 'right', tone: 'muted'})] : []),
	]};
}

/** The lines of the tree around the cursor. @param view.height - Lines that there are for them. */
export function treeRows(picking: Picking, view: TreeView): Row[] {
	const {rows} = rowsOf(picking.tree);
	const cursor = cursorIndex(picking);
	const {start, end} = windowOf(rows.length, cursor, view.height);
	return rows.slice(start, end).map((row, index) => row.kind === 'entry' ? entryRow(row, start + index === cursor, picking, view) : noteRow(row, start + index === cursor, view));
}
