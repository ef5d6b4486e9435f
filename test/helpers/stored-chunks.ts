import type {BlobId} from '../../source/engine/ids.ts';
import {LoadedIndex, minimumDeltaBytes, packName, type RepositorySession} from '../../source/engine/repository/repository.ts';

/** A chunk that is a segment by itself. */
export type StoredChunk = {
	readonly id: BlobId;
	/** The object that holds it. */
	readonly object: string;
	/** Of its plaintext. */
	readonly bytes: number;
	/** 0 where it is stored whole. */
	readonly depth: number;
	readonly bases: readonly BlobId[];
};

/** The chunks that could be deltas, as the index describes them, in no particular order. @param seen - Chunks in packs of these names are left out. */
export async function readStoredChunks(session: RepositorySession, seen: ReadonlySet<string> = new Set()): Promise<StoredChunk[]> {
	const chunks: StoredChunk[] = [];
	await LoadedIndex.load(session, {onContent({packs}) {
		for (const {id, segments} of packs.filter(pack => pack.kind === 'data' && !seen.has(packName(pack.id)))) {
			for (const {lengths, ids, delta} of segments) {
				if (lengths.length === 1 && lengths[0]! >= minimumDeltaBytes) {
					chunks.push({id: Buffer.from(ids).toString('hex') as BlobId, object: packName(id), bytes: lengths[0]!, depth: delta?.depth ?? 0, bases: delta?.bases ?? []});
				}
			}
		}
	}});
	return chunks;
}
