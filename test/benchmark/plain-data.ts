import {closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync} from 'node:fs';
import path from 'node:path';
import {setImmediate as turn} from 'node:timers/promises';
import {createByteStream} from '../helpers/test-runtime.ts';
import type {FileChanges} from './change-files.ts';
import {Random, seedOf} from './random.ts';
import {makeText, words} from './text.ts';

export type PlainDataOptions = {
	/** The same seed gives the same bytes and names. */
	readonly seed: string;
	/** How many files. */
	readonly count: number;
	readonly signal?: AbortSignal;
};

const filesPerFolder = 100;
const smallestBytes = 1000;
const largestBytes = 4000;
const pieceBytes = 64 * 1024;
const insertionsPerFile = 10;

/** Write many small files of text, of 1 to 4 kB. @param folder - Made when missing. */
export async function writeManyFiles(folder: string, {seed, count, signal}: PlainDataOptions): Promise<void> {
	for (let number = 0; number < count; number++) {
		const parent = path.join(folder, `part-${Math.floor(number / filesPerFolder)}`);
		if (number % filesPerFolder === 0) {
			mkdirSync(parent, {recursive: true});
			await turn();
			signal?.throwIfAborted();
		}

		const random = new Random(seedOf(`${seed}/many/${number}`));
		writeFileSync(path.join(parent, `${number}.txt`), makeText('source', smallestBytes + random.below(largestBytes - smallestBytes), random));
	}
}

/** Write few large files, pieces of text and pieces that no compression makes smaller in turn. @param folder - Made when missing. */
export async function writeLargeFiles(folder: string, {seed, count, signal, sizeBytes}: PlainDataOptions & {readonly sizeBytes: number}): Promise<void> {
	mkdirSync(folder, {recursive: true});
	for (let number = 0; number < count; number++) {
		const random = new Random(seedOf(`${seed}/large/${number}`));
		const noise = createByteStream(`${seed}/large/${number}`);
		const file = openSync(path.join(folder, `${number}.bin`), 'w');
		try {
			for (let at = 0, piece = 0; at < sizeBytes; at += pieceBytes, piece++) {
				const length = Math.min(pieceBytes, sizeBytes - at);
				writeSync(file, piece % 2 === 0 ? Buffer.from(makeText('source', length, random)) : noise(length));
				await turn();
				signal?.throwIfAborted();
			}
		} finally {
			closeSync(file);
		}
	}
}

/** Insert some words at ten places of each file of a folder. The same seed and files give the same changes. */
export function insertWords(folder: string, seed: string): FileChanges {
	const names = readdirSync(folder).toSorted();
	for (const name of names) {
		const random = new Random(seedOf(`${seed}/insertions/${name}`));
		const content = readFileSync(path.join(folder, name));
		const places = [0, ...Array.from({length: insertionsPerFile}, () => random.below(content.length)).toSorted((a, b) => a - b), content.length];
		const parts = places.slice(1).flatMap((end, index) => [content.subarray(places[index], end), ...(index < insertionsPerFile ? [Buffer.from(`${words(random, 12)}\n`)] : [])]);
		writeFileSync(path.join(folder, name), Buffer.concat(parts));
	}

	return {small: 0, changed: names.length, renamed: 0};
}
