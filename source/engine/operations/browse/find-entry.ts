import {joinPath, toDisplayText, toExactText, type ByteString} from '../../byte-string.ts';
import {CofferError} from '../../errors.ts';
import type {BlobId} from '../../ids.ts';
import type {StoredSnapshot} from '../../repository/repository.ts';
import type {TreeNode} from '../../tree-node.ts';
import {partsOf, type EntryAddress} from './entry-address.ts';
import type {FolderReader} from './folder-reader.ts';

/** An entry of a snapshot, or its root, of which nothing but the tree is known. */
export type FoundPath = {
	/** Absolute. */
	readonly path: ByteString;
	/** `undefined` for `/`. */
	readonly node: TreeNode | undefined;
	/** Of directories. */
	readonly tree: readonly BlobId[] | undefined;
};

const rootPath = '/' as ByteString;

/** The entry of that name; else, where the name could be a text that was shown to people, the only one whose bytes, not being UTF-8, are shown as that name. */
export function pickEntry(nodes: readonly TreeNode[], name: ByteString): TreeNode | undefined {
	const exact = nodes.find(node => node.name === name);
	if (exact || !toExactText(name)?.includes('\uFFFD')) {
		return exact;
	}

	const alike = nodes.filter(node => toDisplayText(node.name) === toDisplayText(name));
	return alike.length === 1 ? alike[0] : undefined;
}

function missing({id}: StoredSnapshot, wanted: string, {path, node}: FoundPath): CofferError {
	const known = toDisplayText(path);
	const kind = node === undefined || node.type === 'directory'
		? `The nearest that it has is ${known}; "coffer ls ${id.slice(0, 8)} ${known}" lists it.`
		: `${known} is there, but ${node.type === 'file' ? 'a file' : `a ${node.type}`}.`;
	return new CofferError('path-missing', `The snapshot ${id.slice(0, 8)} has no ${wanted}. ${kind}`, {context: {snapshot: id, path: wanted, nearest: known}});
}

/**
Find an entry. Symbolic links are not followed.
@throws `usage`; `path-missing`, naming the nearest ancestor that there is; what the reader throws
*/
export async function findEntry(reader: FolderReader, snapshot: StoredSnapshot, address: EntryAddress): Promise<FoundPath> {
	let found: FoundPath = {path: rootPath, node: undefined, tree: snapshot.tree};
	const parts = partsOf(address);
	const wanted = `/${parts.map(part => toDisplayText(part)).join('/')}`;
	for (const name of parts) {
		const node = found.tree && pickEntry(await reader.read(found.path, found.tree), name);
		if (node === undefined) {
			throw missing(snapshot, wanted, found);
		}

		found = {path: joinPath(found.path, node.name), node, tree: node.type === 'directory' ? node.tree ?? [] : undefined};
	}

	return found;
}
