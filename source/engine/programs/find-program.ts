import {accessSync, constants, statSync} from 'node:fs';
import path from 'node:path';
import type {Runtime} from '../runtime.ts';

/** Where Linux keeps programs; first, so that a hostile PATH puts nothing before them, and always, as cron's PATH is short. */
const usualFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'] as const;

/** The PATH that programs are given. */
export const usualPath = usualFolders.join(':');

function isProgram(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return statSync(file).isFile();
	} catch {
		return false;
	}
}

/**
The absolute path of a program: in the usual folders, then in the absolute ones of PATH.
@param names - One program under several names, the one that is liked best first; an absolute path stands for itself.
@param extraFolders - Looked into before all others. @default none
@returns `undefined` where the machine has none of them.
*/
export function findProgram(names: readonly string[], {environment}: Pick<Runtime, 'environment'>, extraFolders: readonly string[] = []): string | undefined {
	const ofPath = (environment['PATH'] ?? '').split(':').filter(folder => folder.startsWith('/'));
	for (const name of names) {
		const candidates = name.startsWith('/') ? [name] : [...extraFolders, ...usualFolders, ...ofPath].map(folder => path.join(folder, name));
		const found = candidates.find(candidate => isProgram(candidate));
		if (found !== undefined) {
			return found;
		}
	}

	return undefined;
}
