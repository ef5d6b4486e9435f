import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {setImmediate as turn} from 'node:timers/promises';

/** No directory has more. */
export const filesPerFolder = 10_000;

export type ManyFilesOptions = {
	/** How many files. */
	readonly files: number;
	readonly signal?: AbortSignal;
};

/** Where the file of a number lies. */
export function manyFilesPath(folder: string, number: number): string {
	return path.join(folder, `part-${Math.floor(number / filesPerFolder)}`, `file-${number}.txt`);
}

/** Every second one is empty, the others have some tens of bytes, each its own. */
function contentOf(number: number, day: number): string {
	return number % 2 === 0 ? '' : `File number ${number} as it is on day ${day}.\n`;
}

/** Write very many very small files. @param folder - Made when missing. */
export async function writeManyFiles(folder: string, {files, signal}: ManyFilesOptions): Promise<void> {
	for (let number = 0; number < files; number++) {
		if (number % filesPerFolder === 0) {
			mkdirSync(path.dirname(manyFilesPath(folder, number)), {recursive: true});
			await turn();
			signal?.throwIfAborted();
		}

		writeFileSync(manyFilesPath(folder, number), contentOf(number, 1));
	}
}

/** Write one in 100 of them anew. @returns How many. */
export function changeManyFiles(folder: string, {files}: ManyFilesOptions): number {
	let changed = 0;
	for (let number = 1; number < files; number += 100) {
		writeFileSync(manyFilesPath(folder, number), contentOf(number, 2));
		changed++;
	}

	return changed;
}
