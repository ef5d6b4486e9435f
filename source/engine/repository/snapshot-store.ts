import {createHash} from 'node:crypto';
import {CofferError, isCofferError} from '../errors.ts';
import type {EpochId, SlotId, SnapshotId} from '../ids.ts';
import {readAllMetadata, readMetadata, type ObjectProblem} from './metadata-store.ts';
import type {RepositorySession} from './session.ts';
import {decodeSnapshot, type Snapshot} from './snapshot.ts';
import {decodeTombstone, tombstoneName, type Tombstone} from './tombstone.ts';

/** A snapshot as it stands in the repository. */
export type StoredSnapshot = Snapshot & {
	/** Name of the object. */
	readonly objectName: string;
	/** SHA-256 of the canonical body: what the successor names. */
	readonly sha256: string;
	/** The epoch that the object is encrypted under. */
	readonly keyEpoch: EpochId;
	/** The key slot that signed it. */
	readonly signer: SlotId;
};

export type SnapshotListing = {
	/** Oldest first. */
	readonly snapshots: readonly StoredSnapshot[];
	/** Those that bear a tombstone, but whose objects are still there: who was forgetting them was interrupted. They are not among `snapshots`. Oldest first. */
	readonly forgotten: readonly StoredSnapshot[];
	readonly problems: readonly ObjectProblem[];
};

const byTime = (a: Snapshot, b: Snapshot): number => (a.time === b.time ? Number(a.id > b.id) - Number(a.id < b.id) : (a.time < b.time ? -1 : 1));
const maximumListings = 5;

/** Whether an owner has forgotten this very snapshot. @throws What the storage throws */
async function hasTombstone(session: RepositorySession, {id, sha256}: StoredSnapshot, signal: AbortSignal | undefined): Promise<boolean> {
	const name = tombstoneName(id);
	try {
		return decodeTombstone((await readMetadata(session, 'tombstone', name, signal)).body, name).sha256 === sha256;
	} catch (error) {
		if (isCofferError(error, 'damaged', 'format-unsupported', 'object-missing')) {
			return false;
		}

		throw error;
	}
}

/** Those that are forgotten, although their objects are there. A tombstone is read only where its snapshot still stands. */
async function findForgotten(session: RepositorySession, snapshots: readonly StoredSnapshot[], signal: AbortSignal | undefined): Promise<Set<StoredSnapshot>> {
	const names = new Set((await session.storage.list('tombstones', signal)).map(({name}) => name));
	const forgotten = new Set<StoredSnapshot>();
	for (const snapshot of snapshots) {
		if (names.has(tombstoneName(snapshot.id)) && await hasTombstone(session, snapshot, signal)) {
			forgotten.add(snapshot);
		}
	}

	return forgotten;
}

/** Snapshots that were read before in a session, for who lists them again and again: their objects never change, except when a rotation encrypts them anew. */
export class SnapshotCache {
	#keyring: unknown;
	#known = new Map<string, StoredSnapshot>();

	/** What is known under these keys. */
	of({keyring}: RepositorySession): ReadonlyMap<string, StoredSnapshot> {
		if (keyring !== this.#keyring) {
			this.#keyring = keyring;
			this.#known = new Map();
		}

		return this.#known;
	}

	/** Replace what is known by what a listing found. */
	keep(snapshots: readonly StoredSnapshot[]): void {
		this.#known = new Map(snapshots.map(snapshot => [snapshot.objectName, snapshot]));
	}
}

/**
All snapshots that can be read, and what is wrong with the others.
@param cache - Those in it are not read again. @default every object is read
*/
export async function listSnapshots(session: RepositorySession, signal?: AbortSignal, cache?: SnapshotCache): Promise<SnapshotListing> {
	for (let round = 1; ; round++) {
		const {values, problems, hasVanished} = await readAllMetadata(session, 'snapshot', 'snapshots', ({body, bodyBytes, epochId, signer}, objectName): StoredSnapshot => ({
			...decodeSnapshot(body, objectName),
			objectName,
			sha256: createHash('sha256').update(bodyBytes).digest('hex'),
			keyEpoch: epochId,
			signer,
		}), {signal, ...(cache && {known: cache.of(session)})});
		if (!hasVanished || round === maximumListings) {
			const sorted = values.toSorted(byTime);
			cache?.keep(sorted);
			const forgotten = await findForgotten(session, sorted, signal);
			return {snapshots: sorted.filter(snapshot => !forgotten.has(snapshot)), forgotten: [...forgotten], problems};
		}
	}
}

/** All tombstones that can be read. */
export async function listTombstones(session: RepositorySession, signal?: AbortSignal): Promise<{tombstones: Tombstone[]; problems: ObjectProblem[]}> {
	const {values, problems} = await readAllMetadata(session, 'tombstone', 'tombstones', ({body}, name) => decodeTombstone(body, name), {signal});
	return {tombstones: values, problems};
}

/**
The snapshots that are named as a predecessor, and are neither there nor forgotten on purpose; and those whose content is not what the successor saw.
*/
export function findChainProblems(snapshots: readonly StoredSnapshot[], tombstones: readonly Tombstone[]): ObjectProblem[] {
	const known = new Map<SnapshotId, string>([...tombstones, ...snapshots].map(({id, sha256}) => [id, sha256]));
	const problems: ObjectProblem[] = [];
	for (const {previous, objectName} of snapshots) {
		if (previous && known.get(previous.id) !== previous.sha256) {
			problems.push({object: objectName, message: known.has(previous.id)
				? `${objectName} followed a snapshot ${previous.id} with another content than the one that is there now: it was exchanged.`
				: `${objectName} follows the snapshot ${previous.id}, which is gone without having been forgotten: it was lost or removed.`});
		}
	}

	return problems;
}

/**
The snapshot that `reference` means: an id or the unambiguous beginning of one, `latest`, or `latest:SOURCE`.
@param snapshots - Oldest first.
@throws `snapshot-missing`, `snapshot-ambiguous`
*/
export function findSnapshot(snapshots: readonly StoredSnapshot[], reference: string): StoredSnapshot {
	const [word, source] = reference.startsWith('latest:') ? ['latest', reference.slice('latest:'.length)] : [reference, undefined];
	if (word === 'latest') {
		const newest = snapshots.findLast(snapshot => source === undefined || snapshot.source === source);
		if (newest === undefined) {
			throw new CofferError('snapshot-missing', source === undefined ? 'The repository holds no snapshot yet. Make one with "coffer backup".' : `There is no snapshot of the source "${source}". "coffer snapshots" lists what there is.`);
		}

		return newest;
	}

	const matches = /^[\da-f]{4,32}$/.test(word) ? snapshots.filter(snapshot => snapshot.id.startsWith(word)) : [];
	if (matches.length > 1) {
		throw new CofferError('snapshot-ambiguous', `"${reference}" is the beginning of ${matches.length} snapshot ids: ${matches.map(({id}) => id.slice(0, 12)).join(', ')}. Give more digits.`);
	}

	if (matches[0] === undefined) {
		throw new CofferError('snapshot-missing', `There is no snapshot "${reference}". Name an id (at least its first 4 digits), "latest" or "latest:SOURCE"; "coffer snapshots" lists them.`);
	}

	return matches[0];
}
