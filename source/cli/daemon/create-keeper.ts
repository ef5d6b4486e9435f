import type {Buffer} from 'node:buffer';
import {createCronWakeUps, JobProcesses, ScheduleKeeper, type JobProcessEvent, type KeeperEvent, type ScheduleHolder, type SetWakeUps} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {jobCommand} from './job-command.ts';

export type CreateKeeperOptions = {
	readonly kind: ScheduleHolder['kind'];
	readonly onEvent: (event: KeeperEvent | JobProcessEvent) => void;
	/** See `JobCommandOptions`. */
	readonly typed?: () => Buffer | undefined;
	/** @default node-cron's */
	readonly setWakeUps?: SetWakeUps;
};

/** What keeps the schedule that a command line is about, and the processes that it starts. */
export function createKeeper(context: CommandContext, {kind, onEvent, typed, setWakeUps}: CreateKeeperOptions): {readonly keeper: ScheduleKeeper; readonly processes: JobProcesses} {
	const {runtime, log} = context;
	const processes = new JobProcesses({runtime, onEvent, command: async (job, isByHand) => jobCommand(context, job, isByHand, {trigger: kind, ...(typed && {typed})})});
	const keeper = new ScheduleKeeper({
		kind,
		runtime,
		processes,
		onEvent,
		setWakeUps: setWakeUps ?? createCronWakeUps(message => {
			log.in('cron').write('debug', message);
		}),
	});
	return {keeper, processes};
}
