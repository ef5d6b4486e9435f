import {createHash} from 'node:crypto';
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {compareFiles, ProgramState, remembering, type ProgramFacts} from '../../engine/index.ts';
import {formatAmount} from '../../text/format.ts';
import {readVersion} from '../../version.ts';
import type {CommandContext} from '../command-line.ts';

const isBuilt = !import.meta.url.endsWith('.ts');
/** The folder of package.json: one above the built files, which all lie in one folder. */
export const programFolder = path.resolve(import.meta.dirname, isBuilt ? '..' : '../../..');
/** What runs: the built files, which hold all that they need, or the sources. */
const runningFolder = isBuilt ? 'dist' : 'source';

/**
SHA-256 of every file that a program runs from, by its path below the folder.
@param folder - Of package.json.
@param running - The folder in it with what runs.
@throws what the system throws
*/
export async function digestProgram(folder: string, running: string): Promise<ReadonlyMap<string, string>> {
	const entries = await readdir(path.join(folder, running), {withFileTypes: true, recursive: true});
	const names = ['package.json', ...entries.filter(entry => !entry.isDirectory()).map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)))].toSorted();
	const digests = new Map<string, string>();
	for (const name of names) {
		digests.set(name, createHash('sha256').update(await readFile(path.join(folder, name))).digest('hex'));
	}

	return digests;
}

export type ExamineOptions = {
	/** Somebody says that the files are as they should be: remember them as they are. @default false */
	readonly isTrusted?: boolean;
	/** @default that of this program */
	readonly folder?: string;
	/** @default what runs now */
	readonly running?: string;
	/** @default that of this program */
	readonly version?: string;
};

/**
Look whether the files of this program are those that this host has seen under the same version. Another version is remembered in the place of the one before, and that is told in the log.
@returns `undefined` where they cannot be read
*/
export async function examineProgram({paths, runtime, log, output}: CommandContext, options: ExamineOptions = {}): Promise<ProgramFacts | undefined> {
	const {isTrusted = false, folder = programFolder, running = runningFolder, version = readVersion()} = options;
	const files = await digestProgram(folder, running).catch(() => undefined);
	if (files === undefined) {
		return undefined;
	}

	const warn = (message: string) => {
		output.tell(message);
	};

	const state = new ProgramState(paths.stateFolder, folder, {runtime, warn});
	const time = new Date(runtime.now()).toISOString();
	const security = log.in('security');
	return remembering(warn, () => {
		try {
			const seen = state.read();
			const changes = compareFiles(seen?.files ?? files, files);
			const count = changes.changed.length + changes.added.length + changes.removed.length;
			const isOther = seen !== undefined && seen.version !== version;
			if (seen === undefined || isOther || (isTrusted && count > 0)) {
				state.write({version, files, time});
				if (isOther) {
					security.write('info', `program: version ${version} has taken the place of ${seen.version}`, {folder, files: files.size});
				} else if (seen !== undefined) {
					security.write('warn', `program: ${formatAmount(count, 'changed file')} of version ${version} ${count === 1 ? 'is' : 'are'} trusted from now on`, {folder, user: runtime.user, changed: changes.changed.join(', '), added: changes.added.join(', '), removed: changes.removed.join(', ')});
				}

				return {folder, version, since: time, changed: [], added: [], removed: []};
			}

			return {folder, version, since: seen.time, ...changes};
		} finally {
			state.close();
		}
	}, undefined);
}
