import type {StateConnection} from './connection.ts';
import {toText, toTime} from './shapes.ts';

/** What tells a job from the one that it was before its times were changed. */
export type SeenJob = {readonly name: string; readonly expression: string; readonly timeZone: string};

/** So many earlier times of one job are kept. */
const maximumSeen = 20;

/** When this host first knew each of these jobs, by its name; those that it does not know yet are missing. */
export function readSeenJobs(connection: StateConnection, url: string, jobs: readonly SeenJob[]): Map<string, string> {
	const rows = connection.all('SELECT * FROM job_seen WHERE url = ?', url);
	const key = (parts: readonly unknown[]) => JSON.stringify(parts);
	const times = new Map(rows.map(row => [key([toText(row['job']), toText(row['expression']), toText(row['time_zone'])]), toTime(row['first_seen'])]));
	return new Map(jobs.flatMap(({name, expression, timeZone}) => {
		const time = times.get(key([name, expression, timeZone]));
		return time === undefined ? [] : [[name, time] as const];
	}));
}

/** Remember a job that is not known yet. One that was first known in the future, by a wrong clock, is known from now on. */
export function addSeenJob(connection: StateConnection, url: string, {name, expression, timeZone}: SeenJob, time: string): void {
	connection.run('INSERT INTO job_seen (url, job, expression, time_zone, first_seen) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET first_seen = min(first_seen, excluded.first_seen)', url, name, expression, timeZone, time);
	connection.run(
		'DELETE FROM job_seen WHERE url = ? AND job = ? AND first_seen < (SELECT first_seen FROM job_seen WHERE url = ? AND job = ? ORDER BY first_seen DESC LIMIT 1 OFFSET ?)',
		url,
		name,
		url,
		name,
		maximumSeen - 1,
	);
}
