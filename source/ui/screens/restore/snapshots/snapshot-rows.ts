import {shortId, type SnapshotId, type StoredSnapshot, type Verification} from '../../../../engine/index.ts';
import {formatAge, formatAmount, formatBytes, formatCount, formatSpan, formatTime} from '../../../../text/format.ts';
import {cell, fitCell, row, wrapText, type Cell, type Row} from '../../../row.ts';
import {windowOf} from '../../../scrolling.ts';
import type {Glyphs} from '../../../theme.ts';

type View = {readonly columns: number; readonly glyphs: Glyphs; readonly nowMs: number; readonly verifications: ReadonlyMap<SnapshotId, Verification>};

const depths = {none: 'lists', part: 'part', all: 'data'} as const satisfies Record<Verification['data'], string>;

function verifiedText(verification: Verification | undefined, nowMs: number): string {
	return verification ? `${depths[verification.data]} ${formatAge(verification.time, nowMs)}` : 'never';
}

/** The headings of the list. */
export function snapshotHeadings(): Row {
	const heading = (text: string, columns: number, align: 'left' | 'right' = 'left'): Cell => fitCell(text, columns, {tone: 'muted', align});
	return row(cell('  '), heading('ID', 10), heading('TAKEN', 17), heading('AGE', 5, 'right'), heading('SIZE', 9, 'right'), heading('FILES', 11, 'right'), cell('  '), heading('VERIFIED', 15), heading('STATE', 7));
}

/** Snapshots around the cursor, one a line. */
export function snapshotRows(snapshots: readonly StoredSnapshot[], cursor: number, {height, ...view}: View & {readonly height: number}): Row[] {
	const {glyphs, nowMs, verifications} = view;
	const {start, end} = windowOf(snapshots.length, cursor, height);
	return snapshots.slice(start, end).map((snapshot, index): Row => {
		const isSelected = start + index === cursor;
		const {id, time, statistics: {bytes, files, unreadable}} = snapshot;
		const verification = verifications.get(id);
		return {isSelected, cells: [
			cell(isSelected ? `${glyphs.cursor} ` : '  ', 'accent'), fitCell(shortId(id), 10, {tone: 'strong'}), fitCell(formatTime(time), 17), fitCell(formatSpan(nowMs - Date.parse(time)), 5, {align: 'right'}),
			fitCell(formatBytes(bytes), 9, {align: 'right'}), fitCell(formatCount(files), 11, {align: 'right'}), cell('  '),
			fitCell(verifiedText(verification, nowMs), 15, {tone: verification ? 'plain' : 'muted'}), fitCell(unreadable > 0 ? 'PARTIAL' : 'OK', 7, {tone: unreadable > 0 ? 'warning' : 'ok'}),
		]};
	});
}

/** What else there is to know of the snapshot at the cursor. */
export function snapshotFacts({paths, class: backupClass, user, host, tags, statistics: {addedBytes, storedBytes, durationMs, unreadable}}: StoredSnapshot, columns: number): Row[] {
	const facts = [
		paths.join(', '),
		[`${backupClass}, by ${user} on ${host}`, ...(tags.length > 0 ? [`tags ${tags.join(' ')}`] : []), `${formatBytes(addedBytes)} new, ${formatBytes(storedBytes)} stored`, `took ${formatSpan(durationMs) === 'now' ? 'under a minute' : formatSpan(durationMs)}`].join('; '),
	];
	const missing = unreadable > 0 ? wrapText(`${formatAmount(unreadable, 'entry', 'entries')} could not be read and ${unreadable === 1 ? 'is' : 'are'} missing.`, columns - 2) : [];
	return [...missing.map(line => row(cell(` ${line}`, 'warning'))), ...facts.flatMap(fact => wrapText(fact, columns - 2).slice(0, 2)).map(line => row(cell(` ${line}`)))];
}
