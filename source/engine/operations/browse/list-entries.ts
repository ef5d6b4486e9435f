import {joinPath, type ByteString} from '../../byte-string.ts';
import type {TreeNode} from '../../tree-node.ts';
import {toSnapshotEntry, type SnapshotEntry} from './entry.ts';
import type {FoundPath} from './find-entry.ts';
import type {FolderReader} from './folder-reader.ts';

/** A directory that is being gone through. */
type Frame = {readonly path: ByteString; readonly nodes: readonly TreeNode[]; next: number};

/**
What is in a directory, or the entry itself when it is none; each directory before what it holds, in the byte order of names. Only the directories on the way to the current entry are kept in memory.
@param isRecursive - Also what is below its directories.
@yields The next entry.
@throws What the reader throws
*/
export async function * listEntries(reader: FolderReader, {path, node, tree}: FoundPath, isRecursive: boolean): AsyncGenerator<SnapshotEntry, void> {
	if (tree === undefined) {
		yield toSnapshotEntry(path, node!);
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
		yield toSnapshotEntry(childPath, child);
		if (isRecursive && child.tree) {
			frames.push({path: childPath, nodes: await reader.read(childPath, child.tree), next: 0});
		}
	}
}
