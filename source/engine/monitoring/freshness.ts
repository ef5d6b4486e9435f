import {listTombstones, type RepositorySession} from '../repository/repository.ts';
import type {SeenSnapshot, SourceMemory} from '../state/source-memory.ts';

/** Of one source, what this host has seen and the repository no longer holds. */
export type SourceLosses = {
	readonly source: string;
	readonly losses: readonly SeenSnapshot[];
	/** Whether `losses` differs from what was remembered. */
	readonly isNews: boolean;
};

const isSame = (a: readonly SeenSnapshot[], b: readonly SeenSnapshot[]): boolean => a.length === b.length && a.every((loss, index) => loss.id === b[index]!.id);

/**
Look whether the newest snapshots that this host remembers are still there. One that is gone without a tombstone was lost, or the storage was rolled back to an older state;
one that has come back, or was forgotten on purpose, is no loss any more.
@throws what the storage throws
*/
export async function findLosses(session: RepositorySession, memories: readonly SourceMemory[]): Promise<SourceLosses[]> {
	const missing: Array<{memory: SourceMemory; gone: SeenSnapshot[]}> = [];
	for (const memory of memories) {
		const seen = [...memory.losses, ...(memory.head ? [memory.head] : [])];
		const sizes = await Promise.all(seen.map(async ({objectName}) => session.storage.size(objectName)));
		missing.push({memory, gone: seen.filter((_, index) => sizes[index] === undefined)});
	}

	const hasGone = missing.some(({gone}) => gone.length > 0);
	const forgotten = new Set(hasGone ? (await listTombstones(session)).tombstones.map(({id}) => id) : []);
	return missing.map(({memory, gone}) => {
		const losses = gone.filter(({id}) => !forgotten.has(id));
		return {source: memory.source, losses, isNews: !isSame(losses, memory.losses)};
	});
}
