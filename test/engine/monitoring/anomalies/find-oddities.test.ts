import test from 'ava';
import {findOddities, isRenamed, leastRuns} from '../../../../source/engine/monitoring/anomalies/find-oddities.ts';
import {oddityText, renamedText} from '../../../../source/engine/monitoring/anomalies/oddity-text.ts';
import {scoreOf, usualOf} from '../../../../source/engine/monitoring/anomalies/robust-score.ts';
import type {RunMeasures} from '../../../../source/engine/monitoring/anomalies/source-history.ts';

const dayMs = 24 * 60 * 60 * 1000;
const gigabyte = 1_000_000_000;
const timeOf = (day: number) => new Date(Date.UTC(2026, 9, 1, 2) + day * dayMs).toISOString();

/** A run like every other. */
function usual(day: number, change: Partial<RunMeasures> = {}): RunMeasures {
	return {time: timeOf(day), durationMs: 600_000, bytes: 40 * gigabyte, addedBytes: 1.2 * gigabyte, before: 5000, newFiles: 5, changedFiles: 40, removedFiles: 5, ...change};
}

const runs = (count: number): RunMeasures[] => Array.from({length: count}, (_, day) => usual(day));
const odd = (change: Partial<RunMeasures>, history = runs(30)) => findOddities(history, usual(history.length, change), 'normal').map(({quantity}) => quantity).join(' ');

test('the median and the deviation from it do not mind a few odd values', t => {
	t.deepEqual(usualOf([1, 2, 3, 4, 5]), {median: 3, spread: 1.4826});
	t.deepEqual(usualOf([1, 2, 3, 4, 5000]), {median: 3, spread: 1.4826});
	t.is(scoreOf(8, {median: 3, spread: 0}, 0.5), 10, 'what never changes has a least spread');
	t.is(scoreOf(1, {median: 3, spread: 1}, 0.5), -2);
});

test('nothing is odd before enough runs are known', t => {
	const change = {durationMs: 50 * 600_000};
	t.is(odd(change, runs(leastRuns - 1)), '');
	t.is(odd(change, runs(leastRuns)), 'duration');
});

test('what is far from usual is odd, each by its own measure', t => {
	t.is(odd({}), '');
	t.is(odd({durationMs: 3_600_000}), 'duration');
	t.is(odd({durationMs: 60_000}), '', 'quicker is better');
	t.is(odd({addedBytes: 41 * gigabyte}), 'added');
	t.is(odd({addedBytes: 0}), '');
	t.is(odd({bytes: 400 * gigabyte}), 'size');
	t.is(odd({bytes: 19 * gigabyte}), 'size');
	t.is(odd({bytes: 30 * gigabyte}), '');
	t.is(odd({changedFiles: 3000}), 'changed');
	t.is(odd({removedFiles: 1000}), 'removed');
});

test('small sources are left in peace', t => {
	const small = (day: number, change: Partial<RunMeasures> = {}) => usual(day, {durationMs: 900, bytes: 20_000, addedBytes: 100, before: 60, changedFiles: 1, removedFiles: 0, ...change});
	const history = Array.from({length: 30}, (_, day) => small(day));
	const tell = (change: Partial<RunMeasures>) => findOddities(history, small(30, change), 'high');
	t.deepEqual([tell({durationMs: 60_000}), tell({addedBytes: 20_000_000}), tell({bytes: 2_000_000}), tell({changedFiles: 60}), tell({removedFiles: 30})], [[], [], [], [], []]);
});

test('what comes every week, or came up before, is not odd; what has just begun is', t => {
	const weekly = Array.from({length: 35}, (_, day) => usual(day, day % 7 === 0 ? {addedBytes: 30 * gigabyte} : {}));
	t.is(findOddities(weekly, usual(35, {addedBytes: 30 * gigabyte}), 'normal').length, 0);
	const once = runs(30).with(10, usual(10, {addedBytes: 30 * gigabyte}));
	t.is(odd({addedBytes: 41 * gigabyte}, once), '', 'about as much');
	t.is(odd({addedBytes: 60 * gigabyte}, once), 'added');
	const yesterday = runs(30).with(29, usual(29, {addedBytes: 41 * gigabyte}));
	t.is(odd({addedBytes: 41 * gigabyte}, yesterday), 'added');
});

test('what was not measured is not odd', t => {
	const {before: _before, changedFiles: _changed, newFiles: _new, removedFiles: _removed, ...bare} = usual(30);
	t.deepEqual(findOddities(runs(30), bare, 'high'), []);
	t.deepEqual(findOddities(runs(30).map(({changedFiles: _, ...run}) => run), usual(30, {changedFiles: 5000}), 'high'), []);
});

test('one sentence each, with what is usual', t => {
	const history = runs(30).map((run, day) => ({...run, addedBytes: 400_000_000 + day * 93_000_000}));
	const texts = (change: Partial<RunMeasures>) => {
		const run = usual(30, change);
		return findOddities(history, run, 'normal').map(oddity => oddityText(oddity, run, history.at(-1)));
	};

	t.deepEqual(texts({addedBytes: 41 * gigabyte}), ['the backup of 2026-10-31 added 41.0 GB; usual are 1.8 GB (400.0 MB to 3.1 GB in 30 runs)']);
	t.deepEqual(texts({durationMs: 5 * 3_600_000}), ['the backup of 2026-10-31 took 5.0 h; usual are 10 min (10 min to 10 min in 30 runs)']);
	t.deepEqual(texts({bytes: 20 * gigabyte}), ['the backup of 2026-10-31 has 20.0 GB, the one before 40.0 GB: -50 %; usual are 0.0 % (0.0 % to 0.0 % in 29 runs)']);
	t.is(texts({bytes: 400 * gigabyte})[0]!.split(';')[0], 'the backup of 2026-10-31 has 400.0 GB, the one before 40.0 GB: 10.0 times');
	t.deepEqual(texts({changedFiles: 4100}), ['in the backup of 2026-10-31 4100 files of 5000 have changed; usual are 40 (40 to 40 in 30 runs)']);
	t.deepEqual(texts({removedFiles: 4000}), ['in the backup of 2026-10-31 4000 files of 5000 are gone; usual are 5 (5 to 5 in 30 runs)']);
});

test('most files have other names: without a history', t => {
	t.true(isRenamed(usual(0, {removedFiles: 4000, newFiles: 4000})));
	t.false(isRenamed(usual(0, {removedFiles: 4000, newFiles: 3000})));
	t.false(isRenamed(usual(0, {removedFiles: 2400, newFiles: 2400})));
	t.false(isRenamed(usual(0, {before: 30, removedFiles: 19, newFiles: 19})));
	t.false(isRenamed(usual(0, {removedFiles: 2500, newFiles: 4500})), 'more came than went');
	t.is(renamedText(usual(0, {removedFiles: 4000})), 'in the backup of 2026-10-01 4000 of 5000 files have another name than before, or were replaced by others');
});
