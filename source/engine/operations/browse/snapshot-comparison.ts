import {ChangeTally, type ChangeCounts} from './change-tally.ts';
import type {SnapshotChange} from './compare-snapshots.ts';

/** What a comparison of two snapshots found: all of it counted, and the first changes. */
export type SnapshotComparison = {
	/** At most as many as were asked for, each directory before what it holds, in the byte order of names. */
	readonly changes: readonly SnapshotChange[];
	readonly counts: ChangeCounts;
};

/** @param limit - Changes to keep. @throws What `found` throws */
export async function collectChanges(found: AsyncIterable<SnapshotChange>, limit: number): Promise<SnapshotComparison> {
	const changes: SnapshotChange[] = [];
	const tally = new ChangeTally();
	for await (const change of found) {
		tally.add(change);
		if (changes.length < limit) {
			changes.push(change);
		}
	}

	return {changes, counts: tally.counts};
}
