import type {PruneSummary} from '../engine/index.ts';
import {formatAmount, formatBytes, formatDuration} from '../text/format.ts';
import type {Log} from './log.ts';

/** How a prune ended, in one line for people. */
export function describePrune({forgotten, remaining, freedBytes, waitingBytes, isDryRun, durationMs}: PruneSummary): string {
	const would = isDryRun ? 'would be ' : '';
	const waiting = waitingBytes > 0 ? `, ${formatBytes(waitingBytes)} wait` : '';
	return `${formatAmount(forgotten.length, 'snapshot')} ${would}forgotten, ${formatAmount(remaining, 'snapshot')} left, ${formatBytes(Math.max(0, freedBytes))} ${would}freed${waiting}, ${formatDuration(durationMs)}`;
}

/** What the log is told of a prune: every snapshot that it forgot, with the rule, and what became of the space. */
export function logPrune(log: Log, summary: PruneSummary): void {
	const {forgotten, completed, remaining, packs, freedBytes, waitingBytes, waitingFor, rewrittenBytes, deadBytes, isLimited, isDryRun, durationMs} = summary;
	for (const {id, time, source, host, reason} of isDryRun ? [] : forgotten) {
		const facts = {snapshot: id, source, host, time, reason};
		log.write('info', 'snapshot forgotten', facts);
		log.in('security').write('info', 'snapshot forgotten', facts);
	}

	log.write('info', isDryRun ? 'prune, dry run' : 'prune ends', {
		forgotten: forgotten.length, completed: completed.length, remaining, packs: packs.total, removed: packs.removed, rewritten: packs.rewritten, waiting: packs.waiting,
		freedBytes, rewrittenBytes, waitingBytes, deadBytes, isLimited, durationMs, ...(waitingFor !== '' && {waitingFor}),
	});
	if (!isDryRun && packs.removed > 0) {
		log.in('security').write('info', 'unneeded data deleted', {packs: packs.removed, freedBytes});
	}
}
