import {Buffer} from 'node:buffer';
import type {ByteString} from '../../byte-string.ts';
import {errorText, isCofferError} from '../../errors.ts';
import type {BlobId} from '../../ids.ts';
import {readContent, readTree, type BlobIndex, type BlobReader, type StoredSnapshot} from '../../repository/repository.ts';
import type {TreeNode} from '../../tree-node.ts';

const nothing: ReadonlyMap<ByteString, TreeNode> = new Map();

/** The previous snapshot's tree, directory by directory, beside the walk. What cannot be read of it counts as not there: those files are read again. */
export class PreviousTree {
	readonly #blobs: BlobIndex;
	readonly #reader: BlobReader | undefined;
	readonly #tree: readonly BlobId[] | undefined;
	readonly #onDamage: (message: string) => void;

	/** @param reader - `undefined` when there is no previous snapshot, or the key may not read it. */
	constructor(blobs: BlobIndex, reader: BlobReader | undefined, snapshot: StoredSnapshot | undefined, onDamage: (message: string) => void) {
		this.#blobs = blobs;
		this.#reader = reader;
		this.#tree = reader && snapshot?.tree;
		this.#onDamage = onDamage;
	}

	/** An entry for `/`; its metadata is not known and never counts as unchanged. */
	async root(): Promise<TreeNode | undefined> {
		return this.#tree && {
			name: '' as ByteString, type: 'directory', mode: 0, uid: 0, gid: 0, mtimeNs: 0n, device: '0', inode: '0', links: 1, tree: this.#tree,
		};
	}

	/** The entries of a directory by name. */
	async entries(directory: TreeNode | undefined): Promise<ReadonlyMap<ByteString, TreeNode>> {
		if (!this.#reader || !directory?.tree) {
			return nothing;
		}

		try {
			const nodes = await readTree(this.#reader, directory.tree);
			return new Map(nodes.map(node => [node.name, node]));
		} catch (error) {
			if (!isCofferError(error, 'damaged', 'object-missing')) {
				throw error;
			}

			this.#onDamage(`A part of the previous snapshot cannot be read, so its files are read and stored again: ${errorText(error)}`);
			return nothing;
		}
	}

	/** Whether the repository has every blob of a file. */
	async hasContent(node: TreeNode): Promise<boolean> {
		if (!this.#hasAll(node.content ?? node.contents ?? [])) {
			return false;
		}

		if (!node.contents || !this.#reader) {
			return true;
		}

		try {
			return this.#hasAll(await readContent(this.#reader, node));
		} catch (error) {
			if (isCofferError(error, 'damaged', 'object-missing')) {
				return false;
			}

			throw error;
		}
	}

	#hasAll(ids: readonly BlobId[]): boolean {
		return ids.every(id => this.#blobs.has(Buffer.from(id, 'hex')));
	}
}
