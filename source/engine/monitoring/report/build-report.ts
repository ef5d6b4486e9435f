import type {StoredSnapshot} from '../../repository/repository.ts';
import type {Slot} from '../../scheduling/job.ts';
import type {JobRun} from '../../state/job-run.ts';
import type {SourceRun} from '../../state/source-memory.ts';
import {medianOf} from '../growth.ts';
import {defaultMonitorPolicy} from '../monitor-policy.ts';
import type {SourceOverview} from '../overview.ts';
import {runOfSnapshot} from '../run-record.ts';
import {incidentsOf, reactionsTo} from './incidents.ts';
import {recoveriesOf, sumUpRecoveries} from './recoveries.ts';
import type {Durations, JobReport, Report, SourceReport, StorageReport, VerificationReport} from './report.ts';
import type {JobHistory, ReportFacts} from './report-facts.ts';
import {coveragePoints, runPoints, storagePoints} from './series.ts';

const dayMs = 24 * 60 * 60 * 1000;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function durationsOf(durationsMs: readonly number[]): {durations?: Durations} {
	return durationsMs.length === 0 ? {} : {durations: {medianMs: Math.round(medianOf(durationsMs)), longestMs: Math.max(...durationsMs)}};
}

const isWithin = (time: string, {fromMs, toMs}: Pick<ReportFacts, 'fromMs' | 'toMs'>): boolean => Date.parse(time) >= fromMs && Date.parse(time) < toMs;

/** What this host remembers of its own runs; of other hosts, and of what it does not remember any more, the snapshots tell. */
function runsOf({name, host}: SourceOverview, snapshots: readonly StoredSnapshot[], facts: ReportFacts): SourceRun[] {
	const remembered = host === facts.overview.host ? facts.memories.find(({source}) => source === name)?.runs ?? [] : [];
	const known = new Set(remembered.map(({snapshot}) => snapshot));
	const told = snapshots.filter(({id}) => !known.has(id)).map(snapshot => runOfSnapshot(snapshot));
	return [...remembered, ...told].toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time));
}

function rateOf(runs: number, failed: number): {successRate?: number} {
	return runs === 0 ? {} : {successRate: (runs - failed) / runs};
}

function reportSource(source: SourceOverview, facts: ReportFacts): SourceReport {
	const {name, host, state, bytes, lastSuccess, lastVerified} = source;
	const snapshots = facts.snapshots.filter(snapshot => snapshot.source === name && snapshot.host === host);
	const made = snapshots.filter(({time}) => isWithin(time, facts));
	const known = runsOf(source, snapshots, facts);
	const runs = known.filter(({time}) => isWithin(time, facts));
	const recovery = recoveriesOf(known, facts);
	const good = runs.filter(({outcome}) => outcome === 'ok' || outcome === 'partial');
	const failed = runs.length - good.length;
	return {
		name,
		host,
		state,
		runs: runs.length,
		partial: runs.filter(({outcome}) => outcome === 'partial').length,
		failed,
		...rateOf(runs.length, failed),
		snapshots: made.length,
		bytes,
		addedBytes: sum(made.map(({statistics}) => statistics.addedBytes)),
		storedBytes: sum(made.map(({statistics}) => statistics.storedBytes)),
		...durationsOf(good.map(({durationMs}) => durationMs)),
		...(lastSuccess !== undefined && {lastSuccess}),
		...(lastVerified !== undefined && {lastVerified}),
		...(recovery && {recovery}),
		history: runPoints(runs, snapshots),
	};
}

function reportStorage({overview, url: ownUrl, samples, ...time}: ReportFacts): StorageReport[] {
	return overview.storage.map(({url, usedBytes, freeBytes, usedPercent, growthBytesPerDay, daysUntilFull}) => {
		const history = url === ownUrl ? storagePoints(samples, time) : [];
		const first = url === ownUrl ? samples.find(sample => sample.usedBytes !== undefined && isWithin(sample.time, time)) : undefined;
		return {
			url,
			...(usedBytes !== undefined && {usedBytes}),
			...(freeBytes !== undefined && {freeBytes}),
			...(usedPercent !== undefined && {usedPercent}),
			...(growthBytesPerDay !== undefined && {growthBytesPerDay}),
			...(daysUntilFull !== undefined && {daysUntilFull}),
			...(first !== undefined && usedBytes !== undefined && {grownBytes: usedBytes - first.usedBytes!}),
			history,
		};
	});
}

/** Whether a slot of a backup was used by snapshots that another job, or a person, has made. */
function hasSnapshots({job}: JobHistory, {startMs, endMs}: Slot, {snapshots, overview: {host, sources}}: ReportFacts): boolean {
	const names = job.sources ?? sources.filter(({isConfigured}) => isConfigured).map(({name}) => name);
	return job.kind === 'backup' && names.every(name => snapshots.some(snapshot => snapshot.source === name && snapshot.host === host && isWithin(snapshot.time, {fromMs: startMs, toMs: endMs})));
}

const durationOf = ({started, end}: JobRun): number => Math.max(0, Date.parse(end!.time) - Date.parse(started));

function reportJob(history: JobHistory, facts: ReportFacts): JobReport {
	const {job: {name, kind, isEnabled}, slots} = history;
	const ran = history.runs.filter(({end}) => end?.outcome !== 'skipped');
	const runs = ran.filter(({end, started}) => end !== undefined && isWithin(started, facts));
	const count = (outcome: string) => runs.filter(({end}) => end!.outcome === outcome).length;
	const failure = runs.findLast(({end}) => end!.outcome === 'failed' || end!.outcome === 'interrupted');
	const missed = slots?.filter(slot => ran.every(run => !isWithin(run.slot, {fromMs: slot.startMs, toMs: slot.endMs})) && !hasSnapshots(history, slot, facts)).length;
	return {
		name,
		kind,
		isEnabled,
		runs: runs.length,
		partial: count('partial'),
		failed: count('failed'),
		interrupted: count('interrupted'),
		...(missed !== undefined && {missed}),
		...durationsOf(runs.filter(({end}) => end!.outcome === 'ok' || end!.outcome === 'partial').map(run => durationOf(run))),
		...(failure && {lastFailure: {time: failure.started, summary: failure.end!.summary}}),
	};
}

function reportVerification({verifyRuns, verifications, snapshots, dataReads, overview: {dataCoverage}, ...time}: ReportFacts): VerificationReport {
	const withinMs = dataCoverage?.withinMs ?? defaultMonitorPolicy.allDataWithinMs;
	const runs = verifyRuns.filter(run => isWithin(run.time, time));
	const verified = snapshots.flatMap(({id}) => verifications.get(id) ?? []);
	const last = verifyRuns.at(-1)?.time;
	return {
		runs: runs.length,
		damaged: runs.filter(({problems}) => problems > 0).length,
		...(last !== undefined && {last}),
		snapshots: snapshots.length,
		verified: verified.filter(verification => isWithin(verification.time, time)).length,
		verifiedEver: verified.length,
		withAllData: verified.filter(({data}) => data === 'all').length,
		coverage: coveragePoints(dataReads, time, withinMs),
		coverageDays: Math.round(withinMs / dayMs),
	};
}

/** What a host knows of a time, put together for people and programs. */
export function buildReport(facts: ReportFacts): Report {
	const {overview, url, fromMs, toMs} = facts;
	const sources = overview.sources.map(source => reportSource(source, facts));
	const total = (count: (source: SourceReport) => number) => sum(sources.map(source => count(source)));
	const incidents = incidentsOf(facts.changes, facts);
	const recovery = sumUpRecoveries(sources.flatMap(source => source.recovery ?? []));
	const [runs, failed] = [total(source => source.runs), total(source => source.failed)];
	const {keys, epochs, rotateAfterDays, age, rotation} = overview.keys;
	return {
		host: overview.host,
		url,
		from: new Date(fromMs).toISOString(),
		to: new Date(toMs).toISOString(),
		sources,
		totals: {
			runs,
			partial: total(source => source.partial),
			failed,
			...rateOf(runs, failed),
			snapshots: total(source => source.snapshots),
			bytes: total(source => source.bytes),
			addedBytes: total(source => source.addedBytes),
			storedBytes: total(source => source.storedBytes),
			...(recovery && {recovery}),
		},
		storage: reportStorage(facts),
		jobs: facts.jobs.map(history => reportJob(history, facts)),
		alerts: overview.alerts,
		incidents,
		reactions: reactionsTo(incidents, facts),
		verification: reportVerification(facts),
		keys: {keys, epochs, rotateAfterDays, age, ...(rotation !== undefined && {rotation})},
	};
}
