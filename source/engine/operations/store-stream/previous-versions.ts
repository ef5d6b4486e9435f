import type {ByteString} from '../../byte-string.ts';
import {isCofferError} from '../../errors.ts';
import type {BlobId} from '../../ids.ts';
import {readTree, type BlobReader} from '../../repository/repository.ts';
import type {TreeNode} from '../../tree-node.ts';
import type {FileVersion} from '../backup/base-finder.ts';

/** Finds what the previous snapshot has under the paths of a stream. What cannot be read of it counts as not there. */
export class PreviousVersions {
	readonly #reader: BlobReader;
	readonly #root: readonly BlobId[];
	/** The folders on the way to the last path: those that come after it are mostly in the same. */
	#opened: Array<{readonly name: ByteString; readonly nodes: ReadonlyMap<ByteString, TreeNode>}> = [];

	/** @param root - The tree of the previous snapshot. */
	constructor(reader: BlobReader, root: readonly BlobId[]) {
		this.#reader = reader;
		this.#root = root;
	}

	/** @param parts - The names on the way from the root. @throws What the storage throws that is no damage */
	async find(parts: readonly ByteString[]): Promise<FileVersion | undefined> {
		let tree: readonly BlobId[] | undefined = this.#root;
		let node: TreeNode | undefined;
		for (const [depth, name] of ['' as ByteString, ...parts.slice(0, -1)].entries()) {
			if (tree === undefined) {
				return undefined;
			}

			if (this.#opened[depth]?.name !== name) {
				this.#opened = [...this.#opened.slice(0, depth), {name, nodes: await this.#read(tree)}];
			}

			node = this.#opened[depth]!.nodes.get(parts[depth]!);
			tree = node?.tree;
		}

		return node?.type === 'file' ? node : undefined;
	}

	async #read(tree: readonly BlobId[]): Promise<ReadonlyMap<ByteString, TreeNode>> {
		try {
			const nodes = await readTree(this.#reader, tree);
			return new Map([...nodes].map(node => [node.name, node]));
		} catch (error) {
			if (isCofferError(error, 'damaged', 'object-missing')) {
				return new Map();
			}

			throw error;
		}
	}
}
