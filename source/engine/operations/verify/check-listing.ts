import type {PackId} from '../../ids.ts';
import {packName, repositoryFileName, type RepositorySession, type StoredObject} from '../../repository/repository.ts';
import {sizeFlaw} from './check-pack.ts';
import type {Finding, Findings} from './problem.ts';
import type {StoredIndex} from './stored-index.ts';

/** Folders whose every object is looked at by a check of its own. */
const knownFolders = new Set(['keys', 'keys-copy', 'datakeys', 'index', 'snapshots', 'tombstones', 'writers', 'pruning', 'locks']);

export type ListedPacks = {
	/** Sizes of the packs that are there. */
	readonly sizes: ReadonlyMap<PackId, number>;
	/** Named by the index, but not there. */
	readonly missing: ReadonlyMap<PackId, Finding>;
	/** There with another size than the index says. */
	readonly odd: ReadonlySet<PackId>;
};

/**
Account for every object in the storage by its name; those in folders of their own are left to their checks.
@returns The packs that are there.
*/
function sortByName(listing: readonly StoredObject[], findings: Findings): Map<PackId, number> {
	const packs = new Map<PackId, number>();
	for (const {name, sizeBytes} of listing) {
		const [folder = ''] = name.split('/', 1);
		if (folder === 'packs') {
			const id = name.slice(name.lastIndexOf('/') + 1) as PackId;
			if (/^[\da-f]{64}$/.test(id) && name === packName(id)) {
				packs.set(id, sizeBytes);
				continue;
			}
		}

		const isKnown = name === repositoryFileName || (knownFolders.has(folder) && name !== folder);
		if (!isKnown) {
			findings.add('unknown', name, `${name} is no object of a repository.`);
		}
	}

	return packs;
}

/** Compare what is there with what the index names. A pack that is missing because another one has taken its place meanwhile is none; that one is then looked at, too. @throws What the storage throws */
export async function checkListing(session: RepositorySession, listing: readonly StoredObject[], index: StoredIndex, findings: Findings): Promise<ListedPacks> {
	const sizes = sortByName(listing, findings);
	const missing = new Map<PackId, Finding>();
	const odd = new Set<PackId>();
	const {loaded, contents} = index;
	// Further packs become known on the way.
	for (let number = 0; number < loaded.packs.length; number++) {
		const {id, sizeBytes} = loaded.packs[number]!;
		const name = packName(id);
		const found = sizes.get(id) ?? await session.storage.size(name);
		if (found === undefined) {
			await loaded.lookAgain(number);
			if (!contents.has(id) || loaded.isNamed(id)) {
				loaded.noteMissing(number);
				missing.set(id, findings.add('pack', name, `${name} is missing.`));
			}
		} else {
			sizes.set(id, found);
			if (found !== sizeBytes) {
				odd.add(id);
				findings.add('pack', name, sizeFlaw(name, found, sizeBytes));
			}
		}
	}

	return {sizes, missing, odd};
}
