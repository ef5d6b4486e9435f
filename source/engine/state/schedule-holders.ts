import type {StateConnection} from './connection.ts';
import type {ScheduleHolder} from './job-run.ts';
import {decodeProcess, encodeProcess} from './process-identity.ts';
import {toChoice, toTime} from './shapes.ts';

/** Who holds the schedule of a repository, or held it when its process died. */
export function readHolder(connection: StateConnection, url: string): ScheduleHolder | undefined {
	const [row] = connection.all('SELECT * FROM schedule_holder WHERE url = ?', url);
	return row && {kind: toChoice(row['kind'], ['daemon', 'dashboard']), process: decodeProcess(row['process']), since: toTime(row['since'])};
}

/** Put another holder in the place of who held it. */
export function addHolder(connection: StateConnection, url: string, {kind, process, since}: ScheduleHolder): void {
	connection.run('INSERT OR REPLACE INTO schedule_holder (url, kind, process, since) VALUES (?, ?, ?, ?)', url, kind, encodeProcess(process), since);
}

/** Nobody holds it any more. */
export function removeHolder(connection: StateConnection, url: string): void {
	connection.run('DELETE FROM schedule_holder WHERE url = ?', url);
}
