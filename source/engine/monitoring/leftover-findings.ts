import {countText} from './age-text.ts';
import type {AlertFacts} from './assess-alerts.ts';
import type {Finding} from './alert.ts';

/** The next run of the same kind clears leftovers away; where none has for so long, people are told. In milliseconds. */
export const leftoversAfterMs = 25 * 60 * 60 * 1000;

/** What runs that died have left, and nothing has cleared away since. */
export function findLeftBehind({leftovers, nowMs, url}: AlertFacts): Finding[] {
	const {records = [], abandoned = 0, unreadableLocks = []} = leftovers ?? {};
	const old = records.filter(({heartbeat}) => nowMs - Date.parse(heartbeat) > leftoversAfterMs);
	const common = {kind: 'leftovers', object: url} as const;
	const [lock] = unreadableLocks;
	const parts = [...(old.length > 0 ? [countText(old.length, 'record')] : []), ...(abandoned > 0 ? [countText(abandoned, 'unfinished object')] : [])];
	const [record] = old;
	return [
		...(parts.length > 0
			? [{
				...common,
				key: `leftovers:${url}`,
				severity: 'warning' as const,
				message: `${parts.join(' and ')} of runs that died ${old.length + abandoned === 1 ? 'lies' : 'lie'} there for more than a day`,
				cause: record ? `"${record.operation}" on ${record.host} was last heard of at ${record.heartbeat}: it was killed, or the machine went down` : 'a run was killed, or the machine went down',
				nextStep: record !== undefined && record.operation !== 'backup' ? `run "coffer ${record.operation}" again: it clears them away; nothing is lost` : 'make a backup: it clears them away; nothing is lost',
			}]
			: []),
		...(lock
			? [{
				...common,
				key: `leftovers:lock/${url}`,
				severity: 'warning' as const,
				message: `${lock.object} cannot be read, and as long as it lies there nothing is forgotten or pruned and no key is changed`,
				cause: lock.message,
				nextStep: 'if no other run of coffer is deleting anything or changing keys, delete it from the repository',
			}]
			: []),
	];
}
