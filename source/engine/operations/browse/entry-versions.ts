import {joinPath, type ByteString} from '../../byte-string.ts';
import {CofferError} from '../../errors.ts';
import type {SnapshotId} from '../../ids.ts';
import type {StoredSnapshot} from '../../repository/repository.ts';
import type {TreeNode} from '../../tree-node.ts';
import {findDifferences} from './compare-snapshots.ts';
import {toEntryFacts, type EntryFacts} from './entry.ts';
import {partsOf, type EntryAddress} from './entry-address.ts';
import {pickEntry} from './find-entry.ts';
import type {FolderReader} from './folder-reader.ts';

/** One version of an entry: how it stood in a snapshot. Those of snapshots that show no difference to the one before are left out. Of a directory its own metadata counts, not what it holds. */
export type EntryVersion = {
	/** The newest snapshot that holds this version. */
	readonly snapshot: {readonly id: SnapshotId; readonly time: string};
	/** The oldest one. */
	readonly since: {readonly id: SnapshotId; readonly time: string};
	/** `undefined`: it was not there. */
	readonly facts?: EntryFacts;
};

/** Looks at one path in one snapshot after the other. Directories that did not change in between are not read again. */
class PathFollower {
	readonly #reader: FolderReader;
	readonly #parts: readonly ByteString[];
	/** The last tree looked at on each level, and what it had. */
	readonly #seen: Array<{readonly tree: string; readonly node: TreeNode | undefined} | undefined> = [];

	constructor(reader: FolderReader, parts: readonly ByteString[]) {
		this.#reader = reader;
		this.#parts = parts;
	}

	async find(snapshot: StoredSnapshot): Promise<TreeNode | undefined> {
		let {tree}: Pick<TreeNode, 'tree'> = snapshot;
		let path = '/' as ByteString;
		let node: TreeNode | undefined;
		for (const [level, name] of this.#parts.entries()) {
			if (tree === undefined) {
				return undefined;
			}

			const key = tree.join('');
			const seen = this.#seen[level];
			node = seen?.tree === key ? seen.node : pickEntry(await this.#reader.read(path, tree), name);
			this.#seen[level] = {tree: key, node};
			tree = node?.tree;
			path = joinPath(path, name);
		}

		return node;
	}
}

const isSame = (a: TreeNode | undefined, b: TreeNode | undefined): boolean => a === b || (a !== undefined && b !== undefined && findDifferences(a, b).length === 0);

/**
The versions of an entry, newest first; nothing where no snapshot has it.
@param snapshots - Oldest first.
@throws `usage` for the root, which has no versions; what the reader throws
*/
export async function findVersions(reader: FolderReader, snapshots: readonly StoredSnapshot[], address: EntryAddress): Promise<EntryVersion[]> {
	const parts = partsOf(address);
	if (parts.length === 0) {
		throw new CofferError('usage', 'Of the root of a snapshot nothing is stored that could have versions. Name an entry.');
	}

	const follower = new PathFollower(reader, parts);
	const versions: Array<{snapshot: StoredSnapshot; since: StoredSnapshot; node: TreeNode | undefined}> = [];
	for (const snapshot of snapshots.toReversed()) {
		const node = await follower.find(snapshot);
		const last = versions.at(-1);
		if (last && isSame(last.node, node)) {
			last.since = snapshot;
		} else {
			versions.push({snapshot, since: snapshot, node});
		}
	}

	const named = ({id, time}: StoredSnapshot) => ({id, time});
	return versions.every(({node}) => node === undefined)
		? []
		: versions.map(({snapshot, since, node}) => ({snapshot: named(snapshot), since: named(since), ...(node && {facts: toEntryFacts(node)})}));
}
