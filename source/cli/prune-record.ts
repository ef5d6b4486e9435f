import type {PruneSummary} from '../engine/index.ts';
import {formatAmount, formatBytes, formatDuration} from '../text/format.ts';

/** How a prune ended, in one line for people. */
export function describePrune({forgotten, remaining, freedBytes, waitingBytes, isDryRun, durationMs}: PruneSummary): string {
	const would = isDryRun ? 'would be ' : '';
	const waiting = waitingBytes > 0 ? `, ${formatBytes(waitingBytes)} wait` : '';
	return `${formatAmount(forgotten.length, 'snapshot')} ${would}forgotten, ${formatAmount(remaining, 'snapshot')} left, ${formatBytes(Math.max(0, freedBytes))} ${would}freed${waiting}, ${formatDuration(durationMs)}`;
}
