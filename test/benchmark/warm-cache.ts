import {closeSync, openSync, readSync} from 'node:fs';
import {setImmediate as turn} from 'node:timers/promises';
import {toPath, type ByteString} from '../../source/engine/byte-string.ts';
import {treeFiles} from './tree-files.ts';

const buffer = Buffer.alloc(1024 * 1024);

/** Read every file below a folder once, so that the system has all of them in memory. */
export async function warmCache(folder: ByteString, signal: AbortSignal): Promise<void> {
	for (const {path} of treeFiles(folder)) {
		const file = openSync(toPath(path), 'r');
		try {
			while (readSync(file, buffer) > 0) {
				signal.throwIfAborted();
			}
		} finally {
			closeSync(file);
		}

		await turn();
	}
}
