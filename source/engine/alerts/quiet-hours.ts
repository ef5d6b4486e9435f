import {wallTimeAt} from '../local-time.ts';
import type {DaySpan} from './settings.ts';

const minuteMs = 60_000;
const dayMinutes = 24 * 60;

/** Whether a moment lies in a span of the day, as the clocks of its time zone show it. */
export function isWithin(nowMs: number, {fromMinute, toMinute, timeZone}: DaySpan): boolean {
	const minute = ((Math.floor(wallTimeAt(nowMs, timeZone) / minuteMs) % dayMinutes) + dayMinutes) % dayMinutes;
	return fromMinute <= toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute;
}
