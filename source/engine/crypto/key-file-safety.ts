import {constants, type Stats} from 'node:fs';
import type {FileHandle} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {CofferError, errorText, systemErrorCode} from '../errors.ts';
import {systemFiles, type KeyFileSystem} from './key-file-system.ts';

export type KeyFileOptions = {
	/** `$CREDENTIALS_DIRECTORY`: files directly in it are exempt from the checks of owner, mode and folders. */
	readonly credentialsFolder?: string | undefined;
	/** What names another file, for advice. @default '--key-file' */
	readonly flag?: string;
	/** @default node:fs/promises */
	readonly fileSystem?: KeyFileSystem;
};

/** @throws `key-file-unsafe` */
export function refuseKeyFile(file: string, reason: string, remedy: string): never {
	throw new CofferError('key-file-unsafe', `The key file ${file} is not used: ${reason}. ${remedy}`, {context: {file}});
}

function isOursOrRoots(uid: number): boolean {
	return uid === 0 || uid === process.geteuid?.();
}

/** systemd hands credentials over with modes of its own (0440 in a folder that only the service can enter). */
function isSystemdCredential(file: string, credentialsFolder: string | undefined): boolean {
	return credentialsFolder !== undefined && credentialsFolder !== '' && path.dirname(file) === path.resolve(credentialsFolder);
}

/** Whoever may write to a folder on the way to the file may replace it. */
async function assertFolderSafe(file: string, opened: Stats, {lstat, realpath}: KeyFileSystem): Promise<void> {
	let folder = await realpath(path.dirname(file));
	const there = await lstat(path.join(folder, path.basename(file)));
	if (there.dev !== opened.dev || there.ino !== opened.ino) {
		refuseKeyFile(file, 'it was replaced while it was read', 'Find out by whom before you try again.');
	}

	for (;;) {
		const status = await lstat(folder);
		const isSticky = (status.mode & 0o1000) !== 0;
		if ((status.mode & 0o002) !== 0 && !isSticky) {
			refuseKeyFile(file, `everybody may write to the folder ${folder}, and so replace it`, `Run: chmod o-w ${folder}`);
		}

		if (!isOursOrRoots(status.uid)) {
			refuseKeyFile(file, `the folder ${folder} belongs to another user`, 'Move the key file to a folder of your own.');
		}

		if (folder === path.dirname(folder)) {
			return;
		}

		folder = path.dirname(folder);
	}
}

function assertFileSafe(file: string, status: Stats, isCredential: boolean): void {
	if (!status.isFile()) {
		refuseKeyFile(file, 'it is not a regular file', 'Name the file itself.');
	}

	if (isCredential) {
		return;
	}

	if (!isOursOrRoots(status.uid)) {
		refuseKeyFile(file, 'it belongs to another user', `Run: chown ${process.geteuid?.() ?? 'you'} ${file}`);
	}

	if ((status.mode & 0o077) !== 0) {
		refuseKeyFile(file, `others may read it (mode ${(status.mode & 0o777).toString(8)})`, `Run: chmod 600 ${file} — and if somebody may have copied it, rotate the key.`);
	}
}

async function openWithoutFollowing(file: string, access: number, {open}: KeyFileSystem, flag: string): Promise<FileHandle> {
	try {
		// O_NONBLOCK: a FIFO must not make us wait.
		return await open(file, access | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	} catch (error) {
		switch (systemErrorCode(error)) {
			case 'ENOENT':
			case 'ENOTDIR': {
				throw new CofferError('key-file-missing', `There is no key file ${file}. Name the right one with ${flag}, or get it back from its copy.`, {context: {file, isAbsent: true}, cause: error});
			}

			case 'ELOOP': {
				return refuseKeyFile(file, 'it is a symbolic link', 'Name the file itself.');
			}

			default: {
				throw new CofferError('key-file-missing', `The key file ${file} cannot be read: ${errorText(error)}`, {context: {file}, cause: error});
			}
		}
	}
}

/**
Open a key file, refusing one that others could read, replace or have planted: it must be a regular file of mode 600 or narrower, owned by this user or
root, no symbolic link itself, in folders (as they really are) that not everybody may write to.
@param file - Absolute path.
@param access - `O_RDONLY` or `O_RDWR`.
@returns The open file, which the caller closes, and its status.
@throws `key-file-missing`, with `isAbsent` in its context where no such file is there; `key-file-unsafe`
*/
export async function openKeyFile(file: string, access: number, {credentialsFolder, flag = '--key-file', fileSystem = systemFiles}: KeyFileOptions): Promise<{handle: FileHandle; status: Stats}> {
	const handle = await openWithoutFollowing(file, access, fileSystem, flag);
	try {
		const status = await handle.stat();
		const isCredential = isSystemdCredential(file, credentialsFolder);
		assertFileSafe(file, status, isCredential);
		if (!isCredential) {
			await assertFolderSafe(file, status, fileSystem);
		}

		return {handle, status};
	} catch (error) {
		await handle.close();
		throw error;
	}
}
