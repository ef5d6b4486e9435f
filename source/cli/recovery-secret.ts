import {constants} from 'node:fs';
import {open} from 'node:fs/promises';
import path from 'node:path';
import {CofferError, errorText} from '../engine/index.ts';
import type {CommandContext} from './command-line.ts';
import {askSecret} from './prompt.ts';
import {passphraseOfVariables, toOpeningForm} from './secrets.ts';

/** No exported key is larger: it is a key slot's file. */
const maximumExportBytes = 4 * 1024 * 1024;

/**
The code or passphrase of a recovery key, from `COFFER_RECOVERY_FILE`, `COFFER_RECOVERY_FD`, `COFFER_RECOVERY_COMMAND` or the person at the terminal. A code may be spelt in any way.
@returns UTF-8, which the caller wipes
@throws `usage` where neither gives one; `key-wrong`, naming the groups of a code that are mistyped; `aborted`
*/
export async function findRecoverySecret(context: CommandContext): Promise<Buffer> {
	const given = await passphraseOfVariables('COFFER_RECOVERY', context, await context.config());
	if (given === undefined && !context.isInteractive) {
		throw new CofferError('usage', 'There is no terminal to ask for the recovery code or passphrase. Give it by COFFER_RECOVERY_FILE, COFFER_RECOVERY_FD or COFFER_RECOVERY_COMMAND.');
	}

	return toOpeningForm(given ?? await askSecret('Recovery code or passphrase: ', context));
}

/** The content of an exported key that the command line names, if it does. @throws `key-file-missing`, `key-file-invalid` */
export async function readExportedKey({arguments: flags, cwd}: CommandContext): Promise<Buffer | undefined> {
	const [, name] = flags.input;
	if (name === undefined) {
		return undefined;
	}

	const file = path.resolve(cwd, name);
	try {
		const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
		try {
			const status = await handle.stat();
			if (!status.isFile() || status.size > maximumExportBytes) {
				throw new CofferError('key-file-invalid', `${file} is no exported recovery key: it is ${status.isFile() ? 'larger than any' : 'no regular file'}. Name the file that "coffer key export" has written.`, {context: {file}});
			}

			return await handle.readFile();
		} finally {
			await handle.close();
		}
	} catch (error) {
		throw error instanceof CofferError ? error : new CofferError('key-file-missing', `The exported recovery key ${file} cannot be read: ${errorText(error)}. Name the file that "coffer key export" has written, or none: the repository has a copy of its own.`, {context: {file}, cause: error});
	}
}
