/**
The engine's public surface: everything that the command line, the dashboard and programs of others may use.
*/
export {backupClasses, findSnapshot, type BackupClass, type Factor, type Role, type Secret, type SourceKind, type StoredSnapshot} from './repository/repository.ts';
export {createKeyFile, readKeyFile} from './crypto/key-file-access.ts';
export {decodeKeyFile, maximumKeyFileBytes, type KeyFile} from './crypto/key-file.ts';
export {Engine} from './engine.ts';
export type {CreateOptions, EngineOptions, OpenOptions, OperationOptions, SlotFactors, SnapshotOverview} from './engine-options.ts';
export {CofferError, errorText, isCofferError, systemErrorCode, throwIfAborted, type CofferErrorOptions, type ErrorCode, type ErrorContext} from './errors.ts';
export type {EngineEvent, EventListener, Phase, Progress, ProgressEvent, WarningEvent} from './events.ts';
export {shortId, type EpochId, type RepositoryId, type SlotId, type SnapshotId} from './ids.ts';
export {makeFolders} from './make-folders.ts';
export {assessClock, type ClockState} from './monitoring/clock.ts';
export {examineRepository, examineStorage, type RepositoryExamination, type StorageExamination} from './monitoring/examination.ts';
export {keyAgeState, rotateAfterDays, warnAfterDays, type KeyAgeState} from './monitoring/key-age.ts';
export type {EpochInfo, KeyInfo, KeyStatus} from './monitoring/key-status.ts';
export {staleAfterMs, type SourceState, type SourceStatus} from './monitoring/source-status.ts';
export type {BackupRequest, BackupSummary} from './operations/backup/backup.ts';
export {ChangeTally, type ChangeCounts} from './operations/browse/change-tally.ts';
export type {DifferingAspect, SnapshotChange} from './operations/browse/compare-snapshots.ts';
export type {EntryFacts, EntryPath, SnapshotEntry} from './operations/browse/entry.ts';
export type {FoundEntry} from './operations/browse/find-entries.ts';
export type {SnapshotBrowser} from './operations/browse/snapshot-browser.ts';
export type {CompareSourceRequest, CompareSourceSummary} from './operations/compare-source/compare-source.ts';
export type {SourceComparison, SourceDifference, SourceDifferenceKind} from './operations/compare-source/difference.ts';
export type {ForgetRequest, ForgetSummary, ForgottenSnapshot} from './operations/forget/forget.ts';
export type {NodeType} from './tree-node.ts';
export type {OverwritePolicy, RestoreRequest, RestoreSummary} from './operations/restore/restore.ts';
export type {VerifyProblem, VerifyRequest, VerifySummary} from './operations/verify/verify.ts';
export {createSystemRuntime, type ProcessIdentity, type Runtime} from './runtime.ts';
export {defaultDailyTime, dailySlot, isDue, type DailyTime, type Slot} from './scheduling/due.ts';
export {hasExtendedAttributes} from './sources/files/extended-attributes.ts';
export type {FilesSource} from './sources/source.ts';
export type {Verification, VerifiedShare} from './state/host-state.ts';
export type {RunOutcome, SourceRun} from './state/source-memory.ts';
export type {StorageUsage} from './storage/storage.ts';
