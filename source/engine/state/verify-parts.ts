import type {StateConnection} from './connection.ts';
import {toCount} from './shapes.ts';

/** Which part comes next: from 0. Where the data was cut into another number of parts before, the one in which the place lies that was reached. */
export function readNextPart(connection: StateConnection, url: string, job: string, parts: number): number {
	const [row] = connection.all('SELECT * FROM verify_part WHERE url = ? AND job = ?', url, job);
	return row ? Math.floor(toCount(row['next']) * parts / Math.max(1, toCount(row['parts']))) % parts : 0;
}

export function setNextPart(connection: StateConnection, url: string, job: string, {parts, next}: {readonly parts: number; readonly next: number}): void {
	connection.run('INSERT OR REPLACE INTO verify_part (url, job, parts, next) VALUES (?, ?, ?, ?)', url, job, parts, next);
}
