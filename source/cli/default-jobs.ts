import type {IoPriority, JobKind} from '../engine/index.ts';
import type {JobInFile} from './schedule-schema.ts';

/** A job as the configuration would have it, with all that it needs. */
export type DefaultJob = JobInFile & {readonly do: JobKind; readonly cron: string};

/** Jobs that are there without being configured. The configuration changes their members by their names. */
export const defaultJobs: Readonly<Record<string, DefaultJob>> = {
	daily: {do: 'backup', cron: '0 2 * * *'},
	weekly: {do: 'backup', cron: '0 3 * * 0', class: 'weekly'},
	monthly: {do: 'backup', cron: '0 4 1 * *', class: 'monthly'},
	monitor: {do: 'monitor', cron: '*/30 * * * *'},
	health: {do: 'monitor', cron: '0 6 * * *'},
	audit: {do: 'audit', cron: '0 1 * * *'},
	verify: {do: 'verify', cron: '0 5 * * *', parts: 30},
	rotate: {do: 'rotate', cron: '30 5 * * *'},
	cleanup: {do: 'prune', cron: '0 4 * * 6'},
	report: {do: 'report', cron: '0 7 * * 1', days: 7},
};

/** The default job of a name. */
export function defaultJob(name: string): DefaultJob | undefined {
	return Object.hasOwn(defaultJobs, name) ? defaultJobs[name] : undefined;
}

type KindDefaults = {readonly catchUp: boolean; readonly nice: number; readonly ionice: IoPriority};

/** What holds for a job of a kind unless it says otherwise: who only looks is quick, and is not to be late. */
export function kindDefaults(kind: JobKind): KindDefaults {
	const isQuick = ['monitor', 'audit', 'report'].includes(kind);
	return {catchUp: kind !== 'monitor', nice: isQuick ? 0 : 10, ionice: isQuick ? 'normal' : 'low'};
}
