import type {DataKeyId, PackId} from '../../ids.ts';
import type {NamedPack, Survey} from './survey.ts';

/** A pack is written anew when less than this share of it is needed … */
const worthKeepingShare = 0.5;
/** … and this much of it is not. */
const worthWritingBytes = 64 * 1024;
/** Smaller packs are joined … */
const smallPackBytes = 8 * 1024 * 1024;
/** … when there are so many of one kind. */
const manySmallPacks = 8;

/** A pack that is to be written anew. */
export type RepackCandidate = {
	readonly id: PackId;
	readonly kind: NamedPack['kind'];
	/** What is needed of it. */
	readonly neededBytes: number;
};

export type PrunePlan = {
	/** Named by the index, and nothing in them is needed. */
	readonly dead: ReadonlySet<PackId>;
	/** The most wasteful first. */
	readonly repack: readonly RepackCandidate[];
	/** Whether the limit left packs out of `repack`. */
	readonly isLimited: boolean;
};

export type PlanContext = {
	readonly named: ReadonlyMap<PackId, NamedPack>;
	/** See `NeededBlobs`. */
	readonly needed: {hasNeed(pack: PackId): boolean; neededBytes(pack: PackId): number};
	/** Of runs that are writing: their packs are not touched. */
	readonly busyKeys: ReadonlySet<DataKeyId>;
	/** @default no limit */
	readonly maximumRepackBytes?: number | undefined;
};

/** Every pack that index objects name, once. */
export function namedPacks(objects: Survey['objects']): ReadonlyMap<PackId, NamedPack> {
	return new Map([...objects.values()].flatMap(({packs}) => [...packs]));
}

/** Small packs of which there are too many. */
function findCrowds(candidates: ReadonlyArray<RepackCandidate & {readonly sizeBytes: number}>): RepackCandidate[] {
	const small = Map.groupBy(candidates.filter(({sizeBytes}) => sizeBytes < smallPackBytes), ({kind}) => kind);
	return [...small.values()].filter(crowd => crowd.length >= manySmallPacks).flat();
}

/** Decide which packs go, and which are written anew. */
export function planPrune({named, needed, busyKeys, maximumRepackBytes = Infinity}: PlanContext): PrunePlan {
	const dead = new Set<PackId>();
	const living: Array<RepackCandidate & {readonly sizeBytes: number; readonly deadBytes: number; readonly share: number}> = [];
	for (const [id, {dataKeyId, kind, sizeBytes, contentBytes}] of named) {
		if (busyKeys.has(dataKeyId)) {
			continue;
		}

		if (needed.hasNeed(id)) {
			const neededBytes = needed.neededBytes(id);
			living.push({id, kind, sizeBytes, neededBytes, deadBytes: contentBytes - neededBytes, share: neededBytes / Math.max(contentBytes, 1)});
		} else {
			dead.add(id);
		}
	}

	const wasteful = living.filter(({share, deadBytes}) => share < worthKeepingShare && deadBytes >= worthWritingBytes).toSorted((a, b) => a.share - b.share);
	const candidates = new Set<RepackCandidate>([...wasteful, ...findCrowds(living)]);
	const repack: RepackCandidate[] = [];
	let bytes = 0;
	for (const {id, kind, neededBytes} of candidates) {
		if (maximumRepackBytes === 0 || bytes + neededBytes > maximumRepackBytes) {
			continue;
		}

		bytes += neededBytes;
		repack.push({id, kind, neededBytes});
	}

	return {dead, repack, isLimited: repack.length < candidates.size};
}
