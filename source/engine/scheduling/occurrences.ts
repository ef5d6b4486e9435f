import {changeAround, momentsOf, wallTimeAt} from '../local-time.ts';
import type {CronExpression} from './cron-expression.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A day that fits comes within these: 29 February on a certain day of the week, over a century without a leap day, in 40 years. */
const maximumDays = 41 * 366;

/** @param dayWallMs - When the day begins by the clocks of the zone. */
function isDayOf({daysOfMonth, months, daysOfWeek, isEitherDay}: CronExpression, dayWallMs: number): boolean {
	const day = new Date(dayWallMs);
	if (!months.includes(day.getUTCMonth() + 1)) {
		return false;
	}

	const [isOfMonth, isOfWeek] = [daysOfMonth.includes(day.getUTCDate()), daysOfWeek.includes(day.getUTCDay())];
	return isEitherDay ? isOfMonth || isOfWeek : isOfMonth && isOfWeek;
}

/**
The moments of one day. A time that never comes, as the clocks are put forward over it, is the first moment after; one that comes twice, its first. What happens in every hour of a day happens in every hour that passes:
there a time that comes twice counts twice, and one that never comes not at all.
*/
function occurrencesOn(expression: CronExpression, dayWallMs: number, timeZone: string): number[] {
	if (!isDayOf(expression, dayWallMs)) {
		return [];
	}

	const {hours, minutes} = expression;
	const change = changeAround(dayWallMs, timeZone);
	const isHourly = hours.length === 24;
	return hours.flatMap(hour => minutes.flatMap(minute => {
		const moments = momentsOf(dayWallMs + hour * hourMs + minute * minuteMs, change);
		return isHourly ? moments : [moments[0] ?? change.atMs];
	}));
}

/** Look at the day of a moment with its neighbours, whose times may lie on the other side of a change of the clocks; then day after day. */
function search(expression: CronExpression, ms: number, timeZone: string, direction: 1 | -1, choose: (moments: readonly number[]) => number | undefined): number {
	const day = Math.floor(wallTimeAt(ms, timeZone) / dayMs) * dayMs;
	const near = choose([-1, 0, 1].flatMap(days => occurrencesOn(expression, day + days * dayMs, timeZone)));
	if (near !== undefined) {
		return near;
	}

	for (let days = 2; days < maximumDays; days++) {
		const found = choose(occurrencesOn(expression, day + direction * days * dayMs, timeZone));
		if (found !== undefined) {
			return found;
		}
	}

	throw new RangeError('No day fits the expression');
}

/** The first time that lies after a moment; all in milliseconds since 1970. */
export function nextOccurrence(expression: CronExpression, timeZone: string, afterMs: number): number {
	return search(expression, afterMs, timeZone, 1, moments => {
		const later = moments.filter(ms => ms > afterMs);
		return later.length === 0 ? undefined : Math.min(...later);
	});
}

/** The last time up to a moment, which may be it. */
export function lastOccurrence(expression: CronExpression, timeZone: string, atMs: number): number {
	return search(expression, atMs, timeZone, -1, moments => {
		const earlier = moments.filter(ms => ms <= atMs);
		return earlier.length === 0 ? undefined : Math.max(...earlier);
	});
}
