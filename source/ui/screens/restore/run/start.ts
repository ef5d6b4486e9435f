import type {Dashboard} from '../../../dashboard.ts';
import {currentRestore, changeRestore} from '../current.ts';
import {requestOf} from '../preview/start.ts';

/** Of a long choice the log holds the beginning. */
const loggedMarks = 50;

/** Restore what the preview shows: a job, which goes on when the screen is left. */
export function startRestore(dashboard: Dashboard): void {
	const screen = currentRestore(dashboard);
	const request = requestOf(screen);
	screen.errands.endAll();
	const facts = {
		snapshot: screen.snapshot, target: request.target, overwrite: request.overwrite ?? 'never',
		marks: (request.marks ?? []).map(({path, isIncluded}) => `${isIncluded ? '+' : '-'}${path}`).slice(0, loggedMarks).join(' '),
	};
	const job = dashboard.jobs.add({kind: 'restore', subject: screen.name, source: screen.name, facts, work: async (engine, options) => ({
		kind: 'restore', summary: await engine.restore(request, options),
	})});
	changeRestore(dashboard, current => ({...current, step: 'run', run: {job}}));
}
