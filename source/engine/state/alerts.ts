import type {RepositoryId} from '../ids.ts';
import type {Row, StateConnection} from './connection.ts';
import {toText, toTime} from './shapes.ts';

/** Somebody has taken note of an alert. */
export type Acknowledgement = {readonly time: string; readonly user: string; readonly note?: string};

/** What is remembered of an alert, as long as its trouble lasts. */
export type AlertRecord = {
	readonly key: string;
	/** When it was last seen. */
	readonly severity: string;
	readonly firstSeen: string;
	readonly lastSeen: string;
	readonly acknowledged?: Acknowledgement;
};

function decodeAlert(row: Row): AlertRecord {
	const {acknowledged, acknowledged_by: user, note} = row;
	return {
		key: toText(row['key']),
		severity: toText(row['severity']),
		firstSeen: toTime(row['first_seen']),
		lastSeen: toTime(row['last_seen']),
		...(acknowledged !== null && {acknowledged: {time: toTime(acknowledged), user: toText(user), ...(note !== null && {note: toText(note)})}}),
	};
}

/** All that are remembered, in no order. */
export function readAlerts(connection: StateConnection, repository: RepositoryId): AlertRecord[] {
	return connection.all('SELECT * FROM alert WHERE repository = ?', repository).map(row => decodeAlert(row));
}

/** Remember an alert. */
export function setAlert(connection: StateConnection, repository: RepositoryId, {key, severity, firstSeen, lastSeen, acknowledged}: AlertRecord): void {
	connection.run(
		'INSERT OR REPLACE INTO alert (repository, key, severity, first_seen, last_seen, acknowledged, acknowledged_by, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
		repository,
		key,
		severity,
		firstSeen,
		lastSeen,
		acknowledged?.time,
		acknowledged?.user,
		acknowledged?.note,
	);
}

/** Forget an alert. */
export function removeAlert(connection: StateConnection, repository: RepositoryId, key: string): void {
	connection.run('DELETE FROM alert WHERE repository = ? AND key = ?', repository, key);
}

/** Set or take back an acknowledgement. @returns How many such alerts there are: 0 or 1. */
export function setAcknowledgement(connection: StateConnection, repository: RepositoryId, key: string, acknowledged?: Acknowledgement): number {
	return connection.run(
		'UPDATE alert SET acknowledged = ?, acknowledged_by = ?, note = ? WHERE repository = ? AND key = ?',
		acknowledged?.time,
		acknowledged?.user,
		acknowledged?.note,
		repository,
		key,
	);
}
