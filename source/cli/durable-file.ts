import {open, rename, rm} from 'node:fs/promises';
import path from 'node:path';

/** Write a new file, durably, of just this mode whatever the umask. Fails where there is one. */
export async function writeNewFile(file: string, content: string, mode = 0o600): Promise<void> {
	const handle = await open(file, 'wx', mode);
	try {
		await handle.chmod(mode);
		await handle.writeFile(content);
		await handle.sync();
	} finally {
		await handle.close();
	}
}

/** Make the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

/**
Put a text in the place of a file: readers see the old one or the new one, also after a crash.
@param file - Without links on its way.
@param temporary - In the same folder; a name that nothing else has.
*/
export async function replaceFile(file: string, content: string, temporary: string, mode = 0o600): Promise<void> {
	try {
		await writeNewFile(temporary, content, mode);
		await rename(temporary, file);
		await syncFolder(path.dirname(file));
	} finally {
		await rm(temporary, {force: true});
	}
}
