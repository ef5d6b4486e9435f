import type {AuditLook} from '../auditing/engine-audit.ts';
import type {EngineOptions, OperationOptions, SlotFactors} from '../engine-options.ts';
import type {SnapshotId} from '../ids.ts';
import type {RotateKeysRequest} from '../keys/rotate-keys.ts';
import type {Finding} from '../monitoring/alert.ts';
import type {KeyStatus} from '../monitoring/key-status.ts';
import type {Overview} from '../monitoring/overview.ts';
import type {BackupRequest, BackupSummary} from '../operations/back-up-source/back-up-source.ts';
import type {EntryPath, SnapshotEntry} from '../operations/browse/entry.ts';
import type {EntryVersion} from '../operations/browse/entry-versions.ts';
import type {FolderSize} from '../operations/browse/folder-sizes.ts';
import type {SnapshotComparison} from '../operations/browse/snapshot-comparison.ts';
import type {KeyBackupCheck} from '../operations/keys/check-key-backup.ts';
import type {ExportKeyRequest} from '../operations/keys/export-key.ts';
import type {LoadRequest, LoadSummary} from '../operations/load-dump/load-request.ts';
import type {PruneRequest, PruneSummary} from '../operations/prune/prune-request.ts';
import type {RestoreRequest, RestoreSummary} from '../operations/restore/restore.ts';
import type {RotateSummary} from '../operations/rotate/rotate-request.ts';
import type {VerifyRequest, VerifySummary} from '../operations/verify/verify.ts';
import type {Secret, SlotEntry, SourceKind, StoredSnapshot} from '../repository/repository.ts';
import type {Job} from '../scheduling/job.ts';
import type {Verification} from '../state/host-state.ts';
import type {Watch} from '../state/noted-findings.ts';
import type {EnginePlace} from './engine-seat.ts';

/** A source that the configuration names. */
export type ConfiguredSource = {readonly name: string; readonly kind: SourceKind};

/** Of the engine's options those that pass between threads. */
export type EngineClientOptions = Pick<EngineOptions, 'repositoryUrl' | 'stateFolder' | 'program' | 'threads' | 'deltas' | 'keyPolicy' | 'monitorPolicy' | 'origin' | 'onEvent'> & {
	readonly sources: readonly ConfiguredSource[];
	/** For the overview. @default none */
	readonly jobs?: readonly Job[];
	/** @default 'thread' */
	readonly place?: EnginePlace;
	/** Variables of the environment that hold a secret: a process of its own does not get them. @default none besides our own */
	readonly hiddenVariables?: readonly string[];
	/** Called in the thread that starts the engine, which sends a copy; see `OpenOptions`. */
	readonly secret: (slots: () => Promise<SlotFactors[]>) => Promise<Secret> | Secret;
};

/** All snapshots, as `SnapshotOverview`, but of plain data. */
export type SnapshotList = {
	/** Oldest first. */
	readonly snapshots: readonly StoredSnapshot[];
	readonly verifications: ReadonlyMap<SnapshotId, Verification>;
};

/** An entry of a folder in a snapshot. Its path, with `path64` where the name is not UTF-8, names it in every other call. */
export type FolderEntry = SnapshotEntry;

/** A recovery key that was made. */
export type RecoveryKey = Pick<SlotEntry, 'id' | 'label' | 'created'>;

/**
An engine in a thread or a process of its own, so that no work of it holds up a screen. The methods do what those of the same name do in `Engine` and `SnapshotBrowser`; requests and results are plain data.
Each of them throws what those throw, and `internal` when the thread has died.
*/
export type EngineClient = {
	/** The process that it runs in; `undefined` where that could not be started. */
	readonly processId: number | undefined;
	/** Settles when the repository is open. @throws as `Engine.open` does */
	readonly opened: Promise<void>;
	/** @param options.jobs - @default those of the start */
	overview(options?: OperationOptions & {readonly jobs?: readonly Job[]}): Promise<Overview>;
	listSnapshots(options?: OperationOptions): Promise<SnapshotList>;
	backup(request: BackupRequest, options?: OperationOptions): Promise<BackupSummary>;
	verify(request: Pick<VerifyRequest, 'readData'> & {readonly snapshots?: readonly string[]}, options?: OperationOptions): Promise<VerifySummary>;
	/** Forget what retention lets go, and delete what no snapshot needs; a dry run says what would go. */
	prune(request: PruneRequest, options?: OperationOptions): Promise<PruneSummary>;
	restore(request: Omit<RestoreRequest, 'snapshot'> & {readonly snapshot: string}, options?: OperationOptions): Promise<RestoreSummary>;
	/** Load dumps into a database server; a dry run asks the server what is there. */
	loadDump(request: Omit<LoadRequest, 'snapshot'> & {readonly snapshot: string}, options?: OperationOptions): Promise<LoadSummary>;
	/** What is in a directory of a snapshot: directories first, then by name. @param path - `/` or that of an entry. */
	listFolder(snapshot: SnapshotId, path: EntryPath, options?: OperationOptions): Promise<FolderEntry[]>;
	/** Files and bytes below a directory. */
	measureFolder(snapshot: SnapshotId, path: EntryPath, options?: OperationOptions): Promise<FolderSize>;
	/** Entries whose name holds `text`, in any folder of the snapshot. @param limit - @default 1000 */
	searchSnapshot(snapshot: SnapshotId, text: string, options?: OperationOptions & {readonly limit?: number}): Promise<FolderEntry[]>;
	/** The versions of an entry in all snapshots of one source and host, newest first. */
	entryVersions(snapshot: SnapshotId, path: EntryPath, options?: OperationOptions): Promise<EntryVersion[]>;
	/** @param limit - @default 1000 */
	compareSnapshots(from: SnapshotId, to: SnapshotId, options?: OperationOptions & {readonly limit?: number}): Promise<SnapshotComparison>;
	/** Slots and epochs, with what lies under each, and when keys were used. */
	keyStatus(options?: OperationOptions): Promise<KeyStatus>;
	/** Replace the master key, or take up a rotation that was interrupted. @param request - Without a passphrase: a secret would stay behind in what is sent. */
	rotateKeys(request: Omit<RotateKeysRequest, 'passphrase'>, options?: OperationOptions): Promise<RotateSummary>;
	/** Make a recovery key, and write its file. @param request.code - As `createRecoveryCode` makes it; it stays the caller's, and what is sent of it is wiped. @param request.file - See `EngineKeys.export`. */
	exportKey(request: Pick<ExportKeyRequest, 'label'> & {readonly file: string; readonly code: Uint8Array}, options?: OperationOptions): Promise<RecoveryKey>;
	/** Prove that a recovery key opens everything. @param request.code - Its code, or its passphrase in UTF-8; see `exportKey`. */
	checkKey(request: {readonly code: Uint8Array}, options?: OperationOptions): Promise<KeyBackupCheck>;
	/** What the audit log of this host says, and whether it is what was written. @param limit - So many of the last entries. @default 1000 */
	readAuditLog(options?: OperationOptions & {readonly limit?: number}): Promise<AuditLook>;
	/** Remember what a watch of this host finds now, in the place of what it found before. */
	noteFindings(watch: Watch, findings: readonly Finding[]): Promise<void>;
	/** Note that somebody has seen an alert. */
	acknowledge(alertKey: string, note?: string): Promise<void>;
	/** Take that back. */
	unacknowledge(alertKey: string): Promise<void>;
	/** End what runs, safely, and then the engine; calls that wait are `aborted`. Never fails; takes as long as what runs does not come to a safe end, as on a disk that hangs. */
	close(): Promise<void>;
};

/** What who starts an engine holds. */
export type EngineThread = EngineClient & {
	/** End the thread at once, as a power loss would end its work: for who does not want to wait for `close` any longer. Never fails. */
	terminate(): Promise<void>;
};
