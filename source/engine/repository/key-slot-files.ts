import type {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {CofferError, errorText, isCofferError} from '../errors.ts';
import type {SlotId} from '../ids.ts';
import type {Storage} from '../storage/storage.ts';
import {decodeKeySlot, type KeySlot} from './key-slot.ts';

/*
A slot's file stands twice, in keys/ and in keys-copy/, under the same name <slot id>-<SHA-256 of the file>: it is the one object whose damage would make everything else unreadable.
*/
const folders = ['keys', 'keys-copy'] as const;
const maximumSlotBytes = 4 * 1024 * 1024;
/** Of all slot files together. */
const maximumTotalBytes = 256 * 1024 * 1024;

export type KeySlotFile = {
	/** `<slot id>-<sha256>` */
	readonly fileName: string;
	readonly slot: KeySlot;
};

export type KeySlotProblem = {readonly object: string; readonly message: string};

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Write a slot's file to both places, and read it back: nothing older is removed for one that is not there. @returns Its file name. @throws `damaged` when it does not read back; what the storage throws */
export async function writeKeySlot(storage: Storage, slotId: SlotId, bytes: Uint8Array): Promise<string> {
	const fileName = `${slotId}-${sha256(bytes)}`;
	for (const folder of folders) {
		const name = `${folder}/${fileName}`;
		await storage.write(name, bytes);
		if (!(await storage.read(name, {maximumBytes: maximumSlotBytes})).equals(bytes)) {
			throw new CofferError('damaged', `${name} does not read back as it was written: the storage is not reliable. Look at it before you change keys again.`, {context: {object: name}});
		}
	}

	return fileName;
}

/** Remove all files of a slot from both places, but those named. */
export async function removeKeySlotFiles(storage: Storage, slotId: SlotId, kept: ReadonlySet<string> = new Set()): Promise<void> {
	for (const folder of folders) {
		for (const {name} of await storage.list(folder)) {
			const fileName = name.slice(folder.length + 1);
			if (fileName.startsWith(`${slotId}-`) && !kept.has(fileName)) {
				await storage.remove(name);
			}
		}
	}
}

async function readOne(storage: Storage, name: string): Promise<KeySlotFile> {
	const fileName = name.slice(name.indexOf('/') + 1);
	const bytes = await storage.read(name, {maximumBytes: maximumSlotBytes});
	if (!/^[\da-f]{32}-[\da-f]{64}$/.test(fileName) || !fileName.endsWith(sha256(bytes))) {
		throw new CofferError('damaged', `${name} does not have the content that its name says: it was damaged.`);
	}

	const slot = decodeKeySlot(bytes, name);
	if (!fileName.startsWith(slot.slotId)) {
		throw new CofferError('damaged', `${name} holds another key slot than its name says: it was swapped.`);
	}

	return {fileName, slot};
}

/** The bytes of a slot's intact file; of several any. `undefined` where there is none. @throws what the storage throws */
export async function readKeySlotBytes(storage: Storage, slotId: SlotId): Promise<Buffer | undefined> {
	const {slots} = await readKeySlots(storage);
	const fileName = slots.find(({slot}) => slot.slotId === slotId)?.fileName;
	for (const folder of fileName === undefined ? [] : folders) {
		try {
			const bytes = await storage.read(`${folder}/${fileName!}`, {maximumBytes: maximumSlotBytes});
			if (fileName!.endsWith(sha256(bytes))) {
				return bytes;
			}
		} catch (error) {
			if (!isCofferError(error, 'object-missing', 'damaged')) {
				throw error;
			}
		}
	}

	return undefined;
}

/** Files are renewed while others read them: what vanishes in between is looked for again so often. */
const maximumListings = 5;

/**
Every slot file that is intact in at least one of its two places, and what is wrong with the others.
@throws `damaged` when they are larger than they can be; what the storage throws
*/
export async function readKeySlots(storage: Storage): Promise<{slots: KeySlotFile[]; problems: KeySlotProblem[]}> {
	for (let round = 1; ; round++) {
		const {hasVanished, ...found} = await readListedSlots(storage);
		if (!hasVanished || round === maximumListings) {
			return found;
		}
	}
}

async function readListedSlots(storage: Storage): Promise<{slots: KeySlotFile[]; problems: KeySlotProblem[]; hasVanished: boolean}> {
	const found = new Map<string, KeySlotFile>();
	const problems: KeySlotProblem[] = [];
	let hasVanished = false;
	const listings = await Promise.all(folders.map(async folder => storage.list(folder)));
	const objects = listings.flat();
	if (objects.reduce((sum, object) => sum + object.sizeBytes, 0) > maximumTotalBytes) {
		throw new CofferError('damaged', `keys/ and keys-copy/ hold more than ${maximumTotalBytes} bytes, more than key slots can take: they were tampered with. Restore them from a copy of the repository.`);
	}

	const names = objects.map(object => object.name);
	for (const name of names) {
		try {
			const file = await readOne(storage, name);
			found.set(file.fileName, file);
		} catch (error) {
			if (isCofferError(error, 'damaged', 'format-unsupported')) {
				problems.push({object: name, message: errorText(error)});
			} else if (isCofferError(error, 'object-missing')) {
				hasVanished = true;
			} else {
				throw error;
			}
		}
	}

	for (const fileName of found.keys()) {
		for (const folder of folders.filter(folder => !names.includes(`${folder}/${fileName}`))) {
			problems.push({object: `${folder}/${fileName}`, message: `${folder}/${fileName} is missing; its twin is intact.`});
		}
	}

	return {slots: [...found.values()], problems, hasVanished};
}
