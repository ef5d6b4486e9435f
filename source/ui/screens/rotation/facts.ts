import {isActive} from '../../model/job.ts';
import {keysOf, oldEpochs} from '../../model/key-state.ts';
import {foreignActivities} from '../../model/selectors.ts';
import type {DashboardState} from '../../model/state.ts';
import type {CheckFacts} from './checks.ts';
import type {RotationScreen} from './state.ts';

/** What the checks look at; `undefined` before the repository was looked at. */
export function factsOf(state: Pick<DashboardState, 'overview' | 'keyCounts' | 'jobs' | 'nowMs'>, screen: RotationScreen): CheckFacts | undefined {
	const {overview, jobs, nowMs} = state;
	const keys = keysOf(state);
	if (!overview || !keys) {
		return undefined;
	}

	const own = jobs.filter(job => job.kind === 'backup' && isActive(job)).map(({subject}) => ({kind: 'backup' as const, subject}));
	return {keys, overview, place: screen.place, nowMs, isReencrypting: isReencryption(state, screen), activities: [...foreignActivities(state), ...own]};
}

/** Whether a rotation that was begun has come so far that it can only go on as it was begun. */
export function isDecided(state: Pick<DashboardState, 'overview' | 'keyCounts'>): boolean {
	const keys = keysOf(state);
	return keys?.rotation !== undefined && oldEpochs(keys).length > 0;
}

/** Whether all data are written anew, too: as it was chosen, or as the rotation was begun. */
export function isReencryption(state: Pick<DashboardState, 'overview' | 'keyCounts'>, {isReencrypting}: RotationScreen): boolean {
	return isDecided(state) ? keysOf(state)?.rotation === 'packs' : isReencrypting;
}
