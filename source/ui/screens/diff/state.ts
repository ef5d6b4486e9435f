import type {SnapshotComparison, StoredSnapshot} from '../../../engine/index.ts';

/** What differs between two snapshots. */
export type DiffScreen = {
	readonly kind: 'diff';
	/** The older one. */
	readonly from: StoredSnapshot;
	readonly to: StoredSnapshot;
	/** `undefined` while it is being found out. */
	readonly comparison?: SnapshotComparison;
	readonly cursor: number;
	readonly filter: string;
};

export function createDiffScreen(from: StoredSnapshot, to: StoredSnapshot): DiffScreen {
	return {kind: 'diff', from, to, cursor: 0, filter: ''};
}
