import {constants} from 'node:fs';
import path from 'node:path';
import {CofferError, isCofferError} from '../errors.ts';
import {decodeKeyFile, maximumKeyFileBytes, type KeyFile} from './key-file.ts';
import {openKeyFile, type KeyFileOptions} from './key-file-safety.ts';
import {systemFiles, writeKeyFile} from './key-file-system.ts';

/**
Read a key file that `openKeyFile` finds safe.
@throws `key-file-missing`, `key-file-unsafe`, `key-file-invalid`
*/
export async function readKeyFile(file: string, options: KeyFileOptions = {}): Promise<KeyFile> {
	const absolute = path.resolve(file);
	const {handle} = await openKeyFile(absolute, constants.O_RDONLY, options);
	const buffer = Buffer.alloc(maximumKeyFileBytes + 1);
	try {
		const {bytesRead} = await handle.read(buffer, 0, buffer.byteLength, 0);
		if (bytesRead > maximumKeyFileBytes) {
			throw new CofferError('key-file-invalid', 'it is too long');
		}

		return decodeKeyFile(buffer.subarray(0, bytesRead));
	} catch (error) {
		if (isCofferError(error)) {
			throw new CofferError('key-file-invalid', `${absolute} is not a usable coffer key file: ${error.message}.`, {context: {file: absolute}});
		}

		throw error;
	} finally {
		buffer.fill(0);
		await handle.close();
	}
}

/**
Create a key file of mode 600, whatever the umask, durably: after a crash it is there as a whole or not at all. Never replaces a file.
@throws `target-unusable` when the file exists or cannot be written
*/
export async function createKeyFile(file: string, keyFile: KeyFile, {fileSystem = systemFiles}: Pick<KeyFileOptions, 'fileSystem'> = {}): Promise<void> {
	await writeKeyFile(path.resolve(file), keyFile, fileSystem);
}
