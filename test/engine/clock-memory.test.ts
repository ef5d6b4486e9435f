import test from 'ava';
import {noteTime, trustClock, type ClockMemory} from '../../source/engine/clock-memory.ts';

const minuteMs = 60 * 1000;
const dayMs = 24 * 60 * minuteMs;
const start = Date.parse('2026-11-22T05:00:00.000Z');
const iso = (timeMs: number): string => new Date(timeMs).toISOString();

test('the first look, one soon after, one later, one on another day', t => {
	const first = noteTime(undefined, start);
	t.deepEqual(first, {latest: iso(start), days: [iso(start)]});
	t.is(noteTime(first, start + 10 * minuteMs - 1), undefined);
	t.deepEqual(noteTime(first, start + 10 * minuteMs), {latest: iso(start + 10 * minuteMs), days: [iso(start)]});
	t.deepEqual(noteTime(first, start + dayMs), {latest: iso(start + dayMs), days: [iso(start), iso(start + dayMs)]});
});

test('a clock that goes back does not lower the latest time; its day is noted in its place', t => {
	const first = noteTime(undefined, start);
	t.is(noteTime(first, start - 60 * minuteMs), undefined);
	t.deepEqual(noteTime(first, start - dayMs), {latest: iso(start), days: [iso(start - dayMs), iso(start)]});
});

test('the last eight days are kept', t => {
	let memory: ClockMemory | undefined;
	for (let day = 0; day < 20; day++) {
		memory = noteTime(memory, start + day * dayMs);
	}

	t.deepEqual(memory?.days, Array.from({length: 8}, (_, index) => iso(start + (12 + index) * dayMs)));
});

test('trust: later days were none, and what lies between now and the latest time was dated wrongly', t => {
	const wrong = noteTime(noteTime(undefined, start), start + 400 * dayMs);
	t.deepEqual(trustClock(wrong, start + dayMs, start + 300 * dayMs), {latest: iso(start + dayMs), days: [iso(start)], trusted: {at: iso(start + dayMs), latest: iso(start + 400 * dayMs)}});
	t.deepEqual(trustClock(undefined, start, start - dayMs), {latest: iso(start), days: [], trusted: {at: iso(start), latest: iso(start)}});
	t.deepEqual(noteTime(trustClock(undefined, start, start), start + dayMs)?.trusted, {at: iso(start), latest: iso(start)});
});
