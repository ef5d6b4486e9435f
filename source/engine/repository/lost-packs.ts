import type {PackId} from '../ids.ts';
import type {Storage} from '../storage/storage.ts';
import type {ObjectProblem} from './metadata-store.ts';
import {packName} from './pack-writer.ts';
import type {PackDescription} from './segment-table.ts';

/** Which of the packs that index objects name are missing, or have another size than those say, each with the problem that it is. @throws What the storage throws */
export async function findLostPacks(storage: Storage, packs: ReadonlyArray<Pick<PackDescription, 'id' | 'sizeBytes'>>): Promise<ReadonlyMap<PackId, ObjectProblem>> {
	const sizes = new Map((await storage.list('packs')).map(({name, sizeBytes}) => [name, sizeBytes]));
	const lost = packs.filter(({id, sizeBytes}) => sizes.get(packName(id)) !== sizeBytes);
	return new Map(lost.map(({id}) => {
		const object = packName(id);
		return [id, {object, message: `${object} ${sizes.has(object) ? 'has another size than the index says' : 'is missing'}; the next backup stores what it held again, where that still exists.`}];
	}));
}
