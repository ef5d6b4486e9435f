const minuteMs = 60 * 1000;
const dayMs = 24 * 60 * minuteMs;

/** What was seen within so long after the latest time is not noted anew. */
const noteIntervalMs = 10 * minuteMs;
const maximumDays = 8;

/** What a host remembers of what its clock said. Times are RFC 3339. */
export type ClockMemory = {
	/** The latest time that it has told. */
	readonly latest: string;
	/** When it was first looked at on each of the last days of life, oldest first: at most 8, days of UTC. */
	readonly days: readonly string[];
	/** When somebody last said that the clock is right, and the latest time that anything bore then: what lies between was dated by a wrong clock. */
	readonly trusted?: {readonly at: string; readonly latest: string};
};

const iso = (timeMs: number): string => new Date(timeMs).toISOString();

/** The day of UTC on which a time falls. */
export const utcDay = (timeMs: number): number => Math.floor(timeMs / dayMs);

/**
Note what the clock says now.
@returns What is to be remembered from now on; `undefined` where that would be no news.
*/
export function noteTime(memory: ClockMemory | undefined, nowMs: number): ClockMemory | undefined {
	const {latest = iso(nowMs), days = [], ...rest} = memory ?? {};
	const isNewDay = days.every(day => utcDay(Date.parse(day)) !== utcDay(nowMs));
	if (memory && !isNewDay && nowMs - Date.parse(latest) < noteIntervalMs) {
		return undefined;
	}

	return {
		...rest,
		latest: iso(Math.max(nowMs, Date.parse(latest))),
		days: isNewDay ? [...days, iso(nowMs)].toSorted((a, b) => Date.parse(a) - Date.parse(b)).slice(-maximumDays) : days,
	};
}

/**
Note that somebody says that the clock is right: what bears a later time was dated wrongly, and a leap until now was none.
@param latest - The latest time that anything of this host bears, in milliseconds since 1970.
*/
export function trustClock(memory: ClockMemory | undefined, nowMs: number, latest: number): ClockMemory {
	const days = memory?.days.filter(day => Date.parse(day) <= nowMs) ?? [];
	const latestMs = Math.max(nowMs, latest, Date.parse(memory?.latest ?? iso(nowMs)));
	return {latest: iso(nowMs), days, trusted: {at: iso(nowMs), latest: iso(latestMs)}};
}
