import type {SnapshotId, StoredSnapshot} from '../../../engine/index.ts';

/** Restore: from the choice of a snapshot to the result. */
export type RestoreScreen = {
	readonly kind: 'restore';
	readonly name: string;
	readonly host: string;
	/** Of the source, the newest first. */
	readonly snapshots: readonly StoredSnapshot[];
	readonly snapshot: SnapshotId;
	/** Where restored files go unless somebody says otherwise. */
	readonly folder: string;
};

/** @param facts.snapshots - Newest first, at least one. @param facts.snapshot - The one to begin with. @default the newest */
export function createRestoreScreen({snapshot, ...facts}: Pick<RestoreScreen, 'name' | 'host' | 'snapshots' | 'folder'> & {readonly snapshot?: string}): RestoreScreen {
	const {snapshots} = facts;
	return {...facts, kind: 'restore', snapshot: snapshots.find(({id}) => id === snapshot)?.id ?? snapshots[0]!.id};
}
