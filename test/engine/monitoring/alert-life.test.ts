import test from 'ava';
import {ageAlerts} from '../../../source/engine/monitoring/alert-life.ts';
import type {Finding, Severity} from '../../../source/engine/monitoring/alert.ts';
import type {AlertRecord} from '../../../source/engine/state/alerts.ts';

const minute = 60_000;
const startMs = Date.parse('2026-11-21T18:00:00.000Z');
const at = (ms: number): string => new Date(startMs + ms).toISOString();
const finding = (key: string, severity: Severity = 'warning'): Finding => ({key, kind: 'late', severity, object: 'etc', message: 'm', nextStep: 'n'});
const acknowledged = {time: at(0), user: 'admin', note: 'ticket'};

/** What becomes of it when these findings come one after the other. */
function live(steps: ReadonlyArray<{readonly ms: number; readonly findings: readonly Finding[]; readonly isAcknowledged?: boolean}>) {
	let records: readonly AlertRecord[] = [];
	return steps.map(({ms, findings, isAcknowledged}) => {
		const aged = ageAlerts(records, findings, startMs + ms);
		records = aged.records.map(record => isAcknowledged ? {...record, acknowledged} : record);
		return aged;
	});
}

test('first seen stays as long as the trouble lasts, and begins anew when it comes back', t => {
	const lives = live([0, 5, 10].map(minutes => ({ms: minutes * minute, findings: minutes === 5 ? [] : [finding('a')]})));
	t.deepEqual(lives.map(({alerts}) => alerts.map(({firstSeen, lastSeen}) => [firstSeen, lastSeen])), [[[at(0), at(0)]], [], [[at(10 * minute), at(10 * minute)]]]);
	const lasting = live([0, 5, 10].map(minutes => ({ms: minutes * minute, findings: [finding('a')]})));
	t.like(lasting[2]!.alerts[0], {firstSeen: at(0), lastSeen: at(10 * minute)});
});

test('an acknowledgement lasts, until the trouble is more severe or over', t => {
	const is = (steps: ReadonlyArray<readonly Finding[]>) => {
		const lives = live(steps.map((findings, index) => ({ms: index * minute, findings, isAcknowledged: index === 0})));
		return lives.map(({alerts}) => alerts[0]?.acknowledged !== undefined);
	};

	t.deepEqual(is([[finding('a')], [finding('a')], [finding('a')]]), [false, true, true]);
	t.deepEqual(is([[finding('a')], [finding('a', 'critical')], [finding('a', 'critical')]]), [false, false, false]);
	t.deepEqual(is([[finding('a', 'critical')], [finding('a')]]), [false, true]);
	t.deepEqual(is([[finding('a')], [], [finding('a')]]), [false, false, false]);
	t.like(live([{ms: 0, findings: [finding('a')], isAcknowledged: true}, {ms: 1, findings: [finding('a')]}])[1]!.alerts[0], {acknowledged});
});

test('nothing is written while nothing changes, but for once a minute', t => {
	const lives = live([0, minute - 1, minute, 2 * minute - 1].map(ms => ({ms, findings: [finding('a')]})));
	t.deepEqual(lives.map(({isChanged}) => isChanged), [true, false, true, false]);
	t.is(lives[1]!.records[0], lives[0]!.records[0]!);
	t.deepEqual(lives[1]!.alerts[0]!.lastSeen, at(minute - 1), 'it is seen now all the same');
	t.true(live([{ms: 0, findings: [finding('a')]}, {ms: 1, findings: []}])[1]!.isChanged);
	t.true(live([{ms: 0, findings: [finding('a')]}, {ms: 1, findings: [finding('b')]}])[1]!.isChanged);
	t.true(live([{ms: 0, findings: [finding('a')]}, {ms: -30 * minute, findings: [finding('a')]}])[1]!.isChanged, 'the clock was put back');
});

test('the most severe first, and the oldest of these', t => {
	const [, last] = live([{ms: 0, findings: [finding('d'), finding('c', 'critical')]}, {ms: 1, findings: [finding('b'), finding('a', 'critical'), finding('d'), finding('c', 'critical'), finding('e')]}]);
	t.deepEqual(last!.alerts.map(({key}) => key), ['c', 'a', 'd', 'b', 'e']);
});

test('a record without a text gets one at the next look, and stays the same alert', t => {
	const {text: _, ...old} = ageAlerts([], [finding('a')], startMs).records[0]!;
	const aged = ageAlerts([old], [finding('a')], startMs + 1);
	t.true(aged.isChanged);
	t.deepEqual(aged.records, [{key: 'a', severity: 'warning', firstSeen: at(0), lastSeen: at(1), text: {kind: 'late', object: 'etc', message: 'm', nextStep: 'n'}}]);
	t.false(ageAlerts(aged.records, [finding('a')], startMs + 2).isChanged);
});
