import type {ByteString} from '../../byte-string.ts';
import {throwIfAborted} from '../../errors.ts';
import type {BlobId} from '../../ids.ts';
import type {TreeNode} from '../../tree-node.ts';
import {Pacer} from '../restore/pacer.ts';
import type {TreeSource} from '../restore/tree-source.ts';
import type {Runtime} from '../../runtime.ts';

export type FolderReaderOptions = {
	readonly source: TreeSource;
	readonly runtime: Runtime;
	readonly signal?: AbortSignal | undefined;
	/** A part of a directory cannot be read; what is left of it is. @param path - Absolute. */
	readonly onLoss: (path: ByteString, message: string) => void;
};

/** Reads directories of snapshots one after the other, and lets others have their turn. */
export class FolderReader {
	readonly #options: FolderReaderOptions;
	readonly #pacer: Pacer;

	constructor(options: FolderReaderOptions) {
		this.#options = options;
		this.#pacer = new Pacer(options.runtime, options.signal);
	}

	/** The entries of a directory in the order of their names. @param path - Absolute, for messages. @throws `aborted`; what the storage throws that may pass */
	async read(path: ByteString, tree: readonly BlobId[]): Promise<readonly TreeNode[]> {
		throwIfAborted(this.#options.signal);
		if (this.#pacer.isDue) {
			await this.#pacer.pause();
		}

		const {nodes, losses} = await this.#options.source.readFolder(tree);
		for (const message of losses) {
			this.#options.onLoss(path, message);
		}

		return nodes;
	}
}
