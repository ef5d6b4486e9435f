import test from 'ava';
import {assessClock} from '../../../source/engine/monitoring/clock.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const after = (minutes: number): number => now + minutes * 60_000;
const iso = (ms: number): string => new Date(ms).toISOString();
const day = 24 * 60;

test('a clock is judged by what others wrote down', t => {
	t.is(assessClock(now, {}), 'ok');
	t.is(assessClock(now, {newestSnapshot: iso(after(-day)), newestFileMs: after(-1)}), 'ok');
	t.is(assessClock(now, {newestSnapshot: iso(after(5))}), 'ok');
	t.is(assessClock(now, {newestSnapshot: iso(after(6))}), 'slightly-behind');
	t.is(assessClock(now, {newestFileMs: after(day - 1)}), 'slightly-behind');
	t.is(assessClock(now, {newestFileMs: after(day)}), 'behind');
	t.is(assessClock(now, {newestSnapshot: iso(after(10 * 365 * day))}), 'behind');
	t.is(assessClock(0, {}), 'behind');
	t.is(assessClock(Date.UTC(2025, 11, 31), {}), 'behind');
	t.is(assessClock(now, {newestSnapshot: iso(after(-366 * day))}), 'ok');
	t.is(assessClock(now, {newestSnapshot: iso(after(-367 * day)), newestFileMs: now}), 'ahead');
});
