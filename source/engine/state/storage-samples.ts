import type {RepositoryId} from '../ids.ts';
import type {StateConnection} from './connection.ts';
import {optional, toCount, toTime} from './shapes.ts';

/** How full a destination was at one time. */
export type StorageSample = {
	readonly time: string;
	/** Bytes of the repository's own objects. */
	readonly usedBytes?: number;
	/** Of the file system or bucket that it lies in. */
	readonly freeBytes?: number;
};

const hourMs = 60 * 60 * 1000;
const keptMs = 60 * 24 * hourMs;

/** Oldest first. */
export function readSamples(connection: StateConnection, repository: RepositoryId, url: string): StorageSample[] {
	return connection.all('SELECT * FROM storage_sample WHERE repository = ? AND url = ? ORDER BY time', repository, url).map(row => ({
		time: toTime(row['time']),
		...optional('usedBytes', row['used_bytes'], toCount),
		...optional('freeBytes', row['free_bytes'], toCount),
	}));
}

/** Whether the newest sample is an hour old; also where the clock was put back behind it. */
export function isSampleDue(connection: StateConnection, repository: RepositoryId, url: string, nowMs: number): boolean {
	const [row] = connection.all('SELECT time FROM storage_sample WHERE repository = ? AND url = ? ORDER BY time DESC LIMIT 1', repository, url);
	return row === undefined || Math.abs(nowMs - Date.parse(toTime(row['time']))) >= hourMs;
}

/** Add a sample. Those that are too old go, and those from the future: a wrong clock made them. */
export function addSample(connection: StateConnection, repository: RepositoryId, url: string, {time, usedBytes, freeBytes}: StorageSample): void {
	const oldest = new Date(Date.parse(time) - keptMs).toISOString();
	connection.run('DELETE FROM storage_sample WHERE repository = ? AND url = ? AND (time < ? OR time > ?)', repository, url, oldest, time);
	connection.run('INSERT OR REPLACE INTO storage_sample (repository, url, time, used_bytes, free_bytes) VALUES (?, ?, ?, ?, ?)', repository, url, time, usedBytes, freeBytes);
}
