import {isCofferError} from '../../errors.ts';
import type {DataKeyId} from '../../ids.ts';
import type {RepositorySession, StoredObject, StoredSnapshot} from '../../repository/repository.ts';
import {createBlobReader} from '../reading.ts';
import {Blame} from './blame.ts';
import {checkDataKeys} from './check-data-keys.ts';
import {checkKeySlots} from './check-key-slots.ts';
import {checkListing, type ListedPacks} from './check-listing.ts';
import {checkRepositoryFile} from './check-repository-file.ts';
import {checkRunRecords, checkTombstones} from './check-records.ts';
import {checkChain, chooseSnapshots, readSnapshots} from './check-snapshots.ts';
import {checkTrees, type TreeCheck} from './check-trees.ts';
import {Findings} from './problem.ts';
import {isKeyNeeded, readIndex, type StoredIndex} from './stored-index.ts';
import type {WalkContext} from './walk-trees.ts';

/** What the structure of a repository shows. */
export type Inspection = {
	readonly findings: Findings;
	/** Those to be verified. */
	readonly snapshots: readonly StoredSnapshot[];
	/** Names of all intact snapshot objects. */
	readonly snapshotNames: readonly string[];
	readonly index: StoredIndex;
	readonly listing: readonly StoredObject[];
	readonly packs: ListedPacks;
	/** What only a key that may decrypt can tell. */
	readonly contents: {readonly trees: TreeCheck; readonly blame: Blame; readonly walk: WalkContext} | undefined;
};

/** Unpacked segments with trees that are kept. */
const treeCacheBytes = 24 * 1024 * 1024;
const maximumRounds = 3;

/** Whether the key can open packs. */
export function canDecrypt({keyring}: RepositorySession): boolean {
	return keyring.idKey !== undefined && keyring.epochs.some(epoch => epoch.privateKey);
}

/**
One look at everything. The order matters where others are at work: a snapshot that is seen was written after its index, and that after its packs; so what each of them needs must be found later.
*/
async function inspectOnce(session: RepositorySession, requested: readonly StoredSnapshot[] | undefined, signal: AbortSignal | undefined): Promise<Inspection> {
	const findings = new Findings();
	const all = await readSnapshots(session, findings, signal);
	const tombstones = await checkTombstones(session, findings, signal);
	checkChain(all, tombstones, findings);
	const snapshots = chooseSnapshots(all, requested, tombstones, findings);
	const index = await readIndex(session, canDecrypt(session), findings, signal);
	const listing = await session.storage.list('', signal);
	await checkRepositoryFile(session, findings);
	await checkKeySlots(session, findings);
	await checkRunRecords(session, findings, signal);
	const packs = await checkListing(session, listing, index, findings);
	const neededKeys = new Set<DataKeyId>(index.loaded.packs.map(pack => pack.dataKeyId));
	await checkDataKeys(session, listing.map(({name}) => name).filter(name => name.startsWith('datakeys/')), {
		copies: index.dataKeyCopies, needed: neededKeys, isNeeded: async id => isKeyNeeded(index, id),
	}, findings);
	const inspection = {findings, snapshots, snapshotNames: all.map(({objectName}) => objectName), index, listing, packs};
	if (!canDecrypt(session)) {
		return {...inspection, contents: undefined};
	}

	const reader = createBlobReader(session, index.loaded, treeCacheBytes);
	const walk: WalkContext = {reader, runtime: session.runtime, signal};
	const blame = new Blame(findings, reader);
	for (const [number, {id}] of index.loaded.packs.entries()) {
		const finding = packs.missing.get(id);
		if (finding) {
			blame.addPack(number, [finding]);
		}
	}

	return {...inspection, contents: {trees: await checkTrees(snapshots, index, blame, walk), blame, walk}};
}

/** Take over keys that were changed. @returns Whether they were. */
async function hasTakenOverKeys(session: RepositorySession): Promise<boolean> {
	try {
		return await session.refresh();
	} catch (error) {
		// What is wrong with the slots is found below.
		if (isCofferError(error, 'damaged', 'key-wrong', 'format-unsupported')) {
			return false;
		}

		throw error;
	}
}

/** Whether something that was read has been removed since: what it named may rightly be gone. */
async function hasMoved({storage}: RepositorySession, {index, snapshotNames}: Inspection, signal: AbortSignal | undefined): Promise<boolean> {
	const listings = await Promise.all([storage.list('index', signal), storage.list('snapshots', signal)]);
	const present = new Set(listings.flat().map(({name}) => name));
	return [...index.objectNames, ...snapshotNames].some(name => !present.has(name));
}

/**
Look at all that can be seen without reading the packs whole. Should a prune or a rotation be at work meanwhile, it begins anew.
@param requested - Verify only these snapshots. @default all
@throws `aborted`; `format-unsupported`; `key-wrong` when the key was replaced meanwhile; what the storage throws
*/
export async function inspect(session: RepositorySession, requested: readonly StoredSnapshot[] | undefined, signal: AbortSignal | undefined): Promise<Inspection> {
	await hasTakenOverKeys(session);
	for (let round = 1; ; round++) {
		const inspection = await inspectOnce(session, requested, signal);
		if (inspection.findings.isEmpty || round === maximumRounds || !(await hasTakenOverKeys(session) || await hasMoved(session, inspection, signal))) {
			return inspection;
		}
	}
}
