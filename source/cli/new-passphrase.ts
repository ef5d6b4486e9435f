import {CofferError} from '../engine/index.ts';
import type {CommandContext} from './command-line.ts';
import {askSecret} from './prompt.ts';
import {passphraseOfVariables, toOpeningForm} from './secrets.ts';

/** Variables of the environment that give a passphrase which is to open something from now on. */
export const newPassphraseVariables = ['COFFER_NEW_PASSPHRASE_FILE', 'COFFER_NEW_PASSPHRASE_FD', 'COFFER_NEW_PASSPHRASE_COMMAND'] as const;

const shortPassphrase = 12;

/** Of UTF-8, in which every character begins with a byte that continues none. Counted in place: a filtered copy would stay in the heap. */
function countCharacters(text: Uint8Array): number {
	let count = 0;
	for (const byte of text) {
		count += Number((byte & 0xC0) !== 0x80);
	}

	return count;
}

/** Say that guesses can be tried. */
export function warnOfShort(passphrase: Uint8Array | undefined, warn: (message: string) => void): void {
	if (passphrase !== undefined && countCharacters(passphrase) < shortPassphrase) {
		warn('this passphrase is short: whoever gets hold of the repository can try guesses. Several words are better.');
	}
}

/** Ask a person at the terminal twice. @returns UTF-8, which the caller wipes. @throws `usage` where it is empty or the two differ; `aborted` */
export async function askNewPassphrase(context: CommandContext): Promise<Buffer> {
	const passphrase = await askSecret('New passphrase: ', context);
	if (passphrase.byteLength === 0) {
		throw new CofferError('usage', 'An empty passphrase protects nothing. Choose one of several words.');
	}

	const again = await askSecret('The same again: ', context);
	const isSame = again.equals(passphrase);
	again.fill(0);
	if (!isSame) {
		passphrase.fill(0);
		throw new CofferError('usage', 'The two passphrases differ. Nothing was made; start again.');
	}

	return toOpeningForm(passphrase);
}

/** The new passphrase that the environment gives, which the caller wipes, or `undefined`. @throws as `passphraseOfVariables` */
export async function givenNewPassphrase(context: CommandContext): Promise<Buffer | undefined> {
	const given = await passphraseOfVariables('COFFER_NEW_PASSPHRASE', context, await context.config());
	return given && toOpeningForm(given);
}

/**
A new passphrase, from the environment or the person at the terminal. The caller wipes it.
@throws `usage` where neither gives one; as `givenNewPassphrase` and `askNewPassphrase`
*/
export async function chooseNewPassphrase(context: CommandContext): Promise<Buffer> {
	const given = await givenNewPassphrase(context);
	if (given === undefined && !context.isInteractive) {
		throw new CofferError('usage', 'There is no terminal to ask for the new passphrase. Give it by COFFER_NEW_PASSPHRASE_FILE, COFFER_NEW_PASSPHRASE_FD or COFFER_NEW_PASSPHRASE_COMMAND.');
	}

	const passphrase = given ?? await askNewPassphrase(context);
	warnOfShort(passphrase, message => {
		context.output.warn(message);
	});
	return passphrase;
}
