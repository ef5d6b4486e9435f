import type {Dirent} from 'node:fs';
import {readdir} from 'node:fs/promises';
import path from 'node:path';
import type {WalkedFolder} from './walk-folders.ts';

/** Whether a folder is the inside of a repository: gitrepository-layout(5). Only names are looked at; nothing is run. */
function isInside(entries: readonly Dirent[]): boolean {
	const isThere = (name: string, isKind: (entry: Dirent) => boolean): boolean => entries.some(entry => entry.name === name && isKind(entry));
	return isThere('HEAD', entry => entry.isFile()) && isThere('objects', entry => entry.isDirectory()) && isThere('refs', entry => entry.isDirectory());
}

/** What a folder is to git: a repository without a working tree, the working tree of one, or nothing. */
export async function repositoryKindOf({folder, entries}: Pick<WalkedFolder, 'folder' | 'entries'>): Promise<'bare' | 'worktree' | undefined> {
	if (isInside(entries)) {
		return 'bare';
	}

	const hasInside = entries.some(entry => entry.name === '.git' && entry.isDirectory());
	if (!hasInside) {
		return undefined;
	}

	try {
		return isInside(await readdir(path.join(folder, '.git'), {withFileTypes: true})) ? 'worktree' : undefined;
	} catch {
		return undefined;
	}
}
