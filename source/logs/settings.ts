/** How much of the logs is kept. */
export type LogSettings = {
	/** A log is begun anew before it grows beyond this, in bytes. */
	readonly sizeBytes: number;
	/** What was put aside goes when its last line is older than this, in days. */
	readonly days: number;
};

/** What holds where the configuration says nothing. */
export const defaultLogSettings: LogSettings = {sizeBytes: 10_000_000, days: 90};

/** The least that `sizeBytes` may be: a log that is smaller is never begun anew for its size. */
export const leastLogBytes = 100_000;
