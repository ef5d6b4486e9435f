import type {Dashboard} from '../../dashboard.ts';
import {movementHandlers, type Handlers} from '../../handler.ts';
import {isActive, type Job} from '../../model/job.ts';
import {moveRow} from '../../scrolling.ts';
import type {OpenScreen} from '../screen.ts';
import {whyNoRotation} from './checks.ts';
import {factsOf, isDecided} from './facts.ts';
import {confirmRotation} from './start.ts';

type Open = Extract<OpenScreen, {kind: 'rotation'}>;

/** More lines no pane has. */
const mostLines = 400;

const screenOf = ({state}: Dashboard): Open => state.screens.at(-1) as Open;

const jobOf = (dashboard: Dashboard): Job | undefined => dashboard.state.jobs.find(({id}) => id === screenOf(dashboard).job);

function activeJob(dashboard: Dashboard): Job | undefined {
	const job = jobOf(dashboard);
	return job && isActive(job) ? job : undefined;
}

function whyNot(dashboard: Dashboard): string | undefined {
	if (activeJob(dashboard)) {
		return 'The rotation goes on. Esc leaves it running, x stops it safely.';
	}

	if (jobOf(dashboard)?.result) {
		return 'The key has just been rotated. Esc goes back.';
	}

	const facts = factsOf(dashboard.state, screenOf(dashboard));
	return facts ? whyNoRotation(facts) : 'The repository is being opened.';
}

/** The keys of the rotation screen. */
export const rotationHandlers: Handlers = {
	...movementHandlers((dashboard, movement) => {
		dashboard.changeScreen(screenOf(dashboard).id, 'rotation', screen => ({...screen, offset: moveRow(screen.offset, movement, {count: mostLines, page: 8})}));
	}),
	mark: {
		unavailable(dashboard) {
			if (activeJob(dashboard)) {
				return 'The rotation goes on as it was begun.';
			}

			return isDecided(dashboard.state) ? 'A rotation goes on as it was begun; the next one may be another.' : undefined;
		},
		run(dashboard) {
			dashboard.changeScreen(screenOf(dashboard).id, 'rotation', ({job: _, ...screen}) => ({...screen, isReencrypting: !screen.isReencrypting}));
		},
	},
	rotate: {
		unavailable: whyNot,
		run(dashboard) {
			confirmRotation(dashboard, screenOf(dashboard));
		},
	},
	cancel: {
		unavailable: dashboard => activeJob(dashboard) ? undefined : 'No rotation of this screen goes on.',
		run(dashboard) {
			dashboard.jobs.cancel(activeJob(dashboard)!.id);
			dashboard.notify('It stops at the next safe point. K takes it up again, any time.');
		},
	},
	back: {run(dashboard) {
		const isLeftRunning = activeJob(dashboard) !== undefined;
		dashboard.closeScreen();
		if (isLeftRunning) {
			dashboard.notify('The rotation goes on: pane 5 Jobs shows how far it is.');
		}
	}},
};
