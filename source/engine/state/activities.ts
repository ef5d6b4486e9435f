import {phases, type Progress} from '../events.ts';
import type {RepositoryId} from '../ids.ts';
import {activityKinds, type Activity} from './activity.ts';
import type {Row, StateConnection} from './connection.ts';
import {decodeProcess, encodeProcess} from './process-identity.ts';
import {optional, parseJson, toChoice, toCount, toRecord, toText, toTime} from './shapes.ts';

const maximumCurrentLength = 500;

function toProgress(value: unknown): Progress {
	const {phase, files, bytes, totalFiles, totalBytes, rate, current} = toRecord(parseJson(value));
	return {
		phase: toChoice(phase, phases),
		files: toCount(files),
		bytes: toCount(bytes),
		...optional('totalFiles', totalFiles, toCount),
		...optional('totalBytes', totalBytes, toCount),
		rate: toCount(rate),
		...optional('current', current, toText),
	};
}

function decodeActivity(row: Row): Activity {
	return {
		id: toText(row['id']),
		kind: toChoice(row['kind'], activityKinds),
		...optional('subject', row['subject'], toText),
		started: toTime(row['started']),
		updated: toTime(row['updated']),
		process: decodeProcess(row['process']),
		...optional('progress', row['progress'], toProgress),
	};
}

/** What goes on, or went on when its process died; oldest first. */
export function readActivities(connection: StateConnection, repository: RepositoryId): Activity[] {
	return connection.all('SELECT * FROM activity WHERE repository = ? ORDER BY started, id', repository).map(row => decodeActivity(row));
}

/** Remember how an activity stands. */
export function setActivity(connection: StateConnection, repository: RepositoryId, {id, kind, subject, started, updated, process, progress}: Activity): void {
	const short = progress && {...progress, ...(progress.current !== undefined && {current: progress.current.slice(0, maximumCurrentLength)})};
	connection.run(
		'INSERT OR REPLACE INTO activity (id, repository, kind, subject, started, updated, process, progress) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
		id,
		repository,
		kind,
		subject,
		started,
		updated,
		encodeProcess(process),
		short && JSON.stringify(short),
	);
}

/** Take an activity away. @returns How many were there: 0 or 1. */
export function removeActivity(connection: StateConnection, id: string): number {
	return connection.run('DELETE FROM activity WHERE id = ?', id);
}
