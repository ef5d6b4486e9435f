import test from 'ava';
import fc from 'fast-check';
import {lastDigestTime} from '../../../source/engine/alerts/digest-time.ts';

const hour = 60 * 60 * 1000;
const at = (now: string, minute: number, timeZone: string): string => new Date(lastDigestTime(Date.parse(now), {minute, timeZone})).toISOString();

test('the minute of today, or of yesterday where it is still to come', t => {
	t.deepEqual(['2026-11-21T07:29:59Z', '2026-11-21T07:30:00Z', '2026-11-21T23:59:00Z'].map(now => at(now, 450, 'UTC')), ['2026-11-20T07:30:00.000Z', '2026-11-21T07:30:00.000Z', '2026-11-21T07:30:00.000Z']);
	t.is(at('2026-11-21T07:00:00Z', 450, 'Europe/Berlin'), '2026-11-21T06:30:00.000Z');
	t.is(at('2026-11-20T23:00:00Z', 30, 'Pacific/Auckland'), '2026-11-20T11:30:00.000Z', 'there it is tomorrow already');
});

test('a minute that there is not, and one that there is twice', t => {
	t.is(at('2026-03-29T12:00:00Z', 150, 'Europe/Berlin'), '2026-03-29T01:00:00.000Z', 'clocks go from 2:00 to 3:00');
	t.is(at('2026-10-25T12:00:00Z', 150, 'Europe/Berlin'), '2026-10-25T00:30:00.000Z', 'the first 2:30 of two');
	t.is(at('2026-10-25T01:10:00Z', 150, 'Europe/Berlin'), '2026-10-25T00:30:00.000Z');
});

test('in every zone once a day, never in the future', t => {
	const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Kathmandu', 'America/St_Johns'];
	let count = 0;
	fc.assert(fc.property(fc.constantFrom(...zones), fc.integer({min: 0, max: 1439}), fc.integer({min: 0, max: 364}), (timeZone, minute, day) => {
		const fromMs = Date.UTC(2026, 0, 1) + day * 24 * hour;
		const moments = new Set(Array.from({length: 72}, (_, index) => {
			const nowMs = fromMs + index * hour;
			const moment = lastDigestTime(nowMs, {minute, timeZone});
			t.true(moment <= nowMs && nowMs - moment < 26 * hour);
			return moment;
		}));
		t.true(moments.size === 3 || moments.size === 4, `${moments.size} in three days`);
		count++;
	}), {numRuns: 100});
	t.log(`${count} spans of three days`);
});
