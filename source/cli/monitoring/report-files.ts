import {readdir, rm} from 'node:fs/promises';
import path from 'node:path';
import {makeFolders} from '../../engine/index.ts';
import {replaceFile} from '../durable-file.ts';

/** So many reports are kept: a year of weekly ones. */
export const keptReports = 52;

const pattern = /^report-\d{8}T\d{6}Z\.md$/;

/**
Write a report to `reports/` below the state folder, as a whole or not at all, of mode 0600; older ones than the last 52 are deleted.
@param timeMs - When it was made: names the file.
@returns Its absolute path
@throws what the system throws
*/
export async function writeReport(stateFolder: string, text: string, timeMs: number): Promise<string> {
	const folder = path.join(stateFolder, 'reports');
	makeFolders(folder);
	const file = path.join(folder, `report-${new Date(timeMs).toISOString().replaceAll(/[-:]|\.\d+/g, '')}.md`);
	const temporary = `${file}.tmp`;
	await rm(temporary, {force: true});
	await replaceFile(file, text, temporary);
	const names = await readdir(folder);
	for (const name of names.filter(each => pattern.test(each)).toSorted().slice(0, -keptReports)) {
		await rm(path.join(folder, name), {force: true});
	}

	return file;
}
