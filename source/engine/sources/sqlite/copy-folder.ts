import {mkdir, readdir, rm, stat, statfs} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {CofferError, errorText, systemErrorCode} from '../../errors.ts';
import type {Runtime} from '../../runtime.ts';
import {sizeText} from '../../size-text.ts';

const memoryFolder = '/dev/shm';
/** A database that is no larger is copied to memory, where there is room for it twice. */
const maximumInMemoryBytes = 256 * 1024 * 1024;
const prefix = 'coffer-copy-';
const pattern = /^coffer-copy-(?<pid>\d+)-(?<startTicks>\d+)-[\da-f]{32}$/;

async function freeBytes(folder: string): Promise<number> {
	try {
		const {bavail, bsize} = await statfs(folder);
		return bavail * bsize;
	} catch {
		return 0;
	}
}

/** What processes that were killed have left there. Never fails: it may be gone already. */
async function removeLeftovers(folder: string, {identity, isAlive}: Runtime): Promise<void> {
	for (const name of await readdir(folder).catch(() => [])) {
		const {pid, startTicks} = pattern.exec(name)?.groups ?? {};
		if (pid === undefined || isAlive({...identity, pid: Number(pid), startTicks: Number(startTicks)})) {
			continue;
		}

		const full = path.join(folder, name);
		const status = await stat(full).catch(() => undefined);
		if (status?.uid === process.geteuid?.()) {
			await rm(full, {recursive: true, force: true}).catch(() => undefined);
		}
	}
}

async function make(parent: string, name: string): Promise<string> {
	const folder = path.join(parent, name);
	await mkdir(folder, {mode: 0o700});
	return folder;
}

/**
Make a folder for copies of a database that only this user can enter: in memory where that is small, else in $TMPDIR or /var/tmp, where there has to be room. Those of runs that were killed go.
@returns Its absolute path, which the caller removes.
@throws `source-failed`
*/
export async function makeCopyFolder(sizeBytes: number, runtime: Runtime): Promise<string> {
	const disk = runtime.environment['TMPDIR']?.startsWith('/') ? runtime.environment['TMPDIR'] : '/var/tmp';
	for (const folder of [memoryFolder, disk]) {
		await removeLeftovers(folder, runtime);
	}

	const {pid, startTicks} = runtime.identity;
	const name = `${prefix}${pid}-${startTicks}-${runtime.randomBytes(16).toString('hex')}`;
	if (sizeBytes <= maximumInMemoryBytes && await freeBytes(memoryFolder) > sizeBytes * 2) {
		try {
			return await make(memoryFolder, name);
		} catch {
			// It may be full in other ways.
		}
	}

	if (await freeBytes(disk) < sizeBytes) {
		throw new CofferError('source-failed', `There is no room for a copy of ${sizeText(sizeBytes)} in ${disk}. Name a folder with more room in TMPDIR.`, {context: {folder: disk, sizeBytes}});
	}

	try {
		return await make(disk, name);
	} catch (error) {
		throw new CofferError('source-failed', `No folder for a copy could be made in ${disk} (${systemErrorCode(error) ?? errorText(error)}). Name another in TMPDIR.`, {cause: error});
	}
}
