import {defaultAnomalyWatch, type AnomalyWatch} from '../incident.ts';

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

/** From which share of a file system on people are told, in percent. */
export type FillLimits = {readonly warning: number; readonly critical: number};

/** What is expected of a source. */
export type SourceLimits = {
	/** An older newest backup is late, in milliseconds. */
	readonly maximumAgeMs: number;
	/** So many failures in a row are critical, however new the last good backup is. */
	readonly criticalFailures: number;
	/** A source of which nothing was verified for so long is to be verified, in milliseconds. */
	readonly unverifiedAfterMs: number;
	/** What has to be odd about a backup before it is told. */
	readonly anomalies: AnomalyWatch;
};

/** From when on something is wrong. Plain data. */
export type MonitorPolicy = SourceLimits & {
	/** Sources with limits of their own, by their names. */
	readonly sources: ReadonlyMap<string, SourceLimits>;
	/** Verifications are to read all data once in so long, in milliseconds. */
	readonly allDataWithinMs: number;
	/** Of the repository's file system. */
	readonly storagePercent: FillLimits;
	/** Of the files that a file system has room for, the repository's and that of the state. */
	readonly inodesPercent: FillLimits;
	/** Sooner full than in so many days is critical. */
	readonly daysUntilFull: number;
	/** Of the file system where this host remembers things: from here on there is little room. */
	readonly spacePercent: number;
};

export const defaultMonitorPolicy: MonitorPolicy = {
	// A day, and an hour for the run itself.
	maximumAgeMs: 25 * hourMs,
	criticalFailures: 3,
	unverifiedAfterMs: 30 * dayMs,
	anomalies: defaultAnomalyWatch,
	sources: new Map(),
	allDataWithinMs: 90 * dayMs,
	storagePercent: {warning: 80, critical: 90},
	inodesPercent: {warning: 80, critical: 90},
	daysUntilFull: 7,
	spacePercent: 90,
};

/** What is expected of one source. @param name - Only sources of this host have limits of their own. */
export function limitsOf(policy: MonitorPolicy, name: string, isOwn: boolean): SourceLimits {
	return (isOwn ? policy.sources.get(name) : undefined) ?? policy;
}
