import type {Dashboard} from '../../dashboard.ts';
import {movementHandlers, pageRows, type Handlers} from '../../handler.ts';
import {isActive, type Job} from '../../model/job.ts';
import {clampRow} from '../../model/selectors.ts';
import {moveRow} from '../../scrolling.ts';
import type {OpenScreen} from '../screen.ts';

type Open = Extract<OpenScreen, {kind: 'job'}>;

const screenOf = ({state}: Dashboard): Open => state.screens.at(-1) as Open;
const jobOf = (dashboard: Dashboard): Job | undefined => dashboard.state.jobs.find(({id}) => id === screenOf(dashboard).job);

/** The keys of the screen of a job. */
export const jobHandlers: Handlers = {
	...movementHandlers((dashboard, movement) => {
		const count = jobOf(dashboard)?.warnings.length ?? 0;
		dashboard.changeScreen(screenOf(dashboard).id, 'job', screen => ({...screen, cursor: moveRow(clampRow(screen.cursor, count), movement, {count, page: pageRows(dashboard)})}));
	}),
	cancel: {
		unavailable(dashboard) {
			const job = jobOf(dashboard);
			return job && isActive(job) ? undefined : 'This job has ended.';
		},
		run(dashboard) {
			dashboard.jobs.cancel(screenOf(dashboard).job);
		},
	},
};
