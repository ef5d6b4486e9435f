import type {Dashboard} from '../../../dashboard.ts';
import {jobTitle, resultText} from '../../../model/job-text.ts';
import {currentRestore, changeRestore} from '../current.ts';
import {requestOf} from '../preview/start.ts';

/** Restore what the preview shows: a job, which goes on when the screen is left. */
export function startRestore(dashboard: Dashboard): void {
	const screen = currentRestore(dashboard);
	const {name: subject, id} = screen;
	const request = requestOf(screen);
	screen.errands.endAll();
	const job = dashboard.jobs.add({
		kind: 'restore', subject,
		work: async (engine, options) => ({kind: 'restore', summary: await engine.restore(request, options)}),
		onEnd(result) {
			if (result && dashboard.state.screens.at(-1)?.id !== id) {
				dashboard.notify(`${jobTitle({kind: 'restore', subject})}: ${resultText(result)}`, result.kind === 'restore' && result.summary.failed === 0 ? 'ok' : 'warning');
			}
		},
	});
	changeRestore(dashboard, current => ({...current, step: 'run', run: {job}}));
}
