import type {RepositoryId} from '../ids.ts';
import type {StateConnection} from './connection.ts';
import {toTime} from './shapes.ts';

/** The moment up to which the channel has had its digest. */
export function readDigest(connection: StateConnection, repository: RepositoryId, channel: string): string | undefined {
	return connection.all('SELECT latest FROM digest WHERE repository = ? AND channel = ?', repository, channel).map(row => toTime(row['latest']))[0];
}

/** Note up to which moment the channel has had its digest. */
export function setDigest(connection: StateConnection, repository: RepositoryId, channel: string, latest: string): void {
	connection.run('INSERT OR REPLACE INTO digest (repository, channel, latest) VALUES (?, ?, ?)', repository, channel, latest);
}
