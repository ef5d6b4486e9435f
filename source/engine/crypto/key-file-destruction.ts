import {constants} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type {Runtime} from '../runtime.ts';
import {maximumKeyFileBytes} from './key-file.ts';
import {openKeyFile, refuseKeyFile, type KeyFileOptions} from './key-file-safety.ts';
import {explainFailure, syncFolder, systemFiles} from './key-file-system.ts';

/**
Overwrite a key file with random bytes, truncate it and delete it, each step made durable before the next. Only a regular file of this user's with one name, no
larger than key files are, which may be destroyed in part already: after a crash it can be called again as long as the file is there.

On a disk that writes in place (ext4 and XFS on a hard disk) the key is gone then. Where a file system never overwrites (Btrfs, ZFS, bcachefs, snapshots of LVM
or of a virtual machine), and on flash (SSD, NVMe, SD), the old blocks stay until the device or the file system uses them again; a journal that holds data too
(ext4 with data=journal) keeps a copy for a while. And no copy elsewhere is known to anybody here. So this makes the key harder to find; that the key opens nothing any more
is what makes it worthless.
@throws `key-file-missing`, `key-file-unsafe`; `target-unusable` where a step fails
*/
export async function destroyKeyFile(file: string, runtime: Pick<Runtime, 'randomBytes'>, {fileSystem = systemFiles}: Pick<KeyFileOptions, 'fileSystem'> = {}): Promise<void> {
	const absolute = path.resolve(file);
	await explainFailure(absolute, 'cannot be destroyed', async () => {
		await makeWritable(absolute, {fileSystem});
		const {handle, status} = await openKeyFile(absolute, constants.O_RDWR, {fileSystem});
		try {
			await handle.writeFile(runtime.randomBytes(status.size));
			await handle.sync();
			await handle.truncate(0);
			await handle.sync();
			await fileSystem.unlink(absolute);
		} finally {
			await handle.close();
		}

		await syncFolder(path.dirname(absolute), fileSystem);
	});
}

/** A key file may be of mode 400, which only root could open for writing. Nothing is changed of a file that is not to be destroyed. */
async function makeWritable(file: string, options: KeyFileOptions): Promise<void> {
	const {handle, status} = await openKeyFile(file, constants.O_RDONLY, options);
	try {
		if (status.uid !== process.geteuid?.()) {
			refuseKeyFile(file, 'it belongs to root, and so only root destroys it', 'Run the command as root.');
		}

		if (status.nlink !== 1) {
			refuseKeyFile(file, `it has ${status.nlink - 1} other name${status.nlink === 2 ? '' : 's'} (hard links), under which the key would be destroyed too`, `Find them with: find ${path.dirname(file)} -xdev -samefile ${file} — and delete those that you do not need.`);
		}

		if (status.size > maximumKeyFileBytes) {
			refuseKeyFile(file, 'it is larger than any key file and so is not destroyed', 'Look at what it is.');
		}

		await handle.chmod(0o600);
	} finally {
		await handle.close();
	}
}
