import type {ByteString} from '../../byte-string.ts';
import type {TreeNode} from '../../tree-node.ts';

/** A directory that entries are restored into. */
export type PlannedFolder = {
	/** From the target, without a slash at either end; empty for the target itself. */
	readonly path: ByteString;
	/** `undefined` for the target itself. */
	readonly parent?: PlannedFolder;
	/** In the snapshot. `undefined` for the target itself. */
	readonly node?: TreeNode;
	/** What is there: nothing, a directory, or something that is to be replaced by one. */
	readonly existing: 'none' | 'folder' | 'other';
	/** It is restored itself, and not only on the way to what is. */
	readonly isSelected: boolean;
	/** Something in it is restored, or it is itself. */
	isNeeded: boolean;
};

/** Something that is no directory, and what is to be done. */
export type PlannedEntry = {
	readonly folder: PlannedFolder;
	readonly node: TreeNode;
	/** In the target; another than the node's where both are kept. */
	readonly name: ByteString;
	/** `identical`: nothing, but others are linked to it. */
	readonly action: 'create' | 'replace' | 'compare' | 'identical';
	/** A directory stands there, which has to be removed first. */
	readonly isObstructed: boolean;
};

/** One file with several names in the snapshot. */
export type LinkGroup = {
	readonly first: PlannedEntry;
	readonly others: PlannedEntry[];
};

export type PlannedDeletion = {
	readonly folder: PlannedFolder;
	readonly name: ByteString;
};

export type RestorePlan = {
	/** Those that are needed, every one after its parent. */
	readonly folders: PlannedFolder[];
	/** The others of link groups are not among them. */
	readonly entries: PlannedEntry[];
	readonly linkGroups: LinkGroup[];
	readonly deletions: PlannedDeletion[];
	/** Entries that were left as they are, by the policy. */
	kept: number;
	identical: number;
	beside: number;
};

/** Names that a directory entry cannot have, by which a snapshot could reach outside its directory. */
export function isUnsafeName(name: ByteString): boolean {
	return name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0');
}

/** From the target, or from the root of the snapshot. */
export function pathIn(folder: PlannedFolder, name: ByteString): ByteString {
	return (folder.path === '' ? name : `${folder.path}/${name}`) as ByteString;
}
