import {constants} from 'node:fs';
import path from 'node:path';
import {CofferError, isCofferError} from '../errors.ts';
import {decodeKeyFile, maximumKeyFileBytes, type KeyFile} from './key-file.ts';
import {openKeyFile, type KeyFileOptions} from './key-file-safety.ts';
import {systemFiles, writeKeyFile} from './key-file-system.ts';

/**
Read the beginning of a file with a secret that `openKeyFile` finds safe.
@returns At most `maximumKeyFileBytes` and one more byte; the caller wipes them.
@throws `key-file-missing`, `key-file-unsafe`
*/
export async function readSecretFile(file: string, options: KeyFileOptions = {}): Promise<Buffer> {
	const {handle} = await openKeyFile(path.resolve(file), constants.O_RDONLY, options);
	try {
		const buffer = Buffer.alloc(maximumKeyFileBytes + 1);
		const {bytesRead} = await handle.read(buffer, 0, buffer.byteLength, 0);
		return buffer.subarray(0, bytesRead);
	} finally {
		await handle.close();
	}
}

/**
Read a key file that `openKeyFile` finds safe.
@throws `key-file-missing`, `key-file-unsafe`, `key-file-invalid`
*/
export async function readKeyFile(file: string, options: KeyFileOptions = {}): Promise<KeyFile> {
	const absolute = path.resolve(file);
	const bytes = await readSecretFile(absolute, options);
	try {
		if (bytes.byteLength > maximumKeyFileBytes) {
			throw new CofferError('key-file-invalid', 'it is too long');
		}

		return decodeKeyFile(bytes);
	} catch (error) {
		if (isCofferError(error)) {
			throw new CofferError('key-file-invalid', `${absolute} is not a usable coffer key file: ${error.message}.`, {context: {file: absolute}});
		}

		throw error;
	} finally {
		bytes.fill(0);
	}
}

/**
Create a key file of mode 600, whatever the umask, durably: after a crash it is there as a whole or not at all. Never replaces a file.
@throws `target-unusable` when the file exists or cannot be written
*/
export async function createKeyFile(file: string, keyFile: KeyFile, {fileSystem = systemFiles}: Pick<KeyFileOptions, 'fileSystem'> = {}): Promise<void> {
	await writeKeyFile(path.resolve(file), keyFile, fileSystem);
}
