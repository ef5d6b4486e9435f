import {shortId} from '../ids.ts';
import {listSnapshots, listTombstones, type RepositorySession} from '../repository/repository.ts';
import type {KnownHead} from './verify-log.ts';

/** What a repository knows of the audit log of a host: snapshots that it made, also those whose forgetting was interrupted, and tombstones that it wrote. @throws what the storage throws; `aborted` */
export async function readKnownHeads(session: RepositorySession, host: string, signal?: AbortSignal): Promise<KnownHead[]> {
	const {snapshots, forgotten} = await listSnapshots(session, signal);
	const {tombstones} = await listTombstones(session, signal);
	return [
		...[...snapshots, ...forgotten].flatMap(({audit, id, source, time, host: madeBy}) => audit && madeBy === host ? [{...audit, time, where: `the snapshot ${shortId(id)} of ${source}`}] : []),
		...tombstones.flatMap(({audit, id, forgotten: time, host: madeBy}) => audit && madeBy === host ? [{...audit, time, where: `the tombstone of the snapshot ${shortId(id)}`}] : []),
	];
}
