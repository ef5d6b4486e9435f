import {lstat, readdir} from 'node:fs/promises';
import path from 'node:path';
import {systemErrorCode} from '../errors.ts';
import {decodeLockRecord, decodeWriterRecord, isWriterStale, readAllMetadata, type ObjectProblem, type RepositorySession} from '../repository/repository.ts';
import type {ProcessIdentity} from '../runtime.ts';

/** What runs that died have left in a repository. */
export type Leftovers = {
	/** Records of writers and locks whose process has died or was not heard of for a day. */
	readonly records: readonly DeadRecord[];
	/** Unfinished objects that nobody has written to for a day; `undefined` where the storage does not tell. */
	readonly abandoned?: number;
	/** Locks that cannot be read: as long as they lie there, nothing is forgotten or pruned. */
	readonly unreadableLocks: readonly ObjectProblem[];
};

export type DeadRecord = {
	/** What it did: `backup`, or the operation of a lock, such as `prune`. */
	readonly operation: string;
	readonly host: string;
	/** When it was last heard of: RFC 3339. */
	readonly heartbeat: string;
};

type LiveRecord = {readonly process: ProcessIdentity; readonly heartbeat: string};

const abandonedAfterMs = 24 * 60 * 60 * 1000;

/** Unfinished objects in a repository's folder that nobody has written to for a day. @throws what the system throws */
export async function countAbandoned(folder: string, nowMs: number): Promise<number> {
	const temporary = path.join(folder, 'tmp');
	try {
		const names = await readdir(temporary);
		const entries = await Promise.all(names.map(async name => lstat(path.join(temporary, name))));
		return entries.filter(entry => !entry.isDirectory() && nowMs - entry.mtimeMs > abandonedAfterMs).length;
	} catch (error) {
		// None there, or just taken away by the run that owned it.
		if (systemErrorCode(error) === 'ENOENT') {
			return 0;
		}

		throw error;
	}
}

/** As far as this user may look. */
async function tryToCount(folder: string, nowMs: number): Promise<number | undefined> {
	try {
		return await countAbandoned(folder, nowMs);
	} catch (error) {
		if (systemErrorCode(error) === undefined) {
			throw error;
		}

		return undefined;
	}
}

/** Look what was left behind. Waits for no lock and writes nothing. @throws what the storage throws; `aborted` */
export async function findLeftovers(session: RepositorySession, signal?: AbortSignal): Promise<Leftovers> {
	const {runtime, storage: {url}} = session;
	const [writers, locks] = await Promise.all([
		readAllMetadata(session, 'writer', 'writers', ({body}, name) => decodeWriterRecord(body, name), {signal}),
		readAllMetadata(session, 'lock', 'locks', ({body}, name) => decodeLockRecord(body, name), {signal}),
	]);
	const dead = (record: LiveRecord, operation: string): DeadRecord[] => isWriterStale(record, runtime) ? [{operation, host: record.process.host, heartbeat: record.heartbeat}] : [];
	const abandoned = url.startsWith('/') ? await tryToCount(url, runtime.now()) : undefined;
	return {
		records: [...writers.values.flatMap(record => dead(record, 'backup')), ...locks.values.flatMap(record => dead(record, record.operation))],
		unreadableLocks: locks.problems,
		...(abandoned !== undefined && {abandoned}),
	};
}
