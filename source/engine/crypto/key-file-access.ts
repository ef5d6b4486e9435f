import {constants, type Stats} from 'node:fs';
import {link, lstat, open, realpath, rm, type FileHandle} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {CofferError, errorText, isCofferError, systemErrorCode} from '../errors.ts';
import {decodeKeyFile, encodeKeyFile, maximumKeyFileBytes, type KeyFile} from './key-file.ts';

function refuse(file: string, reason: string, remedy: string): never {
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
async function assertFolderSafe(file: string, opened: Stats): Promise<void> {
	let folder = await realpath(path.dirname(file));
	const there = await lstat(path.join(folder, path.basename(file)));
	if (there.dev !== opened.dev || there.ino !== opened.ino) {
		refuse(file, 'it was replaced while it was read', 'Find out by whom before you try again.');
	}

	for (;;) {
		const status = await lstat(folder);
		const isSticky = (status.mode & 0o1000) !== 0;
		if ((status.mode & 0o002) !== 0 && !isSticky) {
			refuse(file, `everybody may write to the folder ${folder}, and so replace it`, `Run: chmod o-w ${folder}`);
		}

		if (!isOursOrRoots(status.uid)) {
			refuse(file, `the folder ${folder} belongs to another user`, 'Move the key file to a folder of your own.');
		}

		if (folder === path.dirname(folder)) {
			return;
		}

		folder = path.dirname(folder);
	}
}

function assertFileSafe(file: string, status: Stats, isCredential: boolean): void {
	if (!status.isFile()) {
		refuse(file, 'it is not a regular file', 'Name the file itself.');
	}

	if (isCredential) {
		return;
	}

	if (!isOursOrRoots(status.uid)) {
		refuse(file, 'it belongs to another user', `Run: chown ${process.geteuid?.() ?? 'you'} ${file}`);
	}

	if ((status.mode & 0o077) !== 0) {
		refuse(file, `others may read it (mode ${(status.mode & 0o777).toString(8)})`, `Run: chmod 600 ${file} — and if somebody may have copied it, rotate the key.`);
	}
}

async function openWithoutFollowing(file: string): Promise<FileHandle> {
	try {
		// O_NONBLOCK: a FIFO must not make us wait.
		return await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	} catch (error) {
		switch (systemErrorCode(error)) {
			case 'ENOENT':
			case 'ENOTDIR': {
				throw new CofferError('key-file-missing', `There is no key file ${file}. Name the right one with --key-file, or get it back from its copy.`, {context: {file}, cause: error});
			}

			case 'ELOOP': {
				return refuse(file, 'it is a symbolic link', 'Name the file itself.');
			}

			default: {
				throw new CofferError('key-file-missing', `The key file ${file} cannot be read: ${errorText(error)}`, {context: {file}, cause: error});
			}
		}
	}
}

/**
Read a key file, refusing one that others could read, replace or have planted: it must be a regular file of mode 600 or narrower, owned by this user or
root, no symbolic link itself, in folders (as they really are) that not everybody may write to.

@param options.credentialsFolder - `$CREDENTIALS_DIRECTORY`: files directly in it are exempt from the mode check.
@throws `key-file-missing`, `key-file-unsafe`, `key-file-invalid`
*/
export async function readKeyFile(file: string, options: {readonly credentialsFolder?: string | undefined} = {}): Promise<KeyFile> {
	const absolute = path.resolve(file);
	const handle = await openWithoutFollowing(absolute);
	try {
		const status = await handle.stat();
		const isCredential = isSystemdCredential(absolute, options.credentialsFolder);
		assertFileSafe(absolute, status, isCredential);
		if (!isCredential) {
			await assertFolderSafe(absolute, status);
		}

		const buffer = Buffer.alloc(maximumKeyFileBytes + 1);
		const {bytesRead} = await handle.read(buffer, 0, buffer.byteLength, 0);
		try {
			if (bytesRead > maximumKeyFileBytes) {
				throw new CofferError('key-file-invalid', 'it is too long');
			}

			return decodeKeyFile(buffer.toString('utf8', 0, bytesRead));
		} catch (error) {
			if (isCofferError(error)) {
				throw new CofferError('key-file-invalid', `${absolute} is not a usable coffer key file: ${error.message}.`, {context: {file: absolute}});
			}

			throw error;
		} finally {
			buffer.fill(0);
		}
	} finally {
		await handle.close();
	}
}

async function writeDurably(file: string, content: string): Promise<void> {
	const handle = await open(file, 'wx', 0o600);
	try {
		await handle.chmod(0o600);
		await handle.writeFile(content);
		await handle.sync();
	} finally {
		await handle.close();
	}
}

async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

/**
Create a key file of mode 600, whatever the umask, durably: after a crash it is there as a whole or not at all. Never replaces a file.
@throws `target-unusable` when the file exists or cannot be written
*/
export async function createKeyFile(file: string, keyFile: KeyFile): Promise<void> {
	const absolute = path.resolve(file);
	const part = `${absolute}.${process.pid}.part`;
	let isPartOurs = false;
	try {
		await writeDurably(part, encodeKeyFile(keyFile));
		isPartOurs = true;
		// Unlike a rename, a link fails where there is a file already.
		await link(part, absolute);
	} catch (error) {
		isPartOurs ||= systemErrorCode(error) !== 'EEXIST';
		const reason = systemErrorCode(error) === 'EEXIST'
			? `${isPartOurs ? 'it' : part} exists already. Name another one with --key-file; an existing key is never overwritten`
			: errorText(error);
		throw new CofferError('target-unusable', `The key file ${absolute} cannot be created: ${reason}.`, {context: {file: absolute}, cause: error});
	} finally {
		if (isPartOurs) {
			await rm(part, {force: true});
		}
	}

	await syncFolder(path.dirname(absolute));
}
