/** One a zone: making one takes long. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
	const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-GB', {timeZone, hourCycle: 'h23', weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit'});
	formats.set(timeZone, format);
	return format;
}

/** What the clocks of a zone show. */
export type ZoneTime = {
	/** `Sun`. */
	readonly weekday: string;
	/** `22`. */
	readonly day: string;
	/** `Nov`. */
	readonly month: string;
	/** `02:00`. */
	readonly time: string;
};

/** @param timeZone - A name of the IANA time zone database. @throws RangeError for one that is not known */
export function zoneTime(ms: number, timeZone: string): ZoneTime {
	const parts = new Map(formatOf(timeZone).formatToParts(ms).map(({type, value}) => [type, value]));
	return {weekday: parts.get('weekday')!, day: parts.get('day')!, month: parts.get('month')!.slice(0, 3), time: `${parts.get('hour')!}:${parts.get('minute')!}`};
}

/** `22 Nov 02:00`. */
export function zoneTimeText(ms: number, timeZone: string): string {
	const {day, month, time} = zoneTime(ms, timeZone);
	return `${day} ${month} ${time}`;
}
