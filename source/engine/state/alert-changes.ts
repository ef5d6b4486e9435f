import type {RepositoryId} from '../ids.ts';
import type {AlertRecord, AlertText} from './alerts.ts';
import type {Row, StateConnection} from './connection.ts';
import {optional, toChoice, toText, toTime} from './shapes.ts';
import {toShortLine} from './short-line.ts';

/** What happens in the life of an alert. `escalated`, `eased`: it became more severe, or less. */
const alertChanges = ['raised', 'escalated', 'eased', 'acknowledged', 'unacknowledged', 'resolved'] as const;

/** One entry of the history of alerts. */
export type AlertChange = Pick<AlertText, 'kind' | 'object' | 'message'> & {
	readonly event: typeof alertChanges[number];
	/** RFC 3339. */
	readonly time: string;
	readonly key: string;
	readonly severity: string;
	/** Who acknowledged it, or took that back. */
	readonly user?: string;
	readonly note?: string;
};

/** So many are kept at most. */
export const maximumChanges = 10_000;
/** Older ones are dropped, in milliseconds; but the newest `keptChanges` stay, whatever a wrong clock says. */
export const changesKeptMs = 366 * 24 * 60 * 60 * 1000;
export const keptChanges = 1000;

/** Of an alert that an earlier version has remembered, and that nobody has looked at again, the key says all that is known. */
function textOf({key, text}: AlertRecord): Pick<AlertText, 'kind' | 'object' | 'message'> {
	const colon = key.indexOf(':');
	return text ?? {kind: key.slice(0, Math.max(0, colon)), object: key.slice(colon + 1), message: 'what it was is not known any more'};
}

/** An entry about an alert as it is remembered. */
export function toChange(record: AlertRecord, {event, time, user, note}: Pick<AlertChange, 'event' | 'time' | 'user' | 'note'>): AlertChange {
	const {kind, object, message} = textOf(record);
	return {event, time, key: record.key, kind, severity: record.severity, object, message, ...(user !== undefined && {user}), ...(note !== undefined && {note})};
}

function decodeChange(row: Row): AlertChange {
	return {
		event: toChoice(row['event'], alertChanges),
		time: toTime(row['time']),
		key: toText(row['key']),
		kind: toText(row['kind']),
		severity: toText(row['severity']),
		object: toText(row['object']),
		message: toText(row['message']),
		...optional('user', row['user'], toText),
		...optional('note', row['note'], toText),
	};
}

/** Those from a time on, in the order in which they were written. @param since - RFC 3339, in UTC with milliseconds. @default all */
export function readChanges(connection: StateConnection, repository: RepositoryId, since = ''): AlertChange[] {
	return connection.all('SELECT * FROM alert_event WHERE repository = ? AND time >= ? ORDER BY position', repository, since).map(row => decodeChange(row));
}

/** Add an entry, and drop what is too old. */
export function addChange(connection: StateConnection, repository: RepositoryId, {event, time, key, kind, severity, object, message, user, note}: AlertChange): void {
	connection.run(
		'INSERT INTO alert_event (repository, key, kind, severity, object, message, event, time, user, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
		repository,
		key,
		kind,
		severity,
		object,
		toShortLine(message),
		event,
		time,
		user,
		note,
	);
	const newest = 'SELECT position FROM alert_event WHERE repository = ? ORDER BY position DESC LIMIT 1 OFFSET ?';
	connection.run(`DELETE FROM alert_event WHERE repository = ? AND position <= (${newest})`, repository, repository, maximumChanges);
	const oldest = new Date(Math.max(0, Date.parse(time) - changesKeptMs)).toISOString();
	connection.run(`DELETE FROM alert_event WHERE repository = ? AND time < ? AND position <= (${newest})`, repository, oldest, repository, keptChanges);
}
