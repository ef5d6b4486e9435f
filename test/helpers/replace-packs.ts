import {createDataKey, dataKeyName, findDataKey} from '../../source/engine/repository/data-key.ts';
import {decodeIndex, encodeIndex, type IndexContent} from '../../source/engine/repository/index-object.ts';
import {readAllMetadata, writeHashedMetadata} from '../../source/engine/repository/metadata-store.ts';
import {PackReader} from '../../source/engine/repository/pack-reader.ts';
import {packName, PackWriter} from '../../source/engine/repository/pack-writer.ts';
import {plaintextBytesOf, type PackDescription} from '../../source/engine/repository/segment-table.ts';
import type {RepositorySession} from '../../source/engine/repository/session.ts';
import type {Storage} from '../../source/engine/storage/storage.ts';

type NamedContent = {readonly name: string; readonly content: IndexContent};

async function readIndexes(session: RepositorySession): Promise<NamedContent[]> {
	const {values} = await readAllMetadata(session, 'index', 'index', ({body}, name): NamedContent => ({name, content: decodeIndex(body, name)}));
	return values;
}

/**
Replace a pack as a re-encryption does: the same segments under a new data key, an index object with the new pack instead of the old one, and then the old index object, the old pack, and its data key with the last
pack under it go. Nothing happens where no index object names it.
@param object - Name of the pack.
*/
export async function replacePack(session: RepositorySession, object: string): Promise<void> {
	const {storage, runtime, keyring} = session;
	const indexes = await readIndexes(session);
	const naming = indexes.filter(({content}) => content.packs.some(({id}) => packName(id) === object));
	const old = naming[0]?.content.packs.find(({id}) => packName(id) === object);
	if (old === undefined) {
		return;
	}

	const {sealed} = (naming[0]!.content.dataKeys.find(({id}) => id === old.dataKeyId)!);
	const {key} = await findDataKey(old.dataKeyId, sealed, session);
	const reader = await PackReader.open(storage, old, () => key, runtime);
	const dataKey = createDataKey(keyring, runtime);
	await storage.write(dataKeyName(dataKey.id), dataKey.sealed);
	const written: PackDescription[] = [];
	const writer = new PackWriter({
		storage, runtime, dataKey, kind: old.kind, targetBytes: Infinity,
		onPack(pack) {
			written.push({...pack, createdMs: old.createdMs});
		},
	});
	for (const [number, segment] of old.segments.entries()) {
		const bytes = await storage.read(object, {range: {offset: segment.offset, length: segment.sealedBytes}});
		const {offset: _offset, sealedBytes: _sealedBytes, ...rest} = segment;
		writer.add(reader.decrypt({...segment, number, plaintextBytes: plaintextBytesOf(segment)}, bytes), rest);
	}

	await writer.finish();
	for (const {content} of naming) {
		const packs = [...content.packs.filter(({id}) => id !== old.id), written[0]!];
		const used = new Set(packs.map(({dataKeyId}) => dataKeyId));
		const dataKeys = [...content.dataKeys.filter(({id}) => used.has(id)), {id: dataKey.id, sealed: dataKey.sealed}];
		await writeHashedMetadata(session, 'index', 'index', encodeIndex({packs, dataKeys}));
	}

	for (const {name} of naming) {
		await storage.remove(name);
	}

	await storage.remove(object);
	if ((await readIndexes(session)).every(({content}) => content.packs.every(({dataKeyId}) => dataKeyId !== old.dataKeyId))) {
		await storage.remove(dataKeyName(old.dataKeyId));
	}
}

/** Replace every pack that the index names. @param isChosen - @default all @returns How many there were. */
export async function replaceAllPacks(session: RepositorySession, isChosen: (pack: PackDescription) => boolean = () => true): Promise<number> {
	const indexes = await readIndexes(session);
	const packs = indexes.flatMap(({content}) => content.packs).filter(pack => isChosen(pack));
	for (const {id} of packs) {
		await replacePack(session, packName(id));
	}

	return packs.length;
}

/** A storage in which something happens before a read of a pack. */
export type InterruptedStorage = Storage & {
	/** Reads of packs so far. */
	readonly packReads: number;
};

/**
Have something done at a forced moment.
@param before - Called before each read of a pack; the read waits for it. Given the number of the read, from 1, and the pack.
@param options.isShareable - Whether worker threads are used, whose reads nobody counts. @default false
*/
export function interruptPackReads(inner: Storage, before: (read: number, object: string) => Promise<unknown>, {isShareable = false}: {readonly isShareable?: boolean} = {}): InterruptedStorage {
	let packReads = 0;
	return {
		...inner,
		isShareable,
		get packReads() {
			return packReads;
		},
		async read(name, options) {
			if (name.startsWith('packs/')) {
				packReads++;
				await before(packReads, name);
			}

			return inner.read(name, options);
		},
	};
}

/** Have something done at a forced moment. @param before - Called before each read, size and listing; the call waits for it. Given the number of the call, from 1. */
export function interruptCalls(inner: Storage, before: (call: number) => Promise<unknown>): Storage {
	let calls = 0;
	return {
		...inner,
		isShareable: false,
		async read(name, options) {
			await before(++calls);
			return inner.read(name, options);
		},
		async size(name) {
			await before(++calls);
			return inner.size(name);
		},
		async list(folder, signal) {
			await before(++calls);
			return inner.list(folder, signal);
		},
	};
}
