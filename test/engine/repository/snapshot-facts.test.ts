import test from 'ava';
import {type Snapshot, decodeSnapshot, encodeSnapshot, snapshotName} from '../../../source/engine/repository/snapshot.ts';
import {toCanonicalJson, type JsonValue} from '../../../source/engine/repository/canonical-json.ts';
import {refuses} from '../../helpers/error-assertions.ts';

const plain: Snapshot = {
	id: '0123456789abcdef0123456789abcdef' as Snapshot['id'], time: '2026-11-22T08:00:00.000Z', source: 'crm', kind: 'postgres', class: 'daily', host: 'h', user: 'u', tags: [], paths: ['crm'], tree: [], program: 'coffer',
	statistics: {files: 1, directories: 0, bytes: 1, addedBytes: 1, storedBytes: 1, durationMs: 1, unreadable: 0},
};

const roundTrip = (snapshot: Snapshot): Snapshot => decodeSnapshot(JSON.parse(toCanonicalJson(encodeSnapshot(snapshot))) as JsonValue, snapshotName(snapshot));

const facts: ReadonlyArray<readonly [string, NonNullable<Snapshot['facts']>]> = [
	['none', {}],
	['a server', {origin: 'PostgreSQL 15.18', databases: [{name: 'crm "x"\n', file: '/crm.dump', tables: 3, rows: 0, bytes: 2 ** 40}, {name: 'b', file: '/b.dump', tables: 0, bytes: 0, isSchemaOnly: true}]}],
	['repositories', {origin: 'git 2.39.5', repositories: [
		{path: '/srv/a.git', refs: 0, head: 'main'},
		{path: '/srv/b.git', refs: 12, head: 'main', lastCommit: {id: 'ab'.repeat(20), time: '2026-11-22T08:00:00Z', subject: 'Ünïcode \u001B[31m'}, absent: ['the submodule lib']},
	]}],
];

for (const [what, value] of facts) {
	test(`facts pass through a snapshot: ${what}`, t => {
		const snapshot: Snapshot = {...plain, facts: value, classification: 'confidential'};
		t.deepEqual(roundTrip(snapshot), snapshot);
	});
}

test('a snapshot without them has no such members', t => {
	t.deepEqual(roundTrip(plain), plain);
	t.deepEqual(Object.keys(encodeSnapshot(plain) as object).filter(name => ['facts', 'classification'].includes(name) && (encodeSnapshot(plain) as Record<string, unknown>)[name] !== undefined), []);
});

test('texts with lone surrogates are made well-formed', t => {
	t.is(roundTrip({...plain, facts: {origin: 'a\uD800b'}}).facts!.origin, 'a\uFFFDb');
});

test('members that a later program adds are passed over; wrong ones are damage', t => {
	const encoded = (change: object): JsonValue => Object.assign(JSON.parse(toCanonicalJson(encodeSnapshot(plain))) as object, change) as JsonValue;
	const name = snapshotName(plain);
	t.deepEqual(decodeSnapshot(encoded({facts: {later: 1, databases: [{name: 'a', file: '/a', tables: 1, bytes: 1, later: []}]}}), name).facts, {databases: [{name: 'a', file: '/a', tables: 1, bytes: 1}]});
	for (const wrong of [{facts: []}, {facts: {databases: [{name: 'a'}]}}, {facts: {repositories: [{path: 1}]}}, {facts: {origin: 7}}, {facts: {databases: [{name: 'a', file: '/a', tables: -1, bytes: 1}]}}, {classification: 'top secret'}]) {
		refuses(t, () => decodeSnapshot(encoded(wrong), name), 'damaged');
	}
});
