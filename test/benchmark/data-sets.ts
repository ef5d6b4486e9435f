import {execFile} from 'node:child_process';
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {promisify} from 'node:util';
import {fromText} from '../../source/engine/byte-string.ts';
import {changeSmallFiles, type FileChanges} from './change-files.ts';
import {insertWords, writeLargeFiles, writeManyFiles} from './plain-data.ts';
import {dumpsFolder, writeNextDumps, writeServerData, type ServerDataOptions} from './server-data.ts';
import {measureTree} from './tree-files.ts';

const run = promisify(execFile);
const seed = 'coffer';
const fullServerBytes = 981_000_000;
const manyFiles = 40_000;
const meanSmallBytes = 2500;
const largeFiles = 6;
const largeFileBytes = 100_000_000;

/** Which data it is. */
export type DataKind = 'server' | 'real' | 'single' | 'many' | 'large';

/** Data to be backed up: how it is made, and what a day changes. */
export type DataSet = {
	readonly kind: DataKind;
	readonly title: string;
	/** One sentence, or two. */
	readonly description: string;
	readonly estimatedBytes: number;
	/** Make the first day's data in a folder that does not exist. The same each time. */
	readonly prepare: (folder: string, signal: AbortSignal) => Promise<void>;
	/** Make it the next day's. */
	readonly change: (folder: string, signal: AbortSignal) => Promise<FileChanges>;
};

/** Generated data of an app server's kind. */
export function serverDataSet(size: number): DataSet {
	const options = (signal: AbortSignal): ServerDataOptions => ({seed, size, signal});
	return {
		kind: 'server',
		title: 'Generated data of an app server',
		description: 'Small text files (sources, configuration, logs), three SQL dumps, and media that no compression makes smaller. '
			+ 'A day later the dumps are written anew with one row in 100 updated in its place and one in 200 new; one of the three has its date in its name, and so another name on each day. One small file in 100 has some new words inside, and one in 500 another name.',
		estimatedBytes: fullServerBytes * size,
		async prepare(folder, signal) {
			await writeServerData(folder, options(signal));
		},
		async change(folder, signal) {
			await writeNextDumps(folder, options(signal));
			return changeSmallFiles(fromText(folder), seed, dumpsFolder);
		},
	};
}

/** A copy of a folder of this machine. */
export function realDataSet(real: string): DataSet {
	return {
		kind: 'real',
		title: real === '/usr/share' ? 'A copy of /usr/share' : 'A copy of a folder of the machine',
		description: 'Made anew in each round, as the machine has it. A day later one small file (up to 1 MB) in 100 has some new words inside, and one in 500 another name.',
		estimatedBytes: measureTree(fromText(real)).bytes,
		async prepare(folder, signal) {
			await mkdir(folder);
			await run('cp', ['--archive', '--', `${real}/.`, folder], {signal});
		},
		async change(folder) {
			return changeSmallFiles(fromText(folder), seed);
		},
	};
}

/** Almost nothing: what is left is what every run costs. */
export function singleDataSet(): DataSet {
	return {
		kind: 'single',
		title: 'One small file',
		description: '1 kB of text, some words more a day later.',
		estimatedBytes: 1000,
		async prepare(folder) {
			await mkdir(folder);
			await writeFile(path.join(folder, 'file'), 'text of one file\n'.repeat(60));
		},
		async change(folder) {
			return insertWords(folder, seed);
		},
	};
}

/** Files, and hardly any bytes in each. @param size - 1 is 40,000 files. */
export function manyDataSet(size: number): DataSet {
	const count = Math.max(1, Math.round(manyFiles * size));
	return {
		kind: 'many',
		title: 'Many small files',
		description: 'Text, 1 to 4 kB each, 100 in a folder. A day later one in 100 has some new words inside, and one in 500 another name.',
		estimatedBytes: meanSmallBytes * count,
		async prepare(folder, signal) {
			await writeManyFiles(folder, {seed, count, signal});
		},
		async change(folder) {
			return changeSmallFiles(fromText(folder), seed);
		},
	};
}

/** Bytes, in hardly any files. @param size - 1 is 600 MB. */
export function largeDataSet(size: number): DataSet {
	const sizeBytes = Math.max(1, Math.round(largeFileBytes * size));
	return {
		kind: 'large',
		title: 'Few large files',
		description: 'In each, pieces of 64 KiB of text and of what no compression makes smaller in turn. A day later some words are inserted at ten places of each.',
		estimatedBytes: largeFiles * sizeBytes,
		async prepare(folder, signal) {
			await writeLargeFiles(folder, {seed, count: largeFiles, sizeBytes, signal});
		},
		async change(folder) {
			return insertWords(folder, seed);
		},
	};
}
