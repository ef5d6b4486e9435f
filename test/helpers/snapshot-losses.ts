import type {BlobId} from '../../source/engine/ids.ts';
import {isCofferError} from '../../source/engine/errors.ts';
import {createBlobReader} from '../../source/engine/operations/reading.ts';
import {listSnapshots, LoadedIndex, readContent, readTree, type BlobReader, type RepositorySession} from '../../source/engine/repository/repository.ts';

export type Losses = {
	/** Sorted ids of the snapshots that lack something. */
	readonly snapshots: readonly string[];
	/** Sorted paths that cannot be read, as verify names them. */
	readonly files: readonly string[];
};

async function isReadable(read: () => Promise<unknown>): Promise<boolean> {
	try {
		await read();
		return true;
	} catch (error) {
		if (isCofferError(error, 'damaged')) {
			return false;
		}

		throw error;
	}
}

async function collect(reader: BlobReader, tree: readonly BlobId[], path: string, lost: Set<string>): Promise<void> {
	for (const id of tree) {
		if (!(await isReadable(async () => readTree(reader, [id])))) {
			lost.add(`${path}/ (everything below)`);
			continue;
		}

		for (const entry of await readTree(reader, [id])) {
			const below = `${path}/${entry.name}`;
			if (entry.type === 'directory') {
				await collect(reader, entry.tree ?? [], below, lost);
			} else if (!(await isReadable(async () => {
				for (const chunk of await readContent(reader, entry)) {
					await reader.read(chunk);
				}
			}))) {
				lost.add(below);
			}
		}
	}
}

/**
What of the snapshots that are there cannot be read: found the simple way, by reading each from its root.
@param hasFallback - Whether packs that no index names may help. @default true
*/
export async function findLosses(session: RepositorySession, hasFallback = true): Promise<Losses> {
	const index = await LoadedIndex.load(session);
	if (hasFallback) {
		await index.addUnindexedPacks();
	}

	const {snapshots} = await listSnapshots(session);
	const reader = createBlobReader(session, index);
	const files = new Set<string>();
	const hit: string[] = [];
	for (const {id, tree} of snapshots) {
		const lost = new Set<string>();
		await collect(reader, tree, '', lost);
		for (const path of lost) {
			files.add(path);
		}

		if (lost.size > 0) {
			hit.push(id);
		}
	}

	return {snapshots: hit.toSorted(), files: [...files].toSorted()};
}
