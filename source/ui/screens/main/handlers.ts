import type {Dashboard} from '../../dashboard.ts';
import {movementHandlers, pageRows, type Handler, type Handlers} from '../../handler.ts';
import {createLine} from '../../line-edit.ts';
import {isActive, type Job} from '../../model/job.ts';
import {clampRow, listAlerts, listJobs, listSources, selectedSource} from '../../model/selectors.ts';
import {paneIds, sourceOrders, type PaneId} from '../../model/state.ts';
import {moveRow} from '../../scrolling.ts';
import {askToStop, backUp, chooseVerification, restoreFrom, verify, whyNoBackup} from '../../work.ts';
import {createAlertsScreen} from '../alerts/state.ts';
import {createJobScreen} from '../job/state.ts';
import {openKeys} from '../keys/open.ts';
import {showPrune} from '../prune/open.ts';
import {showRotation} from '../rotation/open.ts';
import {createSourceScreen} from '../source/state.ts';

/** How many rows the list in a pane has. */
function countRows({state}: Dashboard, pane: PaneId): number {
	switch (pane) {
		case 'backups': {
			return listSources(state).length;
		}

		case 'keys': {
			return state.overview ? state.overview.keys.epochs.length + state.overview.keys.keys.length : 0;
		}

		case 'storage': {
			return state.overview?.storage.length ?? 0;
		}

		case 'alerts': {
			return listAlerts(state).length;
		}

		case 'jobs': {
			return state.jobs.length;
		}
	}
}

function focus(dashboard: Dashboard, pane: PaneId): void {
	dashboard.dispatch({type: 'main-changed', change: {focus: pane}});
}

function focusNext(dashboard: Dashboard, step: number): void {
	const {focus: current} = dashboard.state.main;
	focus(dashboard, paneIds[(paneIds.indexOf(current) + step + paneIds.length) % paneIds.length]!);
}

const toPane = (pane: PaneId): Handler => ({run(dashboard) {
	focus(dashboard, pane);
}});

/** Why nothing can be done with a source: there is none, or none is known yet. */
function whyNoSource({state}: Dashboard): string | undefined {
	if (state.overview === undefined) {
		return state.link.status === 'offline' ? 'The repository cannot be reached. R tries again.' : 'The repository is being opened.';
	}

	return selectedSource(state) ? undefined : 'There is no source to choose.';
}

/** The jobs that `x` means: the one at the cursor of the jobs, else those of the source at the cursor. */
function selectedJobs({state}: Dashboard): Job[] {
	const {main} = state;
	const jobs = listJobs(state);
	if (main.focus === 'jobs') {
		return jobs.slice(clampRow(main.cursors.jobs, jobs.length)).slice(0, 1).filter(job => isActive(job));
	}

	const source = selectedSource(state);
	return source?.host === state.overview?.host ? jobs.filter(job => isActive(job) && job.source === source?.name) : [];
}

function selectedAlert({state}: Dashboard) {
	const alerts = listAlerts(state);
	const {main} = state;
	const source = selectedSource(state);
	return main.focus === 'alerts'
		? alerts[clampRow(main.cursors.alerts, alerts.length)]
		: alerts.find(alert => alert.acknowledged === undefined && alert.object === source?.name);
}

function open(dashboard: Dashboard): void {
	const {state} = dashboard;
	const {main} = state;
	const source = selectedSource(state);
	switch (main.focus) {
		case 'backups': {
			if (source) {
				dashboard.openScreen(createSourceScreen(source));
			}

			break;
		}

		case 'keys': {
			openKeys(dashboard);
			break;
		}

		case 'storage': {
			dashboard.dispatch({type: 'main-changed', change: {isZoomed: !main.isZoomed}});
			break;
		}

		case 'alerts': {
			dashboard.openScreen(createAlertsScreen(clampRow(main.cursors.alerts, listAlerts(state).length)));
			break;
		}

		case 'jobs': {
			const jobs = listJobs(state);
			const job = jobs[clampRow(main.cursors.jobs, jobs.length)];
			if (job?.kind === 'rotate') {
				showRotation(dashboard, job.id);
			} else if (job?.kind === 'prune') {
				showPrune(dashboard, {job: job.id});
			} else if (job) {
				dashboard.openScreen(createJobScreen(job.id));
			}

			break;
		}
	}
}

/** The keys of the main screen. */
export const mainHandlers: Handlers = {
	...movementHandlers((dashboard, movement) => {
		const {focus: pane, cursors} = dashboard.state.main;
		const count = countRows(dashboard, pane);
		dashboard.dispatch({type: 'cursor-moved', pane, row: moveRow(clampRow(cursors[pane], count), movement, {count, page: pageRows(dashboard)})});
	}),
	'next-pane': {run(dashboard) {
		focusNext(dashboard, 1);
	}},
	'previous-pane': {run(dashboard) {
		focusNext(dashboard, -1);
	}},
	'pane-1': toPane('backups'),
	'pane-2': toPane('keys'),
	'pane-3': toPane('storage'),
	'pane-4': toPane('alerts'),
	'pane-5': toPane('jobs'),
	zoom: {run(dashboard) {
		dashboard.dispatch({type: 'main-changed', change: {isZoomed: !dashboard.state.main.isZoomed}});
	}},
	open: {run: open},
	back: {run(dashboard) {
		dashboard.dispatch({type: 'main-changed', change: {filter: '', isZoomed: false}});
	}},
	sort: {run(dashboard) {
		const {order} = dashboard.state.main;
		const next = sourceOrders[(sourceOrders.indexOf(order) + 1) % sourceOrders.length]!;
		dashboard.dispatch({type: 'main-changed', change: {order: next, focus: 'backups'}});
		dashboard.notify(`Sources in the order of ${next}.`);
	}},
	filter: {run(dashboard) {
		const {filter} = dashboard.state.main;
		focus(dashboard, 'backups');
		dashboard.openOverlay({kind: 'filter', line: createLine(filter), before: filter, onChange(text) {
			dashboard.dispatch({type: 'main-changed', change: {filter: text}});
		}});
	}},
	backup: {
		unavailable: dashboard => whyNoSource(dashboard) ?? whyNoBackup(dashboard, selectedSource(dashboard.state)!.name),
		run(dashboard) {
			backUp(dashboard, [selectedSource(dashboard.state)!.name]);
		},
	},
	'backup-all': {
		unavailable: dashboard => dashboard.state.overview ? undefined : whyNoSource(dashboard),
		run(dashboard) {
			backUp(dashboard, dashboard.connection?.sources.map(({source}) => source.name) ?? []);
		},
	},
	verify: {
		unavailable: ({state}) => state.overview ? undefined : 'The repository is not open.',
		run(dashboard) {
			const source = selectedSource(dashboard.state);
			if (dashboard.state.main.focus === 'storage' || !source) {
				dashboard.openOverlay({kind: 'verify', subject: 'all snapshots', depth: 'quick', onChoose(depth) {
					verify(dashboard, {subject: 'all snapshots'}, depth);
				}});
			} else {
				chooseVerification(dashboard, source);
			}
		},
	},
	restore: {
		unavailable: whyNoSource,
		run(dashboard) {
			restoreFrom(dashboard, selectedSource(dashboard.state)!);
		},
	},
	acknowledge: {
		unavailable: dashboard => selectedAlert(dashboard) ? undefined : 'There is no open alert at the cursor; 4 goes to all of them.',
		run(dashboard) {
			const alert = selectedAlert(dashboard)!;
			dashboard.load(async engine => engine.acknowledge(alert.key), () => {
				dashboard.notify(`Acknowledged: ${alert.object}, ${alert.message}.`, 'ok');
				dashboard.refresh();
			});
		},
	},
	cancel: {
		unavailable: dashboard => selectedJobs(dashboard).length > 0 ? undefined : 'No job runs or waits at the cursor; 5 goes to all of them.',
		run(dashboard) {
			askToStop(dashboard, selectedJobs(dashboard));
		},
	},
};
