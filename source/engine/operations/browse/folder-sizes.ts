import {joinPath, type ByteString} from '../../byte-string.ts';
import type {BlobId} from '../../ids.ts';
import type {FolderReader} from './folder-reader.ts';

/** What is below a directory of a snapshot. A file with several names counts at each of them. */
export type FolderSize = {readonly files: number; readonly bytes: number};

/** About 10 MB. */
const maximumRemembered = 50_000;

/** Measures directories, and remembers each by what it holds: a parent uses what is known of its children, and one snapshot what is known from another. */
export class FolderSizes {
	readonly #known = new Map<string, FolderSize>();

	/** @param path - Absolute, for messages. @throws What the reader throws */
	async measure(reader: FolderReader, path: ByteString, tree: readonly BlobId[]): Promise<FolderSize> {
		const key = tree.join('');
		const known = this.#known.get(key);
		if (known) {
			return known;
		}

		let files = 0;
		let bytes = 0;
		for (const node of await reader.read(path, tree)) {
			if (node.type === 'file') {
				files++;
				bytes += node.size ?? 0;
			} else if (node.tree) {
				const below = await this.measure(reader, joinPath(path, node.name), node.tree);
				files += below.files;
				bytes += below.bytes;
			}
		}

		if (this.#known.size >= maximumRemembered) {
			this.#known.clear();
		}

		const size = {files, bytes};
		this.#known.set(key, size);
		return size;
	}
}
