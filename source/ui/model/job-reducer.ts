import type {EngineEvent} from '../../engine/index.ts';
import {isActive, keptWarnings, type Failure, type Job, type JobKind, type JobResult} from './job.ts';

export type JobAction =
	| {readonly type: 'job-added'; readonly id: number; readonly kind: JobKind; readonly subject: string; readonly source?: string}
	| {readonly type: 'job-started'; readonly id: number; readonly nowMs: number; readonly processId?: number}
	| {readonly type: 'job-event'; readonly id: number; readonly event: EngineEvent}
	| {readonly type: 'job-stopping'; readonly id: number}
	| {readonly type: 'job-ended'; readonly id: number; readonly nowMs: number; readonly result?: JobResult; readonly failure?: Failure};

/** Jobs that have ended are shown until so many newer ones have. */
const keptEnded = 20;

function applyEvent(job: Job, event: EngineEvent): Job {
	if (event.event === 'progress') {
		const {event: _, ...progress} = event;
		const isNew = job.phases.at(-1) !== progress.phase;
		return {...job, progress, ...(isNew && {phases: [...job.phases, progress.phase]})};
	}

	if (event.event === 'log') {
		return job;
	}

	return {...job, warnings: [...job.warnings, event.message].slice(-keptWarnings), warningCount: job.warningCount + 1};
}

function end(job: Job, {nowMs, result, failure}: Extract<JobAction, {type: 'job-ended'}>): Job {
	const isStopped = failure?.code === 'aborted';
	return {
		...job, endedMs: nowMs,
		state: result ? 'done' : (isStopped ? 'stopped' : 'failed'),
		...(result && {result}),
		...(failure && !isStopped && {failure}),
	};
}

function forget(jobs: readonly Job[]): readonly Job[] {
	const ended = jobs.filter(job => !isActive(job));
	const dropped = new Set(ended.slice(0, Math.max(0, ended.length - keptEnded)));
	return dropped.size === 0 ? jobs : jobs.filter(job => !dropped.has(job));
}

/** The jobs after something happened to one of them. Pure. */
export function reduceJobs(jobs: readonly Job[], action: JobAction): readonly Job[] {
	if (action.type === 'job-added') {
		const {type: _, ...facts} = action;
		return [...jobs, {...facts, state: 'queued', phases: [], warnings: [], warningCount: 0}];
	}

	const change = (job: Job): Job => {
		switch (action.type) {
			case 'job-started': {
				const {nowMs, processId} = action;
				return {...job, state: job.state === 'stopping' ? 'stopping' : 'running', startedMs: nowMs, ...(processId !== undefined && {processId})};
			}

			case 'job-event': {
				return isActive(job) ? applyEvent(job, action.event) : job;
			}

			case 'job-stopping': {
				return isActive(job) ? {...job, state: job.state === 'queued' ? 'stopped' : 'stopping'} : job;
			}

			case 'job-ended': {
				return end(job, action);
			}
		}
	};

	return forget(jobs.map(job => job.id === action.id ? change(job) : job));
}
