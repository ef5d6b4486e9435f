import type {Job, JobRun, JobOutcome} from '../../source/engine/index.ts';

/** A daily backup of all sources, with what a test changes of it. */
export function buildJob(name: string, change: Partial<Job> = {}): Job {
	return {
		name, kind: 'backup', expression: '0 2 * * *', timeZone: 'UTC', isEnabled: true, jitterMs: 0, catchesUp: true, overlap: 'skip', niceness: 10, ioPriority: 'low', ...change,
	};
}

/** A run that began at a time and ended a minute later; without an outcome it still runs. */
export function buildRun(job: string, started: string, outcome?: JobOutcome, code = outcome === 'ok' ? 0 : 1): JobRun {
	return {
		id: `${job} ${started}`, job, trigger: 'timer', slot: started, started, process: {host: 'web1', bootId: 'boot', pid: 7, startTicks: 1},
		...(outcome && {end: {time: new Date(Date.parse(started) + 60_000).toISOString(), outcome, code, summary: outcome}}),
	};
}
