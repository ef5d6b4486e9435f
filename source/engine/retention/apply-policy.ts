import {findBursts, lastBursts} from './bursts.ts';
import {calendarRules, type Bucket, type Calendar, type CalendarRule} from './calendar.ts';
import {keep, keepBurst, type Candidate} from './candidate.ts';
import type {RetentionPolicy} from './policy.ts';
import {bucketText, keptSpanText, passedText} from './texts.ts';

/** A rule that is there: 0 keeps nothing, as if it was left out. */
const isCount = (value: number | undefined): value is number => value !== undefined && value > 0;

function applyLast(bursts: ReadonlyArray<readonly Candidate[]>, count: number): void {
	const {last, lastGood} = lastBursts(bursts, count);
	const number = count === 1 ? 'the last' : `one of the last ${count}`;
	for (const burst of last) {
		keepBurst(burst, 'last', number);
	}

	for (const burst of lastGood) {
		keepBurst(burst, 'last', count === 1 ? 'the last good one' : `${number} good ones`);
	}

	for (const one of bursts.flat()) {
		one.passed.push(count === 1 ? 'not the last' : `not one of the last ${count}`);
	}
}

function applyCalendar(bursts: ReadonlyArray<readonly Candidate[]>, rule: CalendarRule, count: number, calendar: Calendar): void {
	const buckets = new Map<number, Bucket & {readonly bursts: Set<readonly Candidate[]>}>();
	for (const burst of bursts) {
		for (const one of burst) {
			const bucket = calendar.bucket(rule, one.timeMs);
			const isPassed = bucket.age >= count;
			one.passed.push(isPassed ? passedText(rule, count) : `not the last of ${bucket.label} (${rule})`);
			if (isPassed) {
				continue;
			}

			const known = buckets.get(bucket.key) ?? {...bucket, bursts: new Set()};
			known.bursts.add(burst);
			buckets.set(bucket.key, known);
		}
	}

	for (const {label, bursts: inside} of buckets.values()) {
		const {last, lastGood} = lastBursts([...inside], 1);
		const text = bucketText(rule, label, count);
		keepBurst(last[0]!, rule, `the last ${text}`);
		if (lastGood[0]) {
			keepBurst(lastGood[0], rule, `the last good one ${text}`);
		}
	}
}

function applyAge(candidate: Candidate, nowMs: number, limitMs: number, rule: 'within' | 'class', of: string): void {
	const span = keptSpanText(limitMs);
	if (nowMs - candidate.timeMs < limitMs) {
		keep(candidate, rule, `younger than ${span}${of}`);
	} else {
		candidate.passed.push(`older than ${span}${of}`);
	}
}

/** The newest good one, and the newest. */
function keepNewest(bursts: ReadonlyArray<readonly Candidate[]>): void {
	const {last, lastGood} = lastBursts(bursts, 1);
	const newest = last[0];
	if (newest === undefined) {
		return;
	}

	const newestGood = bursts.flat().findLast(({isGood}) => isGood);
	const goodText = 'the newest good one of its source';
	if (newestGood) {
		keepBurst(lastGood[0] ?? newest, 'last-good', goodText, one => one === newestGood);
	}

	keepBurst(newest, 'last-good', newestGood ? 'the newest of its source' : 'the newest of its source, of which none is good');
}

/** Let a policy speak about the snapshots of one source on one host, oldest first. */
export function applyPolicy(candidates: readonly Candidate[], policy: RetentionPolicy, nowMs: number, calendar: Calendar): void {
	const bursts = findBursts(candidates);
	if (isCount(policy.last)) {
		applyLast(bursts, policy.last);
	}

	for (const rule of calendarRules) {
		const count = policy[rule];
		if (isCount(count)) {
			applyCalendar(bursts, rule, count, calendar);
		}
	}

	const limits = new Map(Object.entries(policy.classes ?? {}));
	for (const one of candidates) {
		const {snapshot: {class: backupClass}, kept, passed} = one;
		if (isCount(policy.withinMs)) {
			applyAge(one, nowMs, policy.withinMs, 'within', '');
		}

		const limitMs = limits.get(backupClass);
		if (isCount(limitMs)) {
			applyAge(one, nowMs, limitMs, 'class', ` (class ${backupClass})`);
		}

		if (kept.size === 0 && passed.length === 0) {
			keep(one, 'no-rule', `no rule is about class ${backupClass}`);
		}
	}

	keepNewest(bursts);
}
