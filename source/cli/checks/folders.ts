import {constants, type Stats} from 'node:fs';
import {access, stat, statfs} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {errorText, systemErrorCode} from '../../engine/index.ts';
import {formatBytes} from '../../text/format.ts';
import {fail, failWith, ok, warn, type Check} from './check.ts';

const lowShare = 0.1;
const emptyBytes = 200_000_000;

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(3, '0');

async function statusOf(folder: string): Promise<Stats | undefined> {
	try {
		return await stat(folder);
	} catch (error) {
		if (systemErrorCode(error) === 'ENOENT') {
			return undefined;
		}

		throw error;
	}
}

/** Why a folder cannot be used in this way, or `undefined`. @param mode - Of access(2). */
export async function lackOf(folder: string, mode: number): Promise<string | undefined> {
	try {
		await access(folder, mode);
		return undefined;
	} catch (error) {
		return errorText(error);
	}
}

/** The nearest folder at or above `folder` that exists. */
export async function nearestFolder(folder: string): Promise<string> {
	const above = path.dirname(folder);
	return above === folder || await statusOf(folder) ? folder : nearestFolder(above);
}

/** The folder in which this host remembers things, and the log lies. */
export async function checkStateFolder(folder: string): Promise<Check> {
	const name = 'state folder';
	try {
		const status = await statusOf(folder);
		const lack = await lackOf(await nearestFolder(folder), constants.W_OK | constants.X_OK);
		if (lack !== undefined) {
			return fail(name, `${folder}: ${lack}`, 'Runs work, but nothing is remembered and nothing logged. Let this user write there, or name another folder in COFFER_STATE_DIRECTORY.');
		}

		if (status === undefined) {
			return ok(name, `${folder} will be made by the first run`);
		}

		const evidence = `${folder}, mode ${octal(status.mode)}`;
		if (!status.isDirectory()) {
			return fail(name, `${folder} is not a folder`, 'Move it away, or name another folder in COFFER_STATE_DIRECTORY.');
		}

		return (status.mode & 0o022) === 0 ? ok(name, evidence) : fail(name, evidence, `Others may write there, and so change what this host remembers. Run: chmod go-w ${folder}`);
	} catch (error) {
		return failWith(name, error);
	}
}

/** The folder of a repository: who may do what there. */
export async function checkRepositoryFolder(folder: string): Promise<Check> {
	const name = 'access';
	const unreadable = await lackOf(folder, constants.R_OK | constants.X_OK);
	if (unreadable !== undefined) {
		return fail(name, unreadable, `Let this user read ${folder}, or run coffer as its owner.`);
	}

	const {uid, mode} = await stat(folder);
	const evidence = `mode ${octal(mode)}, owner ${uid === 0 ? 'root' : `uid ${uid}`}`;
	const unwritable = await lackOf(folder, constants.W_OK);
	if (unwritable !== undefined) {
		return warn(name, `${evidence}; it can be read, but not written`, 'Listing, verifying and restoring work, backups do not. If backups shall, let this user write there, or mount it read-write.');
	}

	if ((mode & 0o022) !== 0) {
		return warn(name, evidence, `Others may delete the backups. Run: chmod go-w ${folder}`);
	}

	return uid === process.geteuid?.() || uid === 0 ? ok(name, `${evidence}; it can be read and written`) : warn(name, evidence, 'It belongs to another user, who may delete the backups. Give it to the user who backs up, if that is not on purpose.');
}

/** Free space, by what the storage says. */
export function checkSpace(name: string, where: string, {freeBytes, totalBytes}: {readonly freeBytes?: number; readonly totalBytes?: number}): Check {
	if (freeBytes === undefined || totalBytes === undefined || totalBytes === 0) {
		return ok(name, `${where} does not tell`);
	}

	const evidence = `${formatBytes(freeBytes)} of ${formatBytes(totalBytes)} are free at ${where}`;
	if (freeBytes < emptyBytes) {
		return fail(name, evidence, 'The next run will hardly find room. Free some space there, or move to a larger disk.');
	}

	return freeBytes / totalBytes < lowShare ? warn(name, evidence, 'It is nearly full. Free some space there before a run fails.') : ok(name, evidence);
}

/** Free space where this host remembers things. */
export async function checkStateSpace(folder: string): Promise<Check> {
	const name = 'space for state';
	try {
		const {bavail, blocks, bsize} = await statfs(await nearestFolder(folder));
		return checkSpace(name, folder, {freeBytes: bavail * bsize, totalBytes: blocks * bsize});
	} catch (error) {
		return failWith(name, error);
	}
}
