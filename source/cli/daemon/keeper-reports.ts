import type {JobProcessEvent, KeeperEvent} from '../../engine/index.ts';
import {formatDuration, formatSecond} from '../../text/format.ts';
import type {CommandContext} from '../command-line.ts';
import {describeHolder} from './load-schedule.ts';

/** Exit codes after which a person should look: all but done. */
const levelOf = (code: number) => code === 0 ? 'info' : (code === 3 || code === 20 ? 'warn' : 'error');

/** A line with the time. */
function say({output, runtime}: Pick<CommandContext, 'output' | 'runtime'>, text: string): void {
	output.note(`${formatSecond(new Date(runtime.now()).toISOString())} ${text}`);
}

/** What the process of a job said last, without the job's name that its summary begins with. */
export const withoutName = (line: string, job: string): string => line.replace(/^coffer: /, '').replace(new RegExp(`^${RegExp.escape(job)}: `), '');

/** Write into the log `cron` what happens while a schedule is kept; and one line a job to stdout, where somebody may read it. */
export function reportKeeping(context: Pick<CommandContext, 'output' | 'runtime' | 'log'>, event: KeeperEvent | JobProcessEvent, {isPrinted}: {readonly isPrinted: boolean}): void {
	const {output, log} = context;
	const cron = log.in('cron');
	switch (event.event) {
		case 'started': {
			cron.write('debug', 'job started', {job: event.job, child: event.pid});
			break;
		}

		case 'line': {
			cron.write('debug', event.line, {job: event.job});
			break;
		}

		case 'ended': {
			const {job, code, line, durationMs} = event;
			const text = withoutName(line, job);
			cron.write(levelOf(code), 'process of the job ended', {job, code, line: text, durationMs});
			if (isPrinted) {
				say(context, `${job}: ${text === '' ? '' : `${text} `}[exit code ${code}, ${formatDuration(durationMs)}]`);
				output.value({event: 'job', job, code, line: text, durationMs});
			}

			break;
		}

		case 'left-out': {
			cron.write('warn', 'job left out: an earlier run of it was still at work', {job: event.job, since: new Date(event.since).toISOString()});
			if (isPrinted) {
				say(context, `${event.job}: left out, as the run that began ${formatSecond(new Date(event.since).toISOString())} is still at work`);
				output.value({event: 'left-out', job: event.job});
			}

			break;
		}

		case 'problem': {
			cron.write('warn', event.message);
			if (isPrinted) {
				output.warn(event.message);
			}

			break;
		}

		case 'lost': {
			cron.write('error', 'another process holds the schedule now', {holder: event.holder.kind, process: event.holder.process.pid});
			if (isPrinted) {
				output.warn(`${describeHolder(event.holder, context)} holds the schedule now: no more jobs are started here.`);
			}

			break;
		}
	}
}

/** Say and log something about the whole. */
export function reportWhole(context: Pick<CommandContext, 'output' | 'runtime' | 'log'>, text: string, level: 'info' | 'warn' = 'info'): void {
	context.log.in('cron').write(level, text);
	if (level === 'warn') {
		context.output.warn(text);
	} else {
		say(context, text);
	}
}
