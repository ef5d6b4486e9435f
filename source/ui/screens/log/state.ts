import {logChannels, type LogChannel, type LogLevel} from '../../../logs/channel.ts';
import type {LogNews} from '../../../logs/follow-logs.ts';
import {factsText, isOfLevel, type LogEntry} from '../../../logs/log-entry.ts';
import {isMatch} from '../../model/selectors.ts';
import {moveRow, type Movement} from '../../scrolling.ts';

/** So many of the last lines are kept. */
export const keptLines = 5000;

/** The levels that a key goes through, from all lines on. */
const shownLevels: ReadonlyArray<LogLevel | undefined> = [undefined, 'warn', 'error'];
const shownChannels: ReadonlyArray<LogChannel | undefined> = [undefined, ...logChannels];

/** One line of a log on the screen. */
export type LogLine = Omit<LogEntry, 'value'> & {
	/** Counts up; that of a line does not change. */
	readonly number: number;
};

/** The logs of this host, as they grow. */
export type LogScreen = {
	readonly kind: 'log';
	readonly folder: string;
	/** The last `keptLines` of all logs, oldest first. */
	readonly lines: readonly LogLine[];
	/** The logs were looked at. */
	readonly isRead: boolean;
	/** Why they cannot be read at the moment. */
	readonly problem?: string;
	/** Number of the line that the cursor stands on, or of one before the next that is shown. */
	readonly cursor: number;
	readonly filter: string;
	/** Only this log. @default all */
	readonly channel?: LogChannel | undefined;
	/** Only this level and more important ones. @default all lines */
	readonly level?: LogLevel | undefined;
	/** The cursor stays at the end, and with it what is seen. */
	readonly isFollowing: boolean;
};

/** @param filter - What is shown at first. @default everything */
export function createLogScreen(folder: string, filter = ''): LogScreen {
	return {kind: 'log', folder, lines: [], isRead: false, cursor: 0, filter, isFollowing: true};
}

/** With what was read of the logs since. */
export function addNews({problem: _, ...screen}: LogScreen, {entries, problem}: LogNews): LogScreen {
	const next = (screen.lines.at(-1)?.number ?? 0) + 1;
	const skipped = Math.max(0, entries.length - keptLines);
	const added = entries.slice(skipped).map(({value, ...entry}, index) => ({...entry, number: next + skipped + index}));
	return {...screen, isRead: true, lines: added.length === 0 ? screen.lines : [...screen.lines, ...added].slice(-keptLines), ...(problem !== undefined && {problem})};
}

/** The lines that are shown: those of the channel and the level that have the words of the filter anywhere. */
export function listLines({lines, filter, channel, level}: Pick<LogScreen, 'lines' | 'filter' | 'channel' | 'level'>): readonly LogLine[] {
	const isAll = filter.trim() === '' && channel === undefined && level === undefined;
	return isAll
		? lines
		: lines.filter(line => (channel === undefined || line.channel === channel)
			&& (level === undefined || isOfLevel(line, level))
			&& isMatch(`${line.level ?? ''} ${line.channel} ${line.message} ${factsText(line)}`, filter));
}

/** Where in the list the cursor is; -1 in an empty one. */
export function cursorRow(listed: readonly LogLine[], {cursor, isFollowing}: Pick<LogScreen, 'cursor' | 'isFollowing'>): number {
	if (isFollowing) {
		return listed.length - 1;
	}

	const row = listed.findLastIndex(({number}) => number <= cursor);
	return Math.max(row, Math.min(0, listed.length - 1));
}

export function selectedLine(screen: LogScreen): LogLine | undefined {
	const listed = listLines(screen);
	return listed[cursorRow(listed, screen)];
}

/** The end is followed from where the cursor has reached it, and no longer where it leaves it. */
export function moveInLog(screen: LogScreen, movement: Movement, page: number): LogScreen {
	const listed = listLines(screen);
	if (listed.length === 0) {
		return screen;
	}

	const row = moveRow(cursorRow(listed, screen), movement, {count: listed.length, page});
	return {...screen, cursor: listed[row]!.number, isFollowing: row === listed.length - 1};
}

/** Stay at the end, or where the cursor is. */
export function toggleFollowing(screen: LogScreen): LogScreen {
	return {...screen, isFollowing: !screen.isFollowing, cursor: selectedLine(screen)?.number ?? 0};
}

const after = <Value>(values: readonly Value[], value: Value): Value => values[(values.indexOf(value) + 1) % values.length]!;

/** The next log alone, or all again; the cursor stays at its line, or near it. */
export const nextChannel = (screen: LogScreen): LogScreen => ({...screen, channel: after(shownChannels, screen.channel)});

/** Only warnings and errors, only errors, or all again; the cursor stays at its line, or near it. */
export const nextLevel = (screen: LogScreen): LogScreen => ({...screen, level: after(shownLevels, screen.level)});
