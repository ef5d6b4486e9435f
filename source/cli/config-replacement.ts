import path from 'node:path';
import {replaceFile} from './durable-file.ts';

/**
Put a text in the place of a configuration: readers see the old file or the new one. A new file each time, as an editor may have made one with other modes, or not have waited for the disk.
@param file - Without links on its way.
@param copy - Beside it; a name that nothing else has.
*/
export async function replaceConfig(file: string, content: string, copy: string): Promise<void> {
	await replaceFile(file, content, `${copy}.new`);
}

/** The name of a copy of a configuration beside it, which nothing else has. @param suffix - Of random characters. */
export function copyBeside(file: string, suffix: string): string {
	return path.join(path.dirname(file), `.${path.basename(file)}.edit-${suffix}.json`);
}
