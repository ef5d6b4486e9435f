import type {AlertFacts} from './assess-alerts.ts';
import type {Finding} from './alert.ts';
import {spanText} from './age-text.ts';
import {coverageOf} from './data-coverage.ts';
import {defaultMonitorPolicy} from './monitor-policy.ts';

/** Shares that are chosen anew each time never reach all: so much of it counts as all. */
const enoughShare = 0.9;

/** File contents that no verification of this host has read for too long: what rots there shows at the restore. */
export function findUnreadData({url, nowMs, created, dataReads = [], verifyRuns, policy: {allDataWithinMs} = defaultMonitorPolicy}: AlertFacts): Finding[] {
	const fromMs = nowMs - allDataWithinMs;
	if (created === undefined || Date.parse(created) > fromMs) {
		return [];
	}

	// How much an earlier version of this program has read, nobody knows.
	const knownMs = Date.parse(dataReads[0]?.time ?? new Date(nowMs).toISOString());
	const isUnknown = verifyRuns.some(({time, data}) => data !== 'none' && Date.parse(time) >= fromMs && Date.parse(time) < knownMs);
	const share = coverageOf(dataReads, {fromMs, toMs: nowMs + 1});
	return isUnknown || share >= enoughShare
		? []
		: [{
			key: `unverified:data/${url}`,
			kind: 'unverified',
			severity: 'warning',
			object: url,
			message: `verifications have read ${share === 0 ? 'none' : `${Math.floor(share * 100)} %`} of its data in the last ${spanText(allDataWithinMs)}`,
			cause: 'the job "verify" does not run, or not often enough for the number of its parts',
			nextStep: 'run "coffer verify --read-data", and look with "coffer schedule status" when the job "verify" runs',
		}];
}
