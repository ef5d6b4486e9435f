import {errorText, isCofferError, remembering, slotAt, withTimeLimit, type Job, type JobRun, type JobTrigger, type ScheduleState} from '../../engine/index.ts';
import {formatAge, formatDuration} from '../../text/format.ts';
import {endJob} from '../alerts/end-work.ts';
import type {CommandContext} from '../command-line.ts';
import {exitCodeOf} from '../exit-codes.ts';
import {outcomeOfCode} from './job-outcome.ts';
import {loadRunner} from './job-table.ts';
import {pingJob} from './ping-job.ts';
import type {JobResult, RunJob} from './run-job.ts';

/** How a job ended, whatever happened. */
export type PerformedJob = Omit<JobResult, 'facts' | 'outcome'> & Required<Pick<JobResult, 'facts'>> & {readonly outcome: NonNullable<JobRun['end']>['outcome']};

export type PerformOptions = {
	/** Where the run is remembered. */
	readonly schedule: ScheduleState;
	readonly trigger: JobTrigger;
	/** @default what the table has for its kind */
	readonly run?: RunJob;
};

/** Another run is waited for by looking so often, in milliseconds. */
const lookIntervalMs = 5000;

/** A limit for people: `90 min`, `4 h`. */
function describeLimit(ms: number): string {
	const minutes = ms / 60_000;
	return minutes >= 60 && minutes % 60 === 0 ? `${minutes / 60} h` : (minutes >= 1 ? `${Math.round(minutes * 10) / 10} min` : formatDuration(ms));
}

/** Do the job, and make a result of whatever ends it. An error is told here. */
async function settle(context: CommandContext, job: Job, run: RunJob): Promise<JobResult> {
	const {output} = context;
	const log = context.log.in('cron');
	let isLate = false;
	try {
		return await context.interruptible(async signal => withTimeLimit(context.runtime, {signal, limitMs: job.timeLimitMs, onLimit() {
			isLate = true;
		}}, async limited => run({
			...context,
			interruptible: async action => action(limited),
			...(job.bytesPerSecond !== undefined && {bytesPerSecond: job.bytesPerSecond}),
		}, job, limited)));
	} catch (error) {
		output.clearOverlay();
		const isForeseen = isCofferError(error);
		log.write('error', errorText(error), {job: job.name, code: isForeseen ? error.code : 'internal', stack: !isForeseen && error instanceof Error ? error.stack : undefined});
		if (isLate && isCofferError(error, 'aborted')) {
			return {code: 1, summary: `stopped after ${describeLimit(job.timeLimitMs!)}, its limit`};
		}

		output.error(error);
		return {code: exitCodeOf(error), summary: isCofferError(error, 'aborted') ? 'interrupted' : `failed: ${errorText(error)}`};
	}
}

/** Begin the run, or say how it went where it does not begin. */
async function begin({runtime, output, interruptible}: CommandContext, {overlap, name}: Job, schedule: ScheduleState, run: Omit<JobRun, 'end'>): Promise<JobResult | undefined> {
	const attempt = () => remembering(message => {
		output.warn(message);
	}, () => schedule.beginRun(run), {isBegun: true});
	let beginning = attempt();
	if (beginning.overlapped && overlap === 'skip') {
		const {started, process: {pid}} = beginning.overlapped;
		return {code: 0, summary: `left out: ${name} is still at work (process ${pid}, began ${formatAge(started, runtime.now())})`};
	}

	if (beginning.overlapped) {
		try {
			await interruptible(async signal => {
				while (beginning.overlapped) {
					await runtime.sleep(lookIntervalMs, signal);
					beginning = attempt();
				}
			});
		} catch (error) {
			output.error(error);
			return {code: exitCodeOf(error), summary: 'interrupted while it waited for another run'};
		}
	}

	return undefined;
}

/**
Run a job to whatever end, and remember it: its beginning and its end, also when it is stopped. Where another run of it is at work, its rule holds. Warnings and errors are printed, the summary is not.
A job whose run cannot be remembered is run all the same, with a warning.
*/
export async function performJob(context: CommandContext, job: Job, {schedule, trigger, run: given}: PerformOptions): Promise<PerformedJob> {
	const {runtime, output} = context;
	const log = context.log.in('cron');
	const now = () => new Date(runtime.now()).toISOString();
	const remember = (action: () => void) => {
		remembering(message => {
			output.warn(message);
		}, action, undefined);
	};

	const {host, bootId, pid, startTicks} = runtime.identity;
	const run: Omit<JobRun, 'end'> = {
		id: runtime.randomBytes(16).toString('hex'), job: job.name, trigger, slot: new Date(slotAt(job, runtime.now()).startMs).toISOString(), started: now(), process: {host, bootId, pid, startTicks},
	};
	const left = await begin(context, job, schedule, run);
	if (left) {
		const outcome = left.code === 0 ? 'skipped' : 'interrupted';
		remember(() => {
			schedule.addEndedRun({...run, end: {time: now(), outcome, code: left.code, summary: left.summary}});
		});
		log.write('info', left.summary, {job: job.name, trigger});
		return {...left, facts: {}, outcome, isIdle: left.code === 0};
	}

	log.write('info', 'job begins', {job: job.name, kind: job.kind, trigger, slot: run.slot});
	const pingEnd = pingJob(context, job, run.id);
	context.giveWay(job);
	const result = await settle(context, job, given ?? await loadRunner(job.kind));
	const {code, summary, facts = {}} = result;
	const outcome = result.outcome ?? outcomeOfCode(code);
	remember(() => {
		schedule.endRun(run.id, {time: now(), outcome, code, summary});
	});
	log.write(outcome === 'ok' ? 'info' : (outcome === 'partial' ? 'warn' : 'error'), 'job ends', {job: job.name, outcome, code, summary, ...facts});
	await pingEnd({isSuccess: outcome === 'ok', code, summary});
	await endJob(context, {kind: job.kind, outcome});
	return {...result, facts, outcome};
}
