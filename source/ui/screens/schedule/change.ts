import {parseCron, type Job} from '../../../engine/index.ts';
import type {Dashboard} from '../../dashboard.ts';
import type {JobChange} from '../../dashboard-options.ts';
import {toFailure} from '../../job-runner.ts';
import {createLine} from '../../line-edit.ts';
import {startsText} from './detail-rows.ts';
import {starterOf} from './starter.ts';

/** Why the configuration cannot be changed from here. */
export function whyNoChange({connection}: Dashboard): string | undefined {
	return connection?.changeJob ? undefined : 'There is no configuration file to keep a change in: "coffer init" makes one.';
}

/** Who starts the jobs may have to be told. */
function advice({state: {overview, nowMs}}: Dashboard): string {
	const schedule = overview?.schedule;
	const starter = schedule && starterOf(schedule, nowMs);
	switch (starter?.kind) {
		case 'timer': {
			return ' "coffer schedule install" tells cron or systemd.';
		}

		case 'daemon': {
			return ` "kill -HUP ${schedule!.holder!.process.pid}" tells the daemon.`;
		}

		case 'dashboard': {
			return ' The dashboard that holds the schedule goes by it when it is opened again.';
		}

		default: {
			return '';
		}
	}
}

/** Put a change into the configuration, and go by it here. @param done - What is so then, a sentence. */
export async function saveJob(dashboard: Dashboard, job: Job, change: JobChange, done: string): Promise<void> {
	const {connection} = dashboard;
	try {
		await connection!.changeJob!(job, change);
		dashboard.notify(`${done} Saved.${advice(dashboard)}`, 'ok');
		await connection!.schedule?.reload();
	} catch (error) {
		const {message} = toFailure(error);
		if (dashboard.state.overlay) {
			dashboard.notify(message, 'critical');
		} else {
			// In the status line a path would leave no room for what has happened.
			dashboard.openOverlay({kind: 'message', title: 'Not saved', lines: [message]});
		}
	}

	// Also where it failed, as when somebody else has changed it: what is there now is to be seen.
	dashboard.reopen();
}

/** Ask for the expression of a job; while it is typed, what is wrong with it, or when it would run. */
export function askForExpression(dashboard: Dashboard, job: Job): void {
	const {overview, nowMs} = dashboard.state;
	const host = overview?.host ?? '';
	dashboard.openOverlay({
		kind: 'prompt', title: `When ${job.name} runs`, line: createLine(job.expression),
		hint: `minute, hour, day of month, month, day of week, by the clocks of ${job.timeZone}; or @daily and the like:`,
		examine(text) {
			const {problem} = parseCron(text);
			return problem ? {problem: problem.message} : {notes: [`next ${startsText({...job, expression: text.trim()}, {host, nowMs})}`]};
		},
		onAnswer(text) {
			const expression = text.trim();
			if (expression !== job.expression) {
				void saveJob(dashboard, job, {expression}, `${job.name} runs at "${expression}" from now on.`);
			}
		},
	});
}

/** Switch a job on or off. */
export function toggleJob(dashboard: Dashboard, job: Job): void {
	void saveJob(dashboard, job, {isEnabled: !job.isEnabled}, `${job.name} is switched ${job.isEnabled ? 'off' : 'on'}.`);
}
