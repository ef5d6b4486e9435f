import * as z from 'zod';
import {maximumThreads} from '../engine/index.ts';
import {alertsSchema, keysOfAlerts} from './alerts-schema.ts';
import {pingSchema} from './channel-schemas.ts';
import {keyAges} from './key-settings.ts';
import {placeOf} from './json-places.ts';
import {logsSchema} from './log-schema.ts';
import {metricsSchema} from './metrics-schema.ts';
import {keysOfMonitor, monitorSchema} from './monitor-schema.ts';
import {findNearest} from './nearest.ts';
import {keysOfRetention, retentionSchema} from './retention-schema.ts';
import {findUnknownJobs, findUnknownSources, keysOfSchedule, scheduleSchema} from './schedule-schema.ts';
import {keysOfSource, secretSchema, sourceSchema, text, type SourceInFile} from './source-schemas.ts';

const threadsRange = `must be from 1 to ${maximumThreads}`;

const ageRange = 'must be a number of days from 1 to 3650';
const age = z.int().min(1, ageRange).max(3650, ageRange).optional();

const keysSchema = z.strictObject({
	warnAfterDays: age,
	rotateAfterDays: age,
	rotate: z.enum(['manual', 'automatic']).optional(),
	reencrypt: z.boolean().optional(),
}).superRefine((keys, context) => {
	const {warnAfterDays, rotateAfterDays} = keyAges(keys);
	if (warnAfterDays > rotateAfterDays) {
		const path = [keys.warnAfterDays === undefined ? 'rotateAfterDays' : 'warnAfterDays'];
		context.addIssue({code: 'custom', path, message: `does not fit: of ${warnAfterDays} days it would be warned, and after ${rotateAfterDays} the key is due`});
	}
});

/** The configuration file. Anything else in it is refused. */
export const configSchema = z.strictObject({
	repository: text.optional(),
	key: secretSchema.optional(),
	passphrase: secretSchema.optional(),
	keys: keysSchema.optional(),
	logs: logsSchema.optional(),
	retention: retentionSchema.optional(),
	monitor: monitorSchema.optional(),
	metrics: metricsSchema.optional(),
	deltas: z.boolean().optional(),
	threads: z.int().min(1, threadsRange).max(maximumThreads, threadsRange).optional(),
	sources: z.array(sourceSchema).default([]).superRefine((sources, context) => {
		for (const [index, {name}] of sources.entries()) {
			if (sources.findIndex(source => source.name === name) < index) {
				context.addIssue({code: 'custom', path: [index, 'name'], message: `is the name of another source, too: "${name}"`});
			}
		}
	}),
	schedule: scheduleSchema.optional(),
	alerts: alertsSchema.optional(),
	ping: pingSchema.optional(),
}).superRefine(({schedule = {}, sources, ping}, context) => {
	for (const {path, message} of findUnknownSources(schedule, sources.map(({name}) => name))) {
		context.addIssue({code: 'custom', path: ['schedule', ...path], message});
	}

	for (const {path, message} of findUnknownJobs(ping?.jobs ?? [], schedule)) {
		context.addIssue({code: 'custom', path: ['ping', 'jobs', ...path], message});
	}
});

export type Config = z.output<typeof configSchema>;
/** As it stands in the file. */
export type ConfigFile = Omit<z.input<typeof configSchema>, 'sources'> & {readonly sources?: readonly SourceInFile[]};
export type SecretReference = z.output<typeof secretSchema>;

const typeNames: Readonly<Record<string, string>> = {string: 'a text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', tuple: 'a list', object: 'an object', record: 'an object'};

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
	let inner = value;
	for (const key of path) {
		inner = (inner as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key];
	}

	return inner;
}

/** The keys that are known where an unknown one stands. */
function knownKeys(path: readonly PropertyKey[], value: unknown): string[] {
	if (path.length === 0) {
		return Object.keys(configSchema.shape);
	}

	if (path[0] === 'keys') {
		return Object.keys(keysSchema.shape);
	}

	if (path[0] === 'logs') {
		return Object.keys(logsSchema.shape);
	}

	if (path[0] === 'retention') {
		return keysOfRetention(path.slice(1), {isOfSource: false});
	}

	if (path[0] === 'sources' && path[2] === 'retention') {
		return keysOfRetention(path.slice(3), {isOfSource: true});
	}

	if (path[0] === 'metrics') {
		return Object.keys(metricsSchema.shape);
	}

	if (path[0] === 'monitor') {
		return keysOfMonitor(path.slice(1), {isOfSource: false});
	}

	if (path[0] === 'sources' && path[2] === 'monitor') {
		return keysOfMonitor(path.slice(3), {isOfSource: true});
	}

	if (path[0] === 'schedule') {
		return keysOfSchedule(path.slice(1));
	}

	if (path[0] === 'alerts') {
		return keysOfAlerts(path.slice(1), valueAt(value, path));
	}

	if (path[0] === 'ping') {
		return Object.keys(pingSchema.shape);
	}

	return path[0] === 'sources' && path.length === 2 ? keysOfSource(valueAt(value, path)) : [];
}

/** One thing that is wrong with a configuration. */
export type ConfigProblem = {
	/** Such as `sources[0].paths`; empty for the configuration as a whole. */
	readonly place: string;
	/** A sentence with the place in it, without its full stop: `sources[0].paths must be a list`. */
	readonly message: string;
};

/** What is wrong, each with its place. @param value - Of the file, parsed. */
export function describeIssues(issues: readonly z.core.$ZodIssue[], value: unknown): ConfigProblem[] {
	return issues.flatMap(issue => {
		const place = placeOf(issue.path);
		const at = (flaw: string): ConfigProblem[] => [{place, message: place === '' ? `The configuration ${flaw}` : `${place} ${flaw}`}];
		if (issue.code === 'unrecognized_keys') {
			return issue.keys.map(key => {
				const nearest = findNearest(key, knownKeys(issue.path, value));
				const keyPlace = placeOf([...issue.path, key]);
				return {place: keyPlace, message: `${keyPlace} is unknown here${nearest === undefined ? '' : ` (did you mean "${nearest}"?)`}`};
			});
		}

		const isMissing = issue.path.length > 0 && valueAt(value, issue.path) === undefined;
		if (issue.code === 'invalid_union' && isMissing) {
			return at('is missing');
		}

		if (issue.code === 'invalid_type') {
			return at(isMissing ? 'is missing' : `must be ${typeNames[issue.expected] ?? issue.expected}`);
		}

		if (issue.code === 'invalid_value') {
			return at(issue.values.length > 1 ? `must be one of ${issue.values.map(choice => JSON.stringify(choice)).join(', ')}` : issue.message);
		}

		return at(issue.message);
	});
}
