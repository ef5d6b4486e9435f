import type {SnapshotId} from '../ids.ts';

/** What retention has to know of a snapshot. */
export type RetentionSnapshot = {
	readonly id: SnapshotId;
	/** RFC 3339. */
	readonly time: string;
	readonly source: string;
	readonly host: string;
	readonly class: string;
	readonly tags: readonly string[];
	/** Whether nothing of it is missing, as far as is known: neither unreadable when it was made, nor found damaged. */
	readonly isGood: boolean;
};

/** Why a snapshot is kept, or by which rule it goes: a word for programs. */
export type RetentionRule =
	| 'last' | 'hourly' | 'daily' | 'weekly' | 'monthly' | 'yearly' | 'within' | 'class' | 'tag' | 'pin'
	| 'last-good' // The newest good one of its source.
	| 'future' // Its time has not come yet: it counts for nothing, and is not touched.
	| 'no-rule' // No rule is about its class.
	| 'other-host' // Of a host whose snapshots this policy is not for.
	| 'expired'; // All rules that it fell under have passed: the only one by which a snapshot goes.

export type RetentionReason = {
	readonly rule: RetentionRule;
	/** For people: "one of the last 7 days"; of one that goes, also for its tombstone: "older than 30 days (class daily)". */
	readonly text: string;
};

export type RetentionDecision = {
	readonly snapshot: RetentionSnapshot;
	readonly isKept: boolean;
	/** Of a kept one all that keep it, the strongest first. At least one. */
	readonly reasons: readonly RetentionReason[];
};
