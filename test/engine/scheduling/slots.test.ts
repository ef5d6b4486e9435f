import test from 'ava';
import fc from 'fast-check';
import nodeCron from 'node-cron';
import {parseCron, toPatterns} from '../../../source/engine/scheduling/cron-expression.ts';
import {isTimeZone, offsetAt} from '../../../source/engine/local-time.ts';
import {jitterOf, nextStarts, slotAt, startInSlot} from '../../../source/engine/scheduling/slots.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const at = (time: string): number => Date.parse(time);
const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
const job = (expression: string, timeZone: string, jitterMs = 0) => ({name: 'daily', expression, timeZone, jitterMs});
const starts = (expression: string, timeZone: string, from: string, count: number) => nextStarts(job(expression, timeZone), {host: 'web1', nowMs: at(from)}, count).map(ms => iso(ms));

const vectors: ReadonlyArray<readonly [title: string, expression: string, timeZone: string, from: string, expected: readonly string[]]> = [
	['Berlin, forward over 02:30: the first minute after', '30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', ['2026-03-29T01:00:00Z', '2026-03-30T00:30:00Z']],
	['Berlin, back over 02:30: its first', '30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00Z', ['2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z']],
	['Berlin, back: 02:00 is not yet again', '0 3 * * *', 'Europe/Berlin', '2026-10-24T12:00Z', ['2026-10-25T02:00:00Z', '2026-10-26T02:00:00Z']],
	['New York, forward over 02:30', '30 2 * * *', 'America/New_York', '2026-03-07T12:00Z', ['2026-03-08T07:00:00Z', '2026-03-09T06:30:00Z']],
	['New York, back over 01:30', '30 1 * * *', 'America/New_York', '2026-10-31T12:00Z', ['2026-11-01T05:30:00Z', '2026-11-02T06:30:00Z']],
	['New York, several times of the lost hour are one', '0,15,30,45 2 * * *', 'America/New_York', '2026-03-08T06:59Z', ['2026-03-08T07:00:00Z', '2026-03-09T06:00:00Z']],
	['Lord Howe, half an hour forward over 02:15', '15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00Z', ['2026-10-03T15:30:00Z', '2026-10-04T15:15:00Z']],
	['Lord Howe, half an hour back over 01:45', '45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00Z', ['2026-04-04T14:45:00Z', '2026-04-05T15:15:00Z']],
	['Apia lost 30 December 2011: its slot begins when the day would be over', '0 2 * * *', 'Pacific/Apia', '2011-12-29T00:00Z', ['2011-12-29T12:00:00Z', '2011-12-30T10:00:00Z', '2011-12-30T12:00:00Z', '2011-12-31T12:00:00Z']],
	['Apia, the 30th of December alone', '0 4 30 12 *', 'Pacific/Apia', '2010-12-31T00:00Z', ['2011-12-30T10:00:00Z', '2012-12-29T14:00:00Z']],
	['a midnight that never comes (Santiago)', '0 0 * * *', 'America/Santiago', '2026-09-05T12:00Z', ['2026-09-06T04:00:00Z', '2026-09-07T03:00:00Z']],
	['every half hour goes by the hours that pass: forward', '*/30 * * * *', 'Europe/Berlin', '2026-03-29T00:15Z', ['2026-03-29T00:30:00Z', '2026-03-29T01:00:00Z', '2026-03-29T01:30:00Z']],
	['every half hour goes by the hours that pass: back', '*/30 * * * *', 'Europe/Berlin', '2026-10-25T00:15Z', ['2026-10-25T00:30:00Z', '2026-10-25T01:00:00Z', '2026-10-25T01:30:00Z', '2026-10-25T02:00:00Z']],
	['leap days', '0 0 29 2 *', 'UTC', '2026-01-01T00:00Z', ['2028-02-29T00:00:00Z', '2032-02-29T00:00:00Z']],
	['no leap day in 2100', '0 0 29 2 *', 'UTC', '2096-03-01T00:00Z', ['2104-02-29T00:00:00Z']],
	['the 31st', '0 0 31 * *', 'UTC', '2026-01-31T00:00Z', ['2026-03-31T00:00:00Z', '2026-05-31T00:00:00Z', '2026-07-31T00:00:00Z', '2026-08-31T00:00:00Z']],
	['a day of the month or a day of the week', '0 0 13 * fri', 'UTC', '2026-11-07T00:00Z', ['2026-11-13T00:00:00Z', '2026-11-20T00:00:00Z', '2026-11-27T00:00:00Z', '2026-12-04T00:00:00Z', '2026-12-11T00:00:00Z', '2026-12-13T00:00:00Z']],
	['every second day that is a Monday', '0 0 */2 * 1', 'UTC', '2026-11-01T00:00Z', ['2026-11-09T00:00:00Z', '2026-11-23T00:00:00Z']],
	['a quarter of an hour off UTC (Kathmandu)', '0 2 * * *', 'Asia/Kathmandu', '2026-11-22T00:00Z', ['2026-11-22T20:15:00Z']],
];

for (const [title, expression, timeZone, from, expected] of vectors) {
	test(`starts: ${title}`, t => {
		t.deepEqual(starts(expression, timeZone, from, expected.length), expected);
	});
}

const span = (from: number, to: number): fc.Arbitrary<string> => fc.tuple(fc.integer({min: from, max: to}), fc.integer({min: from, max: to})).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
const field = (from: number, to: number): fc.Arbitrary<string> => fc.oneof(
	fc.constant('*'),
	fc.integer({min: from, max: to}).map(String),
	fc.integer({min: 1, max: 20}).map(step => `*/${step}`),
	fc.tuple(span(from, to), fc.integer({min: 1, max: 9})).map(([range, step]) => `${range}/${step}`),
	fc.array(fc.oneof(fc.integer({min: from, max: to}).map(String), span(from, to)), {minLength: 1, maxLength: 3}).map(parts => parts.join(',')),
);
const expressions = fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6)).map(parts => parts.join(' ')).filter(text => parseCron(text).problem === undefined);
const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/Santiago', 'Africa/Casablanca', 'Pacific/Apia');
const moments = fc.integer({min: at('2024-01-01T00:00Z') / 1000, max: at('2036-01-01T00:00Z') / 1000}).map(seconds => seconds * 1000);

test('whatever the expression, zone and moment: a slot holds its moment, and the next one follows without a gap', t => {
	const runs = 400;
	t.notThrows(() => {
		fc.assert(fc.property(expressions, zones, moments, (expression, zone, nowMs) => {
			const slot = slotAt(job(expression, zone), nowMs);
			const next = slotAt(job(expression, zone), slot.endMs);
			return slot.startMs <= nowMs && nowMs < slot.endMs
				&& slotAt(job(expression, zone), slot.startMs).endMs === slot.endMs && slotAt(job(expression, zone), slot.endMs - 1).startMs === slot.startMs
				&& next.startMs === slot.endMs;
		}), {numRuns: runs});
	});
	t.log(`${runs} slots`);
});

test('every start is a time that node-cron knows, and between two there is none that it knows, where the clocks stay as they are', t => {
	let [compared, changed] = [0, 0];
	t.notThrows(() => {
		fc.assert(fc.property(expressions, zones, moments, (expression, zone, nowMs) => {
			const {startMs, endMs} = slotAt(job(expression, zone), nowMs);
			// In Casablanca they change twice within some weeks: what counts is each end.
			const offsets = [startMs - dayMs, startMs + dayMs, endMs - dayMs, endMs + dayMs].map(ms => offsetAt(ms, zone));
			if (new Set(offsets).size > 1) {
				changed++;
				return true;
			}

			compared++;
			const tasks = toPatterns(parseCron(expression).expression!).map(pattern => nodeCron.createTask(pattern, () => undefined, {timezone: zone}));
			const isKnown = (ms: number) => tasks.some(task => task.match(new Date(ms)));
			const between = Array.from({length: 40}, (_, index) => Math.floor((startMs + (endMs - startMs) * (index + 1) / 41) / minuteMs) * minuteMs).filter(ms => ms > startMs && ms < endMs);
			for (const task of tasks) {
				void task.destroy();
			}

			return isKnown(startMs) && isKnown(endMs) && between.every(ms => !isKnown(ms));
		}), {numRuns: 300});
	});
	t.log(`${compared} slots compared with node-cron, ${changed} left out as the clocks change in them`);
});

test('whatever is taken node-cron takes, in its own patterns', t => {
	const runs = 2000;
	const words = fc.array(fc.constantFrom('*', '0', '7', '12', '31', '59', '60', '-', ',', '/', '2', 'mon', 'jan', 'x', '@'), {minLength: 1, maxLength: 4}).map(parts => parts.join(''));
	const texts = fc.oneof(expressions, fc.tuple(words, fc.nat({max: 4})).map(([word, place]) => ['0', '2', '1', '1', '*'].with(place, word).join(' ')));
	let taken = 0;
	t.notThrows(() => {
		fc.assert(fc.property(texts, text => {
			const {expression} = parseCron(text);
			taken += Number(expression !== undefined);
			return expression === undefined || toPatterns(expression).every(pattern => nodeCron.validate(pattern));
		}), {numRuns: runs});
	});
	t.true(taken > runs / 4, `${taken}`);
	t.log(`${runs} texts, ${taken} taken`);
});

test('jitter: fixed for host and job, below its limit, spread over hosts, and within the first half of a slot', t => {
	const later = job('0 2 * * *', 'UTC', hourMs);
	const offsets = Array.from({length: 200}, (_, index) => jitterOf(later, `host-${index}`));
	t.deepEqual(offsets, Array.from({length: 200}, (_, index) => jitterOf(later, `host-${index}`)));
	t.true(offsets.every(ms => ms >= 0 && ms < hourMs));
	const quarters = [0, 1, 2, 3].map(quarter => offsets.filter(ms => Math.floor(ms / hourMs * 4) === quarter).length);
	t.true(quarters.every(count => count > 25), quarters.join(' '));
	t.not(jitterOf(later, 'web1'), jitterOf({...later, name: 'weekly'}, 'web1'));
	t.is(jitterOf(job('0 2 * * *', 'UTC'), 'web1'), 0);
	const often = job('*/5 * * * *', 'UTC', dayMs);
	const slot = slotAt(often, at('2026-11-22T10:01Z'));
	const start = startInSlot(often, slot, 'web1');
	t.true(start >= slot.startMs && start <= slot.startMs + 2.5 * minuteMs);
	const [first, second] = nextStarts(later, {host: 'web1', nowMs: at('2026-11-22T10:00Z')}, 2);
	t.is(first, at('2026-11-23T02:00Z') + jitterOf(later, 'web1'));
	t.is(second! - first!, dayMs);
	t.deepEqual(nextStarts(later, {host: 'web1', nowMs: at('2026-11-23T02:00Z')}, 1), [first]);
});

test('what is no expression and no zone is refused', t => {
	t.throws(() => slotAt(job('0 25 * * *', 'UTC'), 0), {instanceOf: RangeError});
	t.throws(() => slotAt(job('0 2 * * *', 'Mars/Base'), 0), {instanceOf: RangeError});
	t.deepEqual(['UTC', 'Europe/Berlin', 'Mars/Base', '+02:00', '', 'CET'].map(name => isTimeZone(name)), [true, true, false, false, false, true]);
});
