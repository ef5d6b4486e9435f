import {decodePruningMark, findChainProblems, listRunningWriters, listSnapshots, listTombstones, LoadedIndex, packName, readAllMetadata, SnapshotCache, tombstoneName, type BlobKind, type IndexContent, type ObjectProblem, type PruningMark, type RepositorySession, type RunningWriters, type SnapshotListing, type Tombstone} from '../../repository/repository.ts';
import type {DataKeyId, PackId} from '../../ids.ts';
import {findLostSnapshots} from '../forget/lost-snapshots.ts';
import {brokenChain, incompleteListing, noSnapshots, unreadable, unreadableMarks} from './refusals.ts';

/** What is remembered of a pack that an index object names. */
export type NamedPack = {
	readonly dataKeyId: DataKeyId;
	readonly kind: BlobKind;
	readonly sizeBytes: number;
	/** Of its segments, sealed. */
	readonly contentBytes: number;
};

/** What an index object names, without saying where blobs lie. */
export type IndexObject = {
	readonly packs: ReadonlyMap<PackId, NamedPack>;
	readonly blobs: number;
	/** It carries a data key of which it names no pack. */
	readonly hasIdleKeys: boolean;
};

/** Marks of prunes, by the names of their objects. */
export type Marks = Map<string, PruningMark>;

/** What there is in a repository, as far as it matters for what may go. */
export type Survey = {
	readonly marks: Marks;
	/** By pack. Of all that are there. */
	readonly packSizes: ReadonlyMap<PackId, number>;
	readonly running: RunningWriters;
	readonly listing: SnapshotListing;
	readonly tombstones: readonly Tombstone[];
	readonly index: LoadedIndex;
	readonly objects: Map<string, IndexObject>;
	/** Packs that index objects name and that are missing, or not as long as those say, each with the problem that it is. */
	readonly lost: ReadonlyMap<string, ObjectProblem>;
	/** For listing snapshots again. */
	readonly snapshotCache: SnapshotCache;
};

/** Sizes by name. */
export type Listing = ReadonlyMap<string, number>;

/** The id of a pack by the name of its object; `undefined` for what is no pack. */
export function packIdOf(name: string): PackId | undefined {
	const id = /^packs\/[\da-f]{2}\/(?<id>[\da-f]{64})$/.exec(name)?.groups?.['id'] as PackId | undefined;
	return id !== undefined && packName(id) === name ? id : undefined;
}

export function describeIndex({packs, dataKeys}: IndexContent): IndexObject {
	const used = new Set(packs.map(({dataKeyId}) => dataKeyId));
	return {
		packs: new Map(packs.map(({id, dataKeyId, kind, sizeBytes, segments}) => [id, {dataKeyId, kind, sizeBytes, contentBytes: segments.reduce((sum, {sealedBytes}) => sum + sealedBytes, 0)}])),
		blobs: packs.reduce((sum, {segments}) => sum + segments.reduce((inner, {lengths}) => inner + lengths.length, 0), 0),
		hasIdleKeys: dataKeys.some(({id}) => !used.has(id)),
	};
}

/**
That a listing of one folder shows what another listing has shown, as far as it is still there. Storages that give listings in parts may leave some out.
@param options.isLasting - Nobody may have removed what was there. @default what has been removed meanwhile may be left out
@throws `storage-failed`; what the storage throws
*/
export async function assertListed(session: Pick<RepositorySession, 'storage'>, folder: string, listed: Iterable<string>, expected: Iterable<string>, {isLasting = false}: {readonly isLasting?: boolean} = {}): Promise<void> {
	const names = new Set(listed);
	for (const name of expected) {
		if (!names.has(name) && (isLasting || await session.storage.size(name) !== undefined)) {
			throw incompleteListing(name, folder);
		}
	}
}

export const namesBelow = (listing: Listing, folder: string): string[] => [...listing.keys()].filter(name => name.startsWith(`${folder}/`));

/**
Look at everything, in an order that leaves no gap where backups run meanwhile:

- The marks before the writers, the writers before the snapshots: what writers that have gone have left is in the snapshots.
- The packs before the writers, the writers before the index: a pack that is there belongs to a run that is still there, or is in the index, or nobody's.
- The snapshots before the index: it has all that they need.

@param everything - A listing of all objects from before, which all others are compared with.
@param options.isAlone - Whether the exclusive lock is held: nobody else removes anything but the records of runs.
@throws `damaged`, `usage`, `storage-failed` where that would not be safe; `aborted`; what the storage throws
*/
export async function survey(session: RepositorySession, everything: Listing, {isAlone, signal}: {readonly isAlone: boolean; readonly signal: AbortSignal | undefined}): Promise<Survey> {
	const marked = await readAllMetadata(session, 'pruningMark', 'pruning', ({body}, name) => [name, decodePruningMark(body, name)] as const, {signal});
	if (marked.problems.length > 0) {
		throw unreadableMarks(marked.problems);
	}

	const marks: Marks = new Map(marked.values);
	const packObjects = await session.storage.list('packs', signal);
	const packSizes = new Map(packObjects.flatMap(({name, sizeBytes}) => {
		const id = packIdOf(name);
		return id === undefined ? [] : [[id, sizeBytes] as const];
	}));
	const running = await listRunningWriters(session, signal);
	const snapshotCache = new SnapshotCache();
	const listing = await listSnapshots(session, signal, snapshotCache);
	const {tombstones, problems: tombstoneProblems} = await listTombstones(session, signal);
	const objects = new Map<string, IndexObject>();
	const index = await LoadedIndex.load(session, {lastPacks: new Set([...marks.values()].flatMap(({packs}) => packs)), ...(signal && {signal}), onContent(content, name) {
		objects.set(name, describeIndex(content));
	}});
	const lost = new Map(index.problems.filter(({object}) => object.startsWith('packs/')).map(problem => [problem.object, problem]));
	const problems = [...listing.problems, ...tombstoneProblems, ...index.problems.filter(({object}) => !lost.has(object))];
	if (problems.length > 0) {
		throw unreadable(problems);
	}

	const isLasting = isAlone;
	await assertListed(session, 'snapshots', [...listing.snapshots, ...listing.forgotten].map(({objectName}) => objectName), namesBelow(everything, 'snapshots'), {isLasting});
	await assertListed(session, 'tombstones', tombstones.map(({id}) => tombstoneName(id)), namesBelow(everything, 'tombstones'), {isLasting});
	await assertListed(session, 'index', objects.keys(), namesBelow(everything, 'index'), {isLasting});
	await assertListed(session, 'packs', packObjects.map(({name}) => name), namesBelow(everything, 'packs'), {isLasting});
	await assertListed(session, 'writers', running.names, namesBelow(everything, 'writers'));
	if (listing.snapshots.length === 0 && packSizes.size > 0) {
		throw noSnapshots(packSizes.size);
	}

	const chain = findChainProblems([...listing.snapshots, ...listing.forgotten], tombstones);
	if (chain.length > 0) {
		throw brokenChain(chain, findLostSnapshots(listing, tombstones, []).keys().next().value);
	}

	return {marks, packSizes, running, listing, tombstones, index, objects, lost, snapshotCache};
}
