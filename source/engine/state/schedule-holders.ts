import type {StateConnection} from './connection.ts';
import type {ScheduleHolder} from './job-run.ts';
import {decodeProcess, encodeProcess} from './process-identity.ts';
import {toChoice, toTime} from './shapes.ts';

/** Who holds it, and when that was last heard of: RFC 3339. */
export type HeldSchedule = {readonly holder: ScheduleHolder; readonly seen: string};

/** Who holds the schedule of a repository, or held it when its process died. */
export function readHolder(connection: StateConnection, url: string): HeldSchedule | undefined {
	const [row] = connection.all('SELECT * FROM schedule_holder WHERE url = ?', url);
	return row && {holder: {kind: toChoice(row['kind'], ['daemon', 'dashboard']), process: decodeProcess(row['process']), since: toTime(row['since'])}, seen: toTime(row['seen'])};
}

/** Put another holder in the place of who held it, heard of since it holds it. */
export function addHolder(connection: StateConnection, url: string, {kind, process, since}: ScheduleHolder): void {
	connection.run('INSERT OR REPLACE INTO schedule_holder (url, kind, process, since, seen) VALUES (?, ?, ?, ?, ?)', url, kind, encodeProcess(process), since, since);
}

/** The holder was heard of. */
export function touchHolder(connection: StateConnection, url: string, seen: string): void {
	connection.run('UPDATE schedule_holder SET seen = ? WHERE url = ?', seen, url);
}

/** Nobody holds it any more. */
export function removeHolder(connection: StateConnection, url: string): void {
	connection.run('DELETE FROM schedule_holder WHERE url = ?', url);
}
