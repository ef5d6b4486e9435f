import type {RepositoryId} from '../ids.ts';
import type {StateConnection} from './connection.ts';
import {placeTables, repositoryTables} from './schema.ts';
import {toText} from './shapes.ts';

/** Which repository lay at a URL, so that an exchanged one is noticed. */
export function readPlace(connection: StateConnection, url: string): RepositoryId | undefined {
	const [row] = connection.all('SELECT repository FROM place WHERE url = ?', url);
	return row && toText(row['repository']) as RepositoryId;
}

/** Remember a place that is not known yet; a known one stays. */
export function addPlace(connection: StateConnection, url: string, repository: RepositoryId): void {
	connection.run('INSERT OR IGNORE INTO place (url, repository) VALUES (?, ?)', url, repository);
}

/** Note that a new repository was made at `url`, and forget what was remembered of that place, and of an earlier repository there, unless that lies elsewhere, too. */
export function replacePlace(connection: StateConnection, url: string, repository: RepositoryId): void {
	const earlier = readPlace(connection, url);
	for (const table of placeTables) {
		connection.run(`DELETE FROM ${table} WHERE url = ?`, url);
	}

	connection.run('INSERT OR REPLACE INTO place (url, repository) VALUES (?, ?)', url, repository);
	if (earlier !== undefined && connection.all('SELECT url FROM place WHERE repository = ?', earlier).length === 0) {
		for (const table of repositoryTables) {
			connection.run(`DELETE FROM ${table} WHERE repository = ?`, earlier);
		}
	}
}
