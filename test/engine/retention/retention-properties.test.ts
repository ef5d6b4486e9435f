import test, {type ExecutionContext} from 'ava';
import * as fc from 'fast-check';
import {applyRetention, futureToleranceMs} from '../../../source/engine/retention/apply-retention.ts';
import {burstGapMs} from '../../../source/engine/retention/bursts.ts';
import type {RetentionDecision, RetentionSnapshot} from '../../../source/engine/retention/decision.ts';
import type {RetentionPolicy} from '../../../source/engine/retention/policy.ts';
import type {SnapshotId} from '../../../source/engine/ids.ts';

const minuteMs = 60 * 1000;
const dayMs = 24 * 60 * minuteMs;
const nowMs = Date.parse('2026-11-22T12:00:00Z');
const propertyRuns = 400;

const timeZone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia');
const count = fc.option(fc.integer({min: 1, max: 5}), {nil: undefined});
const policy: fc.Arbitrary<RetentionPolicy> = fc.record({
	last: count, hourly: count, daily: count, weekly: count, monthly: count, yearly: count,
	withinMs: fc.option(fc.integer({min: 1, max: 40}).map(days => days * dayMs), {nil: undefined}),
	classes: fc.option(fc.dictionary(fc.constantFrom('daily', 'weekly', 'monthly', 'manual'), fc.integer({min: 1, max: 40}).map(days => days * dayMs)), {nil: undefined}),
	tags: fc.constantFrom(undefined, ['keep']),
}).map(rules => Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined)));

/** Times in clumps: so that bursts, ties and days with several snapshots come up often. */
const time = fc.tuple(fc.integer({min: 0, max: 400}), fc.integer({min: 0, max: 5}), fc.integer({min: 0, max: 14}))
	.map(([days, hours, minutes]) => nowMs - days * dayMs - hours * 60 * minuteMs - minutes * minuteMs);

const snapshot = fc.record({
	timeMs: time,
	source: fc.constantFrom('etc', 'db'),
	class: fc.constantFrom('daily', 'weekly', 'monthly', 'manual'),
	tags: fc.constantFrom<readonly string[]>([], [], ['keep']),
	isGood: fc.boolean(),
});

const snapshots: fc.Arbitrary<RetentionSnapshot[]> = fc.array(snapshot, {maxLength: 40})
	.map(all => all.map(({timeMs, ...one}, index) => ({...one, id: String(index).padStart(32, '0') as SnapshotId, time: new Date(timeMs).toISOString(), host: 'web1'})));

const apply = (all: readonly RetentionSnapshot[], rules: RetentionPolicy, zone: string) => applyRetention(all, {policy: rules}, {host: 'web1', nowMs, timeZone: zone});
const keptIn = (decisions: readonly RetentionDecision[]): Set<SnapshotId> => new Set(decisions.filter(({isKept}) => isKept).map(({snapshot: {id}}) => id));
const keptOf = (all: readonly RetentionSnapshot[], rules: RetentionPolicy, zone: string): Set<SnapshotId> => keptIn(apply(all, rules, zone));
const isSame = <Item>(a: ReadonlySet<Item>, b: ReadonlySet<Item>): boolean => a.size === b.size && a.isSubsetOf(b);
const msOf = ({time: text}: RetentionSnapshot): number => Date.parse(text);
const dayIn = (timeMs: number, zone: string): string => new Date(timeMs).toLocaleDateString('sv', {timeZone: zone});

function check<Values>(t: ExecutionContext, property: fc.IProperty<Values>, numberRuns = propertyRuns): void {
	fc.assert(property, {numRuns: numberRuns});
	t.pass();
}

test('every snapshot gets one decision with a reason; what goes has gone by one rule', t => {
	check(t, fc.property(snapshots, policy, timeZone, (all, rules, zone) => {
		const decisions = apply(all, rules, zone);
		return decisions.length === all.length && isSame(new Set(decisions.map(({snapshot: one}) => one)), new Set(all))
			&& decisions.every(({isKept, reasons}) => reasons.length > 0 && reasons.every(({text}) => text.length > 0) && reasons.some(({rule}) => rule === 'expired') !== isKept);
	}));
});

test('the newest good one of each source, and the newest, always stay', t => {
	let gone = 0;
	check(t, fc.property(snapshots, policy, timeZone, (all, rules, zone) => {
		const kept = keptOf(all, rules, zone);
		gone += all.length - kept.size;
		const hasNewest = (of: readonly RetentionSnapshot[]): boolean => of.length === 0 || of.some(one => msOf(one) === Math.max(...of.map(each => msOf(each))) && kept.has(one.id));
		return Map.groupBy(all, ({source}) => source).values().every(group => hasNewest(group) && hasNewest(group.filter(({isGood}) => isGood)));
	}));
	t.log(`${gone} went in ${propertyRuns} runs`);
	t.true(gone > propertyRuns / 4);
});

test('the order of the snapshots does not matter', t => {
	const twoOrders = snapshots.chain(all => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, {minLength: all.length})));
	check(t, fc.property(twoOrders, policy, timeZone, ([all, shuffled], rules, zone) => JSON.stringify(apply(all, rules, zone)) === JSON.stringify(apply(shuffled, rules, zone))));
});

test('a second time at the same moment nothing more goes', t => {
	check(t, fc.property(snapshots, policy, timeZone, (all, rules, zone) => {
		const kept = keptOf(all, rules, zone);
		const left = all.filter(({id}) => kept.has(id));
		return isSame(keptOf(left, rules, zone), kept);
	}), propertyRuns * 4);
});

test('a snapshot that is dated in the future makes none go', t => {
	check(t, fc.property(snapshots, snapshot, fc.integer({min: 1, max: 4000}), policy, timeZone, (all, garbage, days, rules, zone) => {
		const future = {...garbage, id: 'f'.repeat(32) as SnapshotId, host: 'web1', time: new Date(nowMs + futureToleranceMs + days * dayMs).toISOString()};
		const kept = keptOf([...all, future], rules, zone);
		return kept.delete(future.id) && isSame(kept, keptOf(all, rules, zone));
	}));
});

test('a snapshot that follows another within a burst makes no older one go', t => {
	let tried = 0;
	const some = fc.tuple(snapshots.filter(all => all.length > 0), fc.nat());
	const follower = fc.record({afterMs: fc.integer({min: 1, max: burstGapMs - 1}), isGood: fc.boolean()});
	check(t, fc.property(some, follower, policy, timeZone, ([all, pick], {afterMs, isGood}, rules, zone) => {
		const before = all[pick % all.length]!;
		const timeMs = msOf(before) + afterMs;
		fc.pre(dayIn(timeMs, zone) === dayIn(msOf(before), zone) && timeMs <= nowMs + futureToleranceMs);
		// A good one makes the burst of a partial one good: see the golden case of the second try.
		const garbage: RetentionSnapshot = {...before, id: 'f'.repeat(32) as SnapshotId, time: new Date(timeMs).toISOString(), isGood: isGood && before.isGood};
		const kept = keptOf([...all, garbage], rules, zone);
		const mustStay = apply(all, rules, zone).filter(({isKept, snapshot: one}) => isKept && one.source === before.source && msOf(one) <= timeMs);
		tried += mustStay.length;
		return mustStay.every(({snapshot: {id}}) => kept.has(id));
	}));
	t.log(`${tried} snapshots that had to stay`);
	t.true(tried > propertyRuns);
});

test('however many are made on one day, those of other days lose nothing under the rules of the calendar', t => {
	const calendarOnly = policy.map(({last, hourly, ...rules}) => rules);
	check(t, fc.property(snapshots, fc.array(fc.integer({min: 0, max: 11 * 60}), {minLength: 1, maxLength: 30}), calendarOnly, (all, minutes, rules) => {
		const real = all.filter(one => msOf(one) < nowMs - 32 * dayMs && msOf(one) > Date.parse('2026-01-01') && one.isGood);
		const newest = {...all[0] ?? {source: 'etc', class: 'daily', tags: [], isGood: true, host: 'web1'}, id: 'a'.repeat(32) as SnapshotId, time: new Date(nowMs - 11 * 60 * minuteMs - minuteMs).toISOString()};
		const garbage = minutes.map((minute, index): RetentionSnapshot => ({...newest, id: `f${index}`.padEnd(32, '0') as SnapshotId, time: new Date(nowMs - minute * minuteMs).toISOString(), isGood: true}));
		const withoutYear = {...rules, yearly: 0};
		const kept = keptOf([...real, newest, ...garbage], withoutYear, 'UTC');
		const keptBefore = [...keptOf([...real, {...newest, isGood: true}], withoutYear, 'UTC')].filter(id => id !== newest.id);
		return keptBefore.every(id => kept.has(id));
	}));
});

test('an older snapshot has no say in what becomes of newer ones of other days', t => {
	check(t, fc.property(snapshots, policy, timeZone, (all, rules, zone) => {
		const sorted = all.toSorted((a, b) => msOf(a) - msOf(b));
		const dropped = sorted.slice(0, Math.floor(sorted.length / 2));
		const lastDay = dropped.length > 0 ? dayIn(msOf(dropped.at(-1)!), zone) : '';
		const rest = sorted.slice(dropped.length).filter(one => dayIn(msOf(one), zone) !== lastDay);
		const kept = keptOf([...dropped, ...rest], rules, zone);
		return isSame(keptOf(rest, rules, zone), new Set([...kept].filter(id => rest.some(one => one.id === id))));
	}));
});
