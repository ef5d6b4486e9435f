import type {RepositoryId} from '../ids.ts';
import type {ProcessIdentity} from '../runtime.ts';
import type {Row, StateConnection} from './connection.ts';
import {decodeProcess, encodeProcess} from './process-identity.ts';
import {optional, toCount, toText, toTime} from './shapes.ts';

/** A notice that is to wait in the outbox. */
export type NewNotice = {
	readonly id: string;
	readonly channel: string;
	/** RFC 3339. */
	readonly created: string;
	/** JSON. */
	readonly notice: string;
	/** Whether it tells of something new; digests and repeats are the first to go when too many wait. */
	readonly isUrgent: boolean;
};

/** One that waits. */
export type WaitingNotice = Omit<NewNotice, 'isUrgent'> & {
	readonly attempts: number;
	/** Before then it is not tried: RFC 3339. */
	readonly nextAttempt: string;
	/** Who sends it now, and since when. */
	readonly claim?: {readonly process: ProcessIdentity; readonly time: string};
};

/** So many wait for one channel at most. */
export const maximumWaiting = 500;

function decodeNotice(row: Row): WaitingNotice {
	const {process, time} = {...optional('process', row['process'], decodeProcess), ...optional('time', row['claimed'], toTime)};
	return {
		id: toText(row['id']),
		channel: toText(row['channel']),
		created: toTime(row['created']),
		notice: toText(row['notice']),
		attempts: toCount(row['attempts']),
		nextAttempt: toTime(row['next_attempt']),
		...(process && time !== undefined && {claim: {process, time}}),
	};
}

/** What waits for a channel, oldest first; but first of all what was not refused. */
export function readOutbox(connection: StateConnection, repository: RepositoryId, channel: string): WaitingNotice[] {
	return connection.all('SELECT * FROM outbox WHERE repository = ? AND channel = ? ORDER BY is_refused, position', repository, channel).map(row => decodeNotice(row));
}

/** Add a notice that may be sent at once. @returns How many others were dropped, as more than `maximumWaiting` would wait */
export function addNotice(connection: StateConnection, repository: RepositoryId, {id, channel, created, notice, isUrgent}: NewNotice): number {
	connection.run(
		'INSERT INTO outbox (id, repository, channel, created, notice, is_urgent, attempts, next_attempt, is_refused) VALUES (?, ?, ?, ?, ?, ?, 0, ?, 0)',
		id,
		repository,
		channel,
		created,
		notice,
		Number(isUrgent),
		created,
	);
	return connection.run(
		'DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE repository = ? AND channel = ? AND process IS NULL AND id <> ? ORDER BY is_urgent, position LIMIT MAX(0, (SELECT COUNT(*) FROM outbox WHERE repository = ? AND channel = ?) - ?))',
		repository,
		channel,
		id,
		repository,
		channel,
		maximumWaiting,
	);
}

/** Note that a process sends it from now on. */
export function claimNotice(connection: StateConnection, id: string, {process, time}: NonNullable<WaitingNotice['claim']>): void {
	connection.run('UPDATE outbox SET process = ?, claimed = ? WHERE id = ?', encodeProcess(process), time, id);
}

/** Nobody sends it any more. */
export function releaseNotice(connection: StateConnection, id: string): void {
	connection.run('UPDATE outbox SET process = NULL, claimed = NULL WHERE id = ?', id);
}

/** Note an attempt that failed. @param isRefused - The same will hardly succeed later: others go first. */
export function noteAttempt(connection: StateConnection, id: string, isRefused: boolean): void {
	connection.run('UPDATE outbox SET attempts = attempts + 1, is_refused = ?, process = NULL, claimed = NULL WHERE id = ?', Number(isRefused), id);
}

/** When all that waits for a channel is tried next. */
export function putOff(connection: StateConnection, repository: RepositoryId, channel: string, nextAttempt: string): void {
	connection.run('UPDATE outbox SET next_attempt = ? WHERE repository = ? AND channel = ?', nextAttempt, repository, channel);
}

/** Take one away: it was sent, or never will be. */
export function removeNotice(connection: StateConnection, id: string): void {
	connection.run('DELETE FROM outbox WHERE id = ?', id);
}
