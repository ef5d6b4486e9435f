import * as z from 'zod';
import {sensitivities} from '../engine/index.ts';

const number = (minimum: number, maximum: number, what: string) => {
	const range = `must be ${what} from ${minimum} to ${maximum}`;
	return z.number().min(minimum, range).max(maximum, range).optional();
};

const percent = z.number();
const percentRule = 'must be two percentages from 1 to 100, that of the warning first, such as [80, 90]';

const fillLimits = z.tuple([percent, percent], {error: percentRule})
	.refine(([warning, critical]) => warning >= 1 && warning <= critical && critical <= 100, percentRule)
	.optional();

/** What can be said of one source, or of all. */
const sourceMembers = {
	maximumAgeHours: number(1, 87_600, 'a number of hours'),
	failures: z.int().min(1, 'must be a whole number from 1 to 100').max(100, 'must be a whole number from 1 to 100').optional(),
	verifyDays: number(1, 3650, 'a number of days'),
	anomalies: z.union([z.literal(false), z.enum(sensitivities)], {error: `must be false, ${sensitivities.slice(0, -1).map(word => JSON.stringify(word)).join(', ')} or ${JSON.stringify(sensitivities.at(-1))}`}).optional(),
};

/** `monitor` of one source: in the place of what holds for all. */
export const sourceMonitorSchema = z.strictObject(sourceMembers);

/** `monitor` of the configuration: from when on something is wrong. */
export const monitorSchema = z.strictObject({
	...sourceMembers,
	allDataDays: number(1, 3650, 'a number of days'),
	storagePercent: fillLimits,
	inodesPercent: fillLimits,
	daysUntilFull: number(1, 365, 'a number of days'),
	spacePercent: number(1, 100, 'a percentage'),
});

/** As it stands in the file. */
export type MonitorInFile = z.output<typeof monitorSchema>;
export type SourceMonitorInFile = z.output<typeof sourceMonitorSchema>;

/** The keys that are known at a place in `monitor`, for advice. @param path - Below `monitor`. @param isOfSource - Of one source. */
export function keysOfMonitor(path: readonly PropertyKey[], {isOfSource}: {readonly isOfSource: boolean}): string[] {
	return path.length === 0 ? Object.keys((isOfSource ? sourceMonitorSchema : monitorSchema).shape) : [];
}
