import {lstatSync, readdirSync} from 'node:fs';
import {toPath, type ByteString} from '../../source/engine/byte-string.ts';

export type TreeFile = {
	readonly path: ByteString;
	readonly sizeBytes: number;
};

/**
The regular files below a folder, in the order of their names' bytes.
@yields Each hard link as a file of its own.
*/
export function * treeFiles(folder: ByteString): Generator<TreeFile> {
	for (const name of readdirSync(toPath(folder), 'latin1').toSorted()) {
		const path = `${folder}/${name}` as ByteString;
		const stats = lstatSync(toPath(path));
		if (stats.isDirectory()) {
			yield * treeFiles(path);
		} else if (stats.isFile()) {
			yield {path, sizeBytes: stats.size};
		}
	}
}

/** How much there is below a folder. */
export type TreeSize = {
	readonly files: number;
	/** The sum of the files' lengths. */
	readonly bytes: number;
};

/** Count what is below a folder. */
export function measureTree(folder: ByteString): TreeSize {
	let files = 0;
	let bytes = 0;
	for (const {sizeBytes} of treeFiles(folder)) {
		files++;
		bytes += sizeBytes;
	}

	return {files, bytes};
}
