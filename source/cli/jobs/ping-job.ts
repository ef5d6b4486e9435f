import {errorText, pingChannel, sendPing, type Job, type PingEnd, type PingSignal} from '../../engine/index.ts';
import {absoluteUrl, endpointRules, sendingContext} from '../alerts/create-channels.ts';
import {openDesk} from '../alerts/open-desk.ts';
import type {CommandContext} from '../command-line.ts';

/** Tell of a job. @returns Whether the configuration wants that @throws `channel-failed` after five seconds at the latest */
async function wasTold(context: CommandContext, job: Job, signal: PingSignal): Promise<boolean> {
	const config = await context.config();
	const {url, jobs, ...endpoint} = config?.ping ?? {};
	const isWanted = jobs ? jobs.includes(job.name) : job.kind === 'backup';
	if (config === undefined || url === undefined || !isWanted) {
		return false;
	}

	// Also told of a job that was interrupted.
	const {signal: never} = new AbortController();
	await sendPing({url: absoluteUrl(url, config.folder), rules: endpointRules(endpoint, config.folder)}, signal, sendingContext(context, config), never);
	return true;
}

/** Remember how it went, so that pings which fail are found like any channel that does. @param error - @default it went well */
async function note(context: CommandContext, error?: string): Promise<void> {
	const desk = await openDesk(context);
	try {
		desk?.note(pingChannel, error);
	} finally {
		desk?.close();
	}
}

/** Tell of a job, and say how it went. Never fails. */
async function ping(context: CommandContext, job: Job, signal: PingSignal): Promise<void> {
	const log = context.log.in('cron');
	let error: string | undefined;
	try {
		if (!await wasTold(context, job, signal)) {
			return;
		}
	} catch (error_) {
		error = errorText(error_);
		log.write('warn', error, {job: job.name, ping: signal.state.kind});
	}

	try {
		await note(context, error);
	} catch (error_) {
		log.write('warn', `How the ping went could not be remembered: ${errorText(error_)}`, {job: job.name});
	}
}

/**
Tell a dead man's switch that a job begins, while it is already at work.
@returns Tells how it ended. Neither fails, and both together take at most ten seconds; a failure stands in the log `cron`, and one again and again is trouble of a channel.
*/
export function pingJob(context: CommandContext, job: Job, runId: string): (end: PingEnd) => Promise<void> {
	const begun = ping(context, job, {runId, state: {kind: 'start'}});
	return async end => {
		// In their order, as otherwise the run would seem to go on.
		await begun;
		await ping(context, job, {runId, state: {kind: 'end', ...end}});
	};
}
