import type {KeyStatus, Overview, SnapshotList} from '../../engine/index.ts';
import type {OpenScreen} from '../screens/screen.ts';
import type {Failure, Job} from './job.ts';
import type {Overlay} from './overlay.ts';

/** The panes of the main screen, in the order of their numbers. */
export const paneIds = ['backups', 'keys', 'storage', 'alerts', 'jobs'] as const;
export type PaneId = typeof paneIds[number];

/** What the list of sources is ordered by. */
export const sourceOrders = ['configuration', 'state', 'name', 'age', 'size'] as const;
export type SourceOrder = typeof sourceOrders[number];

/** Columns and rows of the terminal. */
export type Size = {readonly columns: number; readonly rows: number};

/** How the repository can be reached. `opening`: it is being opened, or opened again after a failure. */
export type Link = {readonly status: 'opening'} | {readonly status: 'ready'} | {readonly status: 'offline'; readonly failure: Failure; readonly sinceMs: number};

/** A word about something that just happened, until the next key or `untilMs`. */
export type Notice = {readonly text: string; readonly tone: 'ok' | 'warning' | 'critical' | 'plain'; readonly untilMs: number};

export type MainState = {
	readonly focus: PaneId;
	readonly isZoomed: boolean;
	/** Rows of each pane that the cursor stands on; of the backups that of the list as it is filtered and ordered. */
	readonly cursors: Readonly<Record<PaneId, number>>;
	readonly filter: string;
	readonly order: SourceOrder;
};

/** Everything that the screen shows. Changed by `reduce` only. */
export type DashboardState = {
	readonly size: Size;
	/** In milliseconds since 1970; moves on about once a second. */
	readonly nowMs: number;
	readonly link: Link;
	readonly overview?: Overview;
	/** When `overview` was taken, in milliseconds since 1970. */
	readonly overviewMs?: number;
	readonly snapshots?: SnapshotList;
	/** Keys with what lies under each epoch, when that was last counted. */
	readonly keyCounts?: KeyStatus;
	/** Oldest first. */
	readonly jobs: readonly Job[];
	readonly main: MainState;
	/** Above the main screen; the last one is seen. */
	readonly screens: readonly OpenScreen[];
	readonly overlay?: Overlay;
	readonly notice?: Notice;
};

export function createState(size: Size, nowMs: number): DashboardState {
	return {
		size, nowMs, jobs: [], screens: [],
		link: {status: 'opening'},
		main: {focus: 'backups', isZoomed: false, filter: '', order: 'configuration', cursors: {backups: 0, keys: 0, storage: 0, alerts: 0, jobs: 0}},
	};
}
