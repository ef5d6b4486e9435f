import type {PackId} from '../../ids.ts';
import type {Runtime} from '../../runtime.ts';

/** Which share of the packs with file contents is read: all, a fraction (above 0, at most 1), about so many bytes, or one part of several, counted from 1: together they are all. */
export type DataShare = 'all' | {readonly fraction: number} | {readonly bytes: number} | {readonly part: number; readonly parts: number};

export type SizedPack = {
	readonly id: PackId;
	readonly sizeBytes: number;
};

const goldenRatio = (Math.sqrt(5) - 1) / 2;
const dayMs = 24 * 60 * 60 * 1000;
/** Of the share that is read. */
const jitterShare = 0.25;

/** @throws RangeError for a share that is none */
export function assertDataShare(share: DataShare | undefined): void {
	if (typeof share !== 'object') {
		return;
	}

	if ('parts' in share) {
		const {part, parts} = share;
		if (!(Number.isSafeInteger(part) && Number.isSafeInteger(parts) && part >= 1 && part <= parts)) {
			throw new RangeError('A part of the data is a whole number from 1 to the number of parts');
		}

		return;
	}

	const isRight = 'fraction' in share ? share.fraction > 0 && share.fraction <= 1 : Number.isFinite(share.bytes) && share.bytes > 0;
	if (!isRight) {
		throw new RangeError('A share of the data is a fraction above 0 and at most 1, or a positive number of bytes');
	}
}

/** Its id is a hash, so the packs are spread evenly. */
const numberOf = (id: PackId): number => Number.parseInt(id.slice(0, 12), 16);

/** A pack's place on a circle of length 1. */
const placeOf = (id: PackId): number => numberOf(id) / 2 ** 48;

/**
The packs to read this time. One part of several is always the same packs; of the others it takes neighbours on a circle. The hand that says where to begin goes round once a day, and each day begins a golden section further on, so that runs at whatever intervals are spread
over the circle; a random part keeps the exact choice unpredictable.
*/
export function choosePacks<Pack extends SizedPack>(packs: readonly Pack[], share: DataShare, runtime: Runtime): Pack[] {
	if (share === 'all' || ('fraction' in share && share.fraction === 1)) {
		return [...packs];
	}

	if ('parts' in share) {
		return packs.filter(({id}) => numberOf(id) % share.parts === share.part - 1);
	}

	const totalBytes = packs.reduce((sum, pack) => sum + pack.sizeBytes, 0);
	const wantedBytes = 'fraction' in share ? totalBytes * share.fraction : share.bytes;
	const jitter = runtime.randomBytes(4).readUInt32LE() / 2 ** 32 * jitterShare * Math.min(1, wantedBytes / Math.max(totalBytes, 1));
	const days = runtime.now() / dayMs;
	const start = (Math.floor(days) * goldenRatio + (days % 1) + jitter) % 1;
	const ordered = packs
		.map(pack => ({pack, distance: (placeOf(pack.id) - start + 1) % 1}))
		.toSorted((a, b) => a.distance - b.distance);
	const chosen: Pack[] = [];
	let chosenBytes = 0;
	for (const {pack} of ordered) {
		if (chosenBytes >= wantedBytes) {
			break;
		}

		chosen.push(pack);
		chosenBytes += pack.sizeBytes;
	}

	return chosen;
}
