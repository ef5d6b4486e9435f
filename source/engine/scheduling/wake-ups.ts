import type {Logger, ScheduledTask} from 'node-cron';
import type {Job} from './job.ts';

/** Calls at the times of jobs; gives what ends that. */
export type SetWakeUps = (jobs: readonly Job[], wake: () => void) => Promise<() => void>;

/**
Wake-ups by node-cron, in the time zone of each job. They only say when to look whether a job is due: where node-cron reads an expression in another way than crontab(5), or not at all, and where a clock jumps,
who looks every minute besides misses nothing.
@param tell - Told what node-cron has to say: it prints nothing itself.
*/
export function createCronWakeUps(tell: (message: string) => void): SetWakeUps {
	const note = (message: string | Error) => {
		tell(`node-cron: ${message instanceof Error ? message.message : message}`);
	};

	const logger: Logger = {info: note, warn: note, error: note, debug: () => undefined};
	return async (jobs, wake) => {
		const {createTask, setLogger} = await import('node-cron');
		setLogger(logger);
		const tasks: ScheduledTask[] = [];
		for (const {name, expression, timeZone} of jobs.filter(({isEnabled}) => isEnabled)) {
			try {
				const task = createTask(expression, wake, {name, timezone: timeZone, suppressMissedWarning: true, logger});
				tasks.push(task);
				void task.start();
			} catch (error) {
				note(`${name}: ${error instanceof Error ? error.message : String(error)}`);
			}
		}

		return () => {
			for (const task of tasks) {
				void task.destroy();
			}
		};
	};
}
