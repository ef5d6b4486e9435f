import type {RepositoryId, SnapshotId} from '../ids.ts';
import type {StateConnection} from './connection.ts';
import {parseJson, toList, toText, toTime} from './shapes.ts';

/** What an audit has seen, so that the next one tells what is new. */
export type AuditMemory = {
	/** When it was made: RFC 3339. */
	readonly time: string;
	/** Snapshots that it knows to be forgotten, as long as their tombstones are there. */
	readonly tombstones: readonly SnapshotId[];
};

/** The last one; `undefined` before the first. */
export function readAudit(connection: StateConnection, repository: RepositoryId): AuditMemory | undefined {
	const [row] = connection.all('SELECT * FROM audit WHERE repository = ?', repository);
	return row && {time: toTime(row['time']), tombstones: toList(parseJson(row['tombstones'])).map(id => toText(id) as SnapshotId)};
}

/** Put an audit in the place of the one before. */
export function setAudit(connection: StateConnection, repository: RepositoryId, {time, tombstones}: AuditMemory): void {
	connection.run('INSERT OR REPLACE INTO audit (repository, time, tombstones) VALUES (?, ?, ?)', repository, time, JSON.stringify(tombstones));
}
