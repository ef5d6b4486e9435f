import {Buffer} from 'node:buffer';
import {closeSync, constants, fchmodSync, fstatSync, fsyncSync, ftruncateSync, openSync, readdirSync, readSync, renameSync, writeSync} from 'node:fs';
import path from 'node:path';
import {systemErrorCode} from '../errors.ts';

/** The calls of node:fs through which the audit log is written, so that tests can let each of them fail. */
export type AuditFileSystem = {
	readonly openSync: (file: string, flags: number, mode?: number) => number;
	readonly readSync: (descriptor: number, into: Uint8Array, offset: number, length: number, position: number) => number;
	readonly writeSync: (descriptor: number, bytes: Uint8Array, offset: number, length: number, position: number) => number;
	readonly fsyncSync: (descriptor: number) => void;
	readonly ftruncateSync: (descriptor: number, length: number) => void;
	readonly fchmodSync: (descriptor: number, mode: number) => void;
	readonly renameSync: (from: string, to: string) => void;
};

/** The real ones. */
export const systemAuditFiles: AuditFileSystem = {openSync, readSync, writeSync, fsyncSync, ftruncateSync, fchmodSync, renameSync};

/** The file that is written to. */
export const currentFile = 'audit.jsonl';
const closedFile = /^audit-\d{6}\.jsonl$/;

/** Where the log of a repository lies. @param stateFolder - Absolute. */
export const auditFolder = (stateFolder: string, repository: string): string => path.join(stateFolder, 'audit', repository);

/** What a file is called when it is full. @param number - From 1. */
export const closedFileName = (number: number): string => `audit-${String(number).padStart(6, '0')}.jsonl`;

/** Names of the files that are there, in the order in which they were written; none where there is no folder. @throws what the system throws */
export function listAuditFiles(folder: string): string[] {
	try {
		const names = readdirSync(folder);
		return [...names.filter(name => closedFile.test(name)).toSorted(), ...names.filter(name => name === currentFile)];
	} catch (error) {
		if (systemErrorCode(error) === 'ENOENT') {
			return [];
		}

		throw error;
	}
}

/** A file that was opened for writing, or for reading. */
export type OpenAuditFile = {readonly descriptor: number; readonly sizeBytes: number};

/** Open a regular file; never a symbolic link. @param flags - Of open(2). @throws what the system throws; an error with the code `EINVAL` for something that is no regular file */
export function openRegular(file: string, flags: number, fileSystem: AuditFileSystem = systemAuditFiles): OpenAuditFile {
	const descriptor = fileSystem.openSync(file, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
	try {
		const status = fstatSync(descriptor);
		if (!status.isFile()) {
			throw Object.assign(new Error(`EINVAL: ${file} is no regular file`), {code: 'EINVAL', syscall: 'open'});
		}

		return {descriptor, sizeBytes: status.size};
	} catch (error) {
		closeSync(descriptor);
		throw error;
	}
}

/** The bytes from `offset` on, as many as there are up to `length`. @throws what the system throws */
export function readPart(descriptor: number, offset: number, length: number, fileSystem: AuditFileSystem = systemAuditFiles): Buffer {
	const bytes = Buffer.alloc(length);
	let done = 0;
	while (done < length) {
		const count = fileSystem.readSync(descriptor, bytes, done, length - done, offset + done);
		if (count === 0) {
			break;
		}

		done += count;
	}

	return bytes.subarray(0, done);
}
