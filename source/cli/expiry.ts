import {CofferError} from '../engine/index.ts';

const dayMs = 24 * 60 * 60 * 1000;

/**
A day from which on a key is refused: `90d` from now, a date (its first moment in UTC), or a whole time with its zone.
@returns RFC 3339 in UTC
@throws `usage`
*/
export function parseExpiry(text: string, nowMs: number): string {
	const days = /^(?<days>[1-9]\d{0,4})d$/.exec(text)?.groups?.['days'];
	if (days !== undefined) {
		return new Date(nowMs + (Number(days) * dayMs)).toISOString();
	}

	const date = /^(?<date>\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/.exec(text)?.groups?.['date'];
	const timeMs = date === undefined ? Number.NaN : Date.parse(text.includes('T') ? text : `${text}T00:00:00Z`);
	// Of 31 April the parser makes 1 May.
	if (Number.isNaN(timeMs) || new Date(`${date!}T00:00:00Z`).toISOString().slice(0, 10) !== date) {
		throw new CofferError('usage', `--expires takes a date such as 2027-01-31, a time such as 2027-01-31T18:00:00Z, or days from now such as 90d; not "${text}".`);
	}

	return new Date(timeMs).toISOString();
}
