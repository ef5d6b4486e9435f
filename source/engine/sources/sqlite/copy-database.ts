import {once} from 'node:events';
import {backup, DatabaseSync} from 'node:sqlite';
import {Worker} from 'node:worker_threads';
import {CofferError, errorText, throwIfAborted} from '../../errors.ts';
import type {Examination} from './examine-copy.ts';

/** Pages that are copied between two looks at whether to go on. */
const pagesPerStep = 4096;
/** How long to wait for somebody who writes, in milliseconds. */
const busyTimeoutMs = 30_000;
/** SQLITE_READONLY_ROLLBACK (sqlite.org/rescode.html). */
const readOnlyRollback = 776;
const threadUrl = new URL(import.meta.url.endsWith('.ts') ? 'examine-thread.ts' : 'examine-thread.js', import.meta.url);

/** Examine it in a thread of its own. @throws Error of SQLite; `aborted` */
async function examine(copy: string, signal: AbortSignal | undefined): Promise<Examination> {
	const worker = new Worker(threadUrl, {workerData: copy, name: 'coffer sqlite'});
	try {
		const [examination] = await once(worker, 'message', signal ? {signal} : {}) as [Examination];
		return examination;
	} catch (error) {
		throwIfAborted(signal);
		throw error;
	} finally {
		await worker.terminate();
	}
}

/**
Open a database at one moment: otherwise every write of another process would have the copy begin anew (sqlite.org/backup.html).
@throws Error of SQLite
*/
function openMoment(path: string, isReadOnly: boolean): DatabaseSync {
	const database = new DatabaseSync(path, {readOnly: isReadOnly, timeout: busyTimeoutMs});
	try {
		database.exec('BEGIN');
		database.prepare('SELECT count(*) FROM sqlite_schema').get();
		return database;
	} catch (error) {
		database.close();
		// A program died while it wrote: whoever reads next has to undo that first, which is not for a reader who may not write (sqlite.org/lockingv3.html, section 4.2).
		if (isReadOnly && (error as {readonly errcode?: number}).errcode === readOnlyRollback) {
			return openMoment(path, false);
		}

		throw error;
	}
}

/** @throws Error of SQLite; `aborted` */
async function copyPages(path: string, target: string, signal: AbortSignal | undefined): Promise<void> {
	const database = openMoment(path, true);
	try {
		await backup(database, target, {rate: pagesPerStep, progress() {
			throwIfAborted(signal);
		}});
		throwIfAborted(signal);
	} finally {
		database.close();
	}
}

/**
Copy a database that others may write to meanwhile, by SQLite's online backup, and check the copy.
@param target - Of the copy; there is no such file.
@throws `source-failed`, also for a copy that is damaged; `aborted`
*/
export async function copyDatabase(path: string, target: string, signal: AbortSignal | undefined): Promise<Examination> {
	try {
		await copyPages(path, target, signal);
		const examination = await examine(target, signal);
		if (examination.problems.length > 0) {
			throw new CofferError('source-failed', `The SQLite database ${path} is damaged, and no snapshot was made. integrity_check says: ${examination.problems.join('; ')}. Mend it (the shell of SQLite has ".recover"), or restore an older snapshot.`, {context: {path}});
		}

		return examination;
	} catch (error) {
		throwIfAborted(signal);
		throw error instanceof CofferError ? error : new CofferError('source-failed', `The SQLite database ${path} could not be copied: ${errorText(error)}.`, {context: {path}, cause: error});
	}
}
