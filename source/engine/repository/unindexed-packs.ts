import {errorText, isCofferError} from '../errors.ts';
import type {PackId} from '../ids.ts';
import type {ObjectProblem} from './metadata-store.ts';
import {PackReader, type DataKeySource} from './pack-reader.ts';
import type {PackDescription} from './segment-table.ts';
import type {RepositorySession} from './session.ts';

export type UnindexedPacks = {
	readonly packs: readonly PackDescription[];
	/** Packs that cannot be read by themselves. */
	readonly problems: readonly ObjectProblem[];
};

/**
Read the own tables of packs that no index names.
@param isIndexed - Which are left out.
@throws What the storage throws
*/
export async function readUnindexedPacks({storage, runtime}: Pick<RepositorySession, 'storage' | 'runtime'>, isIndexed: (id: PackId) => boolean, keyOf: DataKeySource): Promise<UnindexedPacks> {
	const packs: PackDescription[] = [];
	const problems: ObjectProblem[] = [];
	for (const {name} of await storage.list('packs')) {
		const id = /^packs\/[\da-f]{2}\/(?<id>[\da-f]{64})$/.exec(name)?.groups?.['id'] as PackId | undefined;
		if (id === undefined || isIndexed(id)) {
			continue;
		}

		try {
			const dataKeyId = await PackReader.dataKeyIdOf(storage, id);
			const reader = await PackReader.open(storage, {id, dataKeyId}, keyOf, runtime);
			const {segments, sizeBytes} = await reader.readTable();
			packs.push({id, dataKeyId, sizeBytes, kind: 'data', createdMs: 0, segments});
		} catch (error) {
			if (!isCofferError(error, 'damaged', 'format-unsupported', 'object-missing', 'key-role')) {
				throw error;
			}

			// One that is gone by now was removed by somebody else.
			if (await storage.size(name) !== undefined) {
				problems.push({object: name, message: `${name} is named by no index, and cannot be read by itself: ${errorText(error)}`});
			}
		}
	}

	return {packs, problems};
}
