import {CofferError} from '../../errors.ts';
import type {BlobId} from '../../ids.ts';
import {packName, type BlobLocation, type Delta, type StoredSnapshot} from '../../repository/repository.ts';
import type {TreeNode} from '../../tree-node.ts';
import type {Blame} from './blame.ts';
import type {StoredIndex} from './stored-index.ts';
import {readContentList, readOrReport, walkTrees, type WalkContext} from './walk-trees.ts';

export type TreeCheck = {
	/** Numbers of the packs that the snapshots need. */
	readonly neededPacks: ReadonlySet<number>;
	/** Whether parts were found only by asking packs for their own tables, as no index names them. */
	readonly hasRecovered: boolean;
};

/**
Read all trees of the snapshots, each distinct part once, and look up every part that a file names. Where one is in no pack known so far, newer index objects, then the packs that no index names are asked
for it, once.
@throws `aborted`; what the storage throws
*/
export async function checkTrees(snapshots: readonly StoredSnapshot[], {loaded}: StoredIndex, blame: Blame, context: WalkContext): Promise<TreeCheck> {
	const {reader} = context;
	const neededPacks = new Set<number>();
	const seenLists = new Set<BlobId>();
	const seenBases = new Set<BlobId>();
	let hasAsked = false;
	let hasRecovered = false;

	const recover = async (id: BlobId): Promise<BlobLocation | undefined> => {
		if (!hasAsked) {
			hasAsked = true;
			await loaded.lookAgain();
			const place = reader.locate(id);
			if (place) {
				hasAsked = false;
				return place;
			}

			await loaded.addUnindexedPacks();
		}

		const place = reader.locate(id);
		hasRecovered ||= place !== undefined;
		return place;
	};

	const find = async (id: BlobId): Promise<BlobLocation | undefined> => reader.locate(id) ?? recover(id);

	const look = async (id: BlobId): Promise<void> => {
		const place = await find(id);
		if (place === undefined) {
			blame.addMissing(id);
			return;
		}

		neededPacks.add(place.pack);
		if (place.delta) {
			await lookAtBases(id, place.pack, place.delta);
		}
	};

	const lookAtBases = async (id: BlobId, pack: number, delta: Delta): Promise<void> => {
		for (const base of delta.bases) {
			await find(base);
		}

		try {
			reader.assertSound(delta);
		} catch (error) {
			blame.addUnreadable(id, new CofferError('damaged', (error as CofferError).message, {context: {object: packName(loaded.packs[pack]!.id)}}));
			return;
		}

		for (const base of delta.bases) {
			if (seenBases.has(base)) {
				continue;
			}

			seenBases.add(base);
			await look(base);
		}
	};

	const lookAt = async (entry: TreeNode): Promise<void> => {
		for (const id of entry.content ?? []) {
			await look(id);
		}

		for (const list of entry.contents ?? []) {
			if (seenLists.has(list)) {
				continue;
			}

			seenLists.add(list);
			await look(list);
			const chunks = await readOrReport(async () => readContentList(reader, entry, list), error => {
				blame.addUnreadable(list, error);
			});
			for (const id of chunks ?? []) {
				await look(id);
			}
		}
	};

	await walkTrees(snapshots.flatMap(({tree}) => tree), {
		onMissing: look,
		async onTree(id, entries) {
			neededPacks.add(reader.locate(id)!.pack);
			for (const entry of entries) {
				if (entry.type === 'file') {
					await lookAt(entry);
				}
			}
		},
		onDamage(id, error) {
			const place = reader.locate(id);
			if (place) {
				neededPacks.add(place.pack);
			}

			blame.addUnreadable(id, error);
		},
	}, context);
	return {neededPacks, hasRecovered};
}
