import test from 'ava';
import {isTold, sensitivities, type DroppedIncident, type Incident} from '../../../../source/engine/incident.ts';
import {findIncidents, newIncidents, withIncidents} from '../../../../source/engine/operations/incidents/find-incidents.ts';
import type {Snapshot} from '../../../../source/engine/repository/repository.ts';
import type {DatabaseFacts} from '../../../../source/engine/source-facts.ts';
import {createTestSnapshot} from '../../../helpers/test-snapshots.ts';

let days = 0;

/** A snapshot that comes after the ones made before it. */
function next(change: Partial<Snapshot>): Snapshot {
	days++;
	return createTestSnapshot({time: new Date(Date.UTC(2026, 10, 1) + days * 86_400_000).toISOString(), ...change});
}

const noMeasures = {readFiles: 0, readBytes: 0, examinedFiles: 0, opaqueFiles: 0, opaqueBytes: 0, returnedFiles: 0};
const none = {directories: 1, addedBytes: 0, storedBytes: 0, durationMs: 1, unreadable: 0, measures: noMeasures};
const ofFiles = (files: number, change: Partial<Snapshot> = {}): Snapshot => next({...change, statistics: {...none, files, bytes: files}});
const table = (name: string, rows = 1) => ({name, rows});

function database(tables: ReadonlyArray<{name: string; rows: number}>, change: Partial<DatabaseFacts> = {}): DatabaseFacts {
	return {name: 'crm', file: '/crm.dump', tables: tables.length, rows: tables.reduce((sum, {rows}) => sum + rows, 0), bytes: 1, byTable: tables, ...change};
}

const ofDatabases = (...databases: readonly DatabaseFacts[]): Snapshot => next({kind: 'postgres', facts: {databases}});

/** What each of a chain of snapshots has in it. */
function chain(...snapshots: readonly Snapshot[]): Array<readonly Incident[]> {
	let previous: Snapshot | undefined;
	return snapshots.map(snapshot => {
		const complete: Snapshot = withIncidents(snapshot, previous);
		previous = complete;
		return complete.incidents ?? [];
	});
}

const kindsOf = (incidents: ReadonlyArray<readonly Incident[]>) => incidents.map(group => group.map(({kind}) => kind).join(' '));
const toldBy = (incident: Incident) => sensitivities.filter(sensitivity => isTold(incident, sensitivity)).join(' ');
const lossesOf = (incidents: readonly Incident[]) => (incidents[0] as DroppedIncident).losses;

test('deleted: from a third on; told by sensitivity; over when three quarters are back', t => {
	t.deepEqual(kindsOf(chain(ofFiles(100), ofFiles(71), ofFiles(49), ofFiles(49), ofFiles(53), ofFiles(54), ofFiles(54))), ['', '', 'deleted', 'deleted', 'deleted', '', '']);
	const told = (files: number, before = 100) => toldBy(chain(ofFiles(before), ofFiles(files))[1]![0]!);
	t.deepEqual([told(70), told(51), told(50), told(21), told(20), told(0)], ['high', 'high', 'normal high', 'normal high', 'low normal high', 'low normal high']);
	t.deepEqual([told(0, 3), told(6, 12), told(9, 13)], ['low normal high', 'normal high', 'high'], 'few files: where they are half of all');
	t.deepEqual(chain(ofFiles(2), ofFiles(0))[1], [], 'fewer than three are nothing');
	t.deepEqual(chain(ofFiles(100), ofFiles(1, {paths: ['/etc', '/srv']}))[1], [], 'other paths are another source');
});

test('deleted in two steps: what there was before the first of them counts', t => {
	t.like(chain(ofFiles(100), ofFiles(60), ofFiles(40)).at(-1)![0], {files: 40, before: 100});
});

test('deleted: objects of Git that went into a pack are none, all others are', t => {
	const ofGit = (files: number, looseObjects: number) => next({statistics: {...none, files, bytes: files, measures: {...noMeasures, looseObjects}}});
	t.deepEqual(kindsOf(chain(ofGit(1000, 950), ofGit(52, 0), ofGit(12, 0))), ['', '', 'deleted']);
	t.like(chain(ofGit(1000, 900), ofGit(1000, 980), ofGit(900, 800))[1]![0], {files: 20, before: 100}, 'nor do new ones make up for others');
	const earlier = next({statistics: {...none, files: 1000, bytes: 1, measures: undefined as never}});
	t.deepEqual(kindsOf(chain(earlier, ofGit(1000, 950))), ['', ''], 'an earlier version did not tell them apart');
});

test('encrypted, seen with a key that reads every file: over when files are there that are not, and not when the encrypted ones are deleted', t => {
	const read = (files: number, opaqueFiles: number) => next({statistics: {...none, files, bytes: files, measures: {...noMeasures, readFiles: files, examinedFiles: files, opaqueFiles}}});
	t.deepEqual(kindsOf(chain(read(40, 0), read(40, 40), read(31, 31), read(11, 11), read(40, 10))), ['', 'encrypted', 'encrypted', 'encrypted deleted', '']);
});

test('a table that is dropped, by its name; over when it is back', t => {
	const full = database([table('public.customer', 9), table('public.order', 50), table('public.empty', 0)]);
	const without = database([table('public.customer', 9), table('public.new', 50)]);
	const found = chain(ofDatabases(full), ofDatabases(without), ofDatabases(without), ofDatabases(database([...full.byTable!, table('public.new', 50)])));
	t.deepEqual(kindsOf(found), ['', 'dropped', 'dropped', '']);
	t.deepEqual(lossesOf(found[1]!), [{database: 'crm', file: '/crm.dump', tablesBefore: 3, missingTables: 1, missing: ['public.order']}], 'an empty table holds nothing');
	t.deepEqual(found[2], found[1]);
	t.is(toldBy(found[1]![0]!), 'normal high');
});

test('where names are not known, or only a schema was dumped', t => {
	const counted = (tables: number): DatabaseFacts => ({name: 'crm', file: '/crm.dump', tables, bytes: 1});
	t.deepEqual(kindsOf(chain(ofDatabases(counted(600)), ofDatabases(counted(599)), ofDatabases(counted(599)), ofDatabases(counted(600)))), ['', 'dropped', 'dropped', '']);
	const schema = (...names: readonly string[]) => database(names.map(name => table(name, 0)), {isSchemaOnly: true});
	t.deepEqual(kindsOf(chain(ofDatabases(schema('a', 'b')), ofDatabases(schema('a')))), ['', 'dropped']);
});

test('rows that are gone, and whole databases', t => {
	const rows = (count: number) => database([table('a', count)]);
	const found = chain(ofDatabases(rows(1000)), ofDatabases(rows(500)), ofDatabases(rows(700)), ofDatabases(rows(750)));
	t.deepEqual(kindsOf(found), ['', 'dropped', 'dropped', '']);
	t.like(lossesOf(found[1]!)[0], {rowsBefore: 1000, rows: 500, missingTables: 0});
	t.is(toldBy(found[1]![0]!), 'low normal high');
	t.deepEqual(kindsOf(chain(ofDatabases(rows(1000)), ofDatabases(rows(501)))), ['', '']);
	t.deepEqual(kindsOf(chain(ofDatabases(rows(99)), ofDatabases(rows(1)))), ['', ''], 'few rows come and go');
	const shop = database([table('b', 5)], {name: 'shop', file: '/shop.dump'});
	const gone = chain(ofDatabases(rows(5), shop), ofDatabases(rows(5)), ofDatabases(rows(5)), ofDatabases(rows(5), shop));
	t.deepEqual(kindsOf(gone), ['', 'dropped', 'dropped', '']);
	t.like(lossesOf(gone[2]!)[0], {database: 'shop', isWhole: true});
});

test('losses add up, and each of them is mended for itself', t => {
	const all = ['a', 'b', 'c', 'd'];
	const having = (...names: readonly string[]) => ofDatabases(database(names.map(name => table(name))));
	const found = chain(having(...all), having('a', 'b', 'c'), having('a', 'b'), having('a', 'b', 'd'), having(...all));
	t.deepEqual(found.map(group => group.length === 0 ? [] : lossesOf(group)[0]!.missing), [[], ['d'], ['d', 'c'], ['d', 'c'], []]);
});

test('a run that tells nothing of databases or files mends nothing', t => {
	const bare = (kind: Snapshot['kind']) => next({kind});
	t.deepEqual(kindsOf(chain(ofDatabases(database([table('a')]), database([table('b')], {file: '/b'})), ofDatabases(database([table('a')])), bare('postgres'))), ['', 'dropped', 'dropped']);
	t.deepEqual(kindsOf(chain(next({kind: 'sqlite', facts: {databases: [database([table('a')]), database([table('b')], {file: '/b'})]}}), next({kind: 'sqlite', facts: {databases: [database([table('a')])]}}))), ['', ''], 'a file that is not named any more');
});

test('canaries: since when, and told at any sensitivity', t => {
	const canary = (time: string) => ({kind: 'canary', time, path: '/c', state: 'missing'} as const);
	const first = next({incidents: [canary('2026-01-01T00:00:00.000Z')]});
	const second = next({});
	t.deepEqual(findIncidents(second, first, [canary(second.time)]), [canary('2026-01-01T00:00:00.000Z')]);
	t.deepEqual(findIncidents(second, first, []), []);
	t.true(isTold(canary(second.time), false));
	t.deepEqual(newIncidents({...second, incidents: [canary('2026-01-01T00:00:00.000Z')]}, first), []);
	t.is(newIncidents({...second, incidents: [canary(second.time)]}, undefined).length, 1);
});

test('nothing is told where nobody wants to know', t => {
	t.false(isTold({kind: 'deleted', time: '', files: 0, before: 1000}, false));
	t.false(isTold({kind: 'dropped', time: '', losses: []}, false));
});
