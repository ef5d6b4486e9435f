/** What a long operation is doing now. */
export const phases = [
	'opening', // Key, index and the previous snapshot.
	'reading', // Backup: walking and storing.
	'committing', // Backup: last packs, index, snapshot.
	'checking', // Verify.
	'planning', // Restore: what has to be done.
	'writing', // Restore.
	'renewing', // Rotation: new keys for every slot.
	'moving', // Rotation: metadata and data keys under the new epoch.
	'waiting', // Rotation: for runs that began before.
	're-encrypting', // Rotation: packs under new data keys.
	'repacking', // Prune: packs anew, without what nothing needs.
	'sweeping', // Prune: deleting what nothing needs.
	'proving', // Rotation: that everything opens, and nothing is left under the old epoch.
] as const;
export type Phase = typeof phases[number];

/** How far an operation is. Counts only grow within one operation, totals may grow while they are still being found out. */
export type Progress = {
	readonly phase: Phase;
	readonly files: number;
	readonly bytes: number;
	readonly totalFiles?: number;
	readonly totalBytes?: number;
	/** Bytes a second since the phase began. */
	readonly rate: number;
	/** What is worked on, for people; control characters are not removed. */
	readonly current?: string;
};

export type ProgressEvent = Progress & {readonly event: 'progress'};

/** Something a person should know; the operation goes on. */
export type WarningEvent = {
	readonly event: 'warning';
	/**
	`unreadable`: source data is missing from the snapshot (the run ends with exit code 3). `changed`: it changed while it was read.
	`skipped`: left out for a reason that is no loss. `lost`: a restore could not bring it back. `repository`: about the repository itself.
	`source`: about the source as a whole, or a hook of it. `shrunk`: the source has half of what it had, or less. `anomaly`: the backup looks as if data were lost: encrypted, deleted, dropped.
	*/
	readonly kind: 'unreadable' | 'changed' | 'skipped' | 'lost' | 'repository' | 'source' | 'shrunk' | 'anomaly';
	readonly path?: string;
	readonly message: string;
};

/** For the log alone: what another program has said, perhaps in several lines. */
export type LogEvent = {readonly event: 'log'; readonly message: string};

export type EngineEvent = ProgressEvent | WarningEvent | LogEvent;

/** Receives the events of one operation, in order. Must not throw. */
export type EventListener = (event: EngineEvent) => void;
