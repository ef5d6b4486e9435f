import {CofferError} from '../engine/index.ts';

const hourMs = 60 * 60 * 1000;
const units: Readonly<Record<string, number>> = {m: hourMs / 60, h: hourMs, d: 24 * hourMs, w: 7 * 24 * hourMs};

/**
A time in the past: `30m`, `36h`, `7d` or `4w` before now, a date (its first moment), or a time; both in this host's time zone where no other stands there.
@param flag - For the message: `--since`.
@returns Milliseconds since 1970
@throws `usage`; also for a time that is still to come
*/
export function parsePastTime(text: string, nowMs: number, flag: string): number {
	const span = /^(?<count>[1-9]\d{0,4})(?<unit>[mhdw])$/.exec(text)?.groups;
	if (span) {
		return nowMs - Number(span['count']) * units[span['unit']!]!;
	}

	const date = /^(?<date>\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?)?$/.exec(text)?.groups?.['date'];
	const timeMs = date === undefined ? Number.NaN : Date.parse(text.includes('T') ? text : `${text}T00:00:00`);
	// Of 31 April the parser makes 1 May.
	if (Number.isNaN(timeMs) || new Date(`${date!}T00:00:00Z`).toISOString().slice(0, 10) !== date) {
		throw new CofferError('usage', `${flag} takes a span of time such as 30m, 36h, 7d or 4w, a date such as 2026-11-21, or a time such as 2026-11-21T18:00; not "${text}".`);
	}

	if (timeMs > nowMs) {
		throw new CofferError('usage', `${flag} ${text} is still to come. Name a time in the past.`);
	}

	return timeMs;
}
