import {assertRepositoryExists, decodeWriterRecord, isWriterStale, listSnapshots, openRepository, openStorage, readAllMetadata, readKeySlots, type Factor, type ObjectProblem, type Secret, type Storage, type StorageUsage} from '../repository/repository.ts';
import type {SlotId} from '../ids.ts';
import type {Runtime} from '../runtime.ts';
import {readKeyStatus, type KeyStatus} from './key-status.ts';
import {countAbandoned} from './leftovers.ts';

/** What the storage tells without a key. */
export type StorageExamination = StorageUsage & {
	readonly url: string;
	/** The folder of a repository that lies in this machine's file system. */
	readonly folder?: string;
	/** Unfinished objects that nobody has written to for a day; `undefined` where the storage does not tell. */
	readonly abandoned?: number;
};

/** What the repository tells to whom has a key. */
export type RepositoryExamination = {
	readonly snapshots: number;
	/** Time of the newest snapshot: RFC 3339. */
	readonly newestSnapshot?: string;
	/** Runs that write now. */
	readonly writers: number;
	/** Records of runs that died. */
	readonly staleWriters: number;
	/** Whether a rotation was begun and has not ended; with re-encryption, or without. */
	readonly rotation?: KeyStatus['rotation'];
	/** Key slots, snapshots and records that are damaged. */
	readonly problems: readonly ObjectProblem[];
};

/** What opens the repository; as in `Engine.open`. */
export type SecretSource = (slots: () => Promise<Array<{readonly slotId: SlotId; readonly factors: readonly Factor[]}>>) => Promise<Secret> | Secret;

async function using<Result>(repositoryUrl: string, runtime: Runtime, action: (storage: Storage) => Promise<Result>): Promise<Result> {
	const storage = openStorage(repositoryUrl, runtime);
	try {
		return await action(storage);
	} finally {
		await storage.close();
	}
}

/**
Look at the storage of a repository without a key. Writes nothing, neither there nor on this host.
@throws `usage`, `repository-missing`, `format-unsupported`; what the storage throws
*/
export async function examineStorage(repositoryUrl: string, runtime: Runtime): Promise<StorageExamination> {
	return using(repositoryUrl, runtime, async storage => {
		await assertRepositoryExists(storage);
		const {url} = storage;
		const usage = await storage.usage();
		return {url, ...usage, ...(url.startsWith('/') && {folder: url, abandoned: await countAbandoned(url, runtime.now())})};
	});
}

/**
Open a repository and look at what is in it. Writes nothing, neither there nor on this host.
@throws what `Engine.open` throws
*/
export async function examineRepository(repositoryUrl: string, secret: SecretSource, runtime: Runtime): Promise<RepositoryExamination> {
	return using(repositoryUrl, runtime, async storage => {
		await assertRepositoryExists(storage);
		const opened = await secret(async () => {
			const {slots} = await readKeySlots(storage);
			return slots.map(({slot: {slotId, factors}}) => ({slotId, factors}));
		});
		const session = await openRepository(storage, opened, runtime);
		const {snapshots, problems} = await listSnapshots(session);
		const records = await readAllMetadata(session, 'writer', 'writers', ({body}, name) => decodeWriterRecord(body, name));
		const staleWriters = records.values.filter(record => isWriterStale(record, runtime)).length;
		const newest = snapshots.at(-1);
		const {rotation} = await readKeyStatus(session);
		return {
			snapshots: snapshots.length,
			writers: records.values.length - staleWriters,
			staleWriters,
			problems: [...session.problems, ...problems, ...records.problems],
			...(rotation !== undefined && {rotation}),
			...(newest && {newestSnapshot: newest.time}),
		};
	});
}
