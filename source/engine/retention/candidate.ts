import type {Moment} from './bursts.ts';
import {calendarRules} from './calendar.ts';
import type {RetentionDecision, RetentionReason, RetentionRule, RetentionSnapshot} from './decision.ts';

/** A snapshot that is decided about. */
export type Candidate = Moment & {
	readonly snapshot: RetentionSnapshot;
	/** Why it is kept. */
	readonly kept: Map<RetentionRule, string>;
	/** Why rules that it falls under do not keep it. */
	readonly passed: string[];
};

/** The one that lasts longest first. */
const strength: readonly RetentionRule[] = ['pin', 'tag', 'other-host', 'future', 'no-rule', ...calendarRules, 'last', 'class', 'within', 'last-good'];

/** Note why it is kept. Of two reasons by the same rule the first one given counts. */
export function keep({kept}: Candidate, rule: RetentionRule, text: string): void {
	if (!kept.has(rule)) {
		kept.set(rule, text);
	}
}

/** Those of a burst stand together: what keeps one by its place among others keeps all. */
export function keepBurst(burst: readonly Candidate[], rule: RetentionRule, text: string, isNamed = (one: Candidate) => one === burst.at(-1)): void {
	for (const one of burst) {
		keep(one, rule, isNamed(one) ? text : `in one burst with ${text}`);
	}
}

/** What follows from all reasons. */
export function decide({snapshot, kept, passed}: Candidate): RetentionDecision {
	const reasons = strength.flatMap((rule): RetentionReason[] => {
		const text = kept.get(rule);
		return text === undefined ? [] : [{rule, text}];
	});
	return reasons.length > 0 ? {snapshot, isKept: true, reasons} : {snapshot, isKept: false, reasons: [{rule: 'expired', text: passed.join(', ')}]};
}
