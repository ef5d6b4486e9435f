import {open, rename, rm} from 'node:fs/promises';
import path from 'node:path';

/** Write a new file of mode 0600, whatever the umask, durably. Fails where there is one. */
export async function writePrivateFile(file: string, content: string): Promise<void> {
	const handle = await open(file, 'wx', 0o600);
	try {
		await handle.chmod(0o600);
		await handle.writeFile(content);
		await handle.sync();
	} finally {
		await handle.close();
	}
}

async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

/**
Put a text in the place of a configuration: readers see the old file or the new one.
@param file - Without links on its way.
@param copy - Beside it; a name that nothing else has.
*/
export async function replaceConfig(file: string, content: string, copy: string): Promise<void> {
	const ready = `${copy}.new`;
	try {
		// An editor may have made a new file with other modes, or not have waited for the disk.
		await writePrivateFile(ready, content);
		await rename(ready, file);
		await syncFolder(path.dirname(file));
	} finally {
		await rm(ready, {force: true});
	}
}

/** The name of a copy of a configuration beside it, which nothing else has. @param suffix - Of random characters. */
export function copyBeside(file: string, suffix: string): string {
	return path.join(path.dirname(file), `.${path.basename(file)}.edit-${suffix}.json`);
}
