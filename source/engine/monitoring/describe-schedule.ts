import {assessJob, followingRunOf, nextRunOf, type DueFacts} from '../scheduling/due.ts';
import type {JobRun, ScheduleHolder} from '../state/job-run.ts';
import {shownRuns} from './overview.ts';
import type {JobOverview, ScheduleOverview} from './schedule-overview.ts';

/** The median of the runs that went well. */
function usualDurationMs(runs: readonly JobRun[]): number | undefined {
	const durations = runs
		.filter(({end}) => end?.outcome === 'ok' || end?.outcome === 'partial')
		.map(({started, end}) => Math.max(0, Date.parse(end!.time) - Date.parse(started)))
		.toSorted((a, b) => a - b);
	return durations[Math.floor(durations.length / 2)];
}

/** The schedule as a screen shows it. @param facts - Each job begins once its jitter has passed, whatever is said here. */
export function describeSchedule(facts: DueFacts, holder?: ScheduleHolder): ScheduleOverview {
	const jobs = facts.jobs.map((job): JobOverview => {
		const verdict = assessJob(job, {...facts, isWaitingForJitter: true});
		const runs = facts.runs.filter(run => run.job === job.name);
		const nextRun = nextRunOf(verdict, facts.host);
		const usual = usualDurationMs(runs);
		const knownSince = facts.firstSeen && (facts.firstSeen.get(job.name) ?? new Date(facts.nowMs).toISOString());
		return {
			job,
			slot: verdict.slot,
			...(knownSince !== undefined && {knownSince}),
			...(nextRun !== undefined && {nextRun}),
			...(verdict.sources.length > 0 && {rest: {sources: verdict.sources, othersNextRun: followingRunOf(verdict, facts.host)}}),
			runs: runs.slice(-shownRuns),
			...(usual !== undefined && {usualDurationMs: usual}),
		};
	});
	const lastRun = facts.runs.flatMap(({end}) => end ? [end.time] : []).toSorted().at(-1);
	return {jobs, ...(holder && {holder}), ...(lastRun !== undefined && {lastRun})};
}

/** When each source is backed up next: by the first job that covers it. */
export function nextRunOfSource({jobs}: ScheduleOverview, source: string): string | undefined {
	return jobs
		.filter(({job: {kind, sources}}) => kind === 'backup' && (sources?.includes(source) ?? true))
		.flatMap(({nextRun, rest}) => (nextRun !== undefined && rest && !rest.sources.includes(source) ? rest.othersNextRun : nextRun) ?? [])
		.toSorted()[0];
}
