import {Buffer} from 'node:buffer';
import {constants} from 'node:fs';
import {open} from 'node:fs/promises';
import path from 'node:path';
import {CofferError, errorText} from '../errors.ts';
import {readSecretBytes, takeFirstLine} from './secret-bytes.ts';
import {runSecretCommand, type SecretCommandOptions} from './secret-command.ts';
import type {SecretReference} from './secret-reference.ts';

/**
A file with a secret: only regular ones that others cannot read, except in `$CREDENTIALS_DIRECTORY`.
@param what - Names the setting in errors.
@returns All of it, which the caller wipes.
@throws `key-file-missing`, `key-file-unsafe`
*/
export async function readSecretFile(file: string, what: string, credentialsFolder: string | undefined): Promise<Buffer> {
	try {
		const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
		try {
			const status = await handle.stat();
			const isCredential = credentialsFolder !== undefined && path.dirname(file) === path.resolve(credentialsFolder);
			if (status.isFile() && !isCredential && (status.mode & 0o077) !== 0) {
				throw new CofferError('key-file-unsafe', `The file ${file} that ${what} names is not used: others may read it. Run: chmod 600 ${file}`, {context: {file}});
			}

			return await readSecretBytes(async (buffer, offset) => {
				const {bytesRead} = await handle.read(buffer, offset, buffer.byteLength - offset, null);
				return bytesRead;
			}, false);
		} finally {
			await handle.close();
		}
	} catch (error) {
		if (error instanceof CofferError) {
			throw error;
		}

		throw new CofferError('key-file-missing', `The file ${file} that ${what} names cannot be read: ${errorText(error)}`, {context: {file}, cause: error});
	}
}

function fromEnvironment(name: string, environment: Readonly<Record<string, string | undefined>>, what: string): Buffer {
	const value = environment[name];
	if (!value) {
		throw new CofferError('configuration-invalid', `The environment variable ${name} that ${what} names is not set. Set it for the user who runs coffer, or name another place for the secret.`);
	}

	return Buffer.from(value);
}

/**
The secret that a reference names.
@param what - Names the setting in errors.
@returns All that is there, which the caller wipes.
@throws `configuration-invalid`, `key-file-missing`, `key-file-unsafe`, `aborted`
*/
export async function readSecret(reference: SecretReference, what: string, options: SecretCommandOptions): Promise<Buffer> {
	const {environment} = options.runtime;
	if ('file' in reference) {
		return readSecretFile(reference.file, what, environment['CREDENTIALS_DIRECTORY']);
	}

	return 'env' in reference ? fromEnvironment(reference.env, environment, what) : runSecretCommand(reference.command, what, options);
}

/**
The secret of a source or a server: the first line of what a reference names, which the caller wipes.
@param what - Names who needs it in errors, such as `the source "crm"`.
@throws as `readSecret`
*/
export async function readSourceSecret(reference: SecretReference, what: string, options: SecretCommandOptions): Promise<Buffer> {
	return takeFirstLine(await readSecret(reference, what, options), `The secret of ${what}: its place`, 'line');
}
