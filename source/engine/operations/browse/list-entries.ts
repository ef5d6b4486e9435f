import {joinPath, toDisplayText, type ByteString} from '../../byte-string.ts';
import {CofferError} from '../../errors.ts';
import type {TreeNode} from '../../tree-node.ts';
import {toSnapshotEntry, type SnapshotEntry} from './entry.ts';
import type {FoundPath} from './find-entry.ts';
import type {FolderReader} from './folder-reader.ts';

/** A directory that is being gone through. */
type Frame = {readonly path: ByteString; readonly nodes: readonly TreeNode[]; next: number};

/** An entry and its absolute path. */
export type PlacedNode = {readonly path: ByteString; readonly node: TreeNode};

/**
What is in a directory, or the entry itself when it is none; each directory before what it holds, in the byte order of names. Only the directories on the way to the current entry are kept in memory.
@param isRecursive - Also what is below its directories.
@yields The next entry.
@throws What the reader throws
*/
export async function * walkEntries(reader: FolderReader, {path, node, tree}: FoundPath, isRecursive: boolean): AsyncGenerator<PlacedNode, void> {
	if (tree === undefined) {
		yield {path, node: node!};
		return;
	}

	const frames: Frame[] = [{path, nodes: await reader.read(path, tree), next: 0}];
	for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
		const child = frame.nodes[frame.next++];
		if (child === undefined) {
			frames.pop();
			continue;
		}

		const childPath = joinPath(frame.path, child.name);
		yield {path: childPath, node: child};
		if (isRecursive && child.tree) {
			frames.push({path: childPath, nodes: await reader.read(childPath, child.tree), next: 0});
		}
	}
}

/**
As `walkEntries`, described.
@yields The next entry.
@throws What the reader throws
*/
export async function * listEntries(reader: FolderReader, found: FoundPath, isRecursive: boolean): AsyncGenerator<SnapshotEntry, void> {
	for await (const {path, node} of walkEntries(reader, found, isRecursive)) {
		yield toSnapshotEntry(path, node);
	}
}

/** The tree of a directory. @throws `usage` for what is none */
export function treeOf({path, tree}: FoundPath): NonNullable<FoundPath['tree']> {
	if (tree === undefined) {
		const name = toDisplayText(path);
		throw new CofferError('usage', `${name} is no directory.`, {context: {path: name}});
	}

	return tree;
}

/** What is in a directory: directories first, each part in the byte order of names. @throws `usage` for what is none; what the reader throws */
export async function listFolder(reader: FolderReader, found: FoundPath): Promise<SnapshotEntry[]> {
	const nodes = await reader.read(found.path, treeOf(found));
	const isDirectory = ({type}: TreeNode): boolean => type === 'directory';
	return [...nodes.filter(node => isDirectory(node)), ...nodes.filter(node => !isDirectory(node))].map(node => toSnapshotEntry(joinPath(found.path, node.name), node));
}
