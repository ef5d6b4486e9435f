import process from 'node:process';
import test from 'ava';
import {dailySlot, isDue} from '../../../source/engine/scheduling/due.ts';

// Each test file is a process of its own; this time zone puts its clock forward and back at 02:00.
process.env['TZ'] = 'America/New_York';

const hourMs = 60 * 60 * 1000;
const at = (time: string): number => Date.parse(time);
const iso = (ms: number): string => new Date(ms).toISOString();

test('due: never run, or not since the last 02:00', t => {
	const now = at('2026-06-10T12:00:00-04:00');
	t.true(isDue([], now));
	t.true(isDue(['2026-06-09T02:00:00-04:00', '2026-06-10T01:59:59-04:00'], now));
	t.false(isDue(['2026-06-10T02:00:00-04:00'], now));
	t.false(isDue(['2026-06-09T02:00:00-04:00'], at('2026-06-10T01:59:59-04:00')));
	t.true(isDue(['2026-06-09T02:00:00-04:00'], at('2026-06-10T02:00:00-04:00')));
});

test('a machine that slept for a week runs once', t => {
	const now = at('2026-06-10T12:00:00-04:00');
	const runs = ['2026-06-03T02:00:10-04:00'];
	t.true(isDue(runs, now));
	t.false(isDue([...runs, iso(now)], now + hourMs));
});

test('the clock is put forward over 02:00: one slot, one run', t => {
	// 2026-03-08: from 02:00 EST to 03:00 EDT.
	const slot = dailySlot(at('2026-03-08T12:00:00-04:00'));
	t.is(iso(slot.startMs), '2026-03-08T07:00:00.000Z');
	t.is(iso(dailySlot(at('2026-03-08T01:59:59-05:00')).endMs), '2026-03-08T07:00:00.000Z');
});

test('the clock is put back over 02:00: one slot, one run', t => {
	// 2026-11-01: 01:00 to 01:59 come twice, 02:00 once.
	const slot = dailySlot(at('2026-11-01T12:00:00-05:00'));
	t.is(iso(slot.startMs), '2026-11-01T07:00:00.000Z');
	for (const twice of ['2026-11-01T01:30:00-04:00', '2026-11-01T01:30:00-05:00']) {
		t.is(iso(dailySlot(at(twice)).startMs), '2026-10-31T06:00:00.000Z', twice);
	}
});

test('a time of day that comes twice, or never, still makes one slot', t => {
	const time = {hour: 1, minute: 30};
	t.is(dailySlot(at('2026-11-01T01:40:00-05:00'), time).startMs, at('2026-11-01T01:30:00-04:00'));
	t.is(iso(dailySlot(at('2026-03-08T12:00:00-04:00'), {hour: 2, minute: 30}).startMs), '2026-03-08T07:30:00.000Z');
});

test('every quarter of an hour of two years lies in one slot, slots follow without a gap, and a try at each gives one run a slot', t => {
	const endMs = at('2028-01-02T00:00:00Z');
	let slot = dailySlot(at('2026-01-01T00:00:00Z'));
	const [firstMs, lengths] = [slot.startMs, new Map<number, number>()];
	let runs = 0;
	let last: string[] = [];
	let slots = 1;
	// Each quarter of an hour: zones change at full hours.
	for (let nowMs = at('2026-01-01T00:00:00Z'); nowMs < endMs; nowMs += 15 * 60 * 1000) {
		const current = dailySlot(nowMs);
		if (!(current.startMs <= nowMs && nowMs < current.endMs)) {
			t.fail(iso(nowMs));
		}

		if (current.startMs !== slot.startMs) {
			t.is(current.startMs, slot.endMs);
			slots++;
			slot = current;
		}

		lengths.set((current.endMs - current.startMs) / hourMs, 1);
		if (!isDue(last, nowMs)) {
			continue;
		}

		runs++;
		last = [iso(nowMs)];
	}

	t.is(runs, slots);
	t.deepEqual([...lengths.keys()].toSorted((a, b) => a - b), [23, 24, 25]);
	t.log(`${slots} slots from ${iso(firstMs)}, ${runs} runs`);
});

test('clock jumps: back within a slot gives no second run; years ahead stop nothing', t => {
	const run = '2026-06-10T02:00:05-04:00';
	t.false(isDue([run], at('2026-06-10T02:00:01-04:00')));
	const yesterday = at('2026-06-09T12:00:00-04:00');
	t.false(isDue(['2026-06-09T02:00:00-04:00', run], yesterday));
	const future = '2036-06-10T12:00:00-04:00';
	t.true(isDue([run, future], at('2026-06-11T02:00:00-04:00')));
	t.true(isDue([run], at(future)));
	t.false(isDue([run, future], at(future) + 1));
});
