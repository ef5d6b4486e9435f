import type {Slot} from './job.ts';

/** The time of day of the daily run, in hours and minutes of local time. */
export type DailyTime = {readonly hour: number; readonly minute: number};

/** When a source is backed up that nobody has scheduled otherwise: two in the night. */
export const defaultDailyTime: DailyTime = {hour: 2, minute: 0};
/** The time of day on the day that lies `days` after that of `nowMs`. One that does not exist that day (the clock is put forward) is the first minute after; one that comes twice, its first. */
function timeOnDay(nowMs: number, days: number, {hour, minute}: DailyTime): number {
	const now = new Date(nowMs);
	return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour, minute).getTime();
}

/**
The slot that `nowMs` lies in: from the last time of day that has come to the next one. Slots follow one another without a gap, also where the clock is put forward or back.
*/
export function dailySlot(nowMs: number, time: DailyTime = defaultDailyTime): Slot {
	const today = timeOnDay(nowMs, 0, time);
	return today <= nowMs ? {startMs: today, endMs: timeOnDay(nowMs, 1, time)} : {startMs: timeOnDay(nowMs, -1, time), endMs: today};
}

/**
Whether a run is due: none that went well began in the slot that `nowMs` lies in. Slots that passed without a run are made up for by one run, not by one each.
A clock that is put back within a slot gives no second run; runs that a wrong clock dated years ahead keep none from being due.
@param goodRuns - When each run that made a snapshot began: RFC 3339, in any order.
*/
export function isDue(goodRuns: readonly string[], nowMs: number, time: DailyTime = defaultDailyTime): boolean {
	const {startMs, endMs} = dailySlot(nowMs, time);
	return goodRuns.every(run => !(Date.parse(run) >= startMs && Date.parse(run) < endMs));
}

/**
When the next run is due: RFC 3339. In the past, when it is due now: then that is when its slot began.
@param goodRuns - As `isDue` takes them.
*/
export function nextRunTime(goodRuns: readonly string[], nowMs: number, time: DailyTime = defaultDailyTime): string {
	const {startMs, endMs} = dailySlot(nowMs, time);
	return new Date(isDue(goodRuns, nowMs, time) ? startMs : endMs).toISOString();
}
