import {readdir, rm} from 'node:fs/promises';
import path from 'node:path';
import {makeFolders} from '../../engine/index.ts';
import {replaceFile} from '../durable-file.ts';

/** So many reports of each form are kept: a year of weekly ones. */
export const keptReports = 52;

/** The forms of a report that is kept in files, by the ends of their names. */
export type ReportTexts = Readonly<Record<'html' | 'md', string>>;

async function dropOld(folder: string, form: string): Promise<void> {
	const pattern = new RegExp(String.raw`^report-\d{8}T\d{6}Z\.${form}$`);
	const names = await readdir(folder);
	for (const name of names.filter(each => pattern.test(each)).toSorted().slice(0, -keptReports)) {
		await rm(path.join(folder, name), {force: true});
	}
}

/**
Write a report to `reports/` below the state folder, in each form, each file as a whole or not at all, of mode 0600; older ones than the last 52 are deleted.
@param timeMs - When it was made: names the files.
@returns The absolute path of the Markdown; the others lie beside it.
@throws what the system throws
*/
export async function writeReport(stateFolder: string, texts: ReportTexts, timeMs: number): Promise<string> {
	const folder = path.join(stateFolder, 'reports');
	makeFolders(folder);
	const base = path.join(folder, `report-${new Date(timeMs).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`);
	for (const [form, text] of Object.entries(texts)) {
		const file = `${base}.${form}`;
		const temporary = `${file}.tmp`;
		await rm(temporary, {force: true});
		await replaceFile(file, text, temporary);
		await dropOld(folder, form);
	}

	return `${base}.md`;
}
