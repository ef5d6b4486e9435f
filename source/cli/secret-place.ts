import {constants} from 'node:fs';
import {access} from 'node:fs/promises';
import path from 'node:path';
import {errorText, readKeyFileReplacement} from '../engine/index.ts';
import type {SecretPlace} from '../ui/index.tsx';
import type {CommandContext} from './command-line.ts';
import type {LoadedConfig} from './config.ts';
import {locateKey} from './secrets.ts';

const byHand = 'Rotate on the command line: "coffer key rotate --new-key-file FILE".';

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
export async function findSecretPlace(context: CommandContext, config: LoadedConfig | undefined): Promise<SecretPlace> {
	const place = await locateKey(context, config);
	switch (place?.kind) {
		case undefined: {
			return {kind: 'elsewhere', reason: 'A passphrase opens this repository, and a new one is to be asked for. Rotate on the command line: "coffer key rotate".'};
		}

		case 'elsewhere': {
			return {kind: 'elsewhere', reason: `The key comes from a program or a variable that the configuration names, and cannot be replaced there. ${byHand}`};
		}

		case 'credential': {
			return {kind: 'elsewhere', reason: `systemd handed over the key file ${place.file}, and takes no new one back. ${byHand}`};
		}

		case 'file': {
			const flaw = await findFlaw(place.file);
			return {kind: 'file', file: place.file, ...(flaw !== undefined && {flaw})};
		}
	}
}
