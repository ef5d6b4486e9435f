import type {DataKeyId} from '../ids.ts';
import type {ExclusiveLock} from './exclusive-lock.ts';

export type ReencryptionOptions = {
	readonly lock: ExclusiveLock;
	readonly signal?: AbortSignal | undefined;
	/** Data keys of runs that are writing: their packs are left. Asked again before each batch. */
	readonly busyKeys: () => Promise<ReadonlySet<DataKeyId>>;
	/** Called after each pack. */
	readonly onProgress?: (progress: ReencryptionProgress) => void;
};

/** How far a re-encryption is, counted from when this call began. */
export type ReencryptionProgress = {
	readonly packs: number;
	readonly bytes: number;
	readonly totalPacks: number;
	readonly totalBytes: number;
};
