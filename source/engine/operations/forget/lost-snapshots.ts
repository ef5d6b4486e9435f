import type {SnapshotId} from '../../ids.ts';
import type {SnapshotListing, StoredSnapshot, Tombstone} from '../../repository/repository.ts';

/** A snapshot that is gone without having been forgotten, as somebody else remembers it. */
export type RememberedSnapshot = Pick<StoredSnapshot, 'id' | 'time' | 'objectName'>;

/** Stands in a tombstone where nobody knows the hash any more. */
export const unknownHash = '0'.repeat(64);

/**
Snapshots that are neither there nor forgotten, although another one names them as its predecessor or this host remembers them; each with the hash of its body.
@param remembered - By this host.
*/
export function findLostSnapshots({snapshots, forgotten}: SnapshotListing, tombstones: readonly Tombstone[], remembered: readonly RememberedSnapshot[]): ReadonlyMap<SnapshotId, string> {
	const there = [...snapshots, ...forgotten];
	const known = new Set([...there, ...tombstones].map(({id}) => id));
	const named = there.flatMap(({previous}) => previous && !known.has(previous.id) ? [[previous.id, previous.sha256] as const] : []);
	return new Map([...remembered.filter(({id}) => !known.has(id)).map(({id}) => [id, unknownHash] as const), ...named]);
}
