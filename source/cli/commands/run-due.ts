import {findDueJobs, remembering, type BackupSummary, type DueSnapshot, type DueVerdict, type Job, type ScheduleState} from '../../engine/index.ts';
import {formatAmount, formatBytes, formatDuration} from '../../text/format.ts';
import {sumUp} from '../backup-runs.ts';
import {endWork} from '../alerts/end-work.ts';
import type {CommandContext} from '../command-line.ts';
import {jobsOf} from '../configured-jobs.ts';
import {dueFacts, readSnapshots} from '../jobs/due-facts.ts';
import {openSchedule} from '../jobs/open-schedule.ts';
import {performJob, type PerformedJob} from '../jobs/perform-job.ts';
import {chooseSources} from '../source-requests.ts';
import {worstCode} from '../worst-code.ts';

type Done = PerformedJob & {readonly job: Job; readonly sources: readonly string[]};

/** How all sources went that were due: one that several jobs have tried counts as its last one has left it. */
class SourceTally {
	readonly summaries: BackupSummary[] = [];
	readonly #states = new Map<string, 'ok' | 'failed'>();

	/** @param sources - Those that the job was to back up. */
	add(sources: readonly string[], {runs}: PerformedJob): void {
		const failed = new Set(runs?.failures.map(({source}) => source));
		for (const source of sources) {
			// Where the job as a whole has failed, nothing is known of any.
			this.#states.set(source, runs === undefined || failed.has(source) ? 'failed' : 'ok');
		}

		this.summaries.push(...runs?.summaries ?? []);
	}

	hasFailed(source: string): boolean {
		return this.#states.get(source) === 'failed';
	}

	count(configured: number) {
		const states = [...this.#states.values()];
		return {configured, due: states.length, failed: states.filter(state => state === 'failed').length, partial: this.summaries.filter(({unreadable}) => unreadable > 0).length};
	}
}

function summaryLine({configured, due, failed, partial}: ReturnType<SourceTally['count']>, summaries: readonly BackupSummary[], others: readonly Done[]): string {
	const dueOf = `${due} of ${formatAmount(configured, 'source')} due`;
	const told = others.filter(({isIdle = false}) => !isIdle).map(({job: {name}, summary}) => ` ${name}: ${summary}.`).join('');
	if (due === 0) {
		return told === '' ? `${dueOf}; nothing to do.` : `${dueOf}.${told}`;
	}

	const {files, bytes, addedBytes, storedBytes, durationMs} = sumUp(summaries);
	const done = due - failed;
	const outcome = [`${done} backed up`, ...(partial > 0 ? [`${partial} of them not completely`] : []), ...(failed > 0 ? [`${failed} failed`] : [])].join(', ');
	return `${dueOf}: ${outcome}; ${formatAmount(files, 'file')}, ${formatBytes(bytes)}, ${formatBytes(addedBytes)} new, ${formatBytes(storedBytes)} stored, ${formatDuration(durationMs)}.${told}`;
}

/** Run what is due, one job after the other, each once at most; before each is asked again what is due. */
async function runJobs(context: CommandContext, schedule: ScheduleState, tally: SourceTally): Promise<Done[]> {
	const {output} = context;
	// A look that is not made up for belongs to its time, which has nothing to do with that of this call.
	const jobs = jobsOf(await context.config()).filter(({kind, catchesUp}) => kind !== 'monitor' || catchesUp);
	// A host that cannot remember its jobs owes all of them.
	const firstSeen = remembering(message => {
		output.warn(message);
	}, () => schedule.noteJobs(jobs.filter(({isEnabled}) => isEnabled)), undefined);
	let snapshots: readonly DueSnapshot[] | undefined;
	const done: Done[] = [];
	const isTried = ({job, sources}: DueVerdict) => done.some(({job: {name}}) => name === job.name) || (job.kind === 'backup' && sources.every(source => tally.hasFailed(source)));
	for (;;) {
		snapshots ??= await readSnapshots(context);
		const next = findDueJobs(await dueFacts(context, {jobs, schedule, snapshots, ...(firstSeen && {firstSeen})})).find(verdict => !isTried(verdict));
		if (next === undefined) {
			return done;
		}

		const isBackup = next.job.kind === 'backup';
		const sources = next.sources.filter(source => !tally.hasFailed(source));
		const performed = await performJob(context, isBackup ? {...next.job, sources} : next.job, {schedule, trigger: 'catch-up'});
		done.push({...performed, job: next.job, sources});
		if (isBackup) {
			tally.add(sources, performed);
			snapshots = undefined;
		}

		if (performed.code === 130) {
			return done;
		}
	}
}

/** `coffer --headless`: run everything that is due once, say it in one line, and end with the worst job's code. */
export async function runDue(context: CommandContext): Promise<number> {
	const {cwd, output, log} = context;
	const choices = chooseSources([], await context.config(), cwd);
	const schedule = await openSchedule(context);
	try {
		const tally = new SourceTally();
		const done = await runJobs(context, schedule, tally);
		const counts = tally.count(choices.length);
		const rotation = done.find(({job: {kind}, isIdle = false}) => kind === 'rotate' && !isIdle);
		log.in('cron').write('info', 'due jobs end', {...counts, jobs: done.length});
		output.value({
			event: 'summary',
			...counts,
			...sumUp(tally.summaries),
			...(rotation && {rotation: rotation.code === 0 ? 'done' : 'failed'}),
			jobs: done.map(({job: {name}, outcome, code, summary}) => ({name, outcome, code, summary})),
		});
		output.note(summaryLine(counts, tally.summaries, done.filter(({job: {kind}}) => kind !== 'backup')));
		return worstCode(done.map(({code}) => code));
	} catch (error) {
		await endWork(context, {engine: undefined, error});
		throw error;
	} finally {
		schedule.close();
	}
}
