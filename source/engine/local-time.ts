const dayMs = 24 * 60 * 60 * 1000;
const secondMs = 1000;

/** One a zone: making one takes long, and there are only some hundred zones. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
	let format = formats.get(timeZone);
	if (format === undefined) {
		format = new Intl.DateTimeFormat('en-US', {
			timeZone, calendar: 'iso8601', numberingSystem: 'latn', hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
		});
		formats.set(timeZone, format);
	}

	return format;
}

/** Whether this is a name of the IANA time zone database that this Node knows; not an offset such as `+02:00`. */
export function isTimeZone(name: string): boolean {
	if (!/^[A-Za-z]/.test(name)) {
		return false;
	}

	try {
		formatOf(name);
		return true;
	} catch {
		return false;
	}
}

/** The machine's own time zone; UTC where it says none that is known. */
export function ownTimeZone(): string {
	const {timeZone} = new Intl.DateTimeFormat().resolvedOptions();
	return timeZone && isTimeZone(timeZone) ? timeZone : 'UTC';
}

/** How far the clocks of a zone are ahead of UTC at a moment, in milliseconds. */
export function offsetAt(ms: number, timeZone: string): number {
	if (timeZone === 'UTC') {
		return 0;
	}

	const whole = Math.floor(ms / secondMs) * secondMs;
	const parts: Record<string, number> = {};
	for (const {type, value} of formatOf(timeZone).formatToParts(whole)) {
		parts[type] = Number(value);
	}

	return Date.UTC(parts['year']!, parts['month']! - 1, parts['day'], parts['hour'], parts['minute'], parts['second']) - whole;
}

/** What the clocks of a zone show at a moment, as the milliseconds at which those of UTC show the same. */
export function wallTimeAt(ms: number, timeZone: string): number {
	return ms + offsetAt(ms, timeZone);
}

/** What the clocks of a zone do around a day: they run `before` ahead of UTC, and from a moment on `after`; the same where nothing changes. In milliseconds. */
export type ClockChange = {readonly before: number; readonly after: number; readonly atMs: number};

/** @param dayWallMs - When a day begins, as `wallTimeAt` gives it. */
export function changeAround(dayWallMs: number, timeZone: string): ClockChange {
	// No offset is as large as a day.
	let early = dayWallMs - dayMs;
	let late = dayWallMs + 2 * dayMs;
	const [before, after] = [offsetAt(early, timeZone), offsetAt(late, timeZone)];
	while (before !== after && late - early > secondMs) {
		const middle = Math.floor((early + late) / 2 / secondMs) * secondMs;
		if (offsetAt(middle, timeZone) === before) {
			early = middle;
		} else {
			late = middle;
		}
	}

	return {before, after, atMs: late};
}

/** The moments at which clocks show a time: one; none, where they are put forward over it; two, where they are put back, in their order. */
export function momentsOf(wallMs: number, {before, after, atMs}: ClockChange): number[] {
	if (before === after) {
		return [wallMs - before];
	}

	return [...(wallMs - before < atMs ? [wallMs - before] : []), ...(wallMs - after >= atMs ? [wallMs - after] : [])];
}
