import type {RepositorySession} from '../../repository/repository.ts';
import {choosePacks, type DataShare, type SizedPack} from './choose-packs.ts';
import type {Inspection} from './inspection.ts';

export type PackPlan = {
	/** To be read whole. */
	readonly packs: readonly SizedPack[];
	/** Packs with file contents that are left out. */
	readonly unread: readonly SizedPack[];
	/** Of the bytes of all packs with file contents that are there, the share that is read: 0 to 1. */
	readonly dataShare: number;
};

const sumBytes = (packs: readonly SizedPack[]): number => packs.reduce((sum, {sizeBytes}) => sum + sizeBytes, 0);

/**
Which packs are to be read whole: those with trees, those of a wrong size, and a share of those with file contents.
@param isPartial - Only of those that the verified snapshots need, where that is known.
@param share - @default none
*/
export function planPacks({runtime}: RepositorySession, {index, packs, contents}: Inspection, isPartial: boolean, share: DataShare | undefined): PackPlan {
	const isWanted = (number: number) => !isPartial || contents === undefined || contents.trees.neededPacks.has(number);
	const known = index.loaded.packs.filter(({id}, number) => packs.sizes.has(id) && isWanted(number));
	const always = new Set<SizedPack>(known.filter(({id, kind}) => kind === 'tree' || packs.odd.has(id)));
	const orphans = [...packs.sizes].filter(([id]) => !isPartial && !index.loaded.has(id)).map(([id, sizeBytes]) => ({id, sizeBytes}));
	const rest: readonly SizedPack[] = [...known.filter(pack => !always.has(pack)), ...orphans];
	const chosen = share === undefined ? [] : choosePacks(rest, share, runtime);
	const read = new Set(chosen);
	const data = index.loaded.packs.filter(({id, kind}) => kind === 'data' && packs.sizes.has(id));
	const dataBytes = sumBytes(data);
	return {
		packs: [...always, ...chosen],
		unread: rest.filter(pack => !read.has(pack)),
		dataShare: dataBytes === 0 ? 1 : sumBytes(data.filter(pack => read.has(pack) || always.has(pack))) / dataBytes,
	};
}
