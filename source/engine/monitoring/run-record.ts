import {errorText, isCofferError} from '../errors.ts';
import type {SnapshotId} from '../ids.ts';
import {snapshotName, type StoredSnapshot} from '../repository/repository.ts';
import type {Activity} from '../state/activity.ts';
import type {SeenSnapshot, SourceMemory, SourceRun} from '../state/source-memory.ts';

/** What a backup that made a snapshot tells. */
export type BackupOutcome = {
	readonly snapshot?: {readonly id: SnapshotId; readonly time: string};
	readonly addedBytes: number;
	readonly unreadable: number;
};

/** When a run began, and how long it took. */
type RunTimes = {readonly time: string; readonly durationMs: number};

/** A backup begins to work at the latest so long after it was announced, in milliseconds. */
const preparationMs = 60_000;

/** A snapshot, as this host remembers that it has seen it. */
export function seenOf({id, time}: {readonly id: SnapshotId; readonly time: string}): SeenSnapshot {
	return {id, time, objectName: snapshotName({id, time})};
}

function outcomeOf(unreadable: number): Pick<SourceRun, 'outcome' | 'error'> {
	return unreadable > 0 ? {outcome: 'partial', error: `${unreadable} ${unreadable === 1 ? 'entry' : 'entries'} could not be read`} : {outcome: 'ok'};
}

/** The run of a backup that ended; `undefined` where it made no snapshot. */
export function runOfBackup({snapshot, addedBytes, unreadable}: BackupOutcome, durationMs: number): SourceRun | undefined {
	return snapshot && {time: snapshot.time, durationMs, snapshot: snapshot.id, addedBytes, ...outcomeOf(unreadable)};
}

/** The run of a backup that was ended by an error. */
export function runOfError(error: unknown, times: RunTimes): SourceRun {
	return {...times, outcome: isCofferError(error, 'aborted') ? 'interrupted' : 'failed', code: isCofferError(error) ? error.code : 'internal', error: errorText(error)};
}

/** The run that a snapshot tells of. */
export function runOfSnapshot({id, time, statistics: {durationMs, addedBytes, unreadable}}: StoredSnapshot): SourceRun {
	return {time, durationMs, snapshot: id, addedBytes, ...outcomeOf(unreadable)};
}

/** Whether a snapshot of the same source and host is what this backup made: its time is when that began, but for what comes first. */
export function isOfActivity({time}: StoredSnapshot, {started}: Activity): boolean {
	const laterMs = Date.parse(time) - Date.parse(started);
	return laterMs >= 0 && laterMs <= preparationMs;
}

/** The run of a backup whose process has died. @param made - The snapshot that it had made before. */
export function runOfDeadBackup({started, updated}: Activity, made?: StoredSnapshot): SourceRun {
	return made
		? runOfSnapshot(made)
		: {
			time: started,
			durationMs: Math.max(0, Date.parse(updated) - Date.parse(started)),
			outcome: 'failed',
			error: `The run was killed or the machine went down; it was last heard of at ${updated}.`,
		};
}

/** What the snapshots tell of the runs of one host. @param snapshots - Oldest first. */
export function toldBySnapshots(snapshots: readonly StoredSnapshot[], host: string): SourceMemory[] {
	const memories = new Map<string, SourceMemory>();
	for (const snapshot of snapshots) {
		if (snapshot.host !== host) {
			continue;
		}

		const {source} = snapshot;
		memories.set(source, {source, runs: [...memories.get(source)?.runs ?? [], runOfSnapshot(snapshot)], head: seenOf(snapshot), losses: []});
	}

	return [...memories.values()];
}
