import * as z from 'zod';
import {backupClasses} from '../engine/index.ts';
import {maximumSpanMs, parseSpan} from './span.ts';

const countRange = 'must be a number from 1 to 9999';
const count = z.int().min(1, countRange).max(9999, countRange).optional();

const spanRule = 'must be a span of time such as "12h", "30d", "12w", "6m" or "2y", up to 100 years';
const span = z.string().refine(text => (parseSpan(text) ?? Number.POSITIVE_INFINITY) <= maximumSpanMs, spanRule);

const name = z.string().min(1, 'must not be empty');

const classesSchema = z.strictObject(Object.fromEntries(backupClasses.map(backupClass => [backupClass, span.optional()])) as Record<typeof backupClasses[number], z.ZodOptional<typeof span>>);

const rules = {
	last: count,
	hourly: count,
	daily: count,
	weekly: count,
	monthly: count,
	yearly: count,
	within: span.optional(),
	classes: classesSchema.optional(),
	tags: z.array(name).optional(),
};

/** `retention` of one source. */
export const sourceRetentionSchema = z.strictObject(rules);

/** `retention` of the configuration: for all sources that have none of their own. */
export const retentionSchema = z.strictObject({
	...rules,
	hosts: z.union([z.literal('all'), z.array(name)], {error: 'must be a list of hosts, or "all"'}).optional(),
	pins: z.array(z.string().regex(/^[\da-f]{8,32}$/i, 'must be the id of a snapshot, or its first 8 digits or more')).optional(),
});

/** As it stands in the file. */
export type RetentionInFile = z.output<typeof retentionSchema>;
export type SourceRetentionInFile = z.output<typeof sourceRetentionSchema>;

/** The keys that are known at a place in `retention`, for advice. @param path - Below `retention`. @param isOfSource - Of one source. */
export function keysOfRetention(path: readonly PropertyKey[], {isOfSource}: {readonly isOfSource: boolean}): string[] {
	if (path[0] === 'classes') {
		return [...backupClasses];
	}

	return Object.keys((isOfSource ? sourceRetentionSchema : retentionSchema).shape);
}
