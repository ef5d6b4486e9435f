import type {CronExpression} from '../../engine/index.ts';

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** Ascending values, with three or more in a row as a range. */
function toList(values: readonly number[], name: (value: number) => string): string {
	const runs: Array<{first: number; last: number}> = [];
	for (const value of values) {
		const run = runs.at(-1);
		if (run?.last === value - 1) {
			run.last = value;
		} else {
			runs.push({first: value, last: value});
		}
	}

	return runs.flatMap(({first, last}) => {
		if (last - first >= 2) {
			return [`${name(first)}..${name(last)}`];
		}

		return first === last ? [name(first)] : [name(first), name(last)];
	}).join(',');
}

const orStar = (values: readonly number[], all: number): string => values.length === all ? '*' : toList(values, twoDigits);

/**
The calendar events of systemd.time(7) at which a cron expression has its times, without seconds beside the minute.
@param timeZone - @default that of the machine
@returns Two where a day may fit either field: systemd knows days that fit both only.
*/
export function calendarEvents({minutes, hours, daysOfMonth, months, daysOfWeek, isEitherDay}: CronExpression, timeZone?: string): string[] {
	const weekday = daysOfWeek.length === 7 ? '' : `${toList(daysOfWeek.map(day => (day + 6) % 7).toSorted((a, b) => a - b), day => weekdays[day]!)} `;
	const days = orStar(daysOfMonth, 31);
	const event = (ofWeek: string, ofMonth: string) => `${ofWeek}*-${orStar(months, 12)}-${ofMonth} ${orStar(hours, 24)}:${orStar(minutes, 60)}:00${timeZone === undefined ? '' : ` ${timeZone}`}`;
	if (!isEitherDay) {
		return [event(weekday, days)];
	}

	return weekday === '' || days === '*' ? [event('', '*')] : [event('', days), event(weekday, '*')];
}
