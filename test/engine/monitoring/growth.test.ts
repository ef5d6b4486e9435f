import test from 'ava';
import fc from 'fast-check';
import {growthPerDay} from '../../../source/engine/monitoring/growth.ts';
import {ratiosOf} from '../../../source/engine/monitoring/ratios.ts';
import {describeStorage} from '../../../source/engine/monitoring/storage-overview.ts';
import type {StorageSample} from '../../../source/engine/state/storage-samples.ts';

const hour = 60 * 60 * 1000;
const startMs = Date.parse('2026-11-01T12:00:00.000Z');
const sampleAt = (hours: number, usedBytes: number): StorageSample => ({time: new Date(startMs + hours * hour).toISOString(), usedBytes});
const daily = (bytes: readonly number[]): StorageSample[] => bytes.map((each, days) => sampleAt(days * 24, each));

test('unknown under two days of samples', t => {
	t.is(growthPerDay([]), undefined);
	t.is(growthPerDay([sampleAt(0, 1)]), undefined);
	t.is(growthPerDay([sampleAt(0, 1), sampleAt(47, 9)]), undefined);
	t.is(growthPerDay([sampleAt(0, 1), sampleAt(48, 9)]), 4);
	t.is(growthPerDay(daily([1, 2, 3]).map(({time}) => ({time}))), undefined, 'the storage does not tell what is used');
});

test('steady growth, whatever the hour of the samples', t => {
	t.is(growthPerDay(daily([0, 100, 200, 300])), 100);
	t.is(growthPerDay(daily([300, 200, 100])), -100);
	t.is(growthPerDay(Array.from({length: 240}, (_, hours) => sampleAt(hours, hours * 10))), 240);
});

test('single days of much or nothing hardly move it', t => {
	const steady = Array.from({length: 30}, (_, days) => days * 100);
	t.is(growthPerDay(daily(steady.map((bytes, days) => days === 12 ? 1_000_000 : bytes))), 100);
	t.is(growthPerDay(daily(steady.map((bytes, days) => days === 29 ? 0 : bytes))), 100);
});

test('it lies between the smallest and the largest step', t => {
	t.notThrows(() => {
		fc.assert(fc.property(fc.array(fc.integer({min: 0, max: 1e12}), {minLength: 3, maxLength: 60}), bytes => {
			const steps = bytes.slice(1).map((each, index) => each - bytes[index]!);
			const growth = growthPerDay(daily(bytes))!;
			return growth >= Math.min(...steps) - 1 && growth <= Math.max(...steps) + 1;
		}), {numRuns: 300});
	});
});

test('days until full, only where it grows and the storage tells what is free', t => {
	const usage = {usedBytes: 300, freeBytes: 1000, totalBytes: 2000};
	t.like(describeStorage('/r', usage, daily([100, 200, 300])), {growthBytesPerDay: 100, daysUntilFull: 10, usedPercent: 50, level: 'ok'});
	t.is(describeStorage('/r', usage, daily([300, 200, 100])).daysUntilFull, undefined);
	t.is(describeStorage('/r', {usedBytes: 300}, daily([100, 200, 300])).daysUntilFull, undefined);
	t.deepEqual(describeStorage('/r', {}, []), {url: '/r', level: 'ok'});
	t.is(describeStorage('/r', {freeBytes: 0, totalBytes: 0}, []).usedPercent, undefined);
});

test('ratios, and none where there is nothing to divide by', t => {
	const snapshot = (bytes: number, addedBytes: number, storedBytes: number) => ({statistics: {bytes, addedBytes, storedBytes, files: 0, directories: 0, durationMs: 0, unreadable: 0}});
	t.deepEqual(ratiosOf([snapshot(1000, 800, 400), snapshot(1000, 200, 100)]), {deduplication: 2, compression: 2});
	t.deepEqual(ratiosOf([snapshot(1000, 0, 0)]), {});
	t.deepEqual(ratiosOf([]), {});
});
