import {constants} from 'node:fs';
import {open} from 'node:fs/promises';

const blockBytes = 64 * 1024;

/**
Overwrite what a file holds, in its place, and wait until that is on the disk. A file with further names (hard links) is left as it is: those are somebody's copies.
Where the file system or the disk writes elsewhere than where the old bytes are, or the bytes are in a journal, they stay there until that place is used again.
@param noise - At least a block of 64 KiB.
@throws System errors; then it may be overwritten in part
*/
export async function wipeFile(path: string, noise: Uint8Array): Promise<void> {
	const {O_WRONLY, O_NOFOLLOW, O_NONBLOCK} = constants;
	const handle = await open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK);
	try {
		const status = await handle.stat();
		if (!status.isFile() || status.nlink !== 1) {
			return;
		}

		for (let offset = 0; offset < status.size; offset += blockBytes) {
			await handle.write(noise, 0, Math.min(blockBytes, status.size - offset), offset);
		}

		await handle.sync();
	} finally {
		await handle.close();
	}
}

/** How much noise `wipeFile` needs. */
export const noiseBytes = blockBytes;
