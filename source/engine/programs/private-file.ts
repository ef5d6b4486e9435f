import {closeSync, constants, openSync, statfsSync, unlinkSync, writeSync} from 'node:fs';
import path from 'node:path';
import {errorText, CofferError} from '../errors.ts';
import type {Runtime} from '../runtime.ts';

/** A file system in memory that Linux always has (shm_open(3)). */
const memoryFolder = '/dev/shm';
/** The types of file systems in memory: tmpfs and ramfs (statfs(2)). */
const memoryTypes: ReadonlySet<number> = new Set([0x01_02_19_94, 0x85_84_58_F6]);
const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
A file that only this user can open, that lies in memory, and that has no name any more when the secret is written into it: nothing of it is left when whoever holds the descriptor has gone, even by `kill -9`.
@returns A descriptor, which the caller closes.
@throws `source-failed`
*/
export function openPrivateFile(content: Uint8Array, runtime: Pick<Runtime, 'randomBytes'>): number {
	const file = path.join(memoryFolder, `coffer-${runtime.randomBytes(16).toString('hex')}`);
	let descriptor: number | undefined;
	try {
		if (!memoryTypes.has(statfsSync(memoryFolder).type)) {
			throw new Error(`${memoryFolder} is not in memory but on a disk`);
		}

		descriptor = openSync(file, flags, 0o600);
		unlinkSync(file);
		let written = 0;
		while (written < content.byteLength) {
			written += writeSync(descriptor, content, written, content.byteLength - written, written);
		}

		return descriptor;
	} catch (error) {
		if (descriptor !== undefined) {
			closeSync(descriptor);
		}

		throw new CofferError('source-failed', `No place in memory for a password could be had: ${errorText(error)}. Programs are handed passwords through ${memoryFolder}: see that a tmpfs with some room is mounted there.`, {cause: error});
	}
}
