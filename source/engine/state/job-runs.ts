import type {Row, StateConnection} from './connection.ts';
import {jobOutcomes, jobTriggers, type JobRun} from './job-run.ts';
import {decodeProcess, encodeProcess} from './process-identity.ts';
import {toChoice, toCount, toText, toTime} from './shapes.ts';

/** So many runs of each job are kept. */
export const maximumJobRuns = 300;
const maximumSummaryLength = 500;

type End = NonNullable<JobRun['end']>;

function decodeRun(row: Row): JobRun {
	const {ended} = row;
	return {
		id: toText(row['id']),
		job: toText(row['job']),
		trigger: toChoice(row['started_by'], jobTriggers),
		slot: toTime(row['slot']),
		started: toTime(row['started']),
		process: decodeProcess(row['process']),
		...(ended !== null && {end: {time: toTime(ended), outcome: toChoice(row['outcome'], jobOutcomes), code: toCount(row['code']), summary: toText(row['summary'])}}),
	};
}

/** The runs of all jobs, or of one, in the order in which they began. @param maximum - Only so many of the last ones of each job. */
export function readJobRuns(connection: StateConnection, url: string, {job, maximum = maximumJobRuns}: {readonly job?: string | undefined; readonly maximum?: number | undefined} = {}): JobRun[] {
	const sql = `SELECT * FROM (
		SELECT *, row_number() OVER (PARTITION BY job ORDER BY position DESC) AS age FROM job_run WHERE url = ?${job === undefined ? '' : ' AND job = ?'}
	) WHERE age <= ? ORDER BY position`;
	return connection.all(sql, url, ...(job === undefined ? [] : [job]), maximum).map(row => decodeRun(row));
}

/** Those that have not ended, as far as is known. */
export function readOpenRuns(connection: StateConnection, url: string): JobRun[] {
	return connection.all('SELECT * FROM job_run WHERE url = ? AND ended IS NULL ORDER BY position', url).map(row => decodeRun(row));
}

/** Add a run as the last one of its job, and drop what is too old; what still runs stays. */
export function addJobRun(connection: StateConnection, url: string, {id, job, trigger, slot, started, process, end}: JobRun): void {
	connection.run(
		'INSERT INTO job_run (id, url, job, started_by, slot, started, process, ended, outcome, code, summary) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
		id,
		url,
		job,
		trigger,
		slot,
		started,
		encodeProcess(process),
		end?.time,
		end?.outcome,
		end?.code,
		end?.summary.slice(0, maximumSummaryLength),
	);
	connection.run(
		'DELETE FROM job_run WHERE url = ? AND job = ? AND ended IS NOT NULL AND position <= (SELECT position FROM job_run WHERE url = ? AND job = ? ORDER BY position DESC LIMIT 1 OFFSET ?)',
		url,
		job,
		url,
		job,
		maximumJobRuns,
	);
}

/** Note how a run ended that had not. */
export function endJobRun(connection: StateConnection, url: string, id: string, {time, outcome, code, summary}: End): void {
	connection.run(
		'UPDATE job_run SET ended = ?, outcome = ?, code = ?, summary = ? WHERE url = ? AND id = ? AND ended IS NULL',
		time,
		outcome,
		code,
		summary.slice(0, maximumSummaryLength),
		url,
		id,
	);
}
