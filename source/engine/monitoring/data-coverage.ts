import type {DataRead} from '../state/data-reads.ts';

/** Parts that never overlap add up; of each the newest reading counts. */
function shareOfParts(reads: readonly DataRead[], parts: number): number {
	const newest = new Map(reads.map(({part, share}) => [part, share]));
	return newest.size === parts ? 1 : Math.min(1, newest.values().reduce((sum, share) => sum + share, 0));
}

/**
Which share of the file contents verifications have read in a time: 0 to 1. Parts of one division add up; other shares were chosen anew each time, and count as if by chance, so that two halves are three quarters.
@param reads - Oldest first.
@param time.toMs - No longer belongs to it.
*/
export function coverageOf(reads: readonly DataRead[], {fromMs, toMs}: {readonly fromMs: number; readonly toMs: number}): number {
	const within = reads.filter(({time}) => Date.parse(time) >= fromMs && Date.parse(time) < toMs);
	const divided = Map.groupBy(within.filter(({parts}) => parts !== undefined), ({parts}) => parts!);
	const shares = [...within.filter(({parts}) => parts === undefined).map(({share}) => share), ...[...divided].map(([parts, some]) => shareOfParts(some, parts))];
	return 1 - shares.reduce((unread, share) => unread * (1 - share), 1);
}
