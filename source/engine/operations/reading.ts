import type {Buffer} from 'node:buffer';
import {CofferError} from '../errors.ts';
import {BlobHasher, BlobReader, LoadedIndex, type BlobReaderOptions, type Keyring, type LoadedIndexMemory, type RepositorySession} from '../repository/repository.ts';
import type {JobContext} from './job.ts';

/** What a job needs to read blobs; survives the structured clone. */
export type ReadingInit = {
	readonly index: LoadedIndexMemory;
	readonly keyring: Keyring;
};

/** @throws `key-role` when the key may not read contents */
export function requireIdKey(keyring: Keyring): Buffer {
	if (keyring.idKey === undefined) {
		throw new CofferError('key-role', `A key with the role "${keyring.role}" cannot read the contents of backups. Use an owner's key.`);
	}

	return keyring.idKey;
}

function createReader(index: LoadedIndex, {storage, runtime}: JobContext, keyring: Keyring, options: Pick<BlobReaderOptions, 'cacheBytes' | 'isReleased'>): BlobReader {
	return new BlobReader({storage, runtime, blobs: index, packs: index.packs, keyOf: async id => index.dataKey(id), hasher: new BlobHasher(requireIdKey(keyring)), ...options});
}

/** A reader for this thread. */
export function createBlobReader(session: RepositorySession, index: LoadedIndex, cacheBytes?: number): BlobReader {
	return createReader(index, session, session.keyring, cacheBytes === undefined ? {} : {cacheBytes});
}

export function createReadingInit(session: RepositorySession, index: LoadedIndex): ReadingInit {
	return {index: index.memory, keyring: session.keyring};
}

/** The index for the job's thread. It looks again by itself where packs are replaced. */
export function openJobIndex({index}: ReadingInit, {storage, runtime}: JobContext): LoadedIndex {
	return LoadedIndex.fromMemory(index, storage, runtime);
}

/** A reader for the job's thread. @param options - As for `BlobReader`. */
export function createJobBlobReader(init: ReadingInit, context: JobContext, options: Pick<BlobReaderOptions, 'cacheBytes' | 'isReleased'>, index = openJobIndex(init, context)): BlobReader {
	return createReader(index, context, init.keyring, options);
}
