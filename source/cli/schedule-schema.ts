import * as z from 'zod';
import {backupClasses, ioPriorities, jobKinds, overlapRules, parseCron, type JobKind} from '../engine/index.ts';
import {defaultJob, defaultJobs} from './default-jobs.ts';
import {findNearest} from './nearest.ts';
import {amount, minutes, text} from './source-schemas.ts';
import {timeZone} from './time-zone-schema.ts';
import {parseRate, rateForm} from './upload-limit.ts';

const integer = (minimum: number, maximum: number, what: string) => {
	const range = `must be ${what} from ${minimum} to ${maximum}`;
	return z.int().min(minimum, range).max(maximum, range);
};

const cron = z.string().superRefine((value, context) => {
	const {problem} = parseCron(value);
	if (problem) {
		context.addIssue({code: 'custom', message: `is no cron expression: ${problem.message}`});
	}
});

const rate = z.string().refine(value => parseRate(value) !== undefined, `must be ${rateForm}`);

const jitterRange = 'must be a number of minutes from 0 to 1440';

const jobSchema = z.strictObject({
	do: z.enum(jobKinds).optional(),
	cron: cron.optional(),
	enabled: z.boolean().optional(),
	sources: z.array(text).min(1, 'must name at least one source; without it all are backed up').optional(),
	class: z.enum(backupClasses).optional(),
	timeZone: timeZone.optional(),
	jitterMinutes: z.number().min(0, jitterRange).max(1440, jitterRange).optional(),
	catchUp: z.boolean().optional(),
	overlap: z.enum(overlapRules).optional(),
	limits: z.strictObject({minutes: minutes.optional(), bandwidth: rate.optional()}).optional(),
	nice: integer(0, 19, 'a whole number').optional(),
	ionice: z.enum(ioPriorities).optional(),
	parts: integer(1, 1000, 'a whole number').optional(),
	maxRepack: amount.optional(),
	days: integer(1, 366, 'a number of days').optional(),
});

export type JobInFile = z.input<typeof jobSchema>;
export type ConfiguredJob = z.output<typeof jobSchema>;

/** Members that only jobs of one kind have. */
const membersOfKind: Readonly<Record<string, JobKind>> = {sources: 'backup', class: 'backup', parts: 'verify', maxRepack: 'prune', days: 'report'};

type JobIssue = {readonly path: readonly string[]; readonly message: string};

/** What is wrong with a job beyond its single members. */
function findFlaws(name: string, job: ConfiguredJob): JobIssue[] {
	if (!/^[a-z\d][\w.-]{0,49}$/i.test(name)) {
		return [{path: [], message: 'is no name of a job: it has up to 50 letters, digits, ".", "-" and "_"'}];
	}

	const ofDefault = defaultJob(name);
	const kind = job.do ?? ofDefault?.do;
	if (ofDefault && kind !== ofDefault.do) {
		return [{path: ['do'], message: `must be "${ofDefault.do}": "${name}" is a job that is there by itself; give another job another name`}];
	}

	const nearest = findNearest(name, Object.keys(defaultJobs));
	const missing = ofDefault ? [] : (['do', 'cron'] as const).filter(key => job[key] === undefined);
	const foreign = Object.entries(membersOfKind).filter(([key, owner]) => kind !== undefined && kind !== owner && job[key as keyof ConfiguredJob] !== undefined);
	return [
		...missing.map(key => ({path: [key], message: `is missing: "${name}" is a job of your own${nearest === undefined ? '' : ` (did you mean "${nearest}"?)`}`})),
		...foreign.map(([key, owner]) => ({path: [key], message: `is for jobs that do "${owner}"; this one does "${kind}"`})),
	];
}

/** The one name that a record leaves out without a word. */
function refuseProto(jobs: unknown, context: z.RefinementCtx): unknown {
	if (typeof jobs === 'object' && jobs !== null && Object.hasOwn(jobs, '__proto__')) {
		context.addIssue({code: 'custom', path: ['__proto__'], message: 'is no name of a job'});
	}

	return jobs;
}

/** `schedule` of the configuration. */
export const scheduleSchema = z.strictObject({
	timeZone: timeZone.optional(),
	jobs: z.preprocess(refuseProto, z.record(z.string(), jobSchema).superRefine((jobs, context) => {
		for (const [name, job] of Object.entries(jobs)) {
			for (const {path, message} of findFlaws(name, job)) {
				context.addIssue({code: 'custom', path: [name, ...path], message});
			}
		}
	})).optional(),
});

export type ConfiguredSchedule = z.output<typeof scheduleSchema>;

/** Names of sources that jobs want and that are not there, each with its path below `schedule`. */
export function findUnknownSources({jobs = {}}: ConfiguredSchedule, names: readonly string[]): Array<{readonly path: PropertyKey[]; readonly message: string}> {
	return Object.entries(jobs).flatMap(([job, {sources = []}]) => sources.flatMap((name, index) => {
		const nearest = findNearest(name, names);
		return names.includes(name) ? [] : [{path: ['jobs', job, 'sources', index], message: `is no source of this configuration: ${JSON.stringify(name)}${nearest === undefined ? '' : ` (did you mean "${nearest}"?)`}`}];
	}));
}

/** Names of jobs that something else wants and that are not there, each with its place in the list. */
export function findUnknownJobs(names: readonly string[], {jobs = {}}: ConfiguredSchedule): Array<{readonly path: PropertyKey[]; readonly message: string}> {
	const known = [...Object.keys(defaultJobs), ...Object.keys(jobs)];
	return names.flatMap((name, index) => {
		const nearest = findNearest(name, known);
		return known.includes(name) ? [] : [{path: [index], message: `is no job of the schedule: ${JSON.stringify(name)}${nearest === undefined ? '' : ` (did you mean "${nearest}"?)`}`}];
	});
}

/** The keys that are known at a place below `schedule`. @param path - Without `schedule`. */
export function keysOfSchedule(path: readonly PropertyKey[]): string[] {
	const member = path[2];
	const shapes = [scheduleSchema.shape, {}, jobSchema.shape, member === 'limits' ? {minutes: 0, bandwidth: 0} : {}];
	return Object.keys(shapes[path.length] ?? {});
}
