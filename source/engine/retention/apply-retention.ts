import {applyPolicy} from './apply-policy.ts';
import {Calendar} from './calendar.ts';
import {decide, keep, type Candidate} from './candidate.ts';
import type {RetentionDecision, RetentionSnapshot} from './decision.ts';
import type {RetentionPolicy} from './policy.ts';
import type {RetentionSettings} from './settings.ts';

/** What is dated later than this after now has a wrong time; clocks of several machines differ by less. */
export const futureToleranceMs = 60 * 60 * 1000;

/** What decisions are made about, and from when. */
export type RetentionView = {
	/** Name of this host. */
	readonly host: string;
	readonly nowMs: number;
	/** Where days, weeks, months and years begin: a name of the IANA time zone database. @default the machine's */
	readonly timeZone?: string;
};

/** What keeps a snapshot whatever the rules say. */
function keepMarked(candidate: Candidate, policy: RetentionPolicy, pins: readonly string[]): void {
	const {id, tags} = candidate.snapshot;
	const tag = tags.find(one => policy.tags?.includes(one));
	if (tag !== undefined) {
		keep(candidate, 'tag', `has the tag "${tag}"`);
	}

	if (pins.some(pin => id.startsWith(pin.toLowerCase()))) {
		keep(candidate, 'pin', 'is pinned');
	}
}

/** Of a source that has no policy of its own the common one; a source may have any name. */
function policyOf(source: string, {policy, sources = {}}: RetentionSettings): RetentionPolicy {
	return Object.hasOwn(sources, source) ? sources[source]! : policy;
}

/**
Decide which snapshots are kept, each with its reasons. Every source on every host stands alone. All rules count back from now, not from what there is: however many snapshots are made today,
those of other days stay. The newest good one of a source and the newest one always stay; what is dated in the future stays and counts for nothing.
docs/retention.md tells what follows from that.
@param snapshots - All there are, in any order.
@returns Oldest first.
@throws RangeError for a time that is none, or a time zone that is none
*/
export function applyRetention(snapshots: readonly RetentionSnapshot[], settings: RetentionSettings, {host, nowMs, timeZone}: RetentionView): RetentionDecision[] {
	const calendar = new Calendar(nowMs, timeZone);
	const {hosts = [], pins = []} = settings;
	const candidates = snapshots
		.map((snapshot): Candidate => {
			const timeMs = Date.parse(snapshot.time);
			return {snapshot, timeMs, day: calendar.day(timeMs), isGood: snapshot.isGood, kept: new Map(), passed: []};
		})
		.toSorted((a, b) => a.timeMs === b.timeMs ? Number(a.snapshot.id > b.snapshot.id) - Number(a.snapshot.id < b.snapshot.id) : a.timeMs - b.timeMs);
	const groups = Map.groupBy(candidates, ({snapshot}) => JSON.stringify([snapshot.source, snapshot.host]));
	for (const group of groups.values()) {
		const {snapshot} = group[0]!;
		const policy = policyOf(snapshot.source, settings);
		const isOurs = snapshot.host === host || hosts === 'all' || hosts.includes(snapshot.host);
		for (const one of group) {
			keepMarked(one, isOurs ? policy : {}, pins);
			if (!isOurs) {
				keep(one, 'other-host', `made on ${snapshot.host}, for which these rules are not`);
			} else if (one.timeMs > nowMs + futureToleranceMs) {
				keep(one, 'future', 'dated in the future: some clock is or was wrong');
			}
		}

		if (isOurs) {
			applyPolicy(group.filter(({kept}) => !kept.has('future')), policy, nowMs, calendar);
		}
	}

	return candidates.map(candidate => decide(candidate));
}
