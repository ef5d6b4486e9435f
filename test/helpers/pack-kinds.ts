import {LoadedIndex, packName, type BlobKind, type RepositorySession} from '../../source/engine/repository/repository.ts';

/** What the packs that the index names hold, by their names. */
export async function readPackKinds(session: RepositorySession): Promise<Map<string, BlobKind>> {
	const {packs} = await LoadedIndex.load(session);
	return new Map(packs.map(({id, kind}) => [packName(id), kind]));
}
