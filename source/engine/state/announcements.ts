import type {RepositoryId} from '../ids.ts';
import type {Row, StateConnection} from './connection.ts';
import {toCount, toText, toTime} from './shapes.ts';

/** That an alert was told on a channel, as it is kept; `alerts/announcement.ts` says what it means. */
export type AnnouncementRow = {
	readonly key: string;
	readonly severity: string;
	readonly first: string;
	readonly last: string;
	readonly count: number;
	readonly isEscalated: boolean;
	/** JSON. */
	readonly alert: string;
};

function decodeRow(row: Row): AnnouncementRow {
	return {
		key: toText(row['key']),
		severity: toText(row['severity']),
		first: toTime(row['first']),
		last: toTime(row['last']),
		count: toCount(row['count']),
		isEscalated: row['is_escalated'] === 1,
		alert: toText(row['alert']),
	};
}

/** All of a channel, in no order. */
export function readAnnouncements(connection: StateConnection, repository: RepositoryId, channel: string): AnnouncementRow[] {
	return connection.all('SELECT * FROM announcement WHERE repository = ? AND channel = ?', repository, channel).map(row => decodeRow(row));
}

/** Put these in the place of those of the channel with the same keys. */
export function setAnnouncements(connection: StateConnection, repository: RepositoryId, channel: string, rows: readonly AnnouncementRow[]): void {
	for (const {key, severity, first, last, count, isEscalated, alert} of rows) {
		connection.run(
			'INSERT OR REPLACE INTO announcement (repository, channel, key, severity, first, last, count, is_escalated, alert) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
			repository,
			channel,
			key,
			severity,
			first,
			last,
			count,
			Number(isEscalated),
			alert,
		);
	}
}

/** Forget what was told of some alerts. */
export function removeAnnouncements(connection: StateConnection, repository: RepositoryId, channel: string, keys: readonly string[]): void {
	for (const key of keys) {
		connection.run('DELETE FROM announcement WHERE repository = ? AND channel = ? AND key = ?', repository, channel, key);
	}
}

/** That a channel was told of an alert: when last, and how often. */
export type Telling = {readonly channel: string; readonly last: string; readonly count: number};

/** Which channels were told of which alerts, by their keys. */
export function readTellings(connection: StateConnection, repository: RepositoryId): ReadonlyMap<string, readonly Telling[]> {
	const tellings = new Map<string, Telling[]>();
	for (const {key, channel, last, count} of connection.all('SELECT key, channel, last, count FROM announcement WHERE repository = ? ORDER BY channel', repository)) {
		tellings.set(toText(key), [...tellings.get(toText(key)) ?? [], {channel: toText(channel), last: toTime(last), count: toCount(count)}]);
	}

	return tellings;
}
