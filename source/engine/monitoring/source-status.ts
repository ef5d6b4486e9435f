import type {Classification} from '../classification.ts';
import type {SnapshotId} from '../ids.ts';
import type {SourceKind, StoredSnapshot} from '../repository/repository.ts';
import type {Verification} from '../state/host-state.ts';
import type {RunOutcome, SourceMemory} from '../state/source-memory.ts';
import {defaultMonitorPolicy, limitsOf, type MonitorPolicy} from './monitor-policy.ts';

/**
`ok`: the newest backup is recent and complete. `partial`: recent, but some files could not be read. `stale`: older than it may be.
`failed`: the last run made none. `never`: there is no snapshot at all.
*/
export type SourceState = 'ok' | 'partial' | 'stale' | 'failed' | 'never';

export type SourceStatus = {
	readonly name: string;
	readonly kind: SourceKind;
	/** The machine that it is backed up from. */
	readonly host: string;
	/** Whether this machine's configuration names it. */
	readonly isConfigured: boolean;
	readonly state: SourceState;
	/** Time of the newest snapshot. */
	readonly lastSuccess?: string;
	/** Time of the oldest one that is there. */
	readonly firstSuccess?: string;
	/** When the last run began, whatever its outcome. */
	readonly lastRun?: string;
	readonly lastOutcome?: RunOutcome;
	/** Of the last run, when it did not end well. */
	readonly lastError?: string;
	/** When a snapshot of it was last verified and found intact. */
	readonly lastVerified?: string;
	readonly snapshots: number;
	/** Of the newest snapshot: bytes of all files. */
	readonly bytes: number;
	/** As the newest snapshot has it. */
	readonly classification?: Classification;
};

export type SourceStatusInput = {
	/** Oldest first. */
	readonly snapshots: readonly StoredSnapshot[];
	readonly configured: ReadonlyArray<{readonly name: string; readonly kind: SourceKind}>;
	/** What this host remembers. */
	readonly memories: readonly SourceMemory[];
	readonly verifications: ReadonlyMap<SnapshotId, Verification>;
	/** This host's name. */
	readonly host: string;
	readonly nowMs: number;
	/** @default defaultMonitorPolicy */
	readonly policy?: MonitorPolicy;
};

type Subject = {readonly name: string; readonly host: string; readonly kind: SourceKind; readonly isConfigured: boolean; readonly snapshots: StoredSnapshot[]};

function collect({snapshots, configured, memories, host}: SourceStatusInput): Subject[] {
	const subjects = new Map<string, Subject>();
	const add = (subject: Omit<Subject, 'snapshots'>): Subject => {
		const key = JSON.stringify([subject.host, subject.name]);
		const known = subjects.get(key) ?? {...subject, snapshots: []};
		subjects.set(key, known);
		return known;
	};

	for (const {name, kind} of configured) {
		add({name, kind, host, isConfigured: true});
	}

	for (const snapshot of snapshots) {
		add({name: snapshot.source, host: snapshot.host, kind: snapshot.kind, isConfigured: false}).snapshots.push(snapshot);
	}

	for (const {source, runs} of memories) {
		// A path that was never there is no source: somebody mistyped it.
		if (runs.some(({code}) => code !== 'source-missing')) {
			add({name: source, host, kind: 'files', isConfigured: false});
		}
	}

	return [...subjects.values()];
}

function stateOf(newest: StoredSnapshot | undefined, lastRun: SourceMemory['runs'][number] | undefined, limitMs: number, nowMs: number): SourceState {
	const hasFailedSince = lastRun?.outcome === 'failed' && (newest === undefined || lastRun.time >= newest.time);
	if (hasFailedSince) {
		return 'failed';
	}

	if (newest === undefined) {
		return 'never';
	}

	if (nowMs - Date.parse(newest.time) > limitMs) {
		return 'stale';
	}

	return newest.statistics.unreadable > 0 ? 'partial' : 'ok';
}

const newestTime = (times: ReadonlyArray<string | undefined>): string | undefined => times.filter(time => time !== undefined).toSorted().at(-1);

/**
How each source stands: the configured ones first, in their order, then those that only snapshots or this host's memory know.
Where sources are configured, the others are not expected to run and never become `stale`.
*/
export function assessSources(input: SourceStatusInput): SourceStatus[] {
	const {configured, memories, verifications, host, nowMs, policy = defaultMonitorPolicy} = input;
	return collect(input).map(subject => {
		const memory = subject.host === host ? memories.find(candidate => candidate.source === subject.name) : undefined;
		const newest = subject.snapshots.at(-1);
		const run = memory?.runs.at(-1);
		const lastRun = newestTime([run?.time, newest?.time]);
		const lastVerified = newestTime(subject.snapshots.map(({id}) => verifications.get(id)?.time));
		const isExpected = subject.isConfigured || configured.length === 0;
		const {maximumAgeMs} = limitsOf(policy, subject.name, subject.host === host);
		const isRunNewest = run !== undefined && run.time === lastRun;
		return {
			name: subject.name,
			kind: subject.kind,
			host: subject.host,
			isConfigured: subject.isConfigured,
			state: stateOf(newest, run, isExpected ? maximumAgeMs : Number.POSITIVE_INFINITY, nowMs),
			snapshots: subject.snapshots.length,
			bytes: newest?.statistics.bytes ?? 0,
			...(newest && {lastSuccess: newest.time, firstSuccess: subject.snapshots[0]!.time}),
			...(lastRun !== undefined && {lastRun}),
			...(isRunNewest && {lastOutcome: run.outcome}),
			...(isRunNewest && run.error !== undefined && {lastError: run.error}),
			...(lastVerified !== undefined && {lastVerified}),
			...(newest?.classification && {classification: newest.classification}),
		};
	});
}
