import {Buffer} from 'node:buffer';
import {hash} from 'node:crypto';
import {closeSync, constants} from 'node:fs';
import path from 'node:path';
import type {AuditHead} from '../audit-head.ts';
import {systemErrorCode} from '../errors.ts';
import {makeFolders} from '../make-folders.ts';
import {closedFileName, currentFile, listAuditFiles, openRegular, readPart, type AuditFileSystem, type OpenAuditFile} from './audit-files.ts';
import type {AuditEntry} from './audit-entry.ts';
import {boundEntry, encodeEntry, isAuthentic, logBeginning, maximumLineBytes, parseLine} from './entry-line.ts';

/** A file that has grown so large is closed, in bytes. */
const fullFileBytes = 10 * 1024 * 1024;

export type AppendOptions = {
	readonly folder: string;
	readonly key: Uint8Array;
	/** The last entry that this host remembers, so that it shows where the log was cut or exchanged since. */
	readonly known?: AuditHead | undefined;
	readonly fileSystem: AuditFileSystem;
	/** @default fullFileBytes */
	readonly fullBytes?: number | undefined;
};

/** How a file ends. */
type Tail = {
	/** Up to the end of the last whole line. */
	readonly wholeBytes: number;
	/** Behind it: a line that a crash has cut off. */
	readonly torn: Buffer;
	/** The last whole line, where it is an entry under the key. */
	readonly head?: AuditHead;
};

function readTail(descriptor: number, sizeBytes: number, {key, fileSystem}: AppendOptions): Tail {
	const from = Math.max(0, sizeBytes - (2 * maximumLineBytes));
	const bytes = readPart(descriptor, from, sizeBytes - from, fileSystem);
	const end = bytes.lastIndexOf(0x0A);
	const line = parseLine(bytes.subarray(bytes.lastIndexOf(0x0A, Math.max(end - 1, 0)) + 1, Math.max(end, 0)));
	const isKnown = end !== -1 && line !== undefined && isAuthentic(line, key);
	return {wholeBytes: from + end + 1, torn: Buffer.from(bytes.subarray(end + 1)), ...(isKnown && {head: {number: line.entry.number, mac: line.entry.mac}})};
}

function syncFolder(folder: string, {openSync, fsyncSync}: AuditFileSystem): void {
	const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
	try {
		fsyncSync(descriptor);
	} catch (error) {
		if (!['EINVAL', 'ENOTSUP'].includes(systemErrorCode(error) ?? '')) {
			throw error;
		}
	} finally {
		closeSync(descriptor);
	}
}

/** Write over all that follows the last whole line, durably, or leave it as it was. */
function writeLines(descriptor: number, lines: Uint8Array, {wholeBytes, torn}: Tail, {writeSync, fsyncSync, ftruncateSync}: AuditFileSystem): void {
	const write = (bytes: Uint8Array) => {
		for (let done = 0; done < bytes.byteLength;) {
			done += writeSync(descriptor, bytes, done, bytes.byteLength - done, wholeBytes + done);
		}
	};

	try {
		write(lines);
		if (torn.byteLength > lines.byteLength) {
			ftruncateSync(descriptor, wholeBytes + lines.byteLength);
		}

		fsyncSync(descriptor);
	} catch (error) {
		try {
			// What cannot be taken back now is a line without an end, or an entry whose operation never began: who writes next sees it.
			write(torn);
			ftruncateSync(descriptor, wholeBytes + torn.byteLength);
		} catch {}

		throw error;
	}
}

/** The last entry of the closed files; for when there is nothing in the current one. */
function readClosedHead(names: readonly string[], options: AppendOptions): AuditHead | undefined {
	const last = names.findLast(name => name !== currentFile);
	if (last === undefined) {
		return undefined;
	}

	const {descriptor, sizeBytes} = openRegular(path.join(options.folder, last), constants.O_RDONLY, options.fileSystem);
	try {
		return readTail(descriptor, sizeBytes, options).head;
	} finally {
		closeSync(descriptor);
	}
}

/** Whichever is further. Where this host remembers more than the log holds, the numbers go on behind that: the gap shows. */
function further(a: AuditHead | undefined, b: AuditHead | undefined): AuditHead {
	return (b?.number ?? 0) >= (a?.number ?? 0) ? b ?? logBeginning : a!;
}

/** The current file takes the next number among the closed ones, and another one begins. */
function closeFile(full: OpenAuditFile, names: readonly string[], {folder, fileSystem}: AppendOptions): OpenAuditFile {
	const last = names.findLast(name => name !== currentFile);
	const file = path.join(folder, currentFile);
	fileSystem.renameSync(file, path.join(folder, closedFileName(Number(last?.slice('audit-'.length, 'audit-'.length + 6) ?? 0) + 1)));
	const opened = openRegular(file, constants.O_RDWR | constants.O_CREAT, fileSystem);
	closeSync(full.descriptor);
	return opened;
}

/**
Append an entry to the log; it is durable when this returns. Call it only while no other process does. A line without an end, which a crash has left, is written over, and an entry before this one says so.
@param entry - Without its number, which it gets here.
@returns What it is the end of.
@throws what the system throws; the log is as it was then
*/
export function appendEntry(entry: Omit<AuditEntry, 'number'>, options: AppendOptions): AuditHead {
	const {folder, key, known, fileSystem, fullBytes = fullFileBytes} = options;
	makeFolders(folder);
	const names = listAuditFiles(folder);
	let opened = openRegular(path.join(folder, currentFile), constants.O_RDWR | constants.O_CREAT, fileSystem);
	try {
		let tail = readTail(opened.descriptor, opened.sizeBytes, options);
		let head = further(tail.head ?? readClosedHead(names, options), known);
		const isTorn = tail.torn.byteLength > 0;
		if (!isTorn && tail.wholeBytes >= fullBytes) {
			opened = closeFile(opened, names, options);
			tail = {wholeBytes: 0, torn: tail.torn};
		}

		if (tail.wholeBytes === 0) {
			fileSystem.fchmodSync(opened.descriptor, 0o600);
			syncFolder(folder, fileSystem);
		}

		const recovery = {...entry, operation: 'audit-recover', result: 'ok', objects: [], detail: `the last line was cut off: ${tail.torn.byteLength} bytes, SHA-256 ${hash('sha256', tail.torn)}`} as const;
		const lines = (isTorn ? [recovery, entry] : [entry]).map(added => {
			const {line, mac} = encodeEntry(boundEntry({...added, number: head.number + 1}), head.mac, key);
			head = {number: head.number + 1, mac};
			return line;
		});
		writeLines(opened.descriptor, Buffer.concat(lines), tail, fileSystem);
		return head;
	} finally {
		closeSync(opened.descriptor);
	}
}
