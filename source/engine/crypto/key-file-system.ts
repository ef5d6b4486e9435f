import {constants, type Stats} from 'node:fs';
import {link, lstat, open, readdir, realpath, rename, unlink} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {CofferError, errorText, isCofferError, systemErrorCode} from '../errors.ts';
import {encodeKeyFile, type KeyFile} from './key-file.ts';

/** The calls of node:fs/promises through which key files are read and written, so that tests can let each of them fail. */
export type KeyFileSystem = {
	readonly open: typeof open;
	readonly link: typeof link;
	readonly lstat: (file: string) => Promise<Stats>;
	readonly readdir: (folder: string) => Promise<string[]>;
	readonly realpath: (file: string) => Promise<string>;
	readonly rename: typeof rename;
	readonly unlink: typeof unlink;
};

/** The real ones. */
export const systemFiles: KeyFileSystem = {open, link, lstat, readdir, realpath, rename, unlink};

/** Make names in a folder durable. */
export async function syncFolder(folder: string, fileSystem: KeyFileSystem): Promise<void> {
	const handle = await fileSystem.open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

/** Write a new file of mode 600, whatever the umask; its name is not durable yet. */
export async function writeDurably(file: string, content: Uint8Array, fileSystem: KeyFileSystem): Promise<void> {
	const handle = await fileSystem.open(file, 'wx', 0o600);
	try {
		await handle.chmod(0o600);
		await handle.writeFile(content);
		await handle.sync();
	} finally {
		await handle.close();
	}
}

/**
Write a key file of mode 600, whatever the umask, durably: after a crash it is there as a whole or not at all. Never replaces a file.
@param file - Absolute path.
@throws `target-unusable` when the file exists or cannot be written
*/
export async function writeKeyFile(file: string, keyFile: KeyFile, fileSystem: KeyFileSystem): Promise<void> {
	const part = `${file}.${process.pid}.part`;
	const text = encodeKeyFile(keyFile);
	let isPartOurs = false;
	try {
		try {
			await writeDurably(part, text, fileSystem);
			isPartOurs = true;
			// Unlike a rename, a link fails where there is a file already.
			await fileSystem.link(part, file);
		} catch (error) {
			isPartOurs ||= systemErrorCode(error) !== 'EEXIST';
			throw error;
		} finally {
			text.fill(0);
			if (isPartOurs) {
				await removeIfThere(part, fileSystem);
			}
		}

		await syncFolder(path.dirname(file), fileSystem);
	} catch (error) {
		const reason = systemErrorCode(error) === 'EEXIST'
			? `${isPartOurs ? 'it' : part} exists already. Name another one with --key-file; an existing key is never overwritten`
			: errorText(error);
		throw new CofferError('target-unusable', `The key file ${file} cannot be created: ${reason}.`, {context: {file}, cause: error});
	}
}

async function removeIfThere(file: string, fileSystem: KeyFileSystem): Promise<void> {
	try {
		await fileSystem.unlink(file);
	} catch (error) {
		if (systemErrorCode(error) !== 'ENOENT') {
			throw error;
		}
	}
}

/**
Remove what `writeKeyFile` has left of `file` where it was killed: a second name of the file itself, or a key that nothing was ever sealed with.
@param file - Absolute path.
*/
export async function removeParts(file: string, fileSystem: KeyFileSystem): Promise<void> {
	const folder = path.dirname(file);
	const prefix = `${path.basename(file)}.`;
	for (const name of await fileSystem.readdir(folder)) {
		if (name.startsWith(prefix) && /^\d+\.part$/.test(name.slice(prefix.length))) {
			await removeIfThere(path.join(folder, name), fileSystem);
		}
	}
}

/**
Do something with a key file, and say of a call to the system that fails what it was for.
@param what - Completes "The key file … ".
@throws `target-unusable`; errors of ours as they are
*/
export async function explainFailure<Result>(file: string, what: string, action: () => Promise<Result>): Promise<Result> {
	try {
		return await action();
	} catch (error) {
		throw isCofferError(error) ? error : new CofferError('target-unusable', `The key file ${file} ${what}: ${errorText(error)}. Nothing is lost; see to the cause and run the command again.`, {context: {file}, cause: error});
	}
}
