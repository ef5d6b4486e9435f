import {closeSync} from 'node:fs';
import type {Buffer} from 'node:buffer';
import type {ByteString} from '../../byte-string.ts';
import type {BlobId} from '../../ids.ts';
import {encodeNode, encodeTree} from '../../repository/repository.ts';
import type {DirectoryPlace} from '../../sources/files/directory-place.ts';
import type {NodeMetadata, TreeNode} from '../../tree-node.ts';

type Entry = {readonly name: ByteString; readonly json: string; readonly reused?: TreeNode};

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
	readonly #entries: Entry[] = [];
	#expected = 1;
	#previousCount = -1;

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

	/** How many entries the previous snapshot has here: when all are reused, so is the tree. */
	comparePrevious(entryCount: number): void {
		this.#previousCount = entryCount;
	}

	/** Promise an entry that will come later. */
	expect(): void {
		this.#expected++;
	}

	/** An entry that the previous snapshot has as well. */
	addReused(node: TreeNode): void {
		this.#entries.push({name: node.name, json: '', reused: node});
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
		const isSameTree = previous?.tree !== undefined && this.#entries.length === this.#previousCount && this.#entries.every(entry => entry.reused);
		if (isSameTree && isSameMetadata(previous, this.#metadata) && (previous.isAncestor ?? false) === this.#isAncestor) {
			this.#onDone(previous, true);
			return;
		}

		const tree = isSameTree ? previous.tree : this.#storeTree(encodeTree(this.#sortedEntries()));
		this.#onDone({...this.#metadata, name: this.place.name, tree, ...(this.#isAncestor && {isAncestor: true})}, false);
	}

	#sortedEntries(): Entry[] {
		const entries = this.#entries.map(entry => entry.reused ? {...entry, json: encodeNode(entry.reused)} : entry);
		return entries.sort((a, b) => a.name < b.name ? -1 : Number(a.name > b.name));
	}
}

function isSameMetadata(previous: TreeNode, metadata: NodeMetadata): boolean {
	return metadata.ctimeNs !== undefined && previous.ctimeNs === metadata.ctimeNs && previous.mtimeNs === metadata.mtimeNs
		&& previous.inode === metadata.inode && previous.device === metadata.device;
}
