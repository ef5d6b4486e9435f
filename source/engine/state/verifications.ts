import type {RepositoryId, SnapshotId} from '../ids.ts';
import type {Row, StateConnection} from './connection.ts';
import {optional, parseJson, toChoice, toCount, toList, toRecord, toText, toTime} from './shapes.ts';

/** Which share of a snapshot's data was decrypted and hashed. */
export const verifiedShares = ['none', 'part', 'all'] as const;
export type VerifiedShare = typeof verifiedShares[number];

/** The last verification of a snapshot that found nothing wrong with it. */
export type Verification = {
	readonly time: string;
	readonly data: VerifiedShare;
};

/** One run of `verify`, and what it found. */
export type VerifyRun = Verification & {
	/** Those that were asked for. @default all */
	readonly snapshots?: readonly SnapshotId[];
	/** Whether all that was asked for could be checked; not with a key that cannot decrypt. */
	readonly isComplete: boolean;
	/** Objects with something wrong. */
	readonly problems: number;
	/** The first of them, at most `maximumDamaged`, each with one line of text. */
	readonly damaged: ReadonlyArray<{readonly object: string; readonly message: string}>;
};

/** More damaged objects are only counted. */
export const maximumDamaged = 20;
const maximumVerifyRuns = 100;
const maximumMessageLength = 300;

function toLine(text: string): string {
	const line = text.replaceAll(/\s+/g, ' ').trim();
	return line.length > maximumMessageLength ? `${line.slice(0, maximumMessageLength - 1)}…` : line;
}

/** The last verification of each snapshot. */
export function readVerifications(connection: StateConnection, repository: RepositoryId): Map<SnapshotId, Verification> {
	return new Map(connection.all('SELECT * FROM verification WHERE repository = ?', repository).map(row => [
		toText(row['snapshot']) as SnapshotId, {time: toTime(row['time']), data: toChoice(row['data'], verifiedShares)},
	]));
}

/** Remember one snapshot's good news. */
export function setVerification(connection: StateConnection, repository: RepositoryId, snapshot: SnapshotId, {time, data}: Verification): void {
	connection.run('INSERT OR REPLACE INTO verification (repository, snapshot, time, data) VALUES (?, ?, ?, ?)', repository, snapshot, time, data);
}

/** Forget that a snapshot was verified. */
export function removeVerification(connection: StateConnection, repository: RepositoryId, snapshot: SnapshotId): void {
	connection.run('DELETE FROM verification WHERE repository = ? AND snapshot = ?', repository, snapshot);
}

function decodeVerifyRun(row: Row): VerifyRun {
	return {
		time: toTime(row['time']),
		data: toChoice(row['data'], verifiedShares),
		...optional('snapshots', row['snapshots'], value => toList(parseJson(value)).map(id => toText(id) as SnapshotId)),
		isComplete: toCount(row['is_complete']) === 1,
		problems: toCount(row['problems']),
		damaged: toList(parseJson(row['damaged'])).map(value => {
			const {object, message} = toRecord(value);
			return {object: toText(object), message: toText(message)};
		}),
	};
}

/** All that are remembered, oldest first. */
export function readVerifyRuns(connection: StateConnection, repository: RepositoryId): VerifyRun[] {
	return connection.all('SELECT * FROM verify_run WHERE repository = ? ORDER BY id', repository).map(row => decodeVerifyRun(row));
}

/** Add one as the last, and drop what is too old. */
export function addVerifyRun(connection: StateConnection, repository: RepositoryId, {time, data, snapshots, isComplete, problems, damaged}: VerifyRun): void {
	const lines = damaged.slice(0, maximumDamaged).map(({object, message}) => ({object: toLine(object), message: toLine(message)}));
	connection.run(
		'INSERT INTO verify_run (repository, time, data, snapshots, is_complete, problems, damaged) VALUES (?, ?, ?, ?, ?, ?, ?)',
		repository,
		time,
		data,
		snapshots && JSON.stringify(snapshots),
		Number(isComplete),
		problems,
		JSON.stringify(lines),
	);
	connection.run(
		'DELETE FROM verify_run WHERE repository = ? AND id <= (SELECT id FROM verify_run WHERE repository = ? ORDER BY id DESC LIMIT 1 OFFSET ?)',
		repository,
		repository,
		maximumVerifyRuns,
	);
}
