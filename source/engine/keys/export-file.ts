import {constants} from 'node:fs';
import {link, lstat, open, rename, rm} from 'node:fs/promises';
import path from 'node:path';
import {syncFolder, systemFiles, writeDurably} from '../crypto/key-file-system.ts';
import {CofferError, errorText, isCofferError, systemErrorCode} from '../errors.ts';
import type {SlotId} from '../ids.ts';
import {decodeKeySlot} from '../repository/repository.ts';

const partOf = (file: string): string => `${file}.part`;

async function writePart(file: string, bytes: Uint8Array): Promise<string> {
	const part = partOf(file);
	await rm(part, {force: true});
	await writeDurably(part, bytes, systemFiles);
	return part;
}

/** @throws `target-unusable` when something is at `file` */
export async function assertAbsent(file: string): Promise<void> {
	try {
		await lstat(file);
	} catch (error) {
		if (systemErrorCode(error) === 'ENOENT') {
			return;
		}

		throw new CofferError('target-unusable', `The recovery key cannot be written to ${file}: ${errorText(error)}`, {context: {file}, cause: error});
	}

	throw new CofferError('target-unusable', `${file} exists already. Name another file for the recovery key; an existing one is never overwritten.`, {context: {file}});
}

/** Write an exported key, durably, of mode 600 whatever the umask; never over another file. @throws `target-unusable` */
export async function createExportFile(file: string, bytes: Uint8Array): Promise<void> {
	try {
		const part = await writePart(file, bytes);
		try {
			// Unlike a rename, a link fails where there is a file already.
			await link(part, file);
		} finally {
			await rm(part, {force: true});
		}

		await syncFolder(path.dirname(file), systemFiles);
	} catch (error) {
		throw new CofferError('target-unusable', `The recovery key was made, but cannot be written to ${file}: ${errorText(error)} Its code opens the repository all the same; remove it with "coffer key remove" if you do not want it.`, {context: {file}, cause: error});
	}
}

/** What is at `file`. @returns Why it is not the exported file of this slot, else `undefined`. */
async function findFlaw(file: string, slot: SlotId): Promise<string | undefined> {
	const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	try {
		const status = await handle.stat();
		if (!status.isFile()) {
			return `${file} is not a regular file`;
		}

		return decodeKeySlot(await handle.readFile(), file).slotId === slot ? undefined : `${file} is that of another key`;
	} finally {
		await handle.close();
	}
}

/**
Replace an exported file by a newer one of the same slot, in one step.
@returns Why it could not be, for people; `undefined` when it is done.
*/
export async function renewExportFile(file: string, bytes: Uint8Array, slot: SlotId): Promise<string | undefined> {
	try {
		const flaw = await findFlaw(file, slot);
		if (flaw === undefined) {
			await rename(await writePart(file, bytes), file);
			await syncFolder(path.dirname(file), systemFiles);
		}

		return flaw;
	} catch (error) {
		if (isCofferError(error)) {
			return `${file} is not an exported key any more`;
		}

		return systemErrorCode(error) === 'ENOENT' ? `${file} is no longer there` : errorText(error);
	}
}
