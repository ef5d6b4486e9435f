import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import {describeMetrics, type MetricFacts} from '../../../source/cli/metrics/describe-metrics.ts';
import {renderMetrics} from '../../../source/cli/metrics/exposition.ts';
import {metricTable, type MetricName} from '../../../source/cli/metrics/metric-table.ts';
import type {JobRun} from '../../../source/engine/index.ts';
import {toSafeText} from '../../../source/text/display-text.ts';
import {hostileNames} from '../../helpers/hostile-names.ts';
import {ago, buildAlert, buildOverview, buildSource, dayMs, nowMs} from '../../helpers/overview-builder.ts';
import {lintMetrics, parseMetrics, type ParsedFamily} from '../../helpers/prometheus-parser.ts';

const jobRun = (endedMs: number, outcome: NonNullable<JobRun['end']>['outcome'], code: number): JobRun => ({
	id: String(endedMs), job: 'daily', trigger: 'timer', slot: ago(endedMs), started: ago(endedMs + 90_000), process: {host: 'vault01', bootId: '', pid: 1, startTicks: 1}, end: {time: ago(endedMs), outcome, code, summary: ''},
});
const overview = {...buildOverview(), dataCoverage: {share: 0.42, withinMs: 90 * dayMs}, lastVerification: {time: ago(dayMs), isIntact: true}};
const factsOf = (more: Partial<MetricFacts> = {}): MetricFacts => ({
	version: '0.1.0', nowMs, host: 'vault01', overview, memories: [], alerts: overview.alerts, jobs: [{name: 'daily', runs: [jobRun(2 * dayMs, 'ok', 0), jobRun(dayMs, 'failed', 1), jobRun(0, 'skipped', 0)], nextRun: ago(-dayMs)}], ...more,
});

/** Every text of ours must be taken without a complaint. */
function parse(t: ExecutionContext, facts: MetricFacts): ParsedFamily[] {
	const families = parseMetrics(renderMetrics(describeMetrics(facts)));
	t.deepEqual(lintMetrics(families), []);
	for (const {name, type, samples} of families) {
		t.is(type, 'gauge');
		t.true(samples.every(({labels}) => Object.keys(labels).join(' ') === metricTable[name as MetricName].labels.join(' ')), name);
	}

	return families;
}

const valueOf = (families: readonly ParsedFamily[], name: MetricName, labels: Readonly<Record<string, string>> = {}): number | undefined =>
	families.find(family => family.name === name)?.samples.find(sample => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))?.value;

test('a server: every metric of the table with its value', t => {
	const expiring = overview.keys.keys.map(key => ({...key, expires: ago(-5 * dayMs)}));
	const storage = overview.storage.map(place => ({...place, freeInodes: 5, totalInodes: 9}));
	const sources = overview.sources.map(source => ({...source, runs: source.runs.map(run => ({...run, addedBytes: 7}))}));
	const families = parse(t, factsOf({overview: {...overview, keys: {...overview.keys, keys: expiring}, storage, sources}}));
	t.deepEqual(families.map(({name}) => name), Object.keys(metricTable), 'all of them, in the order of the table');
	const of = (name: MetricName, labels?: Readonly<Record<string, string>>) => valueOf(families, name, labels);
	t.is(of('coffer_up'), 1);
	t.is(of('coffer_build_info', {version: '0.1.0'}), 1);
	t.is(of('coffer_snapshot_last_success_timestamp_seconds', {source: 'git-mirror', host: 'vault01'}), (nowMs - 3 * dayMs) / 1000);
	t.is(of('coffer_snapshot_last_success_timestamp_seconds', {source: 'new'}), undefined, 'what never was has no time');
	t.is(of('coffer_snapshot_size_bytes', {source: 'home'}), 1_900_000_000_000);
	t.is(of('coffer_snapshot_size_bytes', {source: 'new'}), undefined);
	t.is(of('coffer_snapshots', {source: 'new'}), 0);
	t.is(of('coffer_source_maximum_age_seconds', {source: 'home'}), 25 * 3600);
	t.deepEqual(['ok', 'partial', 'stale', 'failed', 'never'].map(state => of('coffer_source_state', {source: 'win-share', state})), [0, 0, 0, 1, 0]);
	t.deepEqual(['home', 'win-share', 'web-assets'].map(source => of('coffer_backup_last_run_success', {source})), [1, 0, 1]);
	t.is(of('coffer_backup_duration_seconds', {source: 'home'}), 60);
	t.is(of('coffer_storage_growth_bytes_per_second'), 3_800_000_000 / 86_400);
	t.is(of('coffer_storage_full_seconds'), Math.round(74.2 * 86_400));
	t.is(of('coffer_key_age_seconds'), 83 * 86_400);
	t.is(of('coffer_key_maximum_age_seconds'), 90 * 86_400);
	t.is(of('coffer_key_slot_expiry_timestamp_seconds', {label: 'recovery', slot: 'bbbbbbbb'}), (nowMs + 5 * dayMs) / 1000);
	t.is(of('coffer_verify_coverage_ratio'), 0.42);
	t.deepEqual(['warning', 'critical'].map(severity => of('coffer_alerts', {severity})), [2, 1]);
	t.is(of('coffer_alert_active', {kind: 'failed', object: 'win-share', severity: 'critical'}), 1);
	t.deepEqual([of('coffer_job_last_exit_code'), of('coffer_job_last_duration_seconds')], [1, 90], 'a run that was left out is none');
	t.is(of('coffer_job_last_success_timestamp_seconds'), (nowMs - 2 * dayMs) / 1000);
	t.log(`${families.length} metrics, ${families.reduce((sum, {samples}) => sum + samples.length, 0)} values`);
});

test('a repository that cannot be opened: what this host remembers', t => {
	const {overview: _, ...rest} = factsOf({memories: [{source: 'etc', runs: [{time: ago(2 * dayMs), outcome: 'partial', durationMs: 1500, addedBytes: 3}, {time: ago(dayMs), outcome: 'failed', durationMs: 500}]}], alerts: [buildAlert()]});
	const families = parse(t, rest);
	const of = (name: MetricName) => valueOf(families, name);
	t.is(of('coffer_up'), 0);
	t.deepEqual([of('coffer_snapshot_last_success_timestamp_seconds'), of('coffer_backup_last_run_success'), of('coffer_backup_duration_seconds')], [(nowMs - 2 * dayMs) / 1000, 0, 0.5]);
	t.deepEqual([of('coffer_storage_used_bytes'), of('coffer_key_age_seconds'), of('coffer_snapshots')], [undefined, undefined, undefined], 'what nobody can see is not told');
	t.is(of('coffer_alerts'), 1);
	t.is(of('coffer_job_last_exit_code'), 1);
});

test('two alerts about one thing are one series', t => {
	const alerts = ['read', 'verify'].map(key => buildAlert({key: `damage:${key}//r`, kind: 'damage', object: '/r', severity: 'critical'}));
	const families = parse(t, factsOf({alerts}));
	t.is(families.find(({name}) => name === 'coffer_alert_active')!.samples.length, 1);
	t.is(valueOf(families, 'coffer_alerts', {severity: 'critical'}), 2);
});

test('hostile names: each is one line, its own series, and without a control character', t => {
	const names = [...new Set([...hostileNames, ...Array.from({length: 300}, (_, code) => `${String.fromCodePoint(code)}x`)])];
	const text = renderMetrics(describeMetrics(factsOf({overview: {...overview, sources: names.map(name => buildSource(name))}})));
	t.notRegex(text, /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E]/);
	const snapshots = parseMetrics(text).find(({name}) => name === 'coffer_snapshots')!.samples;
	t.deepEqual(snapshots.map(({labels}) => labels['source']!), [...new Set(names.map(name => toSafeText(name)))]);
	t.log(`${names.length} names`);
});

test('property: whatever texts and numbers there are, the text is valid', t => {
	const text = fc.oneof(fc.string({unit: 'binary', maxLength: 12}), fc.string({unit: fc.constantFrom('"', '\\', '\n', '{', '}', ',', '=', '#', ' ', '\r', '\u2028', 'a'), maxLength: 12}));
	const value = fc.oneof(fc.double(), fc.integer({min: 0}));
	t.notThrows(() => {
		fc.assert(fc.property(fc.array(fc.tuple(text, text, value), {maxLength: 8}), text, (rows, version) => {
			const sources = rows.map(([name, host, bytes]) => buildSource(name, {host, bytes, maximumAgeMs: bytes}));
			const alerts = rows.map(([object]) => buildAlert({object}));
			const families = parseMetrics(renderMetrics(describeMetrics(factsOf({version, alerts, overview: {...overview, sources, storage: rows.map(([url,, usedBytes]) => ({url, usedBytes, level: 'ok' as const}))}}))));
			return lintMetrics(families).length === 0;
		}), {numRuns: 300});
	});
});
