import {ownTimeZone, type Job} from '../engine/index.ts';
import type {Config} from './config-schema.ts';
import {parseAmount} from './data-share.ts';
import {defaultJob, defaultJobs, kindDefaults, type DefaultJob} from './default-jobs.ts';
import type {ConfiguredJob} from './schedule-schema.ts';
import {parseRate} from './upload-limit.ts';

const minuteMs = 60_000;

/** What of a configuration says how jobs are. */
export type ScheduleConfig = Pick<Config, 'schedule' | 'keys'>;

/** @throws RangeError for a job of its own that lacks what it needs: the configuration was checked */
function withDefaults(name: string, changes: ConfiguredJob | undefined): DefaultJob {
	const base = defaultJob(name);
	const {do: kind = base?.do, cron = base?.cron} = changes ?? {};
	if (kind === undefined || cron === undefined) {
		throw new RangeError(`The job "${name}" says neither what it does nor when`);
	}

	return {...base, ...changes, do: kind, cron};
}

/** Every job as the configuration would have it in full: those that are there by themselves, with what it changes of them, then its own. */
export function jobSettings(config: ScheduleConfig | undefined): Array<DefaultJob & {readonly name: string}> {
	const configured = config?.schedule?.jobs ?? {};
	const names = new Set([...Object.keys(defaultJobs), ...Object.keys(configured)]);
	return [...names].map(name => {
		const job = withDefaults(name, configured[name]);
		return {
			...kindDefaults(job.do),
			enabled: job.do !== 'rotate' || config?.keys?.rotate === 'automatic',
			timeZone: config?.schedule?.timeZone ?? ownTimeZone(),
			jitterMinutes: 0,
			overlap: 'skip' as const,
			...job,
			name,
		};
	});
}

/**
The jobs of this host, those that are switched off, too. Without a configuration they are the default ones.
*/
export function jobsOf(config: ScheduleConfig | undefined): Job[] {
	return jobSettings(config).map((settings): Job => {
		const {name, sources, class: ofSnapshots, limits, parts, maxRepack, days} = settings;
		return {
			name,
			kind: settings.do,
			expression: settings.cron,
			timeZone: settings.timeZone!,
			isEnabled: settings.enabled!,
			jitterMs: settings.jitterMinutes! * minuteMs,
			catchesUp: settings.catchUp!,
			overlap: settings.overlap!,
			...(limits?.minutes !== undefined && {timeLimitMs: limits.minutes * minuteMs}),
			...(limits?.bandwidth !== undefined && {bytesPerSecond: parseRate(limits.bandwidth)!}),
			niceness: settings.nice!,
			ioPriority: settings.ionice!,
			...(sources && {sources}),
			...(ofSnapshots && {class: ofSnapshots}),
			...(parts !== undefined && {parts}),
			...(maxRepack !== undefined && {maximumRepackBytes: parseAmount(maxRepack)!}),
			...(days !== undefined && {days}),
		};
	});
}
