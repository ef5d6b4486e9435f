import test from 'ava';
import type {Incident} from '../../../../source/engine/incident.ts';
import {findAnomalies, findSettled, settledAfterMs} from '../../../../source/engine/monitoring/anomalies/find-anomalies.ts';
import type {AlertFacts} from '../../../../source/engine/monitoring/assess-alerts.ts';
import {defaultMonitorPolicy} from '../../../../source/engine/monitoring/monitor-policy.ts';
import type {StoredSnapshot} from '../../../../source/engine/repository/repository.ts';
import {ago, buildSnapshots, buildSource, dayMs, nowMs} from '../../../helpers/overview-builder.ts';

const find = (snapshots: readonly StoredSnapshot[], change: Partial<AlertFacts> = {}) => findAnomalies({host: 'vault01', sources: [buildSource('mail')], snapshots, nowMs, ...change} as AlertFacts);

/** Twenty usual backups and a newest with a change. */
function withNewest(change: Partial<StoredSnapshot>, statistics: Partial<StoredSnapshot['statistics']> = {}): StoredSnapshot[] {
	const snapshots = buildSnapshots('mail', 20);
	const newest = snapshots.at(-1)!;
	return [...snapshots.slice(0, -1), {...newest, ...change, statistics: {...newest.statistics, ...statistics}}];
}

const time = ago(2 * 60 * 60 * 1000);
const deleted: Incident = {kind: 'deleted', time, files: 10, before: 1000};
const encrypted: Incident = {kind: 'encrypted', time, files: 900, before: 1000};
const canary = (path: string): Incident => ({kind: 'canary', time, path, state: 'missing'});

test('nothing is found in usual backups, or in none', t => {
	t.deepEqual(find(withNewest({})), []);
	t.deepEqual(find([]), []);
	t.deepEqual(find(buildSnapshots('other', 20)), []);
});

test('one finding of each kind, critical, by source', t => {
	const found = find(withNewest({incidents: [encrypted, deleted, canary('/a'), canary('/b')]}));
	t.deepEqual(found.map(({key, severity, object, message}) => [key, severity, object, message]), [
		['encrypted:vault01/mail', 'critical', 'mail', 'since the backup of 2026-11-21 900 of 1000 files (90 %) look encrypted, and did not before'],
		['deleted:vault01/mail', 'critical', 'mail', 'the backup of 2026-11-21 has 10 files, the one before had 1000: 99 % are gone'],
		['canary:vault01/mail', 'critical', 'mail', 'the canary file /a is not there since the backup of 2026-11-21; and 1 more'],
	]);
	t.true(found.every(({cause, nextStep}) => cause !== undefined && nextStep !== ''));
});

test('what a table says', t => {
	const loss = {database: 'crm', file: '/crm.dump', tablesBefore: 9, missingTables: 4, missing: ['a', 'b', 'c', 'd']};
	const message = (...losses: ReadonlyArray<typeof loss & {isWhole?: true; rowsBefore?: number; rows?: number}>) => find(withNewest({incidents: [{kind: 'dropped', time, losses}]}))[0]!.message;
	t.is(message(loss), 'the backup of 2026-11-21 lacks 4 tables of 9: "a", "b", "c" and 1 more in the database "crm"');
	t.is(message({...loss, missingTables: 0, rowsBefore: 900, rows: 3}), 'the backup of 2026-11-21 has 3 rows instead of 900 in the database "crm"');
	t.is(message({...loss, isWhole: true}), 'the backup of 2026-11-21 lacks the database "crm", which had 9 tables');
	t.regex(message(loss, loss, loss), /; and 1 database more$/);
});

test('what is odd is a warning, and left out while something looks like a loss', t => {
	const many = {addedBytes: 41_000_000_000, durationMs: 5 * 3_600_000};
	const [found, ...others] = find(withNewest({}, many));
	t.deepEqual(others, []);
	t.like(found, {key: 'anomaly:vault01/mail', kind: 'anomaly', severity: 'warning'});
	t.regex(`${found!.message}; ${found!.cause}`, /added 41\.0 GB/);
	t.regex(`${found!.message}; ${found!.cause}`, /took 5\.0 h/);
	t.deepEqual(find(withNewest({incidents: [deleted]}, many)).map(({kind}) => kind), ['deleted']);
});

test('what mends something is not called odd', t => {
	const snapshots = withNewest({}, {addedBytes: 41_000_000_000});
	t.deepEqual(find(snapshots).map(({kind}) => kind), ['anomaly']);
	t.deepEqual(find(snapshots.map((snapshot, index) => index === 18 ? {...snapshot, incidents: [deleted]} : snapshot)), []);
});

test('other paths, or another kind, are compared with nothing', t => {
	t.deepEqual(find(withNewest({paths: ['/srv/mail', '/srv/more']}, {addedBytes: 41_000_000_000})), []);
	t.deepEqual(find(withNewest({kind: 'command'}, {addedBytes: 41_000_000_000})), []);
});

test('each source as sensitive as its configuration says; of other hosts as all', t => {
	const snapshots = withNewest({incidents: [{...deleted, files: 600}, canary('/a')]}, {addedBytes: 41_000_000_000});
	const kinds = (anomalies: false | 'low' | 'high', host = 'vault01') => find(snapshots.map(snapshot => ({...snapshot, host})), {
		policy: {...defaultMonitorPolicy, sources: new Map([['mail', {...defaultMonitorPolicy, anomalies}]])}, sources: [buildSource('mail', {host})],
	}).map(({kind}) => kind);
	t.deepEqual([kinds('high'), kinds('low'), kinds(false), kinds('high', 'vault02')], [['deleted', 'canary'], ['canary'], ['canary'], ['canary']]);
	t.deepEqual(find(withNewest({}, {addedBytes: 41_000_000_000}), {policy: {...defaultMonitorPolicy, anomalies: false}}), []);
	t.is(find(snapshots.map(snapshot => ({...snapshot, host: 'vault02'})), {sources: [buildSource('mail', {host: 'vault02'})]})[0]!.object, 'mail on vault02');
});

test('sources that are not configured count only where none is', t => {
	const snapshots = withNewest({incidents: [deleted]});
	const one = buildSource('mail', {isConfigured: false});
	t.is(find(snapshots, {sources: [one]}).length, 1);
	t.is(find(snapshots, {sources: [one, buildSource('etc')]}).length, 0);
});

test('what was acknowledged is over after 30 days; what comes later is not', t => {
	const acknowledged = (daysAgo: number) => ({time: ago(daysAgo * dayMs), user: 'root'});
	const record = (key: string, daysAgo?: number) => ({key, severity: 'critical', firstSeen: ago(99 * dayMs), lastSeen: ago(0), ...(daysAgo !== undefined && {acknowledged: acknowledged(daysAgo)})});
	t.is(settledAfterMs, 30 * dayMs);
	const settled = findSettled([record('deleted:vault01/mail', 30), record('encrypted:vault01/mail', 29), record('dropped:vault01/mail'), record('late:vault01/mail', 40), record('canary:vault01/mail', 40)], nowMs);
	t.deepEqual(settled, [{key: 'deleted:vault01/mail', until: ago(30 * dayMs)}]);
	const known = new Map(settled.map(({key, until}) => [key, until]));
	const at = (daysAgo: number) => find(withNewest({incidents: [{...deleted, time: ago(daysAgo * dayMs)}]}), {settled: known}).length;
	t.deepEqual([at(40), at(30), at(29)], [0, 0, 1]);
});
