import type {PruneSummary} from '../../../engine/index.ts';
import type {Dashboard} from '../../dashboard.ts';
import {movementHandlers, pageRows, type Handlers} from '../../handler.ts';
import {createLine} from '../../line-edit.ts';
import {isActive, type Job} from '../../model/job.ts';
import {foreignActivities} from '../../model/selectors.ts';
import type {OpenScreen} from '../screen.ts';
import {loadPreview} from './open.ts';
import {shownSummary} from './shown-summary.ts';
import {confirmPrune} from './start.ts';
import {chooseDecisions, isWorthwhile, listDecisions, moveInDecisions, type PruneScreen} from './state.ts';

type Open = Extract<OpenScreen, {kind: 'prune'}>;

const screenOf = ({state}: Dashboard): Open => state.screens.at(-1) as Open;

const summaryOf = (dashboard: Dashboard): PruneSummary | undefined => shownSummary(dashboard.state, screenOf(dashboard));

function change(dashboard: Dashboard, next: (screen: PruneScreen) => PruneScreen): void {
	dashboard.changeScreen(screenOf(dashboard).id, 'prune', next);
}

function jobOf(dashboard: Dashboard): Job | undefined {
	return dashboard.state.jobs.find(({id}) => id === screenOf(dashboard).job);
}

function activeJob(dashboard: Dashboard): Job | undefined {
	const job = jobOf(dashboard);
	return job && isActive(job) ? job : undefined;
}

function whyNot(dashboard: Dashboard): string | undefined {
	const {preview, problem} = screenOf(dashboard);
	const {overview} = dashboard.state;
	if (activeJob(dashboard)) {
		return 'The prune goes on. Esc leaves it running, x stops it safely.';
	}

	if (jobOf(dashboard)) {
		return 'It has ended. R looks at what is to do now.';
	}

	if (problem !== undefined || !preview) {
		return problem === undefined ? 'What it would do is being found out.' : 'R tries again.';
	}

	if (overview && overview.role !== 'owner') {
		return `This key has the role "${overview.role}": only an owner's key can prune.`;
	}

	const other = foreignActivities(dashboard.state).find(({kind}) => kind === 'prune');
	return other ? `Another process prunes already (${other.process.pid}).` : (isWorthwhile(preview) ? undefined : 'There is nothing to forget and nothing to free.');
}

/** The keys of the prune screen. */
export const pruneHandlers: Handlers = {
	...movementHandlers((dashboard, movement) => {
		const summary = summaryOf(dashboard);
		change(dashboard, screen => moveInDecisions(screen, summary ? listDecisions(summary, screen).length : 0, movement, pageRows(dashboard)));
	}),
	filter: {run(dashboard) {
		const {id, filter} = screenOf(dashboard);
		dashboard.openOverlay({kind: 'filter', line: createLine(filter), before: filter, onChange(text) {
			dashboard.changeScreen(id, 'prune', screen => chooseDecisions(screen, shownSummary(dashboard.state, screen), {filter: text}));
		}});
	}},
	'only-going': {run(dashboard) {
		const summary = summaryOf(dashboard);
		change(dashboard, screen => chooseDecisions(screen, summary, {isOnlyGoing: !screen.isOnlyGoing}));
	}},
	confirm: {
		unavailable: whyNot,
		run(dashboard) {
			const screen = screenOf(dashboard);
			confirmPrune(dashboard, screen, screen.preview!);
		},
	},
	cancel: {
		unavailable: dashboard => activeJob(dashboard) ? undefined : 'No prune of this screen goes on.',
		run(dashboard) {
			dashboard.jobs.cancel(activeJob(dashboard)!.id);
			dashboard.notify('It stops at the next safe point. What is done stays; the next prune goes on from there.');
		},
	},
	refresh: {
		unavailable: dashboard => activeJob(dashboard) ? 'The prune goes on.' : undefined,
		run(dashboard) {
			dashboard.refresh();
			loadPreview(dashboard, screenOf(dashboard).id);
		},
	},
	back: {run(dashboard) {
		const isLeftRunning = activeJob(dashboard) !== undefined;
		dashboard.closeScreen();
		if (isLeftRunning) {
			dashboard.notify('The prune goes on: pane 5 Jobs shows how far it is.');
		}
	}},
};
