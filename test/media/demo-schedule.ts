import {jobsOf} from '../../source/cli/configured-jobs.ts';
import {slotAt, type Job, type JobRun, type Runtime} from '../../source/engine/index.ts';
import {ScheduleState} from '../../source/engine/state/schedule-state.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** So many runs of each job are shown. */
const shown = 14;
/** For so long cron has been starting the jobs. */
const knownDays = 20;

type Past = {readonly durationMs: number; readonly summary: string};

const pasts: Readonly<Record<string, Past>> = {
	daily: {durationMs: 312_000, summary: '6 sources, 12 MB, 640 kB new'},
	weekly: {durationMs: 330_000, summary: '6 sources, 12 MB, 640 kB new'},
	monthly: {durationMs: 341_000, summary: '6 sources, 12 MB, 640 kB new'},
	monitor: {durationMs: 900, summary: 'nothing critical'},
	health: {durationMs: 1400, summary: 'nothing critical'},
	audit: {durationMs: 2100, summary: 'no findings'},
	verify: {durationMs: 41_000, summary: 'part 7 of 30: 40 objects, nothing wrong'},
	cleanup: {durationMs: 8200, summary: '6 snapshots forgotten, 310 kB freed'},
	report: {durationMs: 700, summary: 'report of 7 days'},
};

/** The last starts of a job, oldest first. */
function pastStarts(job: Job, nowMs: number): number[] {
	const starts: number[] = [];
	for (let {startMs} = slotAt(job, nowMs); starts.length < shown && startMs > nowMs - knownDays * dayMs; startMs = slotAt(job, startMs - 1).startMs) {
		starts.unshift(startMs);
	}

	return starts;
}

/** Remember the jobs of a server as cron has run them: the backups of the last nights left out one source, which failed. */
export function rememberJobs(place: {readonly stateFolder: string; readonly url: string}, runtime: Runtime, {nowMs, failedSinceMs}: {readonly nowMs: number; readonly failedSinceMs: number}): void {
	const jobs = jobsOf(undefined).filter(({isEnabled}) => isEnabled);
	const state = new ScheduleState(place.stateFolder, place.url, {runtime: {...runtime, now: () => nowMs - knownDays * dayMs}, warn: () => undefined});
	state.noteJobs(jobs);
	for (const job of jobs) {
		const {durationMs, summary} = pasts[job.name]!;
		for (const [index, startMs] of pastStarts(job, nowMs).entries()) {
			const isFailed = job.kind === 'backup' && startMs >= failedSinceMs;
			const started = new Date(startMs).toISOString();
			const end: NonNullable<JobRun['end']> = {
				time: new Date(startMs + durationMs * (1 + index % 5 / 20)).toISOString(), outcome: isFailed ? 'failed' : 'ok', code: isFailed ? 1 : 0, summary: isFailed ? '4 of 6 sources; orders-db: the source could not be read' : summary,
			};
			state.addEndedRun({id: `${job.name}-${startMs}`, job: job.name, trigger: 'timer', slot: started, started, process: runtime.identity, end});
		}
	}

	state.close();
}
