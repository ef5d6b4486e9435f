import path from 'node:path';
import {CofferError, isCofferError} from '../errors.ts';
import type {SlotId} from '../ids.ts';
import type {Runtime} from '../runtime.ts';
import {readKeyFile} from './key-file-access.ts';
import {destroyKeyFile} from './key-file-destruction.ts';
import type {KeyFile} from './key-file.ts';
import type {KeyFileOptions} from './key-file-safety.ts';
import {explainFailure, removeParts, syncFolder, systemFiles, writeKeyFile} from './key-file-system.ts';

/*
A key file is replaced in three steps, each durable before it ends, and each to be called again after a crash at any point:

	          FILE   FILE.new   FILE.retired
	none      old    –          –
	prepared  old    new        – (or a second name of FILE)
	replaced  new    –          old (or what its destruction has left)
	none      new    –          –

So at any time the old key or the new one, and before the last step both, are whole under one of the names.
*/

/** What lies at a key file's path and beside it. Of each file only its slot is told; `undefined` where it is not there, of a retired one also where its destruction has begun. */
export type KeyFileReplacement = {
	/** `none`: nothing goes on. `prepared`: the new one is to be put in place. `replaced`: the old one is to be destroyed. */
	readonly state: 'none' | 'prepared' | 'replaced';
	readonly current: SlotId | undefined;
	readonly prepared: SlotId | undefined;
	readonly retired: SlotId | undefined;
};

type Options = Pick<KeyFileOptions, 'fileSystem'>;

/** Where the new key file waits. */
export const preparedKeyFilePath = (file: string): string => `${path.resolve(file)}.new`;
/** Where the old key file is kept until it is destroyed. */
export const retiredKeyFilePath = (file: string): string => `${path.resolve(file)}.retired`;

/** The slot that a key file names; `undefined` where there is no file, `'damaged'` where it is not a whole one. */
async function readSlotId(file: string, options: Options): Promise<SlotId | 'damaged' | undefined> {
	try {
		const {slotId, key} = await readKeyFile(file, options);
		key.fill(0);
		return slotId;
	} catch (error) {
		if (isCofferError(error, 'key-file-missing') && error.context['isAbsent'] === true) {
			return undefined;
		}

		if (isCofferError(error, 'key-file-invalid')) {
			return 'damaged';
		}

		throw error;
	}
}

async function readWholeSlotId(file: string, options: Options): Promise<SlotId | undefined> {
	const slotId = await readSlotId(file, options);
	if (slotId === 'damaged') {
		throw new CofferError('key-file-invalid', `${file} is not a usable coffer key file. Get it back from its copy.`, {context: {file}});
	}

	return slotId;
}

/**
How far the replacement of the key file at `file` has come. Every file is checked as `readKeyFile` checks it.
@throws `key-file-unsafe`, `key-file-invalid`, `key-file-missing` where one cannot be read; `target-unusable` where two old ones are there
*/
export async function readKeyFileReplacement(file: string, options: Options = {}): Promise<KeyFileReplacement> {
	const current = await readWholeSlotId(path.resolve(file), options);
	const prepared = await readWholeSlotId(preparedKeyFilePath(file), options);
	const left = await readSlotId(retiredKeyFilePath(file), options);
	const isRetired = left !== undefined && left !== current;
	if (isRetired && prepared !== undefined && prepared !== current) {
		throw new CofferError('target-unusable', `Beside the key file ${path.resolve(file)} there are a new one (.new) and a retired one (.retired) that does not belong to it. Keep the retired one elsewhere until you know what it opens.`, {context: {file}});
	}

	const retired = isRetired && left !== 'damaged' ? left : undefined;
	return {state: prepared === undefined ? (isRetired ? 'replaced' : 'none') : 'prepared', current, prepared, retired};
}

/** The key file that waits to be put in place. @throws what `readKeyFile` throws */
export async function readPreparedKeyFile(file: string, options: Options = {}): Promise<KeyFile> {
	return readKeyFile(preparedKeyFilePath(file), options);
}

/** The key file that waits to be destroyed. @throws what `readKeyFile` throws; `key-file-invalid` where its destruction has begun */
export async function readRetiredKeyFile(file: string, options: Options = {}): Promise<KeyFile> {
	return readKeyFile(retiredKeyFilePath(file), options);
}

/**
Write the new key file beside the old one. Where it is already there (`readKeyFileReplacement` tells), it may be in use: go on with that one.
@throws `key-file-missing` without an old one; `target-unusable` while a replacement goes on, or where it cannot be written; what `readKeyFileReplacement` throws
*/
export async function prepareKeyFile(file: string, keyFile: KeyFile, options: Options = {}): Promise<void> {
	const {fileSystem = systemFiles} = options;
	const absolute = path.resolve(file);
	const old = await readKeyFile(absolute, options);
	old.key.fill(0);
	if (old.slotId === keyFile.slotId) {
		throw new RangeError('The new key file is for the slot of the old one');
	}

	const {state} = await readKeyFileReplacement(absolute, options);
	if (state !== 'none') {
		throw new CofferError('target-unusable', `The key file ${absolute} is being replaced already: ${state === 'prepared' ? 'its successor (.new) is not yet in place' : 'its predecessor (.retired) is not yet destroyed'}. Run "coffer key rotate" to finish that.`, {context: {file: absolute}});
	}

	await explainFailure(absolute, 'cannot be replaced', async () => {
		await removeParts(absolute, fileSystem);
		await removeParts(preparedKeyFilePath(absolute), fileSystem);
		await writeKeyFile(preparedKeyFilePath(absolute), keyFile, fileSystem);
	});
}

/**
Keep the old key file as FILE.retired and give the new one its name.
@throws `key-file-missing` where none was prepared; `target-unusable` where a step fails; what `readKeyFileReplacement` throws
*/
export async function putKeyFileInPlace(file: string, options: Options = {}): Promise<void> {
	const {fileSystem = systemFiles} = options;
	const absolute = path.resolve(file);
	const [prepared, retired, folder] = [preparedKeyFilePath(file), retiredKeyFilePath(file), path.dirname(absolute)];
	const replacement = await readKeyFileReplacement(absolute, options);
	if (replacement.state === 'none') {
		throw new CofferError('key-file-missing', `No new key file lies beside ${absolute}: there is nothing to put in its place.`, {context: {file: absolute}});
	}

	await explainFailure(absolute, 'cannot be replaced', async () => {
		// A second name of the new one would be in the way of its own destruction one day.
		await removeParts(prepared, fileSystem);
		if (replacement.prepared !== undefined && replacement.prepared === replacement.current) {
			// To rename a file to another name of its own does nothing.
			await fileSystem.unlink(prepared);
		} else if (replacement.state === 'prepared') {
			const isKept = replacement.current === undefined || await readSlotId(retired, options) !== undefined;
			if (!isKept) {
				await fileSystem.link(absolute, retired);
			}

			await syncFolder(folder, fileSystem);
			await fileSystem.rename(prepared, absolute);
		}

		await syncFolder(folder, fileSystem);
	});
}

/**
Destroy the old key file, once the new one has proven that it opens everything. Does nothing where that is done.
@throws `target-unusable` while the new one is not in place, or where a step fails; `key-file-missing` without a new one; what `destroyKeyFile` throws
*/
export async function retireKeyFile(file: string, runtime: Pick<Runtime, 'randomBytes'>, options: Options = {}): Promise<void> {
	const {fileSystem = systemFiles} = options;
	const absolute = path.resolve(file);
	const {state, current} = await readKeyFileReplacement(absolute, options);
	if (state === 'prepared') {
		throw new CofferError('target-unusable', `The key file ${absolute} is not yet replaced; the old one is kept.`, {context: {file: absolute}});
	}

	if (current === undefined) {
		throw new CofferError('key-file-missing', `There is no key file ${absolute}; the old one beside it (.retired) is kept.`, {context: {file: absolute}});
	}

	await explainFailure(absolute, 'cannot be freed of what is left of the old one', async () => {
		await removeParts(absolute, fileSystem);
		// Where a destruction had ended but for this.
		await syncFolder(path.dirname(absolute), fileSystem);
	});
	if (state === 'replaced') {
		await destroyKeyFile(retiredKeyFilePath(absolute), runtime, options);
	}
}
