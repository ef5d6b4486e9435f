import {statSync} from 'node:fs';
import {constants, open, type FileHandle} from 'node:fs/promises';
import path from 'node:path';
import {systemErrorCode} from '../engine/index.ts';
import type {LogChannel} from './channel.ts';
import {earlierLogName, listAside, logFileOf} from './log-files.ts';

/** A file of a log, as it was when it was found. */
export type FoundLog = {
	readonly channel: LogChannel;
	readonly file: string;
	readonly inode: number;
	readonly sizeBytes: number;
	/** When it was changed last, in milliseconds since 1970. */
	readonly changedMs: number;
	/** The log that is written to; it stays open, as it may be put aside under another name. */
	readonly handle?: FileHandle;
};

/** Open a log to read it. What is no file could keep waiting who opens it. @returns `undefined` where there is none. @throws what the system throws */
export async function openLog(file: string): Promise<FileHandle | undefined> {
	let handle: FileHandle;
	try {
		handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
	} catch (error) {
		if (systemErrorCode(error) === 'ENOENT') {
			return undefined;
		}

		throw error;
	}

	if ((await handle.stat()).isFile()) {
		return handle;
	}

	await handle.close();
	throw new Error(`${file} is not a file`);
}

async function findCurrent(folder: string, channel: LogChannel): Promise<FoundLog[]> {
	const file = logFileOf(folder, channel);
	const handle = await openLog(file);
	if (!handle) {
		return [];
	}

	const {ino: inode, size: sizeBytes, mtimeMs: changedMs} = await handle.stat();
	return [{channel, file, inode, sizeBytes, changedMs, handle}];
}

function findAside(file: string, channel: LogChannel): FoundLog[] {
	return listAside(file).flatMap(({file: aside}): FoundLog[] => {
		const stats = statSync(aside, {throwIfNoEntry: false});
		return stats?.isFile() && stats.size > 0 ? [{channel, file: aside, inode: stats.ino, sizeBytes: stats.size, changedMs: stats.mtimeMs}] : [];
	});
}

/** The log of an earlier version, which counts as `backup`. */
function findEarlier(folder: string): FoundLog[] {
	const file = path.join(folder, earlierLogName);
	const stats = statSync(file, {throwIfNoEntry: false});
	const newest: FoundLog[] = stats?.isFile() ? [{channel: 'backup', file, inode: stats.ino, sizeBytes: stats.size, changedMs: stats.mtimeMs}] : [];
	return [...findAside(file, 'backup').reverse(), ...newest];
}

/**
All files of some logs, for each channel the oldest first. The caller closes those that are open.
@throws what the system throws
*/
export async function findLogs(folder: string, channels: readonly LogChannel[]): Promise<FoundLog[]> {
	const found: FoundLog[] = [];
	try {
		for (const channel of channels) {
			const current = await findCurrent(folder, channel);
			// What is put aside between the two looks is found by its open handle.
			found.push(...current);
			const aside = findAside(logFileOf(folder, channel), channel).filter(({inode}) => inode !== current[0]?.inode);
			found.splice(found.length - current.length, 0, ...(channel === 'backup' ? findEarlier(folder) : []), ...aside);
		}
	} catch (error) {
		await closeLogs(found);
		throw error;
	}

	return found;
}

/** Give back what is open. Never fails. */
export async function closeLogs(logs: readonly FoundLog[]): Promise<void> {
	await Promise.all(logs.map(async ({handle}) => handle?.close().catch(() => undefined)));
}

/** How pieces of a found log are read: one that was put aside is opened for each, so that many take no descriptors. Gone or replaced, it has no more. */
export function readerOf({file, inode, handle}: FoundLog) {
	return async <Result>(read: (handle: FileHandle) => Promise<Result>): Promise<Result | undefined> => {
		if (handle) {
			return read(handle);
		}

		const opened = await openLog(file);
		try {
			return opened && (await opened.stat()).ino === inode ? await read(opened) : undefined;
		} finally {
			await opened?.close();
		}
	};
}
