import type {SnapshotId} from '../../../engine/index.ts';

/** One source and its snapshots. */
export type SourceScreen = {
	readonly kind: 'source';
	readonly name: string;
	readonly host: string;
	/** In the list of snapshots, the newest first. */
	readonly cursor: number;
	/** The snapshot that another one is to be compared with. */
	readonly marked?: SnapshotId;
	/** The snapshot at the cursor has the keys instead of the list: the first line of it that is seen. */
	readonly detailsFrom?: number;
};

export function createSourceScreen({name, host}: {readonly name: string; readonly host: string}): SourceScreen {
	return {kind: 'source', name, host, cursor: 0};
}
