import test from 'ava';
import fc from 'fast-check';
import type {RepositoryId} from '../../../source/engine/ids.ts';
import {compareSeverity} from '../../../source/engine/monitoring/alert-life.ts';
import {addChange, changesKeptMs, keptChanges, maximumChanges, readChanges} from '../../../source/engine/state/alert-changes.ts';
import type {AlertRecord} from '../../../source/engine/state/alerts.ts';
import type {AnnouncementRow} from '../../../source/engine/state/announcements.ts';
import {createTestState, idOf, stateTime as time} from '../../helpers/test-state.ts';
import {withStateConnection} from '../../helpers/state-connection.ts';

const startMs = Date.parse(time);
const at = (ms: number): string => new Date(startMs + ms).toISOString();
const text = {kind: 'late', object: 'etc', message: 'the newest backup is 26 hours old', cause: 'cron is dead', nextStep: 'look'};
const record = (key: string, more: Partial<AlertRecord> = {}): AlertRecord => ({key, severity: 'warning', firstSeen: time, lastSeen: time, text, ...more});
const seen = {time, compare: compareSeverity};

test('alerts with their texts, seen by another process', t => {
	const {open} = createTestState(t);
	const [one, other] = [open().alerts, open().alerts];
	one.change(seen, () => [record('a', {text: {...text, message: `a\n  b${'c'.repeat(1000)}`}}), record('b', {text: {kind: 'k', object: 'o', message: 'm', nextStep: 'n'}})]);
	const known = new Map(other.records().map(each => [each.key, each]));
	t.is(known.get('a')!.text!.message.length, 500);
	t.regex(known.get('a')!.text!.message, /^a bc+…$/);
	t.deepEqual(known.get('b'), record('b', {text: {kind: 'k', object: 'o', message: 'm', nextStep: 'n'}}));
	other.change(seen, records => records.filter(({key}) => key !== 'b'));
	t.deepEqual(one.records().map(({key}) => key), ['a']);
});

test('what happens to alerts is written down, with who took note of it', t => {
	const {open} = createTestState(t);
	const {alerts} = open();
	const step = (ms: number, ...records: readonly AlertRecord[]) => {
		alerts.change({...seen, time: at(ms)}, () => records);
	};

	step(0, record('late:h/etc'), record('b'));
	step(1, record('late:h/etc', {severity: 'critical'}), record('b', {lastSeen: at(1)}));
	t.true(open().alerts.hasAcknowledged('late:h/etc', {time: at(2), user: 'admin', note: 'ticket 1'}));
	t.deepEqual(alerts.records().find(({key}) => key === 'late:h/etc'), record('late:h/etc', {severity: 'critical', acknowledged: {time: at(2), user: 'admin', note: 'ticket 1'}}));
	t.true(alerts.hasAcknowledged('late:h/etc', {time: at(3), user: 'other'}, true));
	t.is(alerts.records().find(({key}) => key === 'late:h/etc')!.acknowledged, undefined);
	t.false(alerts.hasAcknowledged('nothing', {time, user: 'admin'}));
	step(4, record('late:h/etc'));
	step(5);
	t.deepEqual(alerts.history().map(({event, key, severity, time: when}) => `${Date.parse(when) - startMs} ${event} ${key} ${severity}`), [
		'0 raised late:h/etc warning', '0 raised b warning', '1 escalated late:h/etc critical', '2 acknowledged late:h/etc critical', '3 unacknowledged late:h/etc critical',
		'4 eased late:h/etc warning', '4 resolved b warning', '5 resolved late:h/etc warning',
	]);
	const {kind, object, message} = text;
	t.deepEqual(alerts.history()[3], {event: 'acknowledged', time: at(2), key: 'late:h/etc', severity: 'critical', kind, object, message, user: 'admin', note: 'ticket 1'});
	t.deepEqual(alerts.history(at(4)).map(({event}) => event), ['eased', 'resolved', 'resolved']);
});

test('two that look at once write one entry', t => {
	const {open} = createTestState(t);
	for (const {alerts} of [open(), open()]) {
		alerts.change(seen, before => [before[0] ?? record('a')]);
	}

	t.is(open().alerts.history().length, 1);
});

test('a record of the version before gets its text without being raised again; one that is over before has its key', t => {
	const {open} = createTestState(t);
	const {text: _, ...old} = record('late:h/etc');
	const {alerts} = open();
	alerts.change(seen, () => [old, {...old, key: 'odd'}]);
	const count = alerts.history().length;
	t.deepEqual(alerts.records()[0], old);
	alerts.change(seen, records => records.map(each => ({...each, text})));
	t.is(alerts.history().length, count);
	t.deepEqual(alerts.records().map(each => each.text), [text, text]);
	alerts.change(seen, () => [old]);
	t.like(alerts.history().at(-1), {event: 'resolved', key: 'odd'});
});

test(`the history is bounded: ${maximumChanges} entries, a year; a clock that runs ahead leaves ${keptChanges}`, t => {
	const {open, file} = createTestState(t);
	open().recordRun('etc', {time, outcome: 'ok', durationMs: 1});
	const repository = idOf<RepositoryId>('a');
	const entry = (number: number, when = time) => ({event: 'raised', time: when, key: `${number}`, kind: 'k', severity: 'warning', object: 'o', message: 'm'} as const);
	withStateConnection(file, connection => {
		addChange(connection, repository, entry(0));
		connection.run(`INSERT INTO alert_event (repository, key, kind, severity, object, message, event, time)
			WITH RECURSIVE counter(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM counter WHERE number < ?)
			SELECT repository, number, kind, severity, object, message, event, time FROM alert_event, counter WHERE key = '0'`, maximumChanges + 3);
		addChange(connection, repository, entry(maximumChanges + 4));
		const kept = readChanges(connection, repository);
		t.deepEqual([kept.length, kept[0]!.key, kept.at(-1)!.key], [maximumChanges, '5', `${maximumChanges + 4}`]);
		addChange(connection, idOf<RepositoryId>('b'), entry(0));
		addChange(connection, repository, entry(0, at(changesKeptMs)));
		t.is(readChanges(connection, repository).length, maximumChanges, 'a year old is young enough');
		addChange(connection, repository, entry(1, at(changesKeptMs + 1)));
		t.is(readChanges(connection, repository).length, keptChanges);
		t.is(readChanges(connection, idOf<RepositoryId>('b')).length, 1);
	});
	t.log(`${maximumChanges + 8} entries`);
});

test('what a channel was told, and its notices, are written together, once, or not at all', t => {
	const {open} = createTestState(t);
	const {alerts, outbox} = open();
	alerts.change(seen, () => [record('a')]);
	const row: AnnouncementRow = {key: 'a', severity: 'warning', first: time, last: time, count: 1, isEscalated: true, alert: '{}'};
	const notice = (id: string) => ({id, channel: 'mail', created: time, notice: '{}', isUrgent: true});
	const nothing = {told: [], over: [], notices: []};
	let calls = 0;
	const announce = () => alerts.announce(['mail', 'hook'], (channel, memory) => {
		calls++;
		return channel === 'hook' || memory.announcements.length > 0 ? nothing : {told: [row], over: [], digest: time, notices: [notice('1')]};
	});
	announce();
	t.is(calls, 4, 'once to see, once to write');
	announce();
	t.is(calls, 6, 'nothing is written where there is nothing');
	t.deepEqual(outbox.waiting('mail').map(({id}) => id), ['1']);
	t.deepEqual(outbox.waiting('hook'), []);
	alerts.announce(['mail'], (_, {announcements, digest}) => {
		t.deepEqual([announcements, digest], [[row], time]);
		return nothing;
	});
	t.throws(() => alerts.announce(['mail'], () => ({told: [{...row, count: 2}], over: [], notices: [notice('2'), notice('1')]})), {code: 'state-failed'});
	alerts.announce(['mail'], (_, {announcements}) => {
		t.deepEqual(announcements, [row], 'neither that nor the notice was kept');
		return {...nothing, over: ['a']};
	});
	t.deepEqual(outbox.waiting('mail').map(({id}) => id), ['1']);
	alerts.announce(['mail'], (_, {announcements}) => {
		t.deepEqual(announcements, []);
		return nothing;
	});
});

const line = fc.string({unit: 'binary', maxLength: 40}).map(value => value.replaceAll(/\s+/g, ' ').trim());

test('whatever an alert says is read back as it was written', t => {
	const {open} = createTestState(t);
	const {alerts} = open();
	const texts = fc.record({kind: line, object: line, message: line, nextStep: line, cause: line}, {requiredKeys: ['kind', 'object', 'message', 'nextStep']});
	let count = 0;
	fc.assert(fc.property(fc.uniqueArray(fc.record({key: fc.string({unit: 'binary', maxLength: 20}), severity: line, firstSeen: fc.constant(at(-5)), lastSeen: fc.constant(time), text: texts}), {selector: ({key}) => key, maxLength: 5}), records => {
		alerts.change(seen, () => records);
		const byKey = (a: AlertRecord, b: AlertRecord) => (a.key < b.key ? -1 : 1);
		t.deepEqual(alerts.records().toSorted(byKey), records.toSorted(byKey));
		count += records.length;
	}), {numRuns: 60});
	t.log(`${count} alerts`);
});
