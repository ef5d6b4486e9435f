import type {SnapshotChange} from './compare-snapshots.ts';

/** Counts of what a comparison found. Entries of all kinds; bytes are of files. */
export type ChangeCounts = {
	readonly added: number;
	readonly addedBytes: number;
	readonly removed: number;
	readonly removedBytes: number;
	/** Entries with another content or of another type. */
	readonly changed: number;
	/** What these had before. */
	readonly changedBytesBefore: number;
	readonly changedBytesAfter: number;
	/** Entries of which nothing but the metadata differs. */
	readonly metadataOnly: number;
};

/** Adds up changes. */
export class ChangeTally {
	#counts: ChangeCounts = {added: 0, addedBytes: 0, removed: 0, removedBytes: 0, changed: 0, changedBytesBefore: 0, changedBytesAfter: 0, metadataOnly: 0};

	get counts(): ChangeCounts {
		return this.#counts;
	}

	add(change: SnapshotChange): void {
		const counts = this.#counts;
		if (change.change === 'added') {
			this.#counts = {...counts, added: counts.added + 1, addedBytes: counts.addedBytes + (change.after.size ?? 0)};
		} else if (change.change === 'removed') {
			this.#counts = {...counts, removed: counts.removed + 1, removedBytes: counts.removedBytes + (change.before.size ?? 0)};
		} else if (change.differs.every(aspect => aspect === 'metadata')) {
			this.#counts = {...counts, metadataOnly: counts.metadataOnly + 1};
		} else {
			const {before, after} = change;
			this.#counts = {
				...counts,
				changed: counts.changed + 1,
				changedBytesBefore: counts.changedBytesBefore + (before.size ?? 0),
				changedBytesAfter: counts.changedBytesAfter + (after.size ?? 0),
			};
		}
	}
}
