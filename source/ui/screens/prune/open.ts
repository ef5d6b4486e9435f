import type {Dashboard} from '../../dashboard.ts';
import {isActive} from '../../model/job.ts';
import {screenSignal} from '../../screen-signal.ts';
import {createPruneScreen, withoutPreview} from './state.ts';

/** Find out what a prune would do, for a screen that is open; what was known is forgotten. Ends with the screen. */
export function loadPreview(dashboard: Dashboard, id: number): void {
	const {retention} = dashboard.connection ?? {};
	dashboard.changeScreen(id, 'prune', withoutPreview);
	const signal = screenSignal(dashboard, id);
	dashboard.load(async engine => engine.prune({isDryRun: true, ...(retention && {retention})}, {signal, onEvent(event) {
		if (event.event === 'progress') {
			const {event: _, ...progress} = event;
			dashboard.changeScreen(id, 'prune', screen => ({...screen, progress}));
		}
	}}), preview => {
		dashboard.changeScreen(id, 'prune', screen => ({...screen, preview}));
	}, ({message}) => {
		dashboard.changeScreen(id, 'prune', screen => ({...screen, problem: message}));
	});
}

/** @param job - A prune that is going on, or has ended. @default none: what a new one would do @param filter - What is shown at first. @default everything */
export function showPrune(dashboard: Dashboard, {job, filter}: {readonly job?: number; readonly filter?: string} = {}): void {
	const id = dashboard.openScreen({...createPruneScreen(filter), ...(job !== undefined && {job})});
	if (job === undefined) {
		loadPreview(dashboard, id);
	}
}

/** Open the preview of a prune, or the prune that runs. @param filter - What is shown at first. @default everything */
export function openPrune(dashboard: Dashboard, filter?: string): void {
	const job = dashboard.state.jobs.findLast(candidate => candidate.kind === 'prune' && isActive(candidate));
	showPrune(dashboard, {...(job && {job: job.id}), ...(filter !== undefined && {filter})});
}
