import type {Dashboard} from '../dashboard.ts';
import {toFailure} from '../job-runner.ts';
import type {Handlers} from '../handler.ts';
import {emptyLine} from '../line-edit.ts';
import {openAudit} from './audit/open.ts';
import {openLog} from './log/open-log.ts';
import {openPrune} from './prune/open.ts';
import {openRotation} from './rotation/open.ts';
import {openSchedule} from './schedule/open.ts';

async function suspend(dashboard: Dashboard): Promise<void> {
	try {
		let hasStopped = true;
		await dashboard.terminal?.suspend(async () => {
			hasStopped = await dashboard.options.stopProcess();
		});
		if (!hasStopped) {
			dashboard.notify('Nobody could bring coffer back here, so it does not stop: it is the first program of its terminal.', 'warning');
		}
	} catch (error) {
		dashboard.notify(toFailure(error).message, 'critical');
	}
}

/** What the same key does on every screen that has no other use for it. */
export const commonHandlers: Handlers = {
	back: {run(dashboard) {
		dashboard.closeScreen();
	}},
	quit: {run(dashboard) {
		dashboard.leave();
	}},
	interrupt: {run(dashboard) {
		dashboard.leave();
	}},
	help: {run(dashboard) {
		dashboard.openOverlay({kind: 'help', query: emptyLine, offset: 0});
	}},
	palette: {run(dashboard) {
		dashboard.openOverlay({kind: 'palette', line: emptyLine, choice: 0, recalled: 0});
	}},
	refresh: {run(dashboard) {
		dashboard.notify('Looking at the repository again.');
		dashboard.refresh();
	}},
	redraw: {run(dashboard) {
		dashboard.terminal?.redraw();
	}},
	suspend: {run(dashboard) {
		void suspend(dashboard);
	}},
	log: {run(dashboard) {
		openLog(dashboard);
	}},
	rotate: {run(dashboard) {
		openRotation(dashboard);
	}},
	schedule: {run(dashboard) {
		openSchedule(dashboard);
	}},
	prune: {run(dashboard) {
		openPrune(dashboard);
	}},
	audit: {run(dashboard) {
		openAudit(dashboard);
	}},
};
