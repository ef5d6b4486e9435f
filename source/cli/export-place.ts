import {constants} from 'node:fs';
import {access, realpath, stat} from 'node:fs/promises';
import path from 'node:path';
import {CofferError, errorText} from '../engine/index.ts';
import {isThere} from './is-there.ts';

/** What is known of the places that an exported key is to be kept apart from. */
export type Surroundings = {
	/** Of a repository in this machine's file system. */
	readonly repositoryFolder?: string | undefined;
	readonly keyFile?: string | undefined;
};

/**
See whether a secret can be written to a new file there, before anything is made.
@returns The folder as it really is
@throws `target-unusable`
*/
export async function assertWritable(file: string): Promise<string> {
	const folder = path.dirname(file);
	if (await isThere(file)) {
		throw new CofferError('target-unusable', `${file} exists already. Name another file; an existing one is never overwritten.`, {context: {file}});
	}

	try {
		await access(folder, constants.W_OK | constants.X_OK);
		return await realpath(folder);
	} catch (error) {
		throw new CofferError('target-unusable', `Nothing can be written to ${file}: ${errorText(error)}. Name a file in a folder that is there.`, {context: {file}, cause: error});
	}
}

/**
What is wrong with keeping a recovery key at this place; it goes on nevertheless.
@param folder - Where it is to lie, as it really is.
@returns Warnings for people
@throws `target-unusable` inside of the repository
*/
export async function assessExportPlace(folder: string, file: string, {repositoryFolder, keyFile}: Surroundings): Promise<string[]> {
	const warnings: string[] = [];
	if (repositoryFolder !== undefined) {
		const repository = await realpath(repositoryFolder);
		if (folder === repository || folder.startsWith(`${repository}/`)) {
			throw new CofferError('target-unusable', `${file} lies in the repository: what destroys that destroys the recovery key, too. Name a file in another place, best on a medium that you take away.`, {context: {file}});
		}

		const [own, others] = await Promise.all([stat(folder), stat(repository)]);
		if (own.dev === others.dev) {
			warnings.push(`${file} lies on the same file system as the repository: what destroys one destroys both. Move it to another place, best a medium that you take away.`);
		}
	}

	if (keyFile !== undefined && path.dirname(keyFile) === folder) {
		warnings.push(`${file} lies beside the key file: both would be lost together. Move it to another place.`);
	}

	return warnings;
}
