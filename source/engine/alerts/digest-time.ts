import {changeAround, momentsOf, wallTimeAt} from '../local-time.ts';
import type {AlertSettings} from './settings.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** The last moment at which a digest was to be written: once in each day of its time zone, also where clocks are put forward over that minute, or back. */
export function lastDigestTime(nowMs: number, {minute, timeZone}: NonNullable<AlertSettings['digest']>): number {
	const todayMs = Math.floor(wallTimeAt(nowMs, timeZone) / dayMs) * dayMs;
	for (let dayWallMs = todayMs; ; dayWallMs -= dayMs) {
		const change = changeAround(dayWallMs, timeZone);
		const [momentMs = change.atMs] = momentsOf(dayWallMs + minute * minuteMs, change);
		if (momentMs <= nowMs) {
			return momentMs;
		}
	}
}
