import {access} from 'node:fs/promises';

/** Whether a file can be seen; one in a folder that may not be entered cannot. */
export async function isThere(file: string): Promise<boolean> {
	try {
		await access(file);
		return true;
	} catch {
		return false;
	}
}
