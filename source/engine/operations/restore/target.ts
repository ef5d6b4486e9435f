import {closeSync, constants, openSync, realpathSync, statSync} from 'node:fs';
import {dirname, isAbsolute, join, basename} from 'node:path';
import {fileURLToPath} from 'node:url';
import {CofferError, errorText, systemErrorCode} from '../../errors.ts';
import {makeFolders} from '../../make-folders.ts';
import {openPathOnly, pathOfDescriptor} from './guarded-folders.ts';

/** One directory of this machine, whatever it is called. */
export type FolderIdentity = {readonly dev: bigint; readonly ino: bigint};

export type Target = {
	readonly path: string;
	/** `undefined` when it does not exist and nothing shall be changed. */
	readonly descriptor: number | undefined;
	/** The repository's folder, where it is on this machine: nothing is written or deleted in it. */
	readonly repository: FolderIdentity | undefined;
	close(): void;
};

function unusable(path: string, reason: string, cause?: unknown): CofferError {
	return new CofferError('target-unusable', `Nothing can be restored into ${path}: ${reason}`, {context: {target: path}, cause});
}

/** The path without symbolic links, also of what does not exist yet. */
function realPath(path: string): string {
	try {
		return realpathSync(path);
	} catch (error) {
		if (systemErrorCode(error) !== 'ENOENT' || dirname(path) === path) {
			throw error;
		}

		return join(realPath(dirname(path)), basename(path));
	}
}

function localFolder(storageUrl: string): string | undefined {
	if (storageUrl.startsWith('file:')) {
		return fileURLToPath(storageUrl);
	}

	return isAbsolute(storageUrl) ? storageUrl : undefined;
}

function identify(folder: string): FolderIdentity | undefined {
	const stats = statSync(folder, {bigint: true, throwIfNoEntry: false});
	return stats && {dev: stats.dev, ino: stats.ino};
}

function assertOutside(path: string, repository: string): void {
	const inner = realPath(path);
	const outer = realPath(repository);
	if (inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`)) {
		throw unusable(path, 'it lies inside the repository, which a restore must not touch. Name another --target.');
	}
}

/**
Open the directory that a restore goes to; it is made, with mode 0700, where it does not exist. The path may hold symbolic links: the user named it.
@throws `target-unusable`
*/
export function openTarget(path: string, storageUrl: string, isDryRun: boolean): Target {
	if (!isAbsolute(path) || path.includes('\0')) {
		throw unusable(path.replaceAll('\0', '?'), 'it is not an absolute path.');
	}

	const folder = localFolder(storageUrl);
	try {
		if (folder !== undefined) {
			assertOutside(path, folder);
		}

		if (!isDryRun) {
			makeFolders(path);
		}

		const isThere = statSync(path, {throwIfNoEntry: false}) !== undefined;
		const descriptor = isThere ? openSync(path, openPathOnly | constants.O_DIRECTORY) : undefined;
		if (descriptor !== undefined) {
			assertReachable(descriptor, path);
		}

		return {
			path,
			descriptor,
			repository: folder === undefined ? undefined : identify(folder),
			close() {
				if (descriptor !== undefined) {
					closeSync(descriptor);
				}
			},
		};
	} catch (error) {
		if (error instanceof CofferError) {
			throw error;
		}

		const isNoFolder = ['ENOTDIR', 'EEXIST'].includes(systemErrorCode(error) ?? '');
		throw unusable(path, isNoFolder ? 'it is no directory. Name another --target.' : `${errorText(error)}. Check that it may be written, or name another --target.`, error);
	}
}

function assertReachable(descriptor: number, path: string): void {
	if (statSync(pathOfDescriptor(descriptor), {throwIfNoEntry: false}) === undefined) {
		closeSync(descriptor);
		throw unusable(path, '/proc is not mounted, without which it is not safe from symbolic links. Mount it: mount -t proc proc /proc');
	}
}
