import type {RepositoryId} from '../ids.ts';
import type {StateConnection} from './connection.ts';
import {optional, toCount, toTime} from './shapes.ts';

/** How much of the file contents one verification has read. */
export type DataRead = {
	/** When it ended: RFC 3339. */
	readonly time: string;
	/** Of the bytes of all packs with file contents: 0 to 1. */
	readonly share: number;
	/** Where it was one part of several, which never overlap: counted from 1. @default any share */
	readonly part?: number;
	readonly parts?: number;
};

/** So many are kept: those of some years, where one is made each day. */
const maximumDataReads = 1000;

/** All that are remembered, oldest first. */
export function readDataReads(connection: StateConnection, repository: RepositoryId): DataRead[] {
	return connection.all('SELECT * FROM data_read WHERE repository = ? ORDER BY position', repository).map(row => ({
		time: toTime(row['time']),
		share: Math.min(1, toCount(row['share'])),
		...optional('part', row['part'], toCount),
		...optional('parts', row['parts'], toCount),
	}));
}

/** Add one as the last, and drop what is too old. */
export function addDataRead(connection: StateConnection, repository: RepositoryId, {time, share, part, parts}: DataRead): void {
	connection.run('INSERT INTO data_read (repository, time, share, part, parts) VALUES (?, ?, ?, ?, ?)', repository, time, share, part, parts);
	connection.run(
		'DELETE FROM data_read WHERE repository = ? AND position <= (SELECT position FROM data_read WHERE repository = ? ORDER BY position DESC LIMIT 1 OFFSET ?)',
		repository,
		repository,
		maximumDataReads,
	);
}
