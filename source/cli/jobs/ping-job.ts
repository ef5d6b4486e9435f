import {errorText, pingChannel, sendPing, type Job, type PingEnd, type PingSignal} from '../../engine/index.ts';
import {openDesk} from '../alerts/open-desk.ts';
import {absoluteUrl, endpointRules, sendingContext} from '../alerts/create-channels.ts';
import type {CommandContext} from '../command-line.ts';

/** One that fails again and again is an alert. */
async function note(context: CommandContext, error?: string): Promise<void> {
	const desk = await openDesk(context);
	try {
		desk?.note(pingChannel, error);
	} finally {
		desk?.close();
	}
}

/** Tell of a job, where the configuration wants that. Never fails, and takes at most five seconds. */
async function ping(context: CommandContext, job: Job, signal: PingSignal): Promise<void> {
	try {
		const config = await context.config();
		const {url, jobs, ...endpoint} = config?.ping ?? {};
		const isWanted = jobs ? jobs.includes(job.name) : job.kind === 'backup';
		if (config === undefined || url === undefined || !isWanted) {
			return;
		}

		// Also told of a job that was interrupted.
		const {signal: never} = new AbortController();
		await sendPing({url: absoluteUrl(url, config.folder), rules: endpointRules(endpoint, config.folder)}, signal, sendingContext(context, config), never);
		await note(context);
	} catch (error) {
		context.log.in('cron').write('warn', errorText(error), {job: job.name, ping: signal.state.kind});
		await note(context, errorText(error)).catch(() => undefined);
	}
}

/**
Tell a dead man's switch that a job begins, while it is already at work.
@returns Tells how it ended. Neither fails, and both together take at most ten seconds; a failure stands in the log `cron`.
*/
export function pingJob(context: CommandContext, job: Job, runId: string): (end: PingEnd) => Promise<void> {
	const begun = ping(context, job, {runId, state: {kind: 'start'}});
	return async end => {
		// In their order, as otherwise the run would seem to go on.
		await begun;
		await ping(context, job, {runId, state: {kind: 'end', ...end}});
	};
}
