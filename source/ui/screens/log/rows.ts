import {logChannels, type LogLevel} from '../../../logs/channel.ts';
import {factsText, isOfLevel} from '../../../logs/log-entry.ts';
import {formatSecond} from '../../../text/format.ts';
import {cell, fitCell, type Row, type Tone} from '../../row.ts';
import {windowOf} from '../../scrolling.ts';
import type {Glyphs} from '../../theme.ts';
import {cursorRow, type LogLine, type LogScreen} from './state.ts';

/** From here on a line shows the year of its time. */
const wideColumns = 100;
const channelColumns = Math.max(...logChannels.map(channel => channel.length)) + 1;

/** Characters beyond those that a line could show, with room for such as take no column, are not looked at. */
const clip = (text: string, columns: number): string => text.slice(0, columns * 8);

export function levelTone(line: Pick<LogLine, 'level'>): Tone {
	if (isOfLevel(line, 'error')) {
		return 'critical';
	}

	if (isOfLevel(line, 'warn')) {
		return 'warning';
	}

	return line.level === undefined || ['debug', 'trace'].includes(line.level) ? 'muted' : 'plain';
}

type RowView = {readonly columns: number; readonly glyphs: Glyphs; readonly hasChannels: boolean};

function lineRow(line: LogLine, isSelected: boolean, {columns, glyphs, hasChannels}: RowView): Row {
	const {timeMs, level, message, channel} = line;
	const time = timeMs === undefined ? '' : formatSecond(new Date(timeMs).toISOString());
	const isWide = columns >= wideColumns;
	const tone = levelTone(line);
	return {isSelected, cells: [
		cell(isSelected ? `${glyphs.cursor} ` : '  ', 'accent'),
		fitCell(isWide ? time : time.slice('2026-'.length), isWide ? 20 : 15, {tone: 'muted'}),
		fitCell((level ?? '-').toUpperCase(), 6, {tone}),
		...(hasChannels ? [fitCell(channel, channelColumns, {tone: 'muted'})] : []),
		cell(`${clip(message, columns)}  `, tone === 'plain' || tone === 'muted' ? tone : 'strong'), cell(clip(factsText(line), columns), 'muted'),
	]};
}

/** The part of the lines that is seen; where several logs are shown, each line says which it is of. */
export function logRows(listed: readonly LogLine[], screen: Pick<LogScreen, 'cursor' | 'isFollowing' | 'channel'>, {height, ...view}: {readonly columns: number; readonly height: number; readonly glyphs: Glyphs}): Row[] {
	const cursor = cursorRow(listed, screen);
	const {start, end} = windowOf(listed.length, cursor, height);
	return listed.slice(start, end).map((line, index) => lineRow(line, start + index === cursor, {...view, hasChannels: screen.channel === undefined}));
}

/** All of a line, for a message: each fact on a line of its own. */
export function lineDetails({timeMs, level, channel, message, facts}: LogLine): string[] {
	if (level === undefined) {
		return [message];
	}

	const width = Math.max('channel'.length, ...facts.map(([name]) => Math.min(20, name.length)));
	const fact = (name: string, value: string): string => `${name.padEnd(width)}  ${value}`;
	return [
		message, '',
		...(timeMs === undefined ? [] : [fact('time', formatSecond(new Date(timeMs).toISOString()))]), fact('level', level), fact('channel', channel), ...facts.map(([name, value]) => fact(name, value)),
	];
}

const levelTexts: Readonly<Partial<Record<LogLevel, string>>> = {warn: 'warnings and errors', error: 'errors'};

/** Which lines are shown, for the frame: nothing where all are. */
export const chosenText = ({channel, level, filter}: Pick<LogScreen, 'channel' | 'level' | 'filter'>): string[] => [
	...(channel === undefined ? [] : [`only ${channel}`]), ...(level === undefined ? [] : [`only ${levelTexts[level] ?? level}`]), ...(filter === '' ? [] : [`filter: ${filter}`]),
];

/** What stands in the lines' place while there are none. */
export function emptyLogText(screen: Pick<LogScreen, 'isRead' | 'lines' | 'filter' | 'channel' | 'level' | 'folder'>): string {
	const {isRead, lines, folder, filter, channel, level} = screen;
	if (!isRead) {
		return 'Reading the logs…';
	}

	if (lines.length === 0) {
		return `There are no logs in ${folder} yet. They begin with the next backup, and are shown as soon as they are there.`;
	}

	const what = `No ${level === undefined ? 'line' : (level === 'warn' ? 'warning or error' : level)}${channel === undefined ? '' : ` of ${channel}`}`;
	return filter === '' ? `${what} is among the last ${lines.length} lines.` : `${what} matches the filter "${filter}".`;
}
