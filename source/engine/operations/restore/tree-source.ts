import {errorText, isCofferError} from '../../errors.ts';
import type {BlobId} from '../../ids.ts';
import {readContent, readTree, type BlobReader, type LoadedIndex} from '../../repository/repository.ts';
import type {TreeNode} from '../../tree-node.ts';

/** Whether an error is about one stored object, so that all others can still be restored. */
function isLoss(error: unknown): boolean {
	return isCofferError(error, 'damaged', 'object-missing') || (isCofferError(error, 'storage-failed', 'storage-denied') && !error.isRetryable);
}

/** Reads what a snapshot is made of. Where the index lacks a part, newer index objects, then packs that no index names are asked for it, once. */
export class TreeSource {
	readonly #index: LoadedIndex;
	readonly #blobs: BlobReader;
	#allPacks: Promise<unknown> | undefined;
	#hasAllPacks = false;

	constructor(index: LoadedIndex, blobs: BlobReader) {
		this.#index = index;
		this.#blobs = blobs;
	}

	/** The entries of a directory, and what is wrong with the parts that could not be read. @throws What the storage throws that may pass */
	async readFolder(tree: readonly BlobId[]): Promise<{nodes: TreeNode[]; losses: string[]}> {
		await this.#assureIndexed(tree);
		const nodes: TreeNode[] = [];
		const losses: string[] = [];
		for (const id of tree) {
			try {
				for (const node of await readTree(this.#blobs, [id])) {
					nodes.push(node);
				}
			} catch (error) {
				if (!isLoss(error)) {
					throw error;
				}

				losses.push(errorText(error));
			}
		}

		return {nodes, losses};
	}

	/** As `readContent`, for most files at once; `undefined` where that has to be asked. */
	contentAtHand(node: TreeNode): readonly BlobId[] | undefined {
		if (node.contents) {
			return undefined;
		}

		const content = node.content ?? [];
		return content.every(id => this.#blobs.locate(id) !== undefined) ? content : undefined;
	}

	/** The chunks of a file, all of which the index knows; or what is wrong. @throws What the storage throws that may pass */
	async readContent(node: TreeNode): Promise<{content: readonly BlobId[]} | {loss: string}> {
		try {
			await this.#assureIndexed(node.contents ?? []);
			const content = await readContent(this.#blobs, node);
			const missing = await this.#assureIndexed(content);
			return missing === undefined ? {content} : {loss: `a part of it (${missing.slice(0, 12)}…) is in no pack that the repository holds: the pack is lost.`};
		} catch (error) {
			if (!isLoss(error)) {
				throw error;
			}

			return {loss: errorText(error)};
		}
	}

	/** @returns One that is missing all the same. */
	async #assureIndexed(ids: readonly BlobId[]): Promise<BlobId | undefined> {
		const findMissing = () => ids.find(id => this.#blobs.locate(id) === undefined);
		const missing = findMissing();
		if (missing === undefined || this.#hasAllPacks) {
			return missing;
		}

		this.#allPacks ??= this.#findMore(findMissing);
		try {
			await this.#allPacks;
			this.#hasAllPacks = true;
		} catch (error) {
			this.#allPacks = undefined;
			throw error;
		}

		return findMissing();
	}

	async #findMore(findMissing: () => unknown): Promise<void> {
		await this.#index.lookAgain();
		if (findMissing() !== undefined) {
			await this.#index.addUnindexedPacks();
		}
	}
}
