/** What is to be kept of one source's snapshots on one host. A snapshot that any rule keeps is kept; where a rule is left out, it keeps nothing. */
export type RetentionPolicy = {
	/** The newest, by number; those of a burst count as one. */
	readonly last?: number;
	/** One for each of the last so many hours, days, weeks, months and years, counted back from now. */
	readonly hourly?: number;
	readonly daily?: number;
	readonly weekly?: number;
	readonly monthly?: number;
	readonly yearly?: number;
	/** All that are younger, in milliseconds. */
	readonly withinMs?: number;
	/** By class: those that are younger, in milliseconds. A class that is not named falls under no such rule. */
	readonly classes?: Readonly<Record<string, number>>;
	/** Snapshots with one of these tags are always kept. */
	readonly tags?: readonly string[];
};

const dayMs = 24 * 60 * 60 * 1000;

/** What applies where nothing is configured. Snapshots that were made by hand (class manual) are not forgotten by any rule then. */
export const defaultRetention: RetentionPolicy = {classes: {daily: 30 * dayMs, weekly: 90 * dayMs, monthly: 90 * dayMs}};
