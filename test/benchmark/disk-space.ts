import {statfsSync} from 'node:fs';
import {formatBytes} from '../../source/text/format.ts';
import type {ToolKey} from './tools/tools.ts';

/** How many times the data each tool's repository and caches may take at most. */
const shares: Readonly<Record<ToolKey, number>> = {coffer: 1.3, restic: 1.3, borg: 1.3, duplicity: 1.5, pipeline: 3.2};

/** What a run needs at its worst moment: the data, all repositories, and one restored copy. */
export function neededBytes(dataBytes: number, keys: readonly ToolKey[]): number {
	return Math.ceil(dataBytes * keys.reduce((sum, key) => sum + shares[key], 2));
}

/** @throws Error when the folder's disk has too little room. */
export function checkFreeSpace(folder: string, needed: number): void {
	const {bavail, bsize} = statfsSync(folder);
	const free = bavail * bsize;
	if (free < needed) {
		throw new Error(`The benchmark needs ${formatBytes(needed)} in ${folder}, and ${formatBytes(free)} are free. Set TMPDIR to a larger disk, or take less data (--size, --real).`);
	}
}
