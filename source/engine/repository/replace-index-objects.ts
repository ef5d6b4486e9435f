import type {Buffer} from 'node:buffer';
import type {DataKeyId, PackId} from '../ids.ts';
import {throwIfAborted} from '../errors.ts';
import {decodeIndex, encodeIndex, maximumBlobsPerIndex, type IndexContent} from './index-object.ts';
import {readMetadata, writeHashedMetadata} from './metadata-store.ts';
import {countBlobs} from './place-blobs.ts';
import type {PackDescription} from './segment-table.ts';
import type {RepositorySession} from './session.ts';

export type IndexReplacement = {
	/** Names of the objects that go. */
	readonly objects: readonly string[];
	/** Which of the packs that they name are named again. Called once for each. */
	readonly isKept: (pack: PackId) => boolean;
	/** Called before each object is written or removed: what it throws ends everything. */
	readonly assertHeld: () => Promise<void>;
	readonly signal?: AbortSignal | undefined;
};

/** An index object as it was written. */
export type WrittenIndex = {readonly name: string; readonly content: IndexContent};

/** What an index object says. @throws `damaged`, `object-missing`; what the storage throws */
export async function readIndexObject(session: RepositorySession, name: string, signal?: AbortSignal): Promise<IndexContent> {
	return decodeIndex((await readMetadata(session, 'index', name, signal)).body, name);
}

/** Write an index object, and read it back. @throws `memory-corrupted`, `damaged`; what the storage throws */
export async function writeIndexObject(session: RepositorySession, packs: readonly PackDescription[], known: ReadonlyMap<DataKeyId, Buffer>): Promise<WrittenIndex> {
	const used = new Set(packs.map(({dataKeyId}) => dataKeyId));
	const content = {packs, dataKeys: [...used].map(id => ({id, sealed: known.get(id)!}))};
	const {name} = await writeHashedMetadata(session, 'index', 'index', encodeIndex(content));
	await readMetadata(session, 'index', name);
	return {name, content};
}

/**
Write what index objects name into new ones, as few as possible, without the packs that go. The old ones are removed once all that they name is durable elsewhere; so it may be interrupted anywhere.
@returns What was written.
@throws `damaged`, `object-missing` for an object that cannot be read; `aborted`; what `assertHeld` and the storage throw
*/
export async function replaceIndexObjects(session: RepositorySession, {objects, isKept, assertHeld, signal}: IndexReplacement): Promise<WrittenIndex[]> {
	const written: WrittenIndex[] = [];
	const named = new Set<PackId>();
	const dataKeys = new Map<DataKeyId, Buffer>();
	let packs: PackDescription[] = [];
	let read: string[] = [];
	let blobs = 0;
	const flush = async () => {
		if (packs.length > 0) {
			await assertHeld();
			written.push(await writeIndexObject(session, packs, dataKeys));
		}

		for (const name of read) {
			await assertHeld();
			await session.storage.remove(name, {isWiped: true});
		}

		packs = [];
		read = [];
		blobs = 0;
	};

	for (const name of objects) {
		throwIfAborted(signal);
		const content = await readIndexObject(session, name, signal);
		for (const {id, sealed} of content.dataKeys) {
			dataKeys.set(id, sealed);
		}

		for (const pack of content.packs) {
			if (named.has(pack.id) || !isKept(pack.id)) {
				continue;
			}

			named.add(pack.id);
			packs.push(pack);
			blobs += countBlobs(pack);
		}

		read.push(name);
		if (blobs >= maximumBlobsPerIndex) {
			await flush();
		}
	}

	await flush();
	return written;
}
