import {resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {CofferError} from '../errors.ts';
import type {Runtime} from '../runtime.ts';
import {createByteLimit, type ByteLimit} from './byte-limit.ts';
import {limitStorage} from './limited.ts';
import {createLocalStorage, type LocalStorageOptions} from './local.ts';
import type {Storage} from './storage.ts';

const remoteSchemes = new Set(['sftp', 's3']);

function usage(message: string, cause?: unknown): CofferError {
	return new CofferError('usage', message, {cause});
}

function pathOfFileUrl(url: string): string {
	const advice = 'Write it as file:///srv/backup, or as a plain path.';
	let parsed: URL;
	try {
		parsed = new URL(url);
	} catch (error) {
		throw usage(`The storage address is not a valid file URL. ${advice}`, error);
	}

	if (!url.slice('file:'.length).startsWith('//') || parsed.search !== '' || parsed.hash !== '') {
		throw usage(`A file URL for storage has two slashes after "file:", and "?" and "#" in it are written %3F and %23. ${advice}`);
	}

	try {
		return fileURLToPath(parsed);
	} catch (error) {
		throw usage(`The file URL does not name a folder of this machine. ${advice}`, error);
	}
}

/** The absolute path of a local folder. Messages name the scheme only: the rest of an address may hold credentials. */
function localPath(url: string): string {
	if (url.trim() === '') {
		throw usage('No storage address was given. Name a folder, such as /srv/backup.');
	}

	const scheme = /^([a-z][a-z\d+.-]*):/i.exec(url)?.[1]?.toLowerCase();
	if (scheme === undefined) {
		return url;
	}

	if (scheme === 'file') {
		return pathOfFileUrl(url);
	}

	if (remoteSchemes.has(scheme)) {
		throw usage(`This version stores in local folders only; ${scheme} storage comes later. Name a folder, such as /srv/backup, or mount the remote one.`);
	}

	throw usage('The storage address has an unknown scheme. Name a folder, such as /srv/backup; a relative path with a colon in it begins with "./".');
}

export type OpenStorageOptions = Pick<LocalStorageOptions, 'blocksOnRead'> & {
	/** How fast it may be written to, at least `minimumBytesPerSecond`. @default as fast as it goes */
	readonly bytesPerSecond?: number | undefined;
	/** The same, shared with whoever has this limit. @default one of its own */
	readonly limit?: ByteLimit | undefined;
};

/**
What the storage at an address calls itself, however the address is written: what is remembered of it is kept under this.
@throws `usage` for an empty or malformed address, or a scheme that this version does not know
*/
export function storageUrlOf(url: string): string {
	const path = localPath(url);
	if (path.includes('\0')) {
		throw usage('The storage address holds a NUL character, which no path can. Name a folder, such as /srv/backup.');
	}

	return resolve(path);
}

/**
The storage at an address: a path (relative ones start at the working directory) or a `file://` URL. Nothing is looked at or made yet.
@param options.blocksOnRead - As for `createLocalStorage`.
@throws RangeError for a rate that is too small; `usage` for an empty or malformed address, or a scheme that this version does not know.
*/
export function openStorage(url: string, runtime: Runtime, {bytesPerSecond, limit: shared, blocksOnRead = false}: OpenStorageOptions = {}): Storage {
	const limit = shared ?? (bytesPerSecond === undefined ? undefined : createByteLimit(bytesPerSecond));
	const storage = createLocalStorage({blocksOnRead, folder: storageUrlOf(url), runtime});
	return limit ? limitStorage(storage, limit, runtime) : storage;
}
