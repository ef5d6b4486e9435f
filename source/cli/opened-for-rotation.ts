import {copySecret, isCofferError, readKeyFile, wipeSecret, type Engine, type EventListener, type Factor, type KeyInfo, type KeyStatus, type Secret, type SlotFactors} from '../engine/index.ts';
import type {CommandContext} from './command-line.ts';
import {openEngine} from './connection.ts';
import {isThere} from './is-there.ts';
import {givenNewPassphrase, newPassphraseVariables} from './new-passphrase.ts';
import {findSecret} from './secrets.ts';

/** An open repository with what a rotation has to know of the key that opened it. `close` wipes it. */
export type OpenedForRotation = {
	readonly engine: Engine;
	readonly status: KeyStatus;
	readonly own: KeyInfo;
	/** What opens the slot in use. */
	readonly factors: readonly Factor[];
	/** The passphrase that was given, whether it was needed or not. */
	readonly passphrase?: Uint8Array;
	/** The file that an interrupted call had written the new key to, where only that opens the repository any more. */
	readonly keyFile?: string;
	close(): Promise<void>;
};

type Way = {readonly keyFile?: string; readonly find: (slots: () => Promise<SlotFactors[]>) => Promise<Secret>};

/** The caller's secret as ever; and where an interrupted rotation has gone far enough that the old one opens nothing, what the same command line says of the new one. */
async function findWays(context: CommandContext, newKeyFile: string | undefined): Promise<Way[]> {
	const config = await context.config();
	const find: Way['find'] = async slots => findSecret(context, config, slots);
	const withNewPassphrase: Way = {async find(slots) {
		const {keyFile, passphrase} = await find(slots);
		passphrase?.fill(0);
		return {...(keyFile && {keyFile}), passphrase: (await givenNewPassphrase(context))!};
	}};
	const withNewKeyFile = (keyFile: string): Way => ({keyFile, async find() {
		const passphrase = await givenNewPassphrase(context);
		return {keyFile: await readKeyFile(keyFile), ...(passphrase && {passphrase})};
	}});
	return [
		{find},
		...(newPassphraseVariables.some(name => context.environment[name]) ? [withNewPassphrase] : []),
		...(newKeyFile !== undefined && await isThere(newKeyFile) ? [withNewKeyFile(newKeyFile)] : []),
	];
}

/**
Open the repository in order to rotate.
@param newKeyFile - Where the new key file is to be written, if not in the old one's place; absolute.
@throws as `openEngine`; of several ways to open it the error of the first one
*/
export async function openForRotation(context: CommandContext, onEvent: EventListener, newKeyFile?: string): Promise<OpenedForRotation> {
	let failure: unknown;
	for (const {find, keyFile} of await findWays(context, newKeyFile)) {
		let factors: SlotFactors[] = [];
		let passphrase: Uint8Array | undefined;
		try {
			const engine = await openEngine(context, onEvent, async slots => {
				factors = await slots();
				const secret = await find(slots);
				passphrase = secret.passphrase && copySecret(secret.passphrase);
				return secret;
			});
			const status = await engine.keys.status();
			const own = status.keys.find(({isOwn}) => isOwn)!;
			return {
				engine, status, own,
				factors: factors.find(({slotId}) => slotId === own.id)?.factors ?? [],
				...(passphrase && {passphrase}),
				...(keyFile !== undefined && {keyFile}),
				async close() {
					wipeSecret({...(passphrase && {passphrase})});
					await engine.close();
				},
			};
		} catch (error) {
			passphrase?.fill(0);
			failure ??= error;
			if (!isCofferError(error, 'key-wrong')) {
				throw failure;
			}
		}
	}

	throw failure;
}
