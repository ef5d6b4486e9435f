import type {Dashboard} from '../../../dashboard.ts';
import {currentRestore, changeRestore} from '../current.ts';
import {requestOf} from '../preview/start.ts';

/** Restore what the preview shows: a job, which goes on when the screen is left. */
export function startRestore(dashboard: Dashboard): void {
	const screen = currentRestore(dashboard);
	const request = requestOf(screen);
	screen.errands.endAll();
	const job = dashboard.jobs.add({kind: 'restore', subject: screen.name, work: async (engine, options) => ({
		kind: 'restore', summary: await engine.restore(request, options),
	})});
	changeRestore(dashboard, current => ({...current, step: 'run', run: {job}}));
}
