import type {AuditLook, AuditResult, ShownEntry} from '../../../engine/index.ts';
import {formatAmount, formatSecond} from '../../../text/format.ts';
import {cell, fitCell, row, textRow, wrapText, type Row, type Tone} from '../../row.ts';
import {windowOf} from '../../scrolling.ts';
import type {Glyphs} from '../../theme.ts';

/** From here on a line shows the year, and from where somebody did it. */
const wideColumns = 100;
const columnsOf = {time: 20, shortTime: 15, operation: 14, result: 12, user: 14, from: 20} as const;

const tones: Readonly<Record<AuditResult, Tone>> = {begun: 'muted', ok: 'ok', partial: 'warning', failed: 'critical', interrupted: 'warning'};

const whatOf = ({objects, detail}: ShownEntry): string => [objects.join(', '), ...(detail === undefined ? [] : [detail])].filter(text => text !== '').join(': ');

/** The part of the entries that is seen, with its line of headings. */
export function entryRows(entries: readonly ShownEntry[], cursor: number, {columns, height, glyphs}: {readonly columns: number; readonly height: number; readonly glyphs: Glyphs}): Row[] {
	const isWide = columns >= wideColumns;
	const {start, end} = windowOf(entries.length, cursor, height - 1);
	const head = row(...[
		['  TIME (UTC)', (isWide ? columnsOf.time : columnsOf.shortTime) + 2], ['OPERATION', columnsOf.operation], ['RESULT', columnsOf.result], ['USER', columnsOf.user], ...(isWide ? [['FROM', columnsOf.from]] as const : []), ['WHAT', 8],
	].map(([text, width]) => fitCell(String(text), Number(width), {tone: 'muted'})));
	return [head, ...entries.slice(start, end).map((entry, index): Row => {
		const isSelected = start + index === cursor;
		const {time, operation, result, user, from, isAuthentic} = entry;
		return {isSelected, cells: [
			cell(isSelected ? `${glyphs.cursor} ` : '  ', 'accent'), fitCell(isWide ? formatSecond(time) : formatSecond(time).slice('2026-'.length), isWide ? columnsOf.time : columnsOf.shortTime, {tone: 'muted'}), fitCell(operation, columnsOf.operation, {tone: 'strong'}),
			fitCell(isAuthentic ? result : 'FORGED', columnsOf.result, {tone: isAuthentic ? tones[result] : 'critical'}), fitCell(user, columnsOf.user), ...(isWide ? [fitCell(from, columnsOf.from, {tone: 'muted'})] : []), cell(whatOf(entry)),
		]};
	})];
}

/** Whether the log is what was written, for the head of the screen. */
export function verificationRows({verification: {entries, flaw, heads, recovered}}: AuditLook, columns: number, glyphs: Glyphs): Row[] {
	if (flaw) {
		const {file, line, number, message} = flaw;
		return wrapText(`${glyphs.critical} BROKEN: entry ${number} (line ${line} of ${file}): ${message}. "coffer audit verify" says more`, columns - 2, 3).map(text => textRow(` ${text}`, 'critical'));
	}

	const known = heads.filter(({isSuperseded}) => !isSuperseded).length;
	const compared = known === 0 ? 'nobody else knows its end yet' : `compared with ${formatAmount(known, 'end')} that this host and the repository know`;
	const mended = recovered === 0 ? '' : `; ${formatAmount(recovered, 'line')} that a crash cut off ${recovered === 1 ? 'was' : 'were'} replaced`;
	return wrapText(`${glyphs.ok} INTACT: ${formatAmount(entries, 'entry', 'entries')}, none changed, missing or moved; ${compared}${mended}`, columns - 2, 2).map(line => textRow(` ${line}`, 'ok'));
}

/** All of an entry, for a message: each fact on a line of its own. */
export function entryDetails({number, time, operation, result, objects, detail, host, user, from, role, slot, run, isAuthentic}: ShownEntry): string[] {
	const facts: ReadonlyArray<readonly [string, string | undefined]> = [
		['number', String(number)], ...(isAuthentic ? [] : [['FORGED', 'this is not what was written'] as const]), ['time', time], ['operation', operation], ['result', result], ['host', host], ['user', user], ['from', from], ['role', role], ['key slot', slot], ['run', run],
		...objects.map((object, index) => [index === 0 ? 'objects' : '', object] as const), ['detail', detail],
	];
	return facts.flatMap(([name, value]) => value === undefined ? [] : [`${name.padEnd('operation'.length)}  ${value}`]);
}
