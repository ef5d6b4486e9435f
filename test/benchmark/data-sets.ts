import {execFile} from 'node:child_process';
import {mkdir} from 'node:fs/promises';
import {promisify} from 'node:util';
import {fromText} from '../../source/engine/byte-string.ts';
import {changeSmallFiles, type FileChanges} from './change-files.ts';
import {dumpsFolder, writeNextDumps, writeServerData, type ServerDataOptions} from './server-data.ts';
import {measureTree} from './tree-files.ts';

const run = promisify(execFile);
const seed = 'coffer';
const fullServerBytes = 981_000_000;

/** Data to be backed up: how it is made, and what a day changes. */
export type DataSet = {
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
		title: 'Generated data of an app server',
		description: 'Small text files (sources, configuration, logs), three SQL dumps, and media that no compression makes smaller. '
			+ 'A day later the dumps are written anew with one row in 100 updated in its place and one in 200 new, one small file in 100 has some new words inside, and one in 500 another name.',
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
