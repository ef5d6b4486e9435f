import test from 'ava';
import type {AlertChange} from '../../../../source/engine/index.ts';
import {incidentsOf, reactionsTo} from '../../../../source/engine/monitoring/report/incidents.ts';
import {recoveriesOf, sumUpRecoveries} from '../../../../source/engine/monitoring/report/recoveries.ts';
import {coveragePoints, runPoints, storagePoints} from '../../../../source/engine/monitoring/report/series.ts';
import type {RunOutcome} from '../../../../source/engine/state/source-memory.ts';
import {ago, buildSnapshots, dayMs, nowMs} from '../../../helpers/overview-builder.ts';

const hour = 60 * 60 * 1000;
const week = {fromMs: nowMs - 7 * dayMs, toMs: nowMs};
const change = (event: AlertChange['event'], agoMs: number, more: Partial<AlertChange> = {}): AlertChange => ({event, time: ago(agoMs), key: 'late:a', kind: 'late', severity: 'warning', object: 'a', message: 'late', ...more});

test('an alert: raised, worse, noted twice, over; the worst that it was, and the first who took note', t => {
	const [incident, ...others] = incidentsOf([
		change('raised', 5 * dayMs), change('escalated', 4 * dayMs, {severity: 'critical', message: 'very late'}), change('acknowledged', 4 * dayMs - hour, {user: 'one', note: 'I look'}), change('unacknowledged', 3 * dayMs, {user: 'one'}),
		change('acknowledged', 3 * dayMs, {user: 'two'}), change('eased', 2.5 * dayMs), change('resolved', 2 * dayMs),
	], week);
	t.deepEqual(others, []);
	t.deepEqual(incident, {
		key: 'late:a', kind: 'late', severity: 'critical', object: 'a', message: 'very late', raised: ago(5 * dayMs),
		acknowledged: {time: ago(4 * dayMs - hour), user: 'one', note: 'I look', afterMs: dayMs + hour}, resolved: {time: ago(2 * dayMs), afterMs: 3 * dayMs},
	});
});

test('what was open at any moment of the time, each life by itself', t => {
	const raised = (changes: readonly AlertChange[]) => incidentsOf(changes, week).map(incident => [incident.raised, incident.resolved?.time]);
	t.deepEqual(raised([change('raised', 9 * dayMs), change('resolved', 8 * dayMs)]), [], 'over before');
	t.deepEqual(raised([change('raised', 9 * dayMs)]), [[ago(9 * dayMs), undefined]], 'open for longer');
	t.deepEqual(raised([change('raised', 9 * dayMs), change('resolved', 6 * dayMs)]), [[ago(9 * dayMs), ago(6 * dayMs)]]);
	t.deepEqual(raised([change('raised', 5 * dayMs), change('resolved', 4 * dayMs), change('raised', 3 * dayMs)]), [[ago(5 * dayMs), ago(4 * dayMs)], [ago(3 * dayMs), undefined]]);
	t.deepEqual(raised([change('raised', 0), change('raised', -dayMs, {key: 'b'})]), [], 'the end does not belong to it');
	t.deepEqual(raised([change('resolved', dayMs)]), [[ago(dayMs), ago(dayMs)]], 'its beginning is not known any more');
	t.is(raised([change('raised', 2 * dayMs), change('raised', 3 * dayMs, {key: 'b'}), change('resolved', dayMs, {key: 'b'})]).length, 2);
});

test('reactions: medians and means of what there is', t => {
	t.deepEqual(reactionsTo([], week), {raised: 0, acknowledged: 0, resolved: 0, open: 0});
	const incidents = incidentsOf([
		change('raised', 9 * dayMs), change('acknowledged', 9 * dayMs - 3 * hour), change('resolved', 5 * dayMs),
		change('raised', 4 * dayMs, {key: 'b'}), change('acknowledged', 4 * dayMs - hour, {key: 'b'}), change('resolved', 2 * dayMs, {key: 'b'}), change('raised', dayMs, {key: 'c'}),
	], week);
	t.deepEqual(reactionsTo(incidents, week), {raised: 2, acknowledged: 2, resolved: 2, open: 1, medianAcknowledgeMs: 2 * hour, meanResolveMs: 3 * dayMs});
});

const runsOf = (outcomes: ReadonlyArray<readonly [RunOutcome, number]>) => outcomes.map(([outcome, days]) => ({time: ago(days * dayMs), outcome, durationMs: hour}));

test('recovery: from the first failure to the end of the next good run', t => {
	t.is(recoveriesOf(runsOf([['ok', 3], ['partial', 2], ['interrupted', 1]]), week), undefined);
	t.deepEqual(recoveriesOf(runsOf([['ok', 6], ['failed', 5], ['interrupted', 4.5], ['failed', 4], ['ok', 3]]), week), {count: 1, meanMs: 2 * dayMs + hour, longestMs: 2 * dayMs + hour});
	t.deepEqual(recoveriesOf(runsOf([['failed', 5], ['partial', 4], ['failed', 3], ['ok', 1], ['failed', 0.5], ['failed', 0.25]]), week), {count: 2, meanMs: 1.5 * dayMs + hour, longestMs: 2 * dayMs + hour, failedSince: ago(0.5 * dayMs)});
	t.deepEqual(recoveriesOf(runsOf([['failed', 9], ['ok', 6]]), week), {count: 1, meanMs: 3 * dayMs + hour, longestMs: 3 * dayMs + hour}, 'it began before');
	t.is(recoveriesOf(runsOf([['failed', 10], ['ok', 9], ['ok', -1]]), week), undefined, 'before, and after');
	t.deepEqual(sumUpRecoveries([{count: 1, meanMs: 10, longestMs: 10}, {count: 3, meanMs: 2, longestMs: 4}, {count: 0, failedSince: ago(1)}]), {count: 4, meanMs: 4, longestMs: 10});
	t.is(sumUpRecoveries([{count: 0, failedSince: ago(1)}]), undefined);
});

test('points of charts: bounded, in order, one a day', t => {
	const snapshots = buildSnapshots('etc', 2);
	const points = runPoints([{time: snapshots[1]!.time, outcome: 'ok', durationMs: 2, snapshot: snapshots[1]!.id, addedBytes: 5}, {time: snapshots[0]!.time, outcome: 'failed', durationMs: 1}], snapshots);
	t.deepEqual(points, [{time: snapshots[0]!.time, outcome: 'failed', durationMs: 1}, {time: snapshots[1]!.time, outcome: 'ok', durationMs: 2, bytes: snapshots[1]!.statistics.bytes, addedBytes: 5}]);
	t.is(runPoints(Array.from({length: 500}, (_, index) => ({time: ago(index * hour), outcome: 'ok' as const, durationMs: 1})), []).length, 60);
	const samples = Array.from({length: 7 * 24}, (_, index) => ({time: ago((7 * 24 - 1 - index) * hour), usedBytes: index}));
	const storage = storagePoints(samples, week);
	t.true(storage.length >= 7 && storage.length <= 8);
	t.is(storage.at(-1)!.usedBytes, 7 * 24 - 2, 'the end does not belong to it');
	const coverage = coveragePoints([{time: ago(3.5 * dayMs), share: 1}], week, 5 * dayMs);
	t.deepEqual(coverage.map(({share}) => share), [0, 0, 0, 0, 1, 1, 1, 1]);
	t.is(coverage.at(-1)!.time, ago(0));
	t.true(coveragePoints([], {fromMs: nowMs - 3000 * dayMs, toMs: nowMs}, dayMs).length <= 61);
});
