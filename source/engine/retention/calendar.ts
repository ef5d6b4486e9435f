import {ownTimeZone, wallTimeAt} from '../local-time.ts';

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

/** The rules that keep one for each span of the calendar, the longest first. */
export const calendarRules = ['yearly', 'monthly', 'weekly', 'daily', 'hourly'] as const;
export type CalendarRule = typeof calendarRules[number];

/** What the rules count, in the singular. */
export const calendarUnits: Readonly<Record<CalendarRule, string>> = {yearly: 'year', monthly: 'month', weekly: 'week', daily: 'day', hourly: 'hour'};

/** A span of the calendar. */
export type Bucket = {
	/** Equal for all times in it. */
	readonly key: number;
	/** How many spans before the one that now lies in; below 0 for one that is still to come. */
	readonly age: number;
	/** For people: `2026-11-22`, `2026-W47`, `2026-11`, `2026`, `2026-11-22 14:00`. */
	readonly label: string;
};

/** A time in a time zone. */
type LocalTime = {
	readonly year: number;
	/** From 0. */
	readonly month: number;
	/** Days since 1970-01-01 on the calendar there. */
	readonly day: number;
	/** Where the full hour there began: milliseconds since 1970. */
	readonly hourStartMs: number;
	readonly hour: number;
};

const twoDigits = (value: number): string => String(value).padStart(2, '0');
const dateText = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

/** Weeks begin on Monday (ISO 8601); 1970-01-01 was a Thursday. */
const weekOf = (day: number): number => Math.floor((day + 3) / 7);

/** The year of a week is that of its Thursday (ISO 8601). */
function weekText(week: number): string {
	const thursday = week * 7;
	const year = new Date(thursday * dayMs).getUTCFullYear();
	const firstDay = Date.UTC(year, 0, 1) / dayMs;
	return `${year}-W${twoDigits(Math.floor((thursday - firstDay) / 7) + 1)}`;
}

/** The calendar of one time zone, as seen from one moment. */
export class Calendar {
	readonly #timeZone: string;
	readonly #now: LocalTime;
	readonly #known = new Map<number, LocalTime>();

	/** @param timeZone - A name of the IANA time zone database. @default the machine's @throws RangeError for a time zone that is none */
	constructor(nowMs: number, timeZone = ownTimeZone()) {
		this.#timeZone = timeZone;
		this.#now = this.#local(nowMs);
	}

	/** The day on which a time falls, as a number that grows by one each day. */
	day(timeMs: number): number {
		return this.#local(timeMs).day;
	}

	/** The span of the calendar in which a time falls. An hour that comes twice, as clocks are put back, is two. */
	bucket(rule: CalendarRule, timeMs: number): Bucket {
		const local = this.#local(timeMs);
		const now = this.#now;
		switch (rule) {
			case 'hourly': {
				return {key: local.hourStartMs, age: (now.hourStartMs - local.hourStartMs) / hourMs, label: `${dateText(local.day)} ${twoDigits(local.hour)}:00`};
			}

			case 'daily': {
				return {key: local.day, age: now.day - local.day, label: dateText(local.day)};
			}

			case 'weekly': {
				const key = weekOf(local.day);
				return {key, age: weekOf(now.day) - key, label: weekText(key)};
			}

			case 'monthly': {
				const key = local.year * 12 + local.month;
				return {key, age: now.year * 12 + now.month - key, label: `${local.year}-${twoDigits(local.month + 1)}`};
			}

			case 'yearly': {
				return {key: local.year, age: now.year - local.year, label: String(local.year)};
			}
		}
	}

	#local(timeMs: number): LocalTime {
		let local = this.#known.get(timeMs);
		if (local === undefined) {
			local = this.#look(timeMs);
			this.#known.set(timeMs, local);
		}

		return local;
	}

	#look(timeMs: number): LocalTime {
		if (!Number.isFinite(timeMs)) {
			throw new RangeError('A time is a number of milliseconds.');
		}

		const wallMs = wallTimeAt(timeMs, this.#timeZone);
		const wall = new Date(wallMs);
		const sinceHourMs = wallMs - Math.floor(wallMs / hourMs) * hourMs;
		return {year: wall.getUTCFullYear(), month: wall.getUTCMonth(), day: Math.floor(wallMs / dayMs), hour: wall.getUTCHours(), hourStartMs: timeMs - sinceHourMs};
	}
}
