import {constants, writevSync} from 'node:fs';
import {link, lstat, open, rename, unlink, type FileHandle} from 'node:fs/promises';
import {systemErrorCode} from '../errors.ts';

/** A file under a temporary path that nobody else knows. */
export type TemporaryFile = {
	readonly path: string;
	readonly handle: FileHandle;
};

/** Create the file with mode 0600 (the umask may narrow it); fails where the path exists. */
export async function createTemporaryFile(path: string): Promise<TemporaryFile> {
	const {O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW} = constants;
	const handle = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
	return {path, handle};
}

/** Close and delete the file, as far as possible. */
export async function removeTemporaryFile({path, handle}: TemporaryFile): Promise<void> {
	await Promise.allSettled([handle.close(), unlink(path)]);
}

/**
Append all bytes of the parts, in order, also where the system takes only some of them at a time.
@param writev - Takes a descriptor and buffers, returns how many bytes it took. @default fs.writevSync
*/
export function writeAllSync(descriptor: number, parts: readonly Uint8Array[], writev: (descriptor: number, parts: readonly Uint8Array[]) => number = writevSync): void {
	let remaining = parts;
	let remainingBytes = 0;
	for (const part of parts) {
		remainingBytes += part.byteLength;
	}

	while (remainingBytes > 0) {
		const writtenBytes = writev(descriptor, remaining);
		if (writtenBytes <= 0) {
			throw new Error('the system took none of the bytes');
		}

		remainingBytes -= writtenBytes;
		if (remainingBytes > 0) {
			remaining = dropBytes(remaining, writtenBytes);
		}
	}
}

function dropBytes(parts: readonly Uint8Array[], byteCount: number): Uint8Array[] {
	let index = 0;
	let rest = byteCount;
	while (rest >= parts[index]!.byteLength) {
		rest -= parts[index]!.byteLength;
		index++;
	}

	return [parts[index]!.subarray(rest), ...parts.slice(index + 1)];
}

/** fsync of a directory; done where the file system knows no such thing. */
export async function syncFolder(folder: FileHandle): Promise<void> {
	try {
		await folder.sync();
	} catch (error) {
		if (!['EINVAL', 'ENOTSUP'].includes(systemErrorCode(error) ?? '')) {
			throw error;
		}
	}
}

/** Open a directory, as for `syncFolder`. */
export async function openFolder(path: string): Promise<FileHandle> {
	return open(path, constants.O_RDONLY | constants.O_DIRECTORY);
}

/** A second name for the file at `path`; `false` where there is no file or the file system has no hard links. */
async function hasKept(path: string, sparePath: string): Promise<boolean> {
	try {
		await link(path, sparePath);
		return true;
	} catch {
		return false;
	}
}

/** Take a name back whose durability failed: only our own file, never that of a writer who came later. */
async function withdraw({handle}: TemporaryFile, path: string, sparePath: string | undefined): Promise<void> {
	const [own, present] = await Promise.all([handle.stat(), lstat(path)]);
	if (own.ino !== present.ino || own.dev !== present.dev) {
		return;
	}

	await (sparePath === undefined ? unlink(path) : rename(sparePath, path));
}

/**
Give a file that is already fsynced its final name and make the name durable; closes the file. Where that fails, the name shows what it showed before,
as far as possible.
@param folder - The open directory of `path`.
@param sparePath - Where the file that had the name is kept meanwhile; on the same file system.
*/
export async function publish(file: TemporaryFile, path: string, folder: FileHandle, sparePath: string): Promise<void> {
	const hasSpare = await hasKept(path, sparePath);
	try {
		await rename(file.path, path);
		try {
			await syncFolder(folder);
		} catch (error) {
			await Promise.allSettled([withdraw(file, path, hasSpare ? sparePath : undefined)]);
			throw error;
		}
	} finally {
		await Promise.allSettled([file.handle.close(), hasSpare && unlink(sparePath)]);
	}
}
