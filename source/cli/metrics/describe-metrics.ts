import type {Alert, JobRun, Overview, SourceOverview, SourceRun} from '../../engine/index.ts';
import type {Metric, Sample} from './exposition.ts';
import {metricTable, type MetricName} from './metric-table.ts';

const daySeconds = 24 * 60 * 60;

/** What this host remembers of one job. */
export type JobMetrics = {readonly name: string; readonly runs: readonly JobRun[]; readonly nextRun?: string};

/** What metrics are made from. */
export type MetricFacts = {
	readonly version: string;
	readonly nowMs: number;
	/** This host's name. */
	readonly host: string;
	/** How things stand; not there where the repository could not be opened. */
	readonly overview?: Overview;
	/** Where there is no overview: what this host remembers of its own sources, oldest run first. */
	readonly memories: ReadonlyArray<{readonly source: string; readonly runs: readonly SourceRun[]}>;
	readonly alerts: ReadonlyArray<Pick<Alert, 'kind' | 'object' | 'severity' | 'acknowledged'>>;
	readonly jobs: readonly JobMetrics[];
};

/** A value that may not be known; then there is no sample. */
type Value = number | undefined;
type Samples = Partial<Record<MetricName, readonly Sample[]>>;

const sample = (value: Value, labels: Sample['labels'] = {}): Sample[] => value === undefined || !Number.isFinite(value) ? [] : [{labels, value}];
const timestamp = (time: string | undefined): Value => time === undefined ? undefined : Date.parse(time) / 1000;
const seconds = (ms: Value): Value => ms === undefined ? undefined : ms / 1000;
const flag = (is: boolean | undefined): Value => is === undefined ? undefined : Number(is);

/** Several metrics about each of some things. */
function tabulate<Thing>(things: readonly Thing[], labelsOf: (thing: Thing) => Sample['labels'], columns: Partial<Record<MetricName, (thing: Thing) => Value>>): Samples {
	return Object.fromEntries(Object.entries(columns).map(([name, valueOf]) => [name, things.flatMap(thing => sample(valueOf(thing), labelsOf(thing)))]));
}

const hasSnapshot = ({outcome}: SourceRun): boolean => outcome === 'ok' || outcome === 'partial';

const runColumns = <Thing>(lastRunOf: (thing: Thing) => SourceRun | undefined): Partial<Record<MetricName, (thing: Thing) => Value>> => ({
	coffer_backup_last_run_timestamp_seconds: thing => timestamp(lastRunOf(thing)?.time),
	coffer_backup_last_run_success: thing => flag(lastRunOf(thing) && hasSnapshot(lastRunOf(thing)!)),
	coffer_backup_duration_seconds: thing => seconds(lastRunOf(thing)?.durationMs),
	coffer_backup_added_bytes: thing => lastRunOf(thing)?.addedBytes,
});

const states = ['ok', 'partial', 'stale', 'failed', 'never'] as const;

function describeSources(sources: readonly SourceOverview[]): Samples {
	const labelsOf = ({name, host}: SourceOverview) => ({source: name, host});
	return {
		...tabulate(sources, labelsOf, {
			coffer_snapshot_last_success_timestamp_seconds: ({lastSuccess}) => timestamp(lastSuccess),
			coffer_snapshot_size_bytes: ({snapshots, bytes}) => snapshots === 0 ? undefined : bytes,
			coffer_snapshots: ({snapshots}) => snapshots,
			coffer_snapshot_last_verified_timestamp_seconds: ({lastVerified}) => timestamp(lastVerified),
			coffer_source_maximum_age_seconds: ({maximumAgeMs}) => maximumAgeMs / 1000,
			...runColumns(({runs}: SourceOverview) => runs.at(-1)),
		}),
		coffer_source_state: sources.flatMap(source => states.map(state => ({labels: {...labelsOf(source), state}, value: Number(source.state === state)}))),
	};
}

function describeMemories({memories, host}: MetricFacts): Samples {
	return tabulate(memories, ({source}) => ({source, host}), {
		coffer_snapshot_last_success_timestamp_seconds: ({runs}) => timestamp(runs.findLast(run => hasSnapshot(run))?.time),
		...runColumns(({runs}: MetricFacts['memories'][number]) => runs.at(-1)),
	});
}

function describeRepository({storage, ratios, keys, lastVerification, dataCoverage}: Overview, nowMs: number): Samples {
	const active = keys.epochs.find(({isActive}) => isActive);
	return {
		...tabulate(storage, ({url}) => ({url}), {
			coffer_storage_used_bytes: ({usedBytes}) => usedBytes,
			coffer_storage_free_bytes: ({freeBytes}) => freeBytes,
			coffer_storage_size_bytes: ({totalBytes}) => totalBytes,
			coffer_storage_free_inodes: ({freeInodes}) => freeInodes,
			coffer_storage_inodes: ({totalInodes}) => totalInodes,
			coffer_storage_growth_bytes_per_second: ({growthBytesPerDay}) => growthBytesPerDay === undefined ? undefined : growthBytesPerDay / daySeconds,
			coffer_storage_full_seconds: ({daysUntilFull}) => daysUntilFull === undefined ? undefined : Math.round(daysUntilFull * daySeconds),
		}),
		coffer_repository_deduplication_ratio: sample(ratios.deduplication),
		coffer_repository_compression_ratio: sample(ratios.compression),
		coffer_key_age_seconds: sample(active && Math.max(0, nowMs - Date.parse(active.created)) / 1000),
		coffer_key_maximum_age_seconds: sample(keys.rotateAfterDays * daySeconds),
		...tabulate(keys.keys, ({id, label}) => ({slot: id.slice(0, 8), label}), {coffer_key_slot_expiry_timestamp_seconds: ({expires}) => timestamp(expires)}),
		coffer_verify_last_timestamp_seconds: sample(timestamp(lastVerification?.time)),
		coffer_verify_last_success: sample(flag(lastVerification?.isIntact)),
		coffer_verify_coverage_ratio: sample(dataCoverage?.share),
	};
}

function describeAlerts(alerts: MetricFacts['alerts']): Samples {
	const severities = ['warning', 'critical'] as const;
	const count = (of: MetricFacts['alerts']) => severities.map(severity => ({labels: {severity}, value: of.filter(alert => alert.severity === severity).length}));
	return {
		coffer_alerts: count(alerts),
		coffer_alerts_acknowledged: count(alerts.filter(({acknowledged}) => acknowledged !== undefined)),
		coffer_alert_active: alerts.map(({kind, object, severity}) => ({labels: {kind, object, severity}, value: 1})),
	};
}

function describeJobs(jobs: readonly JobMetrics[]): Samples {
	const ended = ({runs}: JobMetrics) => runs.filter(({end}) => end !== undefined && end.outcome !== 'skipped');
	const isGood = ({end}: JobRun) => end!.outcome === 'ok' || end!.outcome === 'partial';
	return tabulate(jobs, ({name}) => ({job: name}), {
		coffer_job_last_run_timestamp_seconds: job => timestamp(ended(job).at(-1)?.end!.time),
		coffer_job_last_success_timestamp_seconds: job => timestamp(ended(job).findLast(run => isGood(run))?.end!.time),
		coffer_job_last_exit_code: job => ended(job).at(-1)?.end!.code,
		coffer_job_last_duration_seconds(job) {
			const last = ended(job).at(-1);
			return last && Math.max(0, Date.parse(last.end!.time) - Date.parse(last.started)) / 1000;
		},
		coffer_job_next_run_timestamp_seconds: ({nextRun}) => timestamp(nextRun),
	});
}

/** Everything that is told to Prometheus, in the order of the table. */
export function describeMetrics(facts: MetricFacts): Metric[] {
	const {version, nowMs, overview, alerts, jobs} = facts;
	const samples: Samples = {
		coffer_build_info: sample(1, {version}),
		coffer_up: sample(Number(overview !== undefined)),
		coffer_collected_timestamp_seconds: sample(nowMs / 1000),
		...(overview ? {...describeSources(overview.sources), ...describeRepository(overview, nowMs)} : describeMemories(facts)),
		...describeAlerts(alerts),
		...describeJobs(jobs),
	};
	return Object.entries(metricTable).map(([name, {help}]) => ({name, help, samples: samples[name as MetricName] ?? []}));
}
