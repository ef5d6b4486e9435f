import {formatSecond} from '../../../text/format.ts';
import {cell, fitCell, type Row} from '../../row.ts';
import {windowOf} from '../../scrolling.ts';
import type {Glyphs} from '../../theme.ts';
import {factsText, levelTone, type LogLine} from './log-line.ts';
import {cursorRow, type LogScreen} from './state.ts';

/** From here on a line shows the year of its time. */
const wideColumns = 100;

/** Characters beyond those that a line could show, with room for such as take no column, are not looked at. */
const clip = (text: string, columns: number): string => text.slice(0, columns * 8);

function lineRow(line: LogLine, isSelected: boolean, {columns, glyphs}: {readonly columns: number; readonly glyphs: Glyphs}): Row {
	const {timeMs, level, message} = line;
	const time = timeMs === undefined ? '' : formatSecond(new Date(timeMs).toISOString());
	const isWide = columns >= wideColumns;
	const tone = levelTone(line);
	return {isSelected, cells: [
		cell(isSelected ? `${glyphs.cursor} ` : '  ', 'accent'),
		fitCell(isWide ? time : time.slice('2026-'.length), isWide ? 20 : 15, {tone: 'muted'}),
		fitCell((level ?? '-').toUpperCase(), 6, {tone}), cell(`${clip(message, columns)}  `, tone === 'plain' || tone === 'muted' ? tone : 'strong'), cell(clip(factsText(line), columns), 'muted'),
	]};
}

/** The part of the lines that is seen. */
export function logRows(listed: readonly LogLine[], screen: Pick<LogScreen, 'cursor' | 'isFollowing'>, {height, ...view}: {readonly columns: number; readonly height: number; readonly glyphs: Glyphs}): Row[] {
	const cursor = cursorRow(listed, screen);
	const {start, end} = windowOf(listed.length, cursor, height);
	return listed.slice(start, end).map((line, index) => lineRow(line, start + index === cursor, view));
}

/** All of a line, for a message: each fact on a line of its own. */
export function lineDetails({timeMs, level, message, facts}: LogLine): string[] {
	if (level === undefined) {
		return [message];
	}

	const width = Math.max(5, ...facts.map(([name]) => Math.min(20, name.length)));
	const fact = (name: string, value: string): string => `${name.padEnd(width)}  ${value}`;
	return [
		message, '',
		...(timeMs === undefined ? [] : [fact('time', formatSecond(new Date(timeMs).toISOString()))]), fact('level', level), ...facts.map(([name, value]) => fact(name, value)),
	];
}

/** What stands in the lines' place while there are none. */
export function emptyLogText({isRead, lines, filter}: Pick<LogScreen, 'isRead' | 'lines' | 'filter'>): string {
	if (!isRead) {
		return 'Reading the log…';
	}

	return lines.length === 0 ? 'The log is empty.' : `No line matches the filter "${filter}".`;
}
