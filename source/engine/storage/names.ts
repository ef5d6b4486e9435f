import {assertObjectName} from './storage.ts';

/** The folder that back ends keep for unfinished objects. No object's name begins with it, no listing shows it. */
export const temporaryFolder = 'tmp';

/**
Check the name of an object before anything is done with it.
@throws RangeError when it breaks the rules for names or lies in the folder for unfinished objects.
*/
export function assertUsableName(name: string): void {
	assertObjectName(name);
	if (name === temporaryFolder || name.startsWith(`${temporaryFolder}/`)) {
		throw new RangeError(`Reserved for unfinished objects: ${JSON.stringify(name)}`);
	}
}

/**
Check the name of a folder to be listed; the empty string is the whole storage.
@throws RangeError like `assertUsableName`.
*/
export function assertUsableFolder(folder: string): void {
	if (folder !== '') {
		assertUsableName(folder);
	}
}

/** The folder that holds the object; the empty string for the root. */
export function folderOf(name: string): string {
	return name.slice(0, Math.max(0, name.lastIndexOf('/')));
}

/** The name of `child` in `folder`, which may be the root (the empty string). */
export function nameIn(folder: string, child: string): string {
	return folder === '' ? child : `${folder}/${child}`;
}
