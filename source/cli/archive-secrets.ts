import path from 'node:path';
import {CofferError, passwordOfFile, passwordOfPassphrase, readSecretFile} from '../engine/index.ts';
import type {CommandContext} from './command-line.ts';
import {askSecret} from './prompt.ts';
import {passphraseOfVariables} from './secrets.ts';

const variable = 'COFFER_ARCHIVE_PASSPHRASE';

/** The key file that flag or environment name. */
function namedKeyFile({arguments: flags, environment, cwd}: CommandContext): string | undefined {
	const file = flags.text('archiveKey') ?? (environment['COFFER_ARCHIVE_KEY_FILE'] || undefined);
	return file === undefined ? undefined : path.resolve(cwd, file);
}

async function askPassphrase(context: CommandContext, isNew: boolean): Promise<Buffer> {
	const passphrase = await askSecret('Passphrase of the archive: ', context);
	if (isNew) {
		const again = await askSecret('Once more: ', context);
		const isSame = again.equals(passphrase);
		again.fill(0);
		if (!isSame) {
			passphrase.fill(0);
			throw new CofferError('usage', 'The two passphrases differ. Nothing was written.');
		}
	}

	return passphrase;
}

async function findPassphrase(context: CommandContext, isNew: boolean): Promise<Buffer> {
	const named = await passphraseOfVariables(variable, context, await context.config());
	if (named !== undefined) {
		return named;
	}

	const passphrase = context.environment[variable];
	if (passphrase) {
		return Buffer.from(passphrase);
	}

	if (!context.isInteractive) {
		throw new CofferError('key-file-missing', `No key of the archive was named. Name its key file with --archive-key, or its passphrase with ${variable}_FILE.`);
	}

	return askPassphrase(context, isNew);
}

/**
The password of archives of `openssl enc`: a key file, or a passphrase, from flag, environment, or the person at the terminal.
@param options.isNew - An archive is to be made: who types has to do it twice.
@returns The caller wipes it.
@throws `key-file-missing` where nothing is named and nobody can be asked; `key-file-unsafe`, `key-file-invalid`, `configuration-invalid`, `usage`, `aborted`
*/
export async function findArchivePassword(context: CommandContext, {isNew}: {readonly isNew: boolean}): Promise<Buffer> {
	const file = namedKeyFile(context);
	if (file === undefined) {
		return passwordOfPassphrase(await findPassphrase(context, isNew));
	}

	const content = await readSecretFile(file, {credentialsFolder: context.environment['CREDENTIALS_DIRECTORY'], flag: '--archive-key'});
	try {
		return passwordOfFile(content, file);
	} finally {
		content.fill(0);
	}
}
