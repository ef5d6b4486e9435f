import {Buffer} from 'node:buffer';
import type {ByteString} from '../../byte-string.ts';
import {errorText, isCofferError, type CofferError} from '../../errors.ts';
import type {BlobId} from '../../ids.ts';
import {readContent, scanTree, type BlobIndex, type BlobReader, type StoredSnapshot} from '../../repository/repository.ts';
import type {TreeNode} from '../../tree-node.ts';
import {PreviousEntries, type PreviousEntriesOptions} from './previous-entries.ts';

/** The previous snapshot's tree, directory by directory, beside the walk. What cannot be read of it counts as not there: those files are read again. */
export class PreviousTree {
	readonly #blobs: BlobIndex;
	readonly #reader: BlobReader | undefined;
	readonly #tree: readonly BlobId[] | undefined;
	readonly #onDamage: (message: string) => void;
	readonly #onGone: PreviousEntriesOptions['onGone'];
	#isDamaged = false;

	/** @param reader - `undefined` when there is no previous snapshot, or the key may not read it. */
	constructor(blobs: BlobIndex, reader: BlobReader | undefined, snapshot: StoredSnapshot | undefined, onDamage: (message: string) => void, onGone?: PreviousEntriesOptions['onGone']) {
		this.#blobs = blobs;
		this.#reader = reader;
		this.#tree = reader && snapshot?.tree;
		this.#onDamage = onDamage;
		this.#onGone = onGone;
	}

	/** Whether all that was asked for could be read. */
	get isWhole(): boolean {
		return this.#tree !== undefined && !this.#isDamaged;
	}

	/** An entry for `/`; its metadata is not known and never counts as unchanged. */
	async root(): Promise<TreeNode | undefined> {
		return this.#tree && {
			name: '' as ByteString, type: 'directory', mode: 0, uid: 0, gid: 0, mtimeNs: 0n, device: '0', inode: '0', links: 1, tree: this.#tree,
		};
	}

	/** The entries of a directory, to be gone through beside its listing. */
	async entries(directory: TreeNode | undefined): Promise<PreviousEntries> {
		if (!this.#reader || !directory?.tree) {
			return this.#createEntries({scanners: [], sizeBytes: 0});
		}

		try {
			return this.#createEntries(await scanTree(this.#reader, directory.tree));
		} catch (error) {
			if (!isCofferError(error, 'damaged', 'object-missing')) {
				throw error;
			}

			this.#tellDamage(error);
			return this.#createEntries({scanners: [], sizeBytes: 0, isDamaged: true});
		}
	}

	/** Whether the repository has every blob of a file, also of one that names its chunks in blobs of their own. */
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

	#createEntries(tree: Pick<PreviousEntriesOptions, 'scanners' | 'sizeBytes' | 'isDamaged'>): PreviousEntries {
		return new PreviousEntries({...tree, blobs: this.#blobs, ...(this.#onGone && {onGone: this.#onGone}), onDamage: error => {
			this.#tellDamage(error);
		}});
	}

	#tellDamage(error: CofferError): void {
		this.#isDamaged = true;
		this.#onDamage(`A part of the previous snapshot cannot be read, so its files are read and stored again: ${errorText(error)}`);
	}

	#hasAll(ids: readonly BlobId[]): boolean {
		return ids.every(id => this.#blobs.has(Buffer.from(id, 'hex')));
	}
}
