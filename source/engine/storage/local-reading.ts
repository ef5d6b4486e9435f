import {constants, type Stats} from 'node:fs';
import {lstat, open, readdir, type FileHandle} from 'node:fs/promises';
import {join} from 'node:path';
import {systemErrorCode, throwIfAborted} from '../errors.ts';
import {nameIn, temporaryFolder} from './names.ts';
import {resolveReadWindow} from './read-window.ts';
import {isObjectName, type ByteRange, type ReadOptions, type StoredObject} from './storage.ts';
import {objectDamaged, objectMissing} from './storage-errors.ts';

const statsAtOnce = 128;

/** More is read in several calls, so that an abort is noticed between them. */
export const largestReadBytes = 16 * 1024 * 1024;
/** Without O_NONBLOCK the opening of a planted FIFO would wait for ever. */
export const readingFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Whether the call failed because there is nothing at the path. */
export function isNothingThere(error: unknown): boolean {
	return ['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '');
}

/** What to throw where an object's file could not be opened. */
export function toOpeningError(error: unknown, root: string, name: string): unknown {
	if (isNothingThere(error)) {
		return objectMissing(name, root, error);
	}

	if (systemErrorCode(error) === 'ELOOP') {
		return objectDamaged(name, root, 'is a symbolic link, which is never followed', error);
	}

	return systemErrorCode(error) === 'ENXIO' ? objectDamaged(name, root, 'is not a file', error) : error;
}

/** The bytes to read of what was opened. @throws `object-missing`, `damaged` */
export function windowOf(entry: Stats, root: string, name: string, options: ReadOptions): ByteRange {
	if (entry.isDirectory()) {
		throw objectMissing(name, root);
	}

	if (!entry.isFile()) {
		throw objectDamaged(name, root, 'is not a file');
	}

	return resolveReadWindow(name, root, entry.size, options);
}

/** @throws `damaged` where the file ended before the window did. */
export function assertRead(readBytes: number, window: ByteRange, root: string, name: string): void {
	if (readBytes < window.length) {
		throw objectDamaged(name, root, `ends after ${window.offset + readBytes} bytes where ${window.offset + window.length} are needed`);
	}
}

async function openForReading(root: string, name: string): Promise<FileHandle> {
	try {
		return await open(join(root, name), readingFlags);
	} catch (error) {
		throw toOpeningError(error, root, name);
	}
}

/**
Bytes of the file `name` below `root`, into memory of their own.
@throws `object-missing`, `damaged` (also for a link or a special file), `aborted`; a system error for all else.
*/
export async function readObjectFile(root: string, name: string, options: ReadOptions): Promise<Buffer> {
	const handle = await openForReading(root, name);
	try {
		const window = windowOf(await handle.stat(), root, name, options);
		const data = Buffer.allocUnsafeSlow(window.length);
		assertRead(await fill(data, handle, window, options.signal), window, root, name);
		return data;
	} finally {
		await handle.close();
	}
}

async function fill(data: Buffer, handle: FileHandle, window: ByteRange, signal: AbortSignal | undefined): Promise<number> {
	let done = 0;
	while (done < data.length) {
		throwIfAborted(signal);
		const {bytesRead} = await handle.read(data, done, Math.min(largestReadBytes, data.length - done), window.offset + done);
		if (bytesRead === 0) {
			break;
		}

		done += bytesRead;
	}

	return done;
}

/**
Size of the file `name` below `root` in bytes; `undefined` where there is none.
@throws `damaged` for a link or a special file; a system error for all else.
*/
export async function sizeOfObjectFile(root: string, name: string): Promise<number | undefined> {
	try {
		const entry = await lstat(join(root, name));
		if (entry.isFile()) {
			return entry.size;
		}

		if (entry.isDirectory()) {
			return undefined;
		}
	} catch (error) {
		if (isNothingThere(error)) {
			return undefined;
		}

		throw error;
	}

	throw objectDamaged(name, root, 'is not a file');
}

/**
The entries of a folder; none where it does not exist.
@throws A system error.
*/
export async function readFolder(path: string) {
	try {
		return await readdir(path, {withFileTypes: true});
	} catch (error) {
		if (isNothingThere(error)) {
			return [];
		}

		throw error;
	}
}

async function toStoredObject(root: string, name: string): Promise<StoredObject[]> {
	try {
		const entry = await lstat(join(root, name));
		return entry.isFile() ? [{name, sizeBytes: entry.size}] : [];
	} catch (error) {
		if (isNothingThere(error)) {
			return [];
		}

		throw error;
	}
}

/**
The files below `folder` (the empty string: below the root) that have an object's name. Links and special files are left out and not followed;
what vanishes meanwhile is left out.
@throws `aborted`; a system error where a folder or file cannot be looked at.
*/
export async function listObjectFiles(root: string, folder: string, signal: AbortSignal | undefined): Promise<StoredObject[]> {
	const objects: StoredObject[] = [];
	const folders = [folder];
	for (let current = folders.pop(); current !== undefined; current = folders.pop()) {
		throwIfAborted(signal);
		const files: string[] = [];
		for (const entry of await readFolder(join(root, current))) {
			const name = nameIn(current, entry.name);
			if (isObjectName(name) && name !== temporaryFolder) {
				if (entry.isDirectory()) {
					folders.push(name);
				} else if (entry.isFile()) {
					files.push(name);
				}
			}
		}

		for (let start = 0; start < files.length; start += statsAtOnce) {
			throwIfAborted(signal);
			const batch = await Promise.all(files.slice(start, start + statsAtOnce).map(async name => toStoredObject(root, name)));
			objects.push(...batch.flat());
		}
	}

	return objects;
}
