import {lstat, rename, statfs, unlink} from 'node:fs/promises';
import {dirname, isAbsolute, join} from 'node:path';
import {systemErrorCode, throwIfAborted} from '../errors.ts';
import type {Runtime} from '../runtime.ts';
import {readObjectFileBlocking} from './blocking-reading.ts';
import {createTemporaryFile, openFolder, removeTemporaryFile, syncFolder} from './durable-file.ts';
import {DurableFolders} from './durable-folders.ts';
import {LocalPendingObject} from './local-pending-object.ts';
import {isNothingThere, listObjectFiles, readFolder, readObjectFile, sizeOfObjectFile} from './local-reading.ts';
import {assertUsableFolder, assertUsableName, folderOf, temporaryFolder} from './names.ts';
import {assertReadOptions} from './read-window.ts';
import type {Storage} from './storage.ts';
import {toStorageError} from './storage-errors.ts';
import {noiseBytes, wipeFile} from './wipe-file.ts';

export type LocalStorageOptions = {
	/** Absolute path of the root; made with mode 0700 by the first object, where it does not exist. */
	readonly folder: string;
	readonly runtime: Runtime;
	/** `read` blocks the thread, which is quicker: for threads that have nothing else to do meanwhile. @default false */
	readonly blocksOnRead?: boolean;
};

/** `statfs` of the folder, or of the nearest one above it that exists. */
async function fileSystemOf(path: string): Promise<{bavail: number; bfree: number; blocks: number; bsize: number; files: number; ffree: number}> {
	try {
		return await statfs(path);
	} catch (error) {
		if (systemErrorCode(error) !== 'ENOENT' || dirname(path) === path) {
			throw error;
		}

		return fileSystemOf(dirname(path));
	}
}

async function removeDurably(path: string): Promise<void> {
	try {
		await unlink(path);
	} catch (error) {
		if (!isNothingThere(error) && systemErrorCode(error) !== 'EISDIR') {
			throw error;
		}
	}

	// Also where the object was missing already: whoever removed it may not yet have made that durable.
	try {
		const folder = await openFolder(dirname(path));
		try {
			await syncFolder(folder);
		} finally {
			await folder.close();
		}
	} catch (error) {
		if (!isNothingThere(error)) {
			throw error;
		}
	}
}

/** Delete a leftover that has not been written to since `beforeMs`; how many that were. */
async function sweepFile(path: string, beforeMs: number): Promise<number> {
	try {
		const entry = await lstat(path);
		if (entry.isDirectory() || entry.mtimeMs > beforeMs) {
			return 0;
		}

		await unlink(path);
		return 1;
	} catch (error) {
		if (isNothingThere(error)) {
			return 0;
		}

		throw error;
	}
}

/**
Objects as files of mode 0600 below a folder, folders with mode 0700; unfinished ones lie in `tmp/` below it. Its URL is the path.

No symbolic link below the root is followed, and nothing but a regular file is read: `read` and `size` throw `damaged` there, listings leave it out.
Where the directory's fsync fails after the renaming, the name shows the object that it showed before. `append` blocks the thread (see `LocalPendingObject`).
`close` throws away what has not been committed.
@throws RangeError when the path is not absolute.
*/
export function createLocalStorage({folder: root, runtime, blocksOnRead = false}: LocalStorageOptions): Storage {
	if (!isAbsolute(root) || root.includes('\0')) {
		throw new RangeError('The folder of a local storage must be an absolute path');
	}

	const folders = new DurableFolders(root);
	const unfinished = new Set<LocalPendingObject>();

	const attempt = async <Result>(action: string, object: string, call: () => Promise<Result>): Promise<Result> => {
		try {
			return await call();
		} catch (error) {
			throw toStorageError(error, {action, object, url: root});
		}
	};

	const createFile = async () => folders.using(temporaryFolder, async path => createTemporaryFile(join(path, runtime.randomBytes(16).toString('hex'))));

	const toPending = (file: Awaited<ReturnType<typeof createFile>>): LocalPendingObject => {
		const pending = new LocalPendingObject({root, folders, file, onEnd() {
			unfinished.delete(pending);
		}});
		unfinished.add(pending);
		return pending;
	};

	/** Take an object out of sight. @returns Where it is now; `undefined` where that cannot be done, or it is no file. */
	const hide = async (name: string): Promise<string | undefined> => {
		try {
			const path = join(root, name);
			return (await lstat(path)).isFile()
				? await folders.using(temporaryFolder, async folder => {
					const hidden = join(folder, runtime.randomBytes(16).toString('hex'));
					await rename(path, hidden);
					return hidden;
				})
				: undefined;
		} catch {
			return undefined;
		}
	};

	/** What of this fails is swept one day. */
	const destroy = async (path: string) => {
		await Promise.allSettled([wipeFile(path, runtime.randomBytes(noiseBytes))]);
		await Promise.allSettled([unlink(path)]);
	};

	return {
		url: root,
		isShareable: true,
		isLocal: true,
		async read(name, options = {}) {
			assertUsableName(name);
			assertReadOptions(options);
			throwIfAborted(options.signal);
			return attempt('read', name, async () => {
				await folders.check(folderOf(name));
				return blocksOnRead ? readObjectFileBlocking(root, name, options) : readObjectFile(root, name, options);
			});
		},
		async size(name) {
			assertUsableName(name);
			return attempt('look at', name, async () => {
				await folders.check(folderOf(name));
				return sizeOfObjectFile(root, name);
			});
		},
		async list(folder, signal) {
			assertUsableFolder(folder);
			throwIfAborted(signal);
			return attempt('list', folder, async () => {
				await folders.check(folder);
				return listObjectFiles(root, folder, signal);
			});
		},
		async write(name, data) {
			assertUsableName(name);
			await attempt('store', name, async () => {
				const file = await createFile();
				try {
					await file.handle.writeFile(data);
				} catch (error) {
					await removeTemporaryFile(file);
					throw error;
				}

				await toPending(file).commit(name);
			});
		},
		create: async () => attempt('begin an object in', '', async () => toPending(await createFile())),
		async remove(name, {isWiped = false} = {}) {
			assertUsableName(name);
			await attempt('remove', name, async () => {
				await folders.check(folderOf(name));
				const hidden = isWiped ? await hide(name) : undefined;
				// That the name has gone must be durable before the bytes go: after a power loss there is the whole object or none.
				await removeDurably(join(root, name));
				if (hidden !== undefined) {
					await destroy(hidden);
				}
			});
		},
		usage: async () => attempt('measure', '', async () => {
			const [{bavail, bfree, blocks, bsize, files, ffree}, objects] = await Promise.all([fileSystemOf(root), listObjectFiles(root, '', undefined)]);
			let usedBytes = 0;
			for (const {sizeBytes} of objects) {
				usedBytes += sizeBytes;
			}

			// As df(1) counts: what is set aside for others than the users of the file system is neither used nor free.
			return {usedBytes, freeBytes: bavail * bsize, totalBytes: (blocks - bfree + bavail) * bsize, ...(files > 0 && {freeInodes: ffree, totalInodes: files})};
		}),
		async sweep(olderThanMs) {
			if (!(olderThanMs >= 0)) {
				throw new RangeError(`Not an age: ${olderThanMs}`);
			}

			return attempt('clean', temporaryFolder, async () => {
				await folders.check(temporaryFolder);
				const path = join(root, temporaryFolder);
				const beforeMs = runtime.now() - olderThanMs;
				let count = 0;
				for (const {name} of await readFolder(path)) {
					count += await sweepFile(join(path, name), beforeMs);
				}

				return count;
			});
		},
		async close() {
			await Promise.all([...unfinished].map(async pending => pending.discard()));
		},
	};
}
