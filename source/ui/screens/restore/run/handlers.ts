import type {Dashboard} from '../../../dashboard.ts';
import {movementHandlers, pageRows, type Handlers} from '../../../handler.ts';
import {isActive, type Job} from '../../../model/job.ts';
import {moveRow} from '../../../scrolling.ts';
import {changeRestore, currentRestore} from '../current.ts';
import {withoutPreview} from '../state.ts';
import {goBack} from '../step-handlers.ts';
import {isFailedLoad} from './failed-load.ts';
import {messageCursor, messagesOf} from './messages.ts';

function jobOf(dashboard: Dashboard): Job | undefined {
	const {run} = currentRestore(dashboard);
	return dashboard.state.jobs.find(({id}) => id === run?.job);
}

function isRunning(dashboard: Dashboard): boolean {
	const job = jobOf(dashboard);
	return job !== undefined && isActive(job);
}

/** The keys of the fifth step. */
export const runHandlers: Handlers = {
	...movementHandlers((dashboard, movement) => {
		const job = jobOf(dashboard);
		if (job) {
			const count = messagesOf(job).length;
			changeRestore(dashboard, screen => ({...screen, run: {job: job.id, cursor: moveRow(messageCursor(job, screen.run?.cursor), movement, {count, page: pageRows(dashboard)})}}));
		}
	}),
	back: {run(dashboard) {
		const isLeftRunning = isRunning(dashboard);
		goBack(dashboard);
		if (isLeftRunning) {
			dashboard.notify('The restore goes on: pane 5 Jobs shows how far it is.');
		}
	}},
	open: {
		unavailable: dashboard => isRunning(dashboard) ? 'The restore goes on. Esc leaves it running, x stops it safely.' : undefined,
		run(dashboard) {
			if (isFailedLoad(currentRestore(dashboard), jobOf(dashboard))) {
				changeRestore(dashboard, ({run: _, ...screen}) => ({...withoutPreview(screen), step: 'target'}));
			} else {
				goBack(dashboard);
			}
		},
	},
	cancel: {
		unavailable: dashboard => isRunning(dashboard) ? undefined : 'The restore has ended.',
		run(dashboard) {
			dashboard.jobs.cancel(currentRestore(dashboard).run!.job);
		},
	},
};
