import {calendarUnits, type CalendarRule} from './calendar.ts';

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

const amount = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;

/** How long a rule keeps something: `30 days`, `36 hours`, `1 day`. */
export function keptSpanText(durationMs: number): string {
	return durationMs % dayMs === 0 ? amount(durationMs / dayMs, 'day') : amount(Math.round(durationMs / hourMs * 10) / 10, 'hour');
}

/** `of 2026-11-22 (daily, 7 days)` */
export function bucketText(rule: CalendarRule, label: string, count: number): string {
	return `of ${label} (${rule}, ${amount(count, calendarUnits[rule])})`;
}

/** Why a calendar rule does not keep one whose span has passed: `older than the last 7 days (daily)`. */
export function passedText(rule: CalendarRule, count: number): string {
	return `older than the last ${count === 1 ? '' : `${count} `}${calendarUnits[rule]}${count === 1 ? '' : 's'} (${rule})`;
}
