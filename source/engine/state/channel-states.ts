import type {RepositoryId} from '../ids.ts';
import type {Row, StateConnection} from './connection.ts';
import {optional, toCount, toText, toTime} from './shapes.ts';
import {toShortLine} from './short-line.ts';

/** How sending on a channel went. */
export type ChannelState = {
	readonly channel: string;
	/** RFC 3339. */
	readonly lastSuccess?: string;
	readonly lastFailure?: string;
	/** When the first of the failures in a row was. */
	readonly failingSince?: string;
	/** In a row, until now. */
	readonly failures: number;
	/** Of the last one. */
	readonly error?: string;
};

function decodeState(row: Row): ChannelState {
	return {
		channel: toText(row['channel']),
		...optional('lastSuccess', row['last_success'], toTime),
		...optional('lastFailure', row['last_failure'], toTime),
		...optional('failingSince', row['failing_since'], toTime),
		failures: toCount(row['failures']),
		...optional('error', row['error'], toText),
	};
}

/** Of all channels that something was sent on, by name. */
export function readChannelStates(connection: StateConnection, repository: RepositoryId): ChannelState[] {
	return connection.all('SELECT * FROM channel_state WHERE repository = ? ORDER BY channel', repository).map(row => decodeState(row));
}

function setChannelState(connection: StateConnection, repository: RepositoryId, {channel, lastSuccess, lastFailure, failingSince, failures, error}: ChannelState): void {
	connection.run(
		'INSERT OR REPLACE INTO channel_state (repository, channel, last_success, last_failure, failing_since, failures, error) VALUES (?, ?, ?, ?, ?, ?, ?)',
		repository,
		channel,
		lastSuccess,
		lastFailure,
		failingSince,
		failures,
		error === undefined ? undefined : toShortLine(error),
	);
}

/** Note that something could be sent. */
export function noteSuccess(connection: StateConnection, repository: RepositoryId, channel: string, time: string): void {
	const known = readChannelStates(connection, repository).find(state => state.channel === channel);
	setChannelState(connection, repository, {...(known?.lastFailure !== undefined && {lastFailure: known.lastFailure}), channel, lastSuccess: time, failures: 0});
}

/** Note that something could not be sent. @returns How many failures in a row that makes */
export function noteFailure(connection: StateConnection, repository: RepositoryId, channel: string, {time, error}: {readonly time: string; readonly error: string}): number {
	const known = readChannelStates(connection, repository).find(state => state.channel === channel) ?? {channel, failures: 0};
	const failures = known.failures + 1;
	setChannelState(connection, repository, {...known, failingSince: known.failingSince ?? time, lastFailure: time, failures, error});
	return failures;
}
