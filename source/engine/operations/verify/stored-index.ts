import type {Buffer} from 'node:buffer';
import type {DataKeyId, PackId} from '../../ids.ts';
import {LoadedIndex, type RepositorySession} from '../../repository/repository.ts';
import {toPackContents, type PackContents} from './pack-contents.ts';
import type {Finding, Findings} from './problem.ts';

/** What the index objects of a repository say, and which of them are damaged. */
export type StoredIndex = {
	/** Where an index object is damaged, it knows the packs that no other one names by their own tables. */
	readonly loaded: LoadedIndex;
	/** Of the packs that intact index objects name. */
	readonly contents: ReadonlyMap<PackId, PackContents>;
	/** The sealed copies of each data key, without repetition. */
	readonly dataKeyCopies: ReadonlyMap<DataKeyId, readonly Buffer[]>;
	/** Names of the intact index objects. */
	readonly objectNames: readonly string[];
	/** One for each damaged index object. */
	readonly damage: readonly Finding[];
};

/** @param canDecrypt - Whether the key can open packs. @throws What the storage throws; `format-unsupported` */
export async function readIndex(session: RepositorySession, canDecrypt: boolean, findings: Findings, signal: AbortSignal | undefined): Promise<StoredIndex> {
	const contents = new Map<PackId, PackContents>();
	const dataKeyCopies = new Map<DataKeyId, Buffer[]>();
	const objectNames: string[] = [];
	const damage: Finding[] = [];
	const loaded = await LoadedIndex.load(session, {
		...(signal && {signal}),
		onContent({packs, dataKeys}, name) {
			objectNames.push(name);
			for (const pack of packs) {
				contents.set(pack.id, toPackContents(pack));
			}

			for (const {id, sealed} of dataKeys) {
				const copies = dataKeyCopies.get(id) ?? [];
				dataKeyCopies.set(id, copies);
				if (copies.every(copy => !copy.equals(sealed))) {
					copies.push(sealed);
				}
			}
		},
	});
	for (const {object, message} of loaded.problems) {
		if (object.startsWith('index/')) {
			damage.push(findings.add('index', object, message));
		} else if (canDecrypt && !contents.has(object.slice(-64) as PackId)) {
			// Packs that are named and lost are found again when the listing is checked.
			findings.add('pack', object, message);
		}
	}

	return {loaded, contents, dataKeyCopies, objectNames, damage};
}

/** Whether packs that are still there need a data key; also one that only index objects carry counts as needed. @throws What the storage throws */
export async function isKeyNeeded({loaded, contents}: StoredIndex, id: DataKeyId): Promise<boolean> {
	await loaded.lookAgain();
	const packs = loaded.packs.filter(({dataKeyId}) => dataKeyId === id);
	return packs.length === 0 || packs.some(pack => !contents.has(pack.id) || loaded.isNamed(pack.id));
}
