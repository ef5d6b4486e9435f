import type {RepositoryId} from '../ids.ts';
import type {StateConnection} from './connection.ts';
import {toText, toTime} from './shapes.ts';

/** By the key of an alert: what snapshots up to that time have shown was settled by a person. RFC 3339. */
export type SettledIncidents = ReadonlyMap<string, string>;

export const noneSettled: SettledIncidents = new Map();

export function readSettled(connection: StateConnection, repository: RepositoryId): SettledIncidents {
	return new Map(connection.all('SELECT key, until FROM settled_incident WHERE repository = ?', repository).map(row => [toText(row['key']), toTime(row['until'])]));
}

/** @param until - RFC 3339; an earlier one than is remembered changes nothing. */
export function setSettled(connection: StateConnection, repository: RepositoryId, key: string, until: string): void {
	connection.run('INSERT INTO settled_incident (repository, key, until) VALUES (?, ?, ?) ON CONFLICT (repository, key) DO UPDATE SET until = max(until, excluded.until)', repository, key, until);
}
