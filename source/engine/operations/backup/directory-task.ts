import {closeSync} from 'node:fs';
import type {Buffer} from 'node:buffer';
import type {ByteString} from '../../byte-string.ts';
import type {BlobId} from '../../ids.ts';
import {encodeTree} from '../../repository/repository.ts';
import type {DirectoryPlace} from '../../sources/files/directory-place.ts';
import type {NodeMetadata, TreeNode} from '../../tree-node.ts';
import type {EncodedEntry, PreviousEntries} from './previous-entries.ts';

/**
Gathers the entries of one directory while workers still store its files, and becomes an entry itself when the last one is there.
*/
export class DirectoryTask {
	readonly place: DirectoryPlace;
	/** The directory as the previous snapshot has it. */
	readonly previous: TreeNode | undefined;
	readonly #metadata: NodeMetadata;
	readonly #isAncestor: boolean;
	readonly #onDone: (node: TreeNode, isReused: boolean) => void;
	readonly #storeTree: (blobs: readonly Buffer[]) => BlobId[];
	/** New ones. */
	readonly #entries: EncodedEntry[] = [];
	/** Positions of those that are taken over. */
	readonly #reused: number[] = [];
	#expected = 1;
	#previousEntries: PreviousEntries | undefined;

	/**
	@param options.onDone - Gets the finished entry, and whether it is the previous snapshot's own.
	@param options.storeTree - Stores the blobs of the tree and gives their ids.
	*/
	constructor(place: DirectoryPlace, metadata: NodeMetadata, options: {
		readonly previous?: TreeNode | undefined;
		readonly isAncestor: boolean;
		readonly storeTree: (blobs: readonly Buffer[]) => BlobId[];
		readonly onDone: (node: TreeNode, isReused: boolean) => void;
	}) {
		this.place = place;
		this.previous = options.previous;
		this.#metadata = metadata;
		this.#isAncestor = options.isAncestor;
		this.#storeTree = options.storeTree;
		this.#onDone = options.onDone;
	}

	/** What the previous snapshot has here: when all of it is taken over, so is the tree. */
	comparePrevious(entries: PreviousEntries): void {
		this.#previousEntries = entries;
	}

	/** Promise an entry that will come later. */
	expect(): void {
		this.#expected++;
	}

	/** An entry that the previous snapshot has as well. @param position - Among its entries there. */
	addReused(position: number): void {
		this.#reused.push(position);
	}

	add(name: ByteString, json: string): void {
		this.#entries.push({name, json});
	}

	/** One promised entry has come, or will not; the end of the listing counts as one. */
	arrive(): void {
		this.#expected--;
		if (this.#expected === 0) {
			this.#finish();
		}
	}

	#finish(): void {
		if (this.place.descriptor !== undefined) {
			closeSync(this.place.descriptor);
		}

		const {previous} = this;
		const isSameTree = previous?.tree !== undefined && this.#entries.length === 0 && (this.#previousEntries?.isWhole(this.#reused.length) ?? false);
		if (isSameTree && isSameMetadata(previous, this.#metadata) && (previous.isAncestor ?? false) === this.#isAncestor) {
			this.#onDone(previous, true);
			return;
		}

		const tree = isSameTree ? previous.tree : this.#storeTree(encodeTree(this.#sortedEntries()));
		this.#onDone({...this.#metadata, name: this.place.name, tree, ...(this.#isAncestor && {isAncestor: true})}, false);
	}

	#sortedEntries(): EncodedEntry[] {
		// Directories are taken over when all in them was looked at, which is later than what comes after them.
		const reused = this.#previousEntries?.take(this.#reused.toSorted((a, b) => a - b)) ?? [];
		return [...reused, ...this.#entries].sort((a, b) => a.name < b.name ? -1 : Number(a.name > b.name));
	}
}

function isSameMetadata(previous: TreeNode, metadata: NodeMetadata): boolean {
	return metadata.ctimeNs !== undefined && previous.ctimeNs === metadata.ctimeNs && previous.mtimeNs === metadata.mtimeNs
		&& previous.inode === metadata.inode && previous.device === metadata.device;
}
