import type {RepositoryId, SnapshotId} from '../ids.ts';
import type {Row, StateConnection} from './connection.ts';
import {toText, toTime} from './shapes.ts';
import type {SeenSnapshot} from './source-memory.ts';

const maximumLosses = 20;

function decodeSeen(row: Row): SeenSnapshot {
	return {id: toText(row['snapshot']) as SnapshotId, objectName: toText(row['object_name']), time: toTime(row['time'])};
}

/** The head of every source. */
export function readHeads(connection: StateConnection, repository: RepositoryId): Map<string, SeenSnapshot> {
	return new Map(connection.all('SELECT * FROM head WHERE repository = ?', repository).map(row => [toText(row['source']), decodeSeen(row)]));
}

/** Remember the newest snapshot of a source. */
export function setHead(connection: StateConnection, repository: RepositoryId, source: string, {id, objectName, time}: SeenSnapshot): void {
	connection.run('INSERT OR REPLACE INTO head (repository, source, snapshot, object_name, time) VALUES (?, ?, ?, ?, ?)', repository, source, id, objectName, time);
}

/** The losses of every source that has any. */
export function readLosses(connection: StateConnection, repository: RepositoryId): Map<string, SeenSnapshot[]> {
	const losses = new Map<string, SeenSnapshot[]>();
	for (const row of connection.all('SELECT * FROM loss WHERE repository = ? ORDER BY source, position', repository)) {
		const source = toText(row['source']);
		losses.set(source, [...losses.get(source) ?? [], decodeSeen(row)]);
	}

	return losses;
}

/** Remember all that is missing of a source now; the head may be among it, and then no longer counts as head. */
export function setLosses(connection: StateConnection, repository: RepositoryId, source: string, losses: readonly SeenSnapshot[]): void {
	connection.run('DELETE FROM loss WHERE repository = ? AND source = ?', repository, source);
	for (const [position, {id, objectName, time}] of losses.slice(-maximumLosses).entries()) {
		connection.run('INSERT INTO loss (repository, source, position, snapshot, object_name, time) VALUES (?, ?, ?, ?, ?, ?)', repository, source, position, id, objectName, time);
	}

	for (const {id} of losses) {
		connection.run('DELETE FROM head WHERE repository = ? AND source = ? AND snapshot = ?', repository, source, id);
	}
}
