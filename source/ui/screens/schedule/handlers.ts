import type {JobOverview} from '../../../engine/index.ts';
import type {Dashboard} from '../../dashboard.ts';
import {movementHandlers, type Handlers} from '../../handler.ts';
import {clampRow} from '../../model/selectors.ts';
import {moveRow} from '../../scrolling.ts';
import {openLog} from '../log/open-log.ts';
import type {OpenScreen} from '../screen.ts';
import {askForExpression, toggleJob, whyNoChange} from './change.ts';
import {runTexts} from './detail-rows.ts';
import {otherSpan} from './state.ts';
import {holdOrRelease, runNow, whyNoControl} from './work.ts';

type Open = Extract<OpenScreen, {kind: 'schedule'}>;

/** Rows of a page: about as many jobs as are seen. */
const pageJobs = 8;

function look({state}: Dashboard): {readonly screen: Open; readonly jobs: readonly JobOverview[]; readonly selected: JobOverview | undefined} {
	const screen = state.screens.at(-1) as Open;
	const jobs = state.overview?.schedule?.jobs ?? [];
	return {screen, jobs, selected: jobs[clampRow(screen.cursor, jobs.length)]};
}

const whyNoJob = (dashboard: Dashboard): string | undefined => look(dashboard).selected ? undefined : 'There is no job at the cursor.';

/** The keys of the schedule screen. */
export const scheduleHandlers: Handlers = {
	...movementHandlers((dashboard, movement) => {
		const {screen: {id}, jobs} = look(dashboard);
		dashboard.changeScreen(id, 'schedule', screen => ({...screen, cursor: moveRow(clampRow(screen.cursor, jobs.length), movement, {count: jobs.length, page: pageJobs})}));
	}),
	span: {run(dashboard) {
		dashboard.changeScreen(look(dashboard).screen.id, 'schedule', screen => ({...screen, span: otherSpan(screen.span)}));
	}},
	edit: {
		unavailable: dashboard => whyNoJob(dashboard) ?? whyNoChange(dashboard),
		run(dashboard) {
			askForExpression(dashboard, look(dashboard).selected!.job);
		},
	},
	enable: {
		unavailable: dashboard => whyNoJob(dashboard) ?? whyNoChange(dashboard),
		run(dashboard) {
			toggleJob(dashboard, look(dashboard).selected!.job);
		},
	},
	'run-job': {
		unavailable(dashboard) {
			const {selected} = look(dashboard);
			const last = selected?.runs.at(-1);
			return whyNoJob(dashboard) ?? whyNoControl(dashboard) ?? (last && !last.end ? `"${selected!.job.name}" runs already (process ${last.process.pid}).` : undefined);
		},
		run(dashboard) {
			runNow(dashboard, look(dashboard).selected!.job);
		},
	},
	hold: {unavailable: whyNoControl, run: holdOrRelease},
	open: {
		unavailable: whyNoJob,
		run(dashboard) {
			const selected = look(dashboard).selected!;
			const texts = runTexts(selected, dashboard.state.nowMs);
			dashboard.openOverlay({kind: 'message', title: `Last runs of ${selected.job.name}`, lines: texts.length > 0 ? texts : ['It has not run yet.']});
		},
	},
	log: {run(dashboard) {
		openLog(dashboard, look(dashboard).selected?.job.name ?? '');
	}},
};
