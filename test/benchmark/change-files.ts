import {readFileSync, renameSync, writeFileSync} from 'node:fs';
import {toPath, type ByteString} from '../../source/engine/byte-string.ts';
import {mix, Random, seedOf} from './random.ts';
import {words} from './text.ts';
import {treeFiles} from './tree-files.ts';

/** One small file in so many gets some new words at a random place; one in each group of so many. */
export const filesPerChange = 100;
/** One small file in so many gets another name. */
export const filesPerRename = 500;

const largestSmallFileBytes = 1_000_000;

export type FileChanges = {
	/** How many small files there are. */
	readonly small: number;
	readonly changed: number;
	readonly renamed: number;
};

/**
Do to the small files (up to 1 MB, not empty) of a tree what a day does. The same seed and tree give the same changes.
@param except - The name of a folder right below `folder` that is left alone.
*/
export function changeSmallFiles(folder: ByteString, seed: string, except?: string): FileChanges {
	const files = [...treeFiles(folder)].filter(({path, sizeBytes}) => sizeBytes > 0 && sizeBytes <= largestSmallFileBytes && !(except && path.startsWith(`${folder}/${except}/`)));
	const changesSeed = seedOf(`${seed}/changes`);
	const random = new Random(changesSeed);
	const isChosen = (index: number, groupSize: number, what: number): boolean => mix(changesSeed, Math.floor(index / groupSize), what) % groupSize === index % groupSize;
	let changed = 0;
	let renamed = 0;
	for (const [index, {path}] of files.entries()) {
		if (isChosen(index, filesPerChange, 1)) {
			const content = readFileSync(toPath(path));
			const at = random.below(content.length);
			writeFileSync(toPath(path), Buffer.concat([content.subarray(0, at), Buffer.from(`${words(random, 12)}\n`), content.subarray(at)]));
			changed++;
		}

		if (!isChosen(index, filesPerRename, 2)) {
			continue;
		}

		renameSync(toPath(path), toPath(`${path}.renamed` as ByteString));
		renamed++;
	}

	return {small: files.length, changed, renamed};
}
