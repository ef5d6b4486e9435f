import type {RetentionPolicy} from './policy.ts';

/** What is to be kept on one host's word. Plain data, so that it passes between threads. */
export type RetentionSettings = {
	/** For every source that has none of its own. */
	readonly policy: RetentionPolicy;
	/** By source; each stands alone, nothing of `policy` is added. */
	readonly sources?: Readonly<Record<string, RetentionPolicy>>;
	/** Hosts besides this one whose snapshots fall under it, or `all`. @default none: two hosts with different policies do not forget each other's snapshots */
	readonly hosts?: readonly string[] | 'all';
	/** Snapshots that are always kept: ids, or the first 8 digits or more. */
	readonly pins?: readonly string[];
};
