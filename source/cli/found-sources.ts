import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {errorText, systemErrorCode} from '../engine/index.ts';
import type {SourceInFile} from './source-schemas.ts';

export type ProposedSource = Extract<SourceInFile, {readonly kind?: 'files'}>;

/** Caches are made anew by themselves. */
const homeExcludes = ['.cache/'];

async function isWorthABackup(folder: string): Promise<boolean> {
	try {
		const names = await readdir(folder);
		return names.length > 0;
	} catch {
		return false;
	}
}

/**
What is worth a backup on most servers, as far as it exists here, can be read and is not empty.
@param root - Where the search begins. @default '/'
*/
export async function findSources({isRoot, home, root = '/'}: {readonly isRoot: boolean; readonly home: string | undefined; readonly root?: string}): Promise<ProposedSource[]> {
	const candidates: ProposedSource[] = [
		...(isRoot
			? [{name: 'etc', paths: ['/etc']}, {name: 'home', paths: ['/home'], excludes: homeExcludes}, {name: 'root', paths: ['/root'], excludes: homeExcludes}]
			: (home === undefined || home === '/' ? [] : [{name: 'home', paths: [home], excludes: homeExcludes}])),
		{name: 'srv', paths: ['/srv']},
		{name: 'www', paths: ['/var/www']},
	];
	const found: ProposedSource[] = [];
	for (const candidate of candidates) {
		const paths = candidate.paths.map(folder => path.join(root, folder));
		if (await isWorthABackup(paths[0]!)) {
			found.push({...candidate, kind: 'files', paths});
		}
	}

	return found;
}

/** Why a folder cannot be a source, in a sentence for the person who named it; `undefined`: it can. */
export async function whyNoSource(folder: string): Promise<string | undefined> {
	try {
		await readdir(folder);
		return undefined;
	} catch (error) {
		switch (systemErrorCode(error)) {
			case 'ENOENT': {
				return `${folder} does not exist.`;
			}

			case 'ENOTDIR': {
				return `${folder} is not a folder.`;
			}

			case 'EACCES': {
				return `${folder} may not be read by this user.`;
			}

			default: {
				return `${folder} cannot be read: ${errorText(error)}.`;
			}
		}
	}
}
