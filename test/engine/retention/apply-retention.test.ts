import test from 'ava';
import {applyRetention} from '../../../source/engine/retention/apply-retention.ts';
import type {RetentionRule} from '../../../source/engine/retention/decision.ts';
import {readLine, writeLine} from './golden-case.ts';
import {goldenCases} from './golden-cases.ts';

const view = {host: 'web1', nowMs: Date.parse('2026-11-22T12:00Z'), timeZone: 'UTC'};

for (const {title, rules, settings, now, timeZone = 'UTC', lines} of goldenCases) {
	test(title, t => {
		const snapshots = lines.map((line, index) => readLine(line, index));
		const decisions = applyRetention(snapshots, {policy: rules, ...settings}, {host: 'web1', nowMs: Date.parse(now), timeZone});
		const byId = new Map(decisions.map(decision => [decision.snapshot.id, decision]));
		t.deepEqual(lines.map((line, index) => writeLine(line, byId.get(snapshots[index]!.id)!)), [...lines]);
		t.is(decisions.length, lines.length);
	});
}

test('every case has a title of its own, and there are enough of them', t => {
	t.is(new Set(goldenCases.map(({title}) => title)).size, goldenCases.length);
	t.true(goldenCases.length >= 40);
	t.log(`${goldenCases.length} cases, ${goldenCases.flatMap(({lines}) => lines).length} snapshots`);
});

test('decisions come oldest first, whatever the order of the snapshots', t => {
	const lines = ['2026-11-22T02:00Z', '2026-11-20T02:00Z', '2030-01-01T02:00Z', '2026-11-21T02:00Z host=web2', '2026-11-20T02:00Z source=db'];
	const decisions = applyRetention(lines.map((line, index) => readLine(line, index)), {policy: {last: 1}}, view);
	t.deepEqual(decisions.map(({snapshot: {id}}) => id[0]), ['1', '4', '3', '0', '2']);
});

test('the words of the reasons stand in the order of how long they last', t => {
	const rulesOf = (line: string): RetentionRule[] => applyRetention([readLine(line, 0)], {policy: {last: 1, hourly: 24, daily: 1, weekly: 1, monthly: 1, yearly: 1, withinMs: 1e9, classes: {daily: 1e9}, tags: ['keep']}, pins: ['00000000']}, view)
		.flatMap(({reasons}) => reasons.map(({rule}) => rule));
	t.deepEqual(rulesOf('2026-11-22T11:00Z tag=keep'), ['pin', 'tag', 'yearly', 'monthly', 'weekly', 'daily', 'hourly', 'last', 'class', 'within', 'last-good']);
	t.deepEqual(rulesOf('2026-11-22T11:00Z tag=keep host=web2'), ['pin', 'other-host']);
	t.deepEqual(rulesOf('2027-11-22T11:00Z tag=keep'), ['pin', 'tag', 'future']);
});

test('without a time zone days are those of the machine', t => {
	const snapshots = ['2026-11-20T23:00Z', '2026-11-21T11:00Z', '2026-11-21T23:00Z'].map((line, index) => readLine(line, index));
	const decisions = applyRetention(snapshots, {policy: {daily: 2}}, {host: 'web1', nowMs: view.nowMs});
	const {timeZone} = new Intl.DateTimeFormat().resolvedOptions();
	t.deepEqual(decisions, applyRetention(snapshots, {policy: {daily: 2}}, {host: 'web1', nowMs: view.nowMs, timeZone}));
});

test('a time or a time zone that is none is a mistake of the program', t => {
	const good = readLine('2026-11-22T02:00Z', 0);
	t.throws(() => applyRetention([{...good, time: 'yesterday'}], {policy: {last: 1}}, view), {instanceOf: RangeError});
	t.throws(() => applyRetention([good], {policy: {last: 1}}, {...view, timeZone: 'Mars/Olympus'}), {instanceOf: RangeError});
});

test('nothing to decide on', t => {
	t.deepEqual(applyRetention([], {policy: {last: 1}}, view), []);
});

test('texts fit into a tombstone with every rule there is', t => {
	const policy = {last: 1, hourly: 99_999, daily: 99_999, weekly: 99_999, monthly: 9999, yearly: 999, withinMs: 1, classes: {monthly: 1}};
	const [gone] = applyRetention([readLine('0101-01-01T00:00:00Z class=monthly', 0), readLine('2026-11-22T02:00Z', 1)], {policy}, view);
	t.is(gone!.reasons[0]!.rule, 'expired');
	t.is(gone!.reasons[0]!.text.split(', ').length, 8);
	t.true(gone!.reasons[0]!.text.length < 1000);
});
