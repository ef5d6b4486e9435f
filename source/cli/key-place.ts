import {constants} from 'node:fs';
import {access} from 'node:fs/promises';
import path from 'node:path';
import {errorText, readKeyFileReplacement} from '../engine/index.ts';
import type {KeyPlace} from '../ui/index.tsx';
import type {CommandContext} from './command-line.ts';
import type {LoadedConfig} from './config.ts';
import {isThere} from './is-there.ts';
import {namedKeyFile, usualKeyFiles} from './secrets.ts';

const byHand = 'Rotate on the command line: "coffer key rotate --new-key-file FILE".';

async function findKeyFile(context: CommandContext, config: LoadedConfig | undefined): Promise<string | undefined> {
	const named = namedKeyFile(context) ?? (config?.key && 'file' in config.key ? path.resolve(config.folder, config.key.file) : undefined);
	if (named !== undefined) {
		return named;
	}

	for (const file of usualKeyFiles(context)) {
		if (await isThere(file)) {
			return file;
		}
	}

	return undefined;
}

/** Why a rotation cannot put a new key file in the place of this one, in a sentence; `undefined`: it can. */
async function findFlaw(file: string): Promise<string | undefined> {
	const folder = path.dirname(file);
	try {
		await access(folder, constants.W_OK);
	} catch (error) {
		return `Nothing can be written beside the key file, in ${folder}: ${errorText(error)}`;
	}

	try {
		await readKeyFileReplacement(file);
		return undefined;
	} catch (error) {
		return errorText(error);
	}
}

/** Where the secret in use lies, and whether a rotation without questions can replace it there. */
export async function findKeyPlace(context: CommandContext, config: LoadedConfig | undefined): Promise<KeyPlace> {
	const isGiven = config?.key !== undefined && !('file' in config.key) && namedKeyFile(context) === undefined;
	if (isGiven) {
		return {kind: 'elsewhere', reason: `The key comes from a program or a variable that the configuration names, and cannot be replaced there. ${byHand}`};
	}

	const file = await findKeyFile(context, config);
	if (file === undefined) {
		return {kind: 'elsewhere', reason: 'A passphrase opens this repository, and a new one is to be asked for. Rotate on the command line: "coffer key rotate".'};
	}

	const credentials = context.environment['CREDENTIALS_DIRECTORY'];
	if (credentials && path.dirname(file) === path.resolve(credentials)) {
		return {kind: 'elsewhere', reason: `systemd handed over the key file ${file}, and takes no new one back. ${byHand}`};
	}

	const flaw = await findFlaw(file);
	return {kind: 'file', file, ...(flaw !== undefined && {flaw})};
}
