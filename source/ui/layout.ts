import type {PaneId, Size} from './model/state.ts';

/** Lines that are no pane: header, status line and footer. */
export const edgeLines = 3;

/** Below this the full screen cannot be read, and the compact one is shown. */
export const smallest: Size = {columns: 80, rows: 24};
/** From here on there is a second column. */
const wideColumns = 110;

/** Whether only the compact screen has room: always below the smallest size on the main screen, and where not even one of the other screens could be read. */
export function isCompact({size, screens}: {readonly size: Size; readonly screens: readonly unknown[]}): boolean {
	return isTooSmall(size) && (screens.length === 0 || size.rows < 10 || size.columns < 40);
}

export const isTooSmall = ({columns, rows}: Size): boolean => columns < smallest.columns || rows < smallest.rows;

/** A pane and its place: in columns and lines. */
export type Place = {readonly pane: PaneId; readonly width: number; readonly height: number};

/** Columns of panes, side by side; in each the panes one above the other. Rows of panes within a column stand side by side. */
export type Layout = ReadonlyArray<ReadonlyArray<readonly Place[]>>;

/** How many rows each pane would like for what it shows, without its frame. */
export type Wishes = {readonly backups: number; readonly alerts: number; readonly keys: number; readonly storage: number};

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(value, high));

function narrow({columns, rows}: Size, wishes: Wishes, isWithJobs: boolean): Layout {
	const middle = clamp(Math.max(wishes.keys, wishes.storage) + 2, 5, rows >= 30 ? 9 : 6);
	const rest = rows - middle;
	// The sources come first; what their list does not need goes to the alerts.
	const below = isWithJobs ? Math.floor(rest / 2) : clamp(rest - wishes.backups - 3, 4, Math.floor(rest / 2));
	const backups = Math.min(wishes.backups + 3, rest - below);
	const left = Math.floor(columns / 2);
	return [[
		[{pane: 'backups', width: columns, height: backups}],
		[{pane: 'keys', width: left, height: middle}, {pane: 'storage', width: columns - left, height: middle}],
		[{pane: isWithJobs ? 'jobs' : 'alerts', width: columns, height: rest - backups}],
	]];
}

function wide({columns, rows}: Size, wishes: Wishes): Layout {
	const right = clamp(Math.floor(columns / 3), 40, 64);
	const left = columns - right;
	const storage = clamp(wishes.storage + 2, 6, Math.max(6, Math.floor(rows / 3)));
	const keys = clamp(wishes.keys + 2, 6, Math.max(6, Math.floor(rows / 4)));
	const jobs = clamp(Math.floor((rows - keys) * 0.42), 7, 18);
	return [
		[[{pane: 'backups', width: left, height: rows - storage}], [{pane: 'storage', width: left, height: storage}]],
		[[{pane: 'keys', width: right, height: keys}], [{pane: 'alerts', width: right, height: rows - keys - jobs}], [{pane: 'jobs', width: right, height: jobs}]],
	];
}

/**
Where the panes of the main screen are.
@param size - Of the part of the screen that the panes have: without header, status line and footer.
@param focus - A narrow screen has room for the alerts or the jobs: the jobs are seen when they have the focus.
@param isZoomed - The pane with the focus has it all.
*/
export function layOut(size: Size, wishes: Wishes, {focus, isZoomed}: {readonly focus: PaneId; readonly isZoomed: boolean}): Layout {
	if (isZoomed) {
		return [[[{pane: focus, width: size.columns, height: size.rows}]]];
	}

	return size.columns >= wideColumns ? wide(size, wishes) : narrow(size, wishes, focus === 'jobs');
}
