import {isCofferError, nextStarts, type Job, type JobOutcome, type JobRun, type ScheduleHolder} from '../../engine/index.ts';
import {formatAge, formatTime} from '../../text/format.ts';
import type {CommandContext} from '../command-line.ts';
import {jobsOf} from '../configured-jobs.ts';
import {repositoryUrl} from '../connection.ts';
import {openSchedule} from '../jobs/open-schedule.ts';
import {styled, type Piece, type Style} from '../output.ts';
import {describeStarter} from './choose-starter.ts';
import {findInstalled, type Installed} from './find-installed.ts';
import {findStarters, type InstalledStarter, type Wanted} from './find-starters.ts';
import {describeInstallation} from './installation.ts';
import {programContext} from './programs.ts';

const outcomeStyles: Readonly<Record<JobOutcome, Style>> = {ok: 'green', partial: 'yellow', failed: 'red', interrupted: 'red', skipped: 'yellow'};

/** A job, its last run and its next time. */
type JobStatus = {readonly job: Job; readonly lastRun?: JobRun; readonly nextRun?: string};

/** The jobs that the configuration has; where it cannot be used, why. */
async function readWanted(context: CommandContext): Promise<{readonly wanted?: Wanted; readonly problem?: string}> {
	try {
		const config = await context.config();
		return config === undefined ? {problem: `There is no configuration ${context.paths.configFile}.`} : {wanted: {config, jobs: jobsOf(config)}};
	} catch (error) {
		if (!isCofferError(error, 'configuration-invalid')) {
			throw error;
		}

		return {problem: error.message};
	}
}

type Remembered = {readonly holder?: ScheduleHolder | undefined; readonly jobs: readonly JobStatus[]};

/** What this host remembers of the jobs. Reading it needs no key. */
async function remember(context: CommandContext, {config, jobs}: Wanted): Promise<Remembered> {
	const {runtime} = context;
	const state = repositoryUrl(context, config) === undefined ? undefined : await openSchedule(context);
	try {
		const runs = state?.runs({maximum: 1}) ?? [];
		const holder = state?.holder();
		const {host} = runtime.identity;
		return {holder, jobs: jobs.map(job => {
			const lastRun = runs.findLast(run => run.job === job.name);
			const nextMs = job.isEnabled ? nextStarts(job, {host, nowMs: runtime.now()}, 1)[0] : undefined;
			return {job, ...(lastRun && {lastRun}), ...(nextMs !== undefined && {nextRun: new Date(nextMs).toISOString()})};
		})};
	} finally {
		state?.close();
	}
}

function describeRun(run: JobRun | undefined, nowMs: number): Piece[] {
	if (run === undefined) {
		return ['never', '-'];
	}

	return run.end === undefined ? [formatAge(run.started, nowMs), styled('running', 'yellow')] : [formatAge(run.end.time, nowMs), styled(run.end.outcome, outcomeStyles[run.end.outcome])];
}

function printStarters({output}: CommandContext, starters: readonly InstalledStarter[], {ownLines}: Installed, holder: ScheduleHolder | undefined): void {
	for (const {starter, place, isInLine, flaw} of starters) {
		const state: Piece = isInLine === false ? styled('not what the configuration asks for: run "coffer schedule install"', 'yellow') : (isInLine ? 'in line with the configuration' : 'the configuration cannot be read');
		output.print(`Started by  ${describeStarter(starter)} (${place}), `, state, ...(flaw === undefined ? [] : [styled(`; ${flaw}`, 'red')]));
	}

	if (holder !== undefined) {
		output.print(`Held by     the ${holder.kind} (process ${holder.process.pid}) since ${formatTime(holder.since)}`);
	}

	for (const line of ownLines) {
		output.print('By hand     ', line);
	}

	if (starters.length === 0 && holder === undefined) {
		output.print(styled(ownLines.length === 0 ? 'Nothing starts the jobs.' : 'Nothing but lines of your own starts anything.', 'red'), ' Run "coffer schedule install", or keep "coffer daemon" running.');
	}
}

/** A job in the document of `--json`. */
const toJson = ({job: {name, kind, expression, timeZone, isEnabled}, lastRun, nextRun}: JobStatus) => ({
	name, kind, cron: expression, timeZone, isEnabled, lastRun: lastRun ?? null, nextRun: nextRun ?? null,
});

/** `coffer schedule status`: what starts the jobs, whether that agrees with the configuration, and when each ran and runs. */
export async function scheduleStatus(context: CommandContext): Promise<number> {
	const {output, runtime} = context;
	const {wanted, problem} = await readWanted(context);
	const installation = describeInstallation(context);
	const {installed, starters} = await context.interruptible(async signal => {
		const programs = programContext(context, signal);
		const there = await findInstalled(context, programs);
		return {installed: there, starters: await findStarters(context, programs, {installation, installed: there, ...(wanted && {wanted})})};
	});
	const {holder, jobs} = wanted ? await remember(context, wanted) : {holder: undefined, jobs: []};
	const isStarted = holder !== undefined || installed.ownLines.length > 0 || starters.some(({flaw}) => flaw === undefined);
	output.value({
		isStarted,
		installed: starters.map(({starter, ...rest}) => ({...starter, ...rest})),
		holder: holder ?? null,
		ownLines: installed.ownLines,
		problem: problem ?? null,
		jobs: jobs.map(status => toJson(status)),
	});
	printStarters(context, starters, installed, holder);
	if (problem !== undefined) {
		output.print(styled(problem, 'red'));
	}

	if (jobs.length > 0 && !output.isJson) {
		const nowMs = runtime.now();
		output.print('');
		await output.table(['JOB', 'DOES', 'WHEN', 'LAST RUN', 'RESULT', 'NEXT'], jobs.map(({job: {name, kind, expression, isEnabled}, lastRun, nextRun}): Piece[] => [
			name, kind, expression, ...describeRun(lastRun, nowMs), isEnabled ? (nextRun === undefined || !isStarted ? '-' : formatTime(nextRun)) : styled('switched off', 'dim'),
		]));
	}

	return 0;
}
