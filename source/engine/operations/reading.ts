import type {Buffer} from 'node:buffer';
import type {DataKeyId} from '../ids.ts';
import {CofferError} from '../errors.ts';
import {BlobHasher, BlobIndex, BlobReader, findDataKey, type BlobIndexMemory, type BlobReaderOptions, type Keyring, type LoadedIndex, type PackAddress, type RepositorySession} from '../repository/repository.ts';
import type {JobContext} from './job.ts';

/** What a job needs to read blobs; survives the structured clone. */
export type ReadingInit = {
	readonly blobs: BlobIndexMemory;
	readonly packs: readonly PackAddress[];
	/** Sealed. */
	readonly dataKeys: ReadonlyMap<DataKeyId, Uint8Array>;
	readonly keyring: Keyring;
};

/** @throws `key-role` when the key may not read contents */
export function requireIdKey(keyring: Keyring): Buffer {
	if (keyring.idKey === undefined) {
		throw new CofferError('key-role', `A key with the role "${keyring.role}" cannot read the contents of backups. Use an owner's key.`);
	}

	return keyring.idKey;
}

/** A reader for this thread. */
export function createBlobReader(session: RepositorySession, index: LoadedIndex, cacheBytes?: number): BlobReader {
	return new BlobReader({
		storage: session.storage,
		runtime: session.runtime,
		blobs: index.blobs,
		packs: index.packs,
		keyOf: async id => index.dataKey(id),
		hasher: new BlobHasher(requireIdKey(session.keyring)),
		...(cacheBytes !== undefined && {cacheBytes}),
	});
}

export function createReadingInit(session: RepositorySession, index: LoadedIndex): ReadingInit {
	return {
		blobs: index.blobs.memory,
		packs: index.packs.map(({id, dataKeyId}) => ({id, dataKeyId})),
		dataKeys: index.dataKeys,
		keyring: session.keyring,
	};
}

/** A source of opened data keys for a job: each is opened once, when it is first needed. */
export function createKeySource({dataKeys, keyring}: ReadingInit, {storage, runtime}: JobContext): (id: DataKeyId) => Promise<Uint8Array> {
	const opened = new Map<DataKeyId, Uint8Array>();
	return async id => {
		let key = opened.get(id);
		if (key === undefined) {
			key = (await findDataKey(id, dataKeys.get(id), {storage, keyring, runtime})).key;
			opened.set(id, key);
		}

		return key;
	};
}

/** A reader for the job's thread. @param options - As for `BlobReader`. */
export function createJobBlobReader(init: ReadingInit, context: JobContext, options: Pick<BlobReaderOptions, 'cacheBytes' | 'isReleased'>): BlobReader {
	return new BlobReader({
		...context,
		blobs: new BlobIndex(init.blobs),
		packs: init.packs,
		keyOf: createKeySource(init, context),
		hasher: new BlobHasher(requireIdKey(init.keyring)),
		...options,
	});
}
