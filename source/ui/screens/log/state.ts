import type {LogNews} from '../../log-follower.ts';
import {isMatch} from '../../model/selectors.ts';
import {moveRow, type Movement} from '../../scrolling.ts';
import {factsText, parseLogLine, type LogLine} from './log-line.ts';

/** So many of the last lines are kept. */
export const keptLines = 5000;

/** The log of this host, as it grows. */
export type LogScreen = {
	readonly kind: 'log';
	readonly file: string;
	/** The last `keptLines`, oldest first. */
	readonly lines: readonly LogLine[];
	/** The log was looked at. */
	readonly isRead: boolean;
	/** Why it cannot be read at the moment. */
	readonly problem?: string;
	/** Number of the line that the cursor stands on, or of one before the next that is shown. */
	readonly cursor: number;
	readonly filter: string;
	/** The cursor stays at the end, and with it what is seen. */
	readonly isFollowing: boolean;
};

/** @param filter - What is shown of it at first. @default everything */
export function createLogScreen(file: string, filter = ''): LogScreen {
	return {kind: 'log', file, lines: [], isRead: false, cursor: 0, filter, isFollowing: true};
}

/** With what was read of the log since. */
export function addNews({problem: _, ...screen}: LogScreen, {lines, problem}: LogNews): LogScreen {
	const next = (screen.lines.at(-1)?.number ?? 0) + 1;
	const skipped = Math.max(0, lines.length - keptLines);
	const added = lines.slice(skipped).map((line, index) => parseLogLine(line, next + skipped + index));
	return {...screen, isRead: true, lines: added.length === 0 ? screen.lines : [...screen.lines, ...added].slice(-keptLines), ...(problem !== undefined && {problem})};
}

/** The lines that are shown: those that have the words of the filter anywhere. */
export function listLines({lines, filter}: Pick<LogScreen, 'lines' | 'filter'>): readonly LogLine[] {
	return filter.trim() === '' ? lines : lines.filter(line => isMatch(`${line.level ?? ''} ${line.message} ${factsText(line)}`, filter));
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
