import type {RepositoryId, SnapshotId} from '../ids.ts';
import type {Row, StateConnection} from './connection.ts';
import {optional, toChoice, toCount, toText, toTime} from './shapes.ts';
import {maximumRuns, runOutcomes, type SourceRun} from './source-memory.ts';

function decodeRun(row: Row): SourceRun {
	return {
		time: toTime(row['time']),
		outcome: toChoice(row['outcome'], runOutcomes),
		durationMs: toCount(row['duration_ms']),
		...optional('code', row['code'], toText),
		...optional('error', row['error'], toText),
		...optional('snapshot', row['snapshot'], value => toText(value) as SnapshotId),
		...optional('addedBytes', row['added_bytes'], toCount),
	};
}

/** The runs of every source, in the order in which they ended. */
export function readRuns(connection: StateConnection, repository: RepositoryId): Map<string, SourceRun[]> {
	const runs = new Map<string, SourceRun[]>();
	for (const row of connection.all('SELECT * FROM run WHERE repository = ? ORDER BY id', repository)) {
		const source = toText(row['source']);
		runs.set(source, [...runs.get(source) ?? [], decodeRun(row)]);
	}

	return runs;
}

/** Add a run as the last one, and drop what is too old. */
export function addRun(connection: StateConnection, repository: RepositoryId, source: string, run: SourceRun): void {
	const {time, outcome, durationMs, code, error, snapshot, addedBytes} = run;
	connection.run(
		'INSERT INTO run (repository, source, time, outcome, duration_ms, code, error, snapshot, added_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
		repository,
		source,
		time,
		outcome,
		durationMs,
		code,
		error,
		snapshot,
		addedBytes,
	);
	connection.run(
		'DELETE FROM run WHERE repository = ? AND source = ? AND id <= (SELECT id FROM run WHERE repository = ? AND source = ? ORDER BY id DESC LIMIT 1 OFFSET ?)',
		repository,
		source,
		repository,
		source,
		maximumRuns,
	);
}

/** Put other runs in the place of a source's. */
export function replaceRuns(connection: StateConnection, repository: RepositoryId, source: string, runs: readonly SourceRun[]): void {
	connection.run('DELETE FROM run WHERE repository = ? AND source = ?', repository, source);
	for (const run of runs.slice(-maximumRuns)) {
		addRun(connection, repository, source, run);
	}
}

/** Add a run that became known late, before those that began after it. */
export function insertRun(connection: StateConnection, repository: RepositoryId, source: string, run: SourceRun): void {
	const runs = readRuns(connection, repository).get(source) ?? [];
	const later = runs.findIndex(({time}) => time > run.time);
	replaceRuns(connection, repository, source, runs.toSpliced(later === -1 ? runs.length : later, 0, run));
}
