import type {PruneSummary, RotateSummary} from '../engine/index.ts';
import type {LogChannel} from './channel.ts';

type Writer = {readonly write: (level: 'info', message: string, facts: Readonly<Record<string, string | number | boolean | undefined>>) => void};

/** Logs to which changes are told: what is written without another word goes to `backup`. */
type Logs = Writer & {readonly in: (channel: LogChannel) => Writer};

/** What the logs are told of a prune: every snapshot that it forgot, with the rule, and what became of the space. */
export function recordPrune(log: Logs, summary: PruneSummary): void {
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

/** What the log `security` is told of a rotation. */
export function recordRotation(log: Logs, {epoch, slot, retired, moved, packs, isResumed}: RotateSummary): void {
	log.in('security').write('info', 'key rotated', {epoch, slot, retired: retired.join(' '), moved, packs, isResumed});
}
