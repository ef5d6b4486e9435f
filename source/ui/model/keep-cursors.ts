import {shownAlerts} from '../screens/alerts/shown-alerts.ts';
import type {OpenScreen} from '../screens/screen.ts';
import {clampRow, listAlerts, listJobs, listSources} from './selectors.ts';
import type {DashboardState} from './state.ts';

/** The row of the same thing in another list; where it is gone, the same row. */
function follow<Item>(row: number, before: readonly Item[], after: readonly Item[], isSame: (a: Item, b: Item) => boolean): number {
	const item = before[clampRow(row, before.length)];
	const found = item === undefined ? -1 : after.findIndex(candidate => isSame(item, candidate));
	return found === -1 ? row : found;
}

function followInScreen(screen: OpenScreen, before: DashboardState, after: DashboardState): OpenScreen {
	if (screen.kind === 'schedule') {
		return {...screen, cursor: follow(screen.cursor, before.overview?.schedule?.jobs ?? [], after.overview?.schedule?.jobs ?? [], (a, b) => a.job.name === b.job.name)};
	}

	return screen.kind === 'alerts' ? {...screen, cursor: follow(screen.cursor, shownAlerts(before, screen), shownAlerts(after, screen), (a, b) => a.key === b.key)} : screen;
}

/** Cursors stay on what they stood on when lists change by themselves: a key shall never meet what somebody has not seen there. */
export function keepCursors(before: DashboardState, after: DashboardState): DashboardState {
	const {cursors} = after.main;
	return {
		...after,
		main: {...after.main, cursors: {
			...cursors,
			backups: follow(cursors.backups, listSources(before), listSources(after), (a, b) => a.source.name === b.source.name && a.source.host === b.source.host),
			alerts: follow(cursors.alerts, listAlerts(before), listAlerts(after), (a, b) => a.key === b.key),
			jobs: follow(cursors.jobs, listJobs(before), listJobs(after), (a, b) => a.id === b.id),
		}},
		screens: after.screens.map(screen => followInScreen(screen, before, after)),
	};
}
