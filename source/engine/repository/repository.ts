/**
The only door of this folder: opening and making repositories, reading and writing what they hold. Objects and their bytes are described in format.md and in each codec.
*/
export {openStorage} from '../storage/open.ts';
export type {Storage, StorageUsage, StoredObject} from '../storage/storage.ts';
export {BlobHasher} from './blob-id.ts';
export type {ChunkingParameters} from '../chunking/cut-points.ts';
export {BlobIndex, type BlobIndexMemory, type BlobLocation} from './blob-index.ts';
export {BlobReader} from './blob-reader.ts';
export {BlobWriter} from './blob-writer.ts';
export type {Compression} from './compression.ts';
export {dataKeyName, findDataKey, openDataKey, type DataKey} from './data-key.ts';
export {countObjectsByEpoch} from './epoch-usage.ts';
export {FileChunker} from './file-chunker.ts';
export {ExclusiveLock, withExclusiveLock} from './exclusive-lock.ts';
export {decodeLockRecord, lockName} from './lock-record.ts';
export type {IndexContent} from './index-object.ts';
export {reopenKeyring, type Factor, type Secret, type UnlockedSlot} from './key-slot.ts';
export {readKeySlots, type KeySlotFile} from './key-slot-files.ts';
export {activeEpoch, type Epoch, type Keyring, type Role, type SlotEntry} from './keyring.ts';
export {LoadedIndex, type IndexedPack} from './loaded-index.ts';
export {readAllMetadata, writeMetadata, type ObjectProblem} from './metadata-store.ts';
export {decodeHeader, headerBytes} from './object-header.ts';
export {PackReader, type PackAddress} from './pack-reader.ts';
export {PackWriter, packName} from './pack-writer.ts';
export {decodePruningMark} from './pruning-mark.ts';
export {decodeRepositoryFile, repositoryFileName} from './repository-file.ts';
export {plaintextBytesOf, type BlobKind, type PackDescription, type SegmentEntry} from './segment-table.ts';
export {assertRepositoryExists, createRepository, openRepository, RepositorySession} from './session.ts';
export {backupClasses, snapshotIdOfName, snapshotName, type BackupClass, type Snapshot, type SnapshotStatistics, type SourceKind} from './snapshot.ts';
export {findChainProblems, findSnapshot, listSnapshots, listTombstones, SnapshotCache, type SnapshotListing, type StoredSnapshot} from './snapshot-store.ts';
export {decodeTombstone, encodeTombstone, tombstoneName, type Tombstone} from './tombstone.ts';
export {readContent, readTree} from './tree-reader.ts';
export {encodeContentLists, encodeNode, encodeTree, maximumInlineContent} from './tree.ts';
export {decodeWriterRecord, isWriterStale, writerName} from './writer-record.ts';
export {WriteCheck} from './write-check.ts';
export {WriterRun} from './writer-run.ts';
