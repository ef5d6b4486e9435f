import type {JobKind, JobOutcome, JobOverview} from '../../../engine/index.ts';
import type {Tone} from '../../row.ts';

/** What stands for a kind of job in the line, and what that means. */
export const kindLetters: Readonly<Record<JobKind, string>> = {backup: 'b', verify: 'v', prune: 'p', rotate: 'k', monitor: 'm', audit: 'a', report: 'r'};

/** A backup that usually takes longer is a long one, in milliseconds. */
export const longMs = 30 * 60 * 1000;

export function isLong({job, usualDurationMs = 0}: Pick<JobOverview, 'job' | 'usualDurationMs'>): boolean {
	return job.kind === 'backup' && usualDurationMs > longMs;
}

/** How a run ended, in one word. */
export const outcomeWords: Readonly<Record<JobOutcome, readonly [word: string, tone: Tone]>> = {
	ok: ['OK', 'ok'], partial: ['WARN', 'warning'], failed: ['FAIL', 'critical'], interrupted: ['STOP', 'warning'], skipped: ['SKIP', 'muted'],
};

/** How a job stands, in one word of at most four letters. */
export function jobWord({job, runs, nextRun}: JobOverview, nowMs: number): readonly [word: string, tone: Tone] {
	const last = runs.at(-1);
	if (last && !last.end) {
		return ['RUN', 'running'];
	}

	if (!job.isEnabled) {
		return ['OFF', 'muted'];
	}

	const outcome = last?.end?.outcome;
	if (outcome === 'failed' || outcome === 'interrupted') {
		return outcomeWords[outcome];
	}

	if (nextRun !== undefined && Date.parse(nextRun) <= nowMs) {
		return ['DUE', 'warning'];
	}

	return outcome === undefined ? ['NEW', 'muted'] : outcomeWords[outcome];
}
