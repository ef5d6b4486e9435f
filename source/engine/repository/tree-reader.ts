import type {BlobId} from '../ids.ts';
import {CofferError} from '../errors.ts';
import type {TreeNode} from '../tree-node.ts';
import type {BlobReader} from './blob-reader.ts';
import {TreeScanner} from './tree-scanner.ts';
import {assertNamesAscend, decodeContentList, decodeTree, maximumTreeBytes} from './tree.ts';

function describe(id: BlobId): string {
	return `The tree ${id.slice(0, 12)}…`;
}

async function readBounded(blobs: BlobReader, id: BlobId): Promise<Buffer> {
	const length = blobs.locate(id)?.length ?? 0;
	if (length > maximumTreeBytes) {
		throw new CofferError('damaged', `${describe(id)} is larger than any tree: the index was damaged.`, {context: {blob: id}});
	}

	return blobs.read(id);
}

/** The entries of a directory, from all blobs of its tree. @throws `damaged`; what the storage throws */
export async function readTree(blobs: BlobReader, tree: readonly BlobId[]): Promise<TreeNode[]> {
	const [only] = tree;
	if (tree.length === 1 && only) {
		return decodeTree(await readBounded(blobs, only), describe(only));
	}

	const entries: TreeNode[] = [];
	for (const id of tree) {
		for (const entry of decodeTree(await readBounded(blobs, id), describe(id))) {
			entries.push(entry);
		}
	}

	assertNamesAscend(entries, tree[0] ? describe(tree[0]) : 'A tree');
	return entries;
}

/** A scanner for each blob of a tree, and the size of all of them. @throws `damaged`; what the storage throws */
export async function scanTree(blobs: BlobReader, tree: readonly BlobId[]): Promise<{scanners: TreeScanner[]; sizeBytes: number}> {
	const scanners: TreeScanner[] = [];
	let sizeBytes = 0;
	for (const id of tree) {
		const bytes = await readBounded(blobs, id);
		sizeBytes += bytes.byteLength;
		scanners.push(new TreeScanner(bytes, describe(id)));
	}

	return {scanners, sizeBytes};
}

/** The ids of a file's chunks, in order. @throws `damaged`; what the storage throws */
export async function readContent(blobs: BlobReader, node: Pick<TreeNode, 'content' | 'contents'>): Promise<readonly BlobId[]> {
	if (!node.contents) {
		return node.content ?? [];
	}

	const content: BlobId[] = [];
	for (const id of node.contents) {
		for (const chunk of decodeContentList(await readBounded(blobs, id), describe(id))) {
			content.push(chunk);
		}
	}

	return content;
}
