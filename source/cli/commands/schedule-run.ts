import {CofferError, assessJob, jobTriggers, slotAt, startInSlot, type DueState, type DueVerdict, type Job, type JobTrigger, type ScheduleState} from '../../engine/index.ts';
import {endWork} from '../alerts/end-work.ts';
import type {CommandContext} from '../command-line.ts';
import {jobsOf} from '../configured-jobs.ts';
import {dueFacts, readSnapshots} from '../jobs/due-facts.ts';
import {openSchedule} from '../jobs/open-schedule.ts';
import {performJob} from '../jobs/perform-job.ts';
import {findNearest} from '../nearest.ts';
import {describeLocalTime} from '../local-time-text.ts';

/** A run that is waited for is looked for so often, in milliseconds. */
const lookIntervalMs = 5000;

/** @throws `usage` */
function findJob(name: string | undefined, jobs: readonly Job[]): Job {
	const names = new Intl.ListFormat('en-GB').format(jobs.map(job => job.name));
	if (name === undefined) {
		throw new CofferError('usage', `Which job is to be run? There are ${names}.`);
	}

	const job = jobs.find(known => known.name === name);
	if (job === undefined) {
		const nearest = findNearest(name, jobs.map(known => known.name));
		throw new CofferError('usage', `There is no job "${name}".${nearest === undefined ? '' : ` Did you mean "${nearest}"?`} There are ${names}.`);
	}

	return job;
}

const reasons: Readonly<Record<Exclude<DueState, 'due'>, string>> = {
	disabled: 'it is switched off',
	running: 'it is being run',
	unsuccessful: 'it has just failed',
	used: 'done since',
	'unknown-before': 'it is new since',
	late: 'it is not made up for; its time was',
	early: 'it begins later; its slot began',
	idle: 'there is no source to back up',
};

/** Why nothing is to be done, in a few words. */
function explain({state, job: {timeZone}, slot: {startMs}}: DueVerdict): string {
	const reason = reasons[state as keyof typeof reasons];
	return ['used', 'unknown-before', 'late', 'early'].includes(state) ? `${reason} ${describeLocalTime(startMs, timeZone)}` : reason;
}

/** How the job stands; another run of it is waited for where its rule says so. What a person names is owed however new the job is. */
async function assess(context: CommandContext, job: Job, jobs: readonly Job[], schedule: ScheduleState): Promise<DueVerdict> {
	for (;;) {
		const snapshots = job.kind === 'backup' ? await readSnapshots(context) : [];
		const verdict = assessJob(job, await dueFacts(context, {jobs, schedule, snapshots}));
		if (verdict.state !== 'running' || job.overlap === 'skip') {
			return verdict;
		}

		await context.interruptible(async signal => context.runtime.sleep(lookIntervalMs, signal));
	}
}

/** `coffer schedule run NAME`: one job, one line, its exit code. */
export async function scheduleRun(context: CommandContext): Promise<number> {
	const {arguments: flags, output, runtime} = context;
	const config = await context.config();
	const jobs = jobsOf(config);
	const job = findJob(flags.input[1], jobs);
	const trigger = jobTriggers.find(known => known === flags.text('trigger')) ?? 'hand' satisfies JobTrigger;
	if (flags.isSet('jitter')) {
		const waitMs = startInSlot(job, slotAt(job, runtime.now()), runtime.identity.host) - runtime.now();
		await context.interruptible(async signal => waitMs > 0 ? runtime.sleep(waitMs, signal) : undefined);
	}

	const schedule = await openSchedule(context);
	try {
		const verdict = flags.isSet('ifDue') ? await assess(context, job, jobs, schedule) : undefined;
		if (verdict && verdict.state !== 'due') {
			const summary = `nothing to do: ${explain(verdict)}`;
			output.value({event: 'summary', job: job.name, isDue: false, code: 0, summary});
			output.note(`${job.name}: ${summary}.`);
			return 0;
		}

		// Of a backup that is due only what is lacking.
		const chosen = verdict && job.kind === 'backup' ? {...job, sources: verdict.sources} : job;
		const {code, outcome, summary, facts} = await performJob(context, chosen, {schedule, trigger});
		output.value({event: 'summary', job: job.name, isDue: true, outcome, code, summary, ...facts});
		output.note(`${job.name}: ${summary}.`);
		return code;
	} catch (error) {
		await endWork(context, {engine: undefined, error});
		throw error;
	} finally {
		schedule.close();
	}
}
