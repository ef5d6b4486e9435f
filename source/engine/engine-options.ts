import type {EventListener} from './events.ts';
import type {SlotId, SnapshotId} from './ids.ts';
import type {Factor, ObjectProblem, Secret, StoredSnapshot} from './repository/repository.ts';
import type {KeyPolicy} from './monitoring/key-age.ts';
import type {MonitorPolicy} from './monitoring/monitor-policy.ts';
import type {Runtime} from './runtime.ts';
import type {Verification} from './state/host-state.ts';

export type EngineOptions = {
	/** A path or a URL (storage/open.ts). */
	readonly repositoryUrl: string;
	/** Absolute path of the folder in which this host remembers things; made when needed. */
	readonly stateFolder: string;
	/** @default createSystemRuntime() */
	readonly runtime?: Runtime;
	/** Receives warnings about the repository as a whole, and the events of operations that name no listener. */
	readonly onEvent?: EventListener;
	/** Name and version of the program, for the record in snapshots. @default 'coffer' */
	readonly program?: string;
	/** Worker threads that a backup, a verification of data or a restore may start, 1 to 32. @default as many as there are processors for this process, at most 8 */
	readonly threads?: number;
	/** So much is sent to the storage a second, at most; at least `minimumBytesPerSecond`. @default no limit */
	readonly bytesPerSecond?: number;
	/** Whether backups may store changed chunks as differences to what is stored already; each request may say otherwise. @default true */
	readonly deltas?: boolean;
	/** Variables of the environment that hold a secret: programs that print the secret of a source do not get them. @default none besides our own */
	readonly hiddenVariables?: readonly string[];
	/** From where somebody works, for the audit log: `terminal`, `cron`. @default what the environment tells */
	readonly origin?: string;
	/** How old keys may grow. @default warned of at 80 days, due at 90 */
	readonly keyPolicy?: KeyPolicy;
	/** From when on something is wrong, for overviews. @default defaultMonitorPolicy */
	readonly monitorPolicy?: MonitorPolicy;
};

/** Which secrets open a key slot. */
export type SlotFactors = {readonly slotId: SlotId; readonly factors: readonly Factor[]};

export type OpenOptions = EngineOptions & {
	/** Asked only once it is known that there is a repository. What it gives stays the caller's, who wipes it (`wipeSecret`) when the repository is open. @param slots - Reads what the slots need, for who has to ask a person. */
	readonly secret: (slots: () => Promise<SlotFactors[]>) => Promise<Secret> | Secret;
};

export type RecoverOptions = EngineOptions & {
	/** Passphrase or code of the recovery key. */
	readonly recoverySecret: Secret;
	/** The exported file's content. */
	readonly exported?: Uint8Array;
};

export type CreateOptions = EngineOptions & {
	/** Gives the secret for the new slot, and has made it durable when it returns; the caller wipes it. Called once, before anything is written. */
	readonly secret: (slotId: SlotId) => Promise<Secret> | Secret;
	/** What the first key is called. */
	readonly label: string;
};

export type OperationOptions = {
	readonly signal?: AbortSignal;
	/** @default `onEvent` of the engine */
	readonly onEvent?: EventListener;
};

/** Snapshots as this host knows them. */
export type SnapshotOverview = {
	/** Oldest first. */
	readonly snapshots: readonly StoredSnapshot[];
	/** Key slots and snapshots that are damaged. */
	readonly problems: readonly ObjectProblem[];
	/** When this host last found each of them intact. */
	readonly verifications: ReadonlyMap<SnapshotId, Verification>;
};
