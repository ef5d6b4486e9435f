import type {RepositoryId} from '../ids.ts';
import type {Row, StateConnection} from './connection.ts';
import {optional, toText, toTime} from './shapes.ts';
import {toShortLine} from './short-line.ts';

/** Somebody has taken note of an alert. */
export type Acknowledgement = {readonly time: string; readonly user: string; readonly note?: string};

/** What an alert says; the word of its kind may be one of a later version. */
export type AlertText = {
	readonly kind: string;
	readonly object: string;
	readonly message: string;
	readonly cause?: string;
	readonly nextStep: string;
};

/** What is remembered of an alert, as long as its trouble lasts. */
export type AlertRecord = {
	readonly key: string;
	/** When it was last seen. */
	readonly severity: string;
	readonly firstSeen: string;
	readonly lastSeen: string;
	readonly acknowledged?: Acknowledgement;
	/** As it was last written down; not there of one that an earlier version has remembered, until somebody looks again. */
	readonly text?: AlertText;
};

function decodeText(row: Row): AlertText {
	return {
		kind: toText(row['kind']),
		object: toText(row['object']),
		message: toText(row['message']),
		...optional('cause', row['cause'], toText),
		nextStep: toText(row['next_step']),
	};
}

function decodeAlert(row: Row): AlertRecord {
	const {acknowledged, acknowledged_by: user, note} = row;
	return {
		key: toText(row['key']),
		severity: toText(row['severity']),
		firstSeen: toTime(row['first_seen']),
		lastSeen: toTime(row['last_seen']),
		...(acknowledged !== null && {acknowledged: {time: toTime(acknowledged), user: toText(user), ...(note !== null && {note: toText(note)})}}),
		...(row['kind'] !== null && {text: decodeText(row)}),
	};
}

const selectAlerts = 'SELECT alert.*, kind, object, message, cause, next_step FROM alert LEFT JOIN alert_text USING (repository, key) WHERE repository = ?';

/** All that are remembered, in no order. */
export function readAlerts(connection: StateConnection, repository: RepositoryId): AlertRecord[] {
	return connection.all(selectAlerts, repository).map(row => decodeAlert(row));
}

/** One of them. */
export function readAlert(connection: StateConnection, repository: RepositoryId, key: string): AlertRecord | undefined {
	return connection.all(`${selectAlerts} AND key = ?`, repository, key).map(row => decodeAlert(row))[0];
}

/** Remember an alert; long texts are cut. */
export function setAlert(connection: StateConnection, repository: RepositoryId, {key, severity, firstSeen, lastSeen, acknowledged, text}: AlertRecord): void {
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
	if (text) {
		const {kind, object, message, cause, nextStep} = text;
		connection.run(
			'INSERT OR REPLACE INTO alert_text (repository, key, kind, object, message, cause, next_step) VALUES (?, ?, ?, ?, ?, ?, ?)',
			repository,
			key,
			kind,
			object,
			toShortLine(message),
			cause === undefined ? undefined : toShortLine(cause),
			toShortLine(nextStep),
		);
	}
}

/** Forget an alert. */
export function removeAlert(connection: StateConnection, repository: RepositoryId, key: string): void {
	connection.run('DELETE FROM alert WHERE repository = ? AND key = ?', repository, key);
	connection.run('DELETE FROM alert_text WHERE repository = ? AND key = ?', repository, key);
}
