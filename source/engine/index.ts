/**
The engine's public surface: everything that the command line, the dashboard and programs of others may use.
*/
export {backupClasses, type BackupClass, type Factor, type Role, type Secret, type SourceKind, type StoredSnapshot} from './repository/repository.ts';
export {createKeyFile, readKeyFile} from './crypto/key-file-access.ts';
export {decodeKeyFile, maximumKeyFileBytes, type KeyFile} from './crypto/key-file.ts';
export {
	Engine, type CreateOptions, type EngineOptions, type OpenOptions, type OperationOptions, type SlotFactors, type SnapshotOverview,
} from './engine.ts';
export {CofferError, errorText, isCofferError, systemErrorCode, throwIfAborted, type CofferErrorOptions, type ErrorCode, type ErrorContext} from './errors.ts';
export type {EngineEvent, EventListener, Phase, Progress, ProgressEvent, WarningEvent} from './events.ts';
export {shortId, type EpochId, type RepositoryId, type SlotId, type SnapshotId} from './ids.ts';
export {keyAgeState, rotateAfterDays, warnAfterDays, type KeyAgeState} from './monitoring/key-age.ts';
export type {EpochInfo, KeyInfo, KeyStatus} from './monitoring/key-status.ts';
export {staleAfterMs, type SourceState, type SourceStatus} from './monitoring/source-status.ts';
export type {BackupRequest, BackupSummary} from './operations/backup/backup.ts';
export type {OverwritePolicy, RestoreRequest, RestoreSummary} from './operations/restore/restore.ts';
export type {VerifyProblem, VerifyRequest, VerifySummary} from './operations/verify/verify.ts';
export {createSystemRuntime, type ProcessIdentity, type Runtime} from './runtime.ts';
export type {FilesSource} from './sources/source.ts';
export type {Verification, VerifiedShare} from './state/host-state.ts';
export type {RunOutcome, SourceRun} from './state/source-memory.ts';
export type {StorageUsage} from './storage/storage.ts';
