import {createHash} from 'node:crypto';
import {lstat, readdir, readFile, readlink} from 'node:fs/promises';
import path from 'node:path';

/** Every entry below a folder with its mode and what it holds, in one text that is the same for equal folders; and how many there are. */
export async function describeFolder(folder: string): Promise<{readonly text: string; readonly entries: number; readonly bytes: number}> {
	const lines: string[] = [];
	let bytes = 0;
	for (const entry of await readdir(folder, {withFileTypes: true, recursive: true})) {
		const full = path.join(entry.parentPath, entry.name);
		const {mode} = await lstat(full);
		const content = entry.isFile() ? await readFile(full) : (entry.isSymbolicLink() ? await readlink(full) : '');
		bytes += entry.isFile() ? content.length : 0;
		lines.push(`${path.relative(folder, full)} ${mode} ${createHash('sha256').update(content).digest('hex')}`);
	}

	return {text: lines.toSorted().join('\n'), entries: lines.length, bytes};
}
