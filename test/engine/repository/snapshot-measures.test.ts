import test from 'ava';
import fc from 'fast-check';
import {canaryStates} from '../../../source/engine/incident.ts';
import {toCanonicalJson, type JsonValue} from '../../../source/engine/repository/canonical-json.ts';
import {decodeSnapshot, encodeSnapshot, snapshotName, type Snapshot} from '../../../source/engine/repository/snapshot.ts';
import {refuses} from '../../helpers/error-assertions.ts';
import {createTestSnapshot} from '../../helpers/test-snapshots.ts';

const plain = createTestSnapshot();
const encoded = (snapshot: Snapshot) => JSON.parse(toCanonicalJson(encodeSnapshot(snapshot))) as Record<string, JsonValue>;
const decode = (body: JsonValue): Snapshot => decodeSnapshot(body, snapshotName(plain));

const whole = fc.maxSafeNat();
const text = fc.string({unit: 'grapheme'}).map(value => value.toWellFormed());
const time = fc.date({min: new Date('2026-01-01'), max: new Date('2099-01-01'), noInvalidDate: true}).map(date => date.toISOString());
const counts = <Name extends string>(...names: readonly Name[]) => fc.record(Object.fromEntries(names.map(name => [name, whole])));

const measures = fc.tuple(
	counts('readFiles', 'readBytes', 'examinedFiles', 'opaqueFiles', 'opaqueBytes', 'returnedFiles'),
	fc.record({changes: counts('before', 'newFiles', 'changedFiles', 'opaqueChangedFiles', 'removedFiles'), former: counts('files', 'opaqueFiles'), looseObjects: whole}, {requiredKeys: []}),
).map(([own, rest]) => ({...own, ...rest}));

const loss = fc.record({
	database: text, file: text, tablesBefore: whole, missingTables: whole, isWhole: fc.constant(true), missing: fc.array(text), rowsBefore: whole, rows: whole,
}, {requiredKeys: ['database', 'file', 'tablesBefore', 'missingTables']});

const incident = fc.oneof(
	fc.record({kind: fc.constant('encrypted' as const), time, files: whole, before: whole, formerlyOpaque: whole}, {requiredKeys: ['kind', 'time', 'files', 'before']}),
	fc.record({kind: fc.constant('deleted' as const), time, files: whole, before: whole}),
	fc.record({kind: fc.constant('dropped' as const), time, losses: fc.array(loss)}),
	fc.record({kind: fc.constant('canary' as const), time, path: text, state: fc.constantFrom(...canaryStates)}),
);

const canary = fc.record({path: text, sha256: fc.stringMatching(/^[\da-f]{64}$/)}, {requiredKeys: ['path']});

test('measures, canaries and incidents pass through a snapshot', t => {
	let runs = 0;
	fc.assert(fc.property(measures, fc.array(canary), fc.array(incident), (given, canaries, incidents) => {
		runs++;
		const snapshot = {...plain, canaries, incidents, statistics: {...plain.statistics, measures: given}} as unknown as Snapshot;
		t.deepEqual(decode(encoded(snapshot)), snapshot);
	}), {numRuns: 200});
	t.log(`${runs} snapshots`);
});

test('a snapshot without them has no such members', t => {
	const body = encoded(plain);
	t.false('canaries' in body || 'incidents' in body);
	t.false('measures' in (body['statistics'] as object));
	t.deepEqual(decode(body), plain);
});

test('kinds and members that a later program adds are passed over; wrong ones are damage', t => {
	const body = (change: object): JsonValue => Object.assign(encoded(plain), change);
	t.deepEqual(decode(body({incidents: [{kind: 'flooded', depth: 3}, {kind: 'deleted', time: plain.time, files: 1, before: 9, later: true}]})).incidents, [{kind: 'deleted', time: plain.time, files: 1, before: 9}]);
	const wrong: readonly object[] = [
		{incidents: {}}, {incidents: [{}]}, {incidents: [{kind: 'deleted', time: plain.time, files: -1, before: 1}]}, {incidents: [{kind: 'canary', time: plain.time, path: '/c', state: 'eaten'}]},
		{incidents: [{kind: 'encrypted', time: 'yesterday', files: 1, before: 1}]}, {incidents: [{kind: 'dropped', time: plain.time, losses: [{database: 'a'}]}]},
		{canaries: [{}]}, {canaries: [{path: '/c', sha256: 7}]}, {statistics: {...plain.statistics, measures: {readFiles: 1}}}, {statistics: {...plain.statistics, measures: []}},
	];
	for (const change of wrong) {
		refuses(t, () => decode(body(change)), 'damaged');
	}

	t.log(`${wrong.length} wrong ones`);
});

test('texts with lone surrogates are made well-formed', t => {
	const incidents = [{kind: 'dropped', time: plain.time, losses: [{database: 'a\uD800', file: '/\uD800', tablesBefore: 1, missingTables: 1, missing: ['\uD800']}]}, {kind: 'canary', time: plain.time, path: '\uD800', state: 'missing'}] as const;
	const found = JSON.stringify(decode(encoded({...plain, incidents, canaries: [{path: '\uD800'}]})));
	t.is(found.split('\uFFFD').length - 1, 5);
});
