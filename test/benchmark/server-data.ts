import {closeSync, mkdirSync, openSync, rmSync, utimesSync, writeFileSync, writeSync} from 'node:fs';
import path from 'node:path';
import {setImmediate as turn} from 'node:timers/promises';
import {createByteStream} from '../helpers/test-runtime.ts';
import {dumpName, dumpTable, tables, type Day} from './dump.ts';
import {Random, seedOf} from './random.ts';
import {makeText, word, type TextKind} from './text.ts';

export type ServerDataOptions = {
	/** The same seed gives the same bytes, names and times. */
	readonly seed: string;
	/** 1 is about 22,000 files and 981 MB; smaller ones have fewer files and rows. */
	readonly size: number;
	readonly signal?: AbortSignal;
};

type Group = {
	readonly folder: string;
	readonly extension: string;
	readonly kind: TextKind | 'media';
	readonly count: number;
	readonly meanBytes: number;
};

const groups: readonly Group[] = [
	{folder: 'app', extension: 'ts', kind: 'source', count: 17_400, meanBytes: 7000},
	{folder: 'config', extension: 'conf', kind: 'config', count: 2400, meanBytes: 2000},
	{folder: 'logs', extension: 'log', kind: 'log', count: 1400, meanBytes: 90_000},
	{folder: 'media', extension: 'jpg', kind: 'media', count: 820, meanBytes: 470_000},
];

const filesPerFolder = 60;
const newestMs = Date.UTC(2026, 10, 1);
const dayMs = 24 * 60 * 60 * 1000;

/** Numbers of files and rows become smaller with the size, never 0. */
const scaled = (count: number, size: number): number => Math.max(1, Math.round(count * size));

/** Where the dumps lie in the data. */
export const dumpsFolder = 'dumps';

async function writeDumps(folder: string, day: Day, {seed, size, signal}: ServerDataOptions): Promise<void> {
	mkdirSync(path.join(folder, dumpsFolder), {recursive: true});
	for (const table of tables) {
		const file = openSync(path.join(folder, dumpsFolder, dumpName(table, day)), 'w');
		try {
			for (const piece of dumpTable(table, scaled(table.rowCount, size), day, seed)) {
				writeSync(file, piece);
				await turn();
				signal?.throwIfAborted();
			}
		} finally {
			closeSync(file);
		}
	}
}

/**
Write what an app server has: small text files (sources, configuration, logs), three SQL dumps, and media that no compression makes smaller.
@param folder - Made when missing.
*/
export async function writeServerData(folder: string, options: ServerDataOptions): Promise<void> {
	const {seed, size, signal} = options;
	for (const group of groups) {
		const count = scaled(group.count, size);
		for (let number = 0; number < count; number++) {
			const random = new Random(seedOf(`${seed}/${group.folder}/${number}`));
			const parent = path.join(folder, group.folder, `part-${Math.floor(number / filesPerFolder)}`);
			if (number % filesPerFolder === 0) {
				mkdirSync(parent, {recursive: true});
				await turn();
				signal?.throwIfAborted();
			}

			const file = path.join(parent, `${word(random)}-${number}.${group.extension}`);
			const sizeBytes = random.size(group.meanBytes);
			writeFileSync(file, group.kind === 'media' ? createByteStream(`${seed}/media/${number}`)(sizeBytes) : makeText(group.kind, sizeBytes, random));
			const modified = (newestMs - random.below(365) * dayMs) / 1000;
			utimesSync(file, modified, modified);
		}
	}

	await writeDumps(folder, 1, options);
}

/** Write the dumps anew, as they are on the next day: one of them by another name, with its date, and the old one goes. */
export async function writeNextDumps(folder: string, options: ServerDataOptions): Promise<void> {
	for (const table of tables) {
		rmSync(path.join(folder, dumpsFolder, dumpName(table, 1)));
	}

	await writeDumps(folder, 2, options);
}
