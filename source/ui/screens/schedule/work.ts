import type {Job} from '../../../engine/index.ts';
import type {Dashboard} from '../../dashboard.ts';
import type {ScheduleControl} from '../../dashboard-options.ts';
import {toFailure} from '../../job-runner.ts';

const controlOf = (dashboard: Dashboard): ScheduleControl => dashboard.connection!.schedule!;

/** Why the schedule cannot be worked on from here. */
export function whyNoControl({connection}: Dashboard): string | undefined {
	return connection?.schedule ? undefined : 'There is no schedule to work on: "coffer init" makes a configuration.';
}

async function start(dashboard: Dashboard, {name}: Job): Promise<void> {
	try {
		const ending = controlOf(dashboard).start(name);
		dashboard.notify(`${name} runs, in a process of its own: it goes on when you leave.`);
		dashboard.refresh();
		const {code, line} = await ending;
		const text = line === '' ? `ended with exit code ${code}` : line;
		dashboard.notify(`${name}: ${text}`, code === 0 ? 'ok' : 'warning');
	} catch (error) {
		dashboard.notify(toFailure(error).message, 'critical');
	}

	dashboard.refresh();
}

/** Run a job now, once somebody has said yes. */
export function runNow(dashboard: Dashboard, job: Job): void {
	dashboard.openOverlay({
		kind: 'confirm', title: 'Run now', lines: [`Run "${job.name}" (${job.kind}) now, whether it is due or not?`],
		onConfirm() {
			void start(dashboard, job);
		},
	});
}

async function hold(dashboard: Dashboard): Promise<void> {
	try {
		const other = await controlOf(dashboard).hold();
		if (other) {
			dashboard.notify(`${other.kind === 'daemon' ? 'The daemon' : 'Another dashboard'} holds the schedule, process ${other.process.pid}: it is not held here.`, 'warning');
		} else {
			dashboard.notify('The schedule is held here: jobs start when due, while this is open.', 'ok');
		}
	} catch (error) {
		dashboard.notify(toFailure(error).message, 'critical');
	}

	dashboard.refresh();
}

async function release(dashboard: Dashboard): Promise<void> {
	try {
		await controlOf(dashboard).release();
		dashboard.notify('The schedule is held here no more. What runs goes on.');
	} catch (error) {
		dashboard.notify(toFailure(error).message, 'critical');
	}

	dashboard.refresh();
}

/** Hold the schedule in this dashboard, or let go of it, once somebody has said yes. */
export function holdOrRelease(dashboard: Dashboard): void {
	const isHeld = controlOf(dashboard).isHeld();
	dashboard.openOverlay({
		kind: 'confirm', title: isHeld ? 'Let go of the schedule' : 'Hold the schedule',
		lines: isHeld ? ['Start no more jobs from here?'] : ['Start the jobs when they are due, as long as this dashboard is open?', 'For good, "coffer daemon" or "coffer schedule install" does.'],
		onConfirm() {
			void (isHeld ? release(dashboard) : hold(dashboard));
		},
	});
}
