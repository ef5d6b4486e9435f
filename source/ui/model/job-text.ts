import type {Activity, Phase, Progress} from '../../engine/index.ts';
import {formatAmount, formatBytes, formatCount, formatDuration} from '../../text/format.ts';
import type {Job, JobResult, JobState} from './job.ts';
import {shareOf} from './selectors.ts';

const phaseWords: Readonly<Record<Phase, string>> = {
	opening: 'opening', reading: 'reading', committing: 'finishing', checking: 'checking', planning: 'planning', writing: 'writing',
	renewing: 'new keys', moving: 'moving metadata', waiting: 'waiting for runs', 're-encrypting': 're-encrypting', repacking: 'repacking', sweeping: 'deleting', proving: 'proving',
};

/** Of a job that has not begun. */
export const queuedText = 'It waits until the job before it is done.';

/** How long a job has been running; empty before it runs. */
export function elapsedText({startedMs}: Pick<Job, 'startedMs'>, nowMs: number): string {
	return startedMs === undefined ? '' : `${formatDuration(Math.max(0, nowMs - startedMs))} so far`;
}

/** Milliseconds that are left at the rate so far. */
export function timeLeftMs({bytes, totalBytes, rate}: Progress): number | undefined {
	return totalBytes === undefined || rate <= 0 || totalBytes < bytes ? undefined : (totalBytes - bytes) / rate * 1000;
}

/** What would take longer at the rate so far has only just begun. */
const unknowableMs = 48 * 60 * 60 * 1000;

/** They take a moment, or as long as somebody else does. */
const unmeasured: ReadonlySet<Phase> = new Set(['renewing', 'waiting', 'proving']);

/** How far it is, in words: `33 of 88 GB  142 MB/s  6m 24s left`. */
export function progressText(progress: Progress): string {
	const {phase, bytes, totalBytes, files, totalFiles, rate} = progress;
	if (phase === 'moving') {
		return totalFiles === undefined ? '' : `${formatCount(files)} of ${formatAmount(totalFiles, 'object')}`;
	}

	if (phase === 'sweeping') {
		return files === 0 ? '' : formatAmount(files, 'object');
	}

	if (phase === 'planning' && totalFiles !== undefined && bytes === 0) {
		return `${formatCount(files)} of ${formatAmount(totalFiles, 'folder')}`;
	}

	if (unmeasured.has(phase)) {
		return '';
	}

	const left = timeLeftMs(progress);
	return [
		totalBytes === undefined ? `${formatBytes(bytes)}, ${formatAmount(files, 'file')}` : `${formatBytes(bytes)} of ${formatBytes(totalBytes)}`,
		...(rate > 0 ? [`${formatBytes(rate)}/s`] : []),
		...(left === undefined || left < 1000 || left > unknowableMs ? [] : [`${formatDuration(left)} left`]),
	].join('  ');
}

export const phaseText = ({phase}: Progress): string => phaseWords[phase];

/** `38%`, or nothing where the total is not known. */
export function percentText(progress: Progress): string {
	const share = shareOf(progress);
	return share === undefined ? '' : `${Math.floor(share * 100)}%`;
}

export const stateWords: Readonly<Record<JobState, string>> = {queued: 'WAIT', running: 'RUN', stopping: 'STOP', done: 'DONE', failed: 'FAIL', stopped: 'ENDED'};

/** What came of it, in one line. */
export function resultText(result: JobResult): string {
	switch (result.kind) {
		case 'backup': {
			const {files, bytes, storedBytes, durationMs, unreadable} = result.summary;
			const missing = unreadable > 0 ? `, ${formatAmount(unreadable, 'entry', 'entries')} could not be read` : '';
			return `${formatAmount(files, 'file')}, ${formatBytes(bytes)}, ${formatBytes(storedBytes)} stored in ${formatDuration(durationMs)}${missing}`;
		}

		case 'verify': {
			const {checkedObjects, checkedBytes, problems, durationMs} = result.summary;
			return `${formatAmount(checkedObjects, 'object')}, ${formatBytes(checkedBytes)} checked in ${formatDuration(durationMs)}: ${problems.length === 0 ? 'nothing wrong' : formatAmount(problems.length, 'problem')}`;
		}

		case 'restore': {
			const {restored, skipped, failed, bytes, durationMs} = result.summary;
			return `${restored} restored, ${skipped} skipped, ${failed} failed, ${formatBytes(bytes)} in ${formatDuration(durationMs)}`;
		}

		case 'load': {
			const {databases, bytes, problems, durationMs} = result.summary;
			const good = databases.filter(({into}) => problems.every(({database}) => database !== into));
			const counts = `${formatAmount(good.reduce((sum, {tables}) => sum + tables, 0), 'table')}, ${formatAmount(good.reduce((sum, {rows = 0}) => sum + rows, 0), 'row')}`;
			return `${formatAmount(good.length, 'database')} loaded${problems.length > 0 ? `, ${problems.length} failed` : ''}: ${counts}, ${formatBytes(bytes)} in ${formatDuration(durationMs)}`;
		}

		case 'prune': {
			const {forgotten, freedBytes, waitingBytes, durationMs} = result.summary;
			const waiting = waitingBytes > 0 ? `, ${formatBytes(waitingBytes)} wait` : '';
			return `${formatAmount(forgotten.length, 'snapshot')} forgotten, ${formatBytes(Math.max(0, freedBytes))} freed${waiting} in ${formatDuration(durationMs)}`;
		}

		case 'rotate': {
			const {moved, packs, bytes, durationMs} = result.summary;
			const rewritten = packs > 0 ? `, ${formatAmount(packs, 'pack')} (${formatBytes(bytes)}) written anew` : '';
			return `${formatAmount(moved, 'object')} under the new epoch${rewritten} in ${formatDuration(durationMs)}; 0 under the old one`;
		}
	}
}

/** Whether it ended without a doubt. */
export function isGood(result: JobResult): boolean {
	switch (result.kind) {
		case 'backup': {
			return result.summary.unreadable === 0;
		}

		case 'verify':
		case 'load': {
			return result.summary.problems.length === 0;
		}

		case 'restore': {
			return result.summary.failed === 0;
		}

		case 'prune':
		case 'rotate': {
			return true;
		}
	}
}

export const jobTitle = ({kind, subject}: Pick<Job, 'kind' | 'subject'>): string => `${kind} ${subject}`;

export const activityTitle = ({kind, subject}: Activity): string => subject === undefined ? kind : `${kind} ${subject}`;
