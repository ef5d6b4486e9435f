import type {Buffer} from 'node:buffer';
import type {BlobId} from '../../ids.ts';
import type {BackupSink} from './backup-sink.ts';
import type {FileToStore} from './store-file.ts';
import type {StoredFile} from './store-job.ts';

/** The sink of a dry run: opens no file, stores nothing, counts. */
export class CountingSink implements BackupSink {
	/** Of all files that would be read. */
	bytes = 0;

	get isFull(): boolean {
		return false;
	}

	addFile(_file: FileToStore, sizeBytes: number, onResult: (result: StoredFile) => void): void {
		this.bytes += sizeBytes;
		onResult({kind: 'stored', json: '{}', size: sizeBytes, isChanged: false});
	}

	storeTree(_blobs: readonly Buffer[]): BlobId[] {
		return [];
	}

	async drain(): Promise<void> {
		// Nothing waits.
	}

	async settle(): Promise<void> {
		// Every result was given at once.
	}
}
