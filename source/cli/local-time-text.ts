import {wallTimeAt} from '../engine/index.ts';

/** A moment by the clocks of a zone, to the minute: `2026-11-22 02:00 CET`; where the zone has no short name, with how far it is from UTC: `2026-11-22 02:00 GMT+5:45`. */
export function describeLocalTime(ms: number, timeZone: string): string {
	const text = new Date(wallTimeAt(ms, timeZone)).toISOString();
	const {value} = new Intl.DateTimeFormat('en-GB', {timeZone, timeZoneName: 'short'}).formatToParts(ms).find(({type}) => type === 'timeZoneName')!;
	return `${text.slice(0, 10)} ${text.slice(11, 16)} ${value}`;
}
