import {CofferError, nextStarts} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {jobsOf} from '../configured-jobs.ts';
import {describeLocalTime} from '../local-time-text.ts';

const maximumCount = 1000;

/** @throws `usage` */
function countOf(text: string | undefined): number {
	const count = text === undefined ? 1 : (/^\d{1,4}$/.test(text) ? Number(text) : 0);
	if (count < 1 || count > maximumCount) {
		throw new CofferError('usage', `--count takes a whole number from 1 to ${maximumCount}, not "${text!}".`);
	}

	return count;
}

/** `coffer schedule next`: when each job that is switched on begins the next times. Needs no repository. */
export async function scheduleNext(context: CommandContext): Promise<number> {
	const {arguments: flags, output, runtime} = context;
	const count = countOf(flags.text('count'));
	const host = {host: runtime.identity.host, nowMs: runtime.now()};
	const jobs = jobsOf(await context.config()).filter(({isEnabled}) => isEnabled);
	const starts = jobs.flatMap(job => nextStarts(job, host, count).map(ms => ({job, ms}))).toSorted((a, b) => a.ms - b.ms);
	output.value(starts.map(({job: {name, kind, expression, timeZone}, ms}) => ({job: name, kind, time: new Date(ms).toISOString(), local: describeLocalTime(ms, timeZone), timeZone, expression})));
	await output.table(['NEXT', 'JOB', 'DOES', 'CRON'], starts.map(({job: {name, kind, expression, timeZone}, ms}) => [describeLocalTime(ms, timeZone), name, kind, expression]));
	if (starts.length === 0) {
		output.print('Every job is switched off.');
	}

	return 0;
}
