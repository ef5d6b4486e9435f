import path from 'node:path';
import {CofferError, copySecret, errorText, isCofferError, throwIfAborted, type EventListener, type KeyStatus, type RotateKeysRequest, type RotateSummary} from '../engine/index.ts';
import {recordRotation} from '../logs/record-changes.ts';
import type {CommandContext} from './command-line.ts';
import {assertNewKeyFile} from './new-key-file.ts';
import {chooseNewPassphrase} from './new-passphrase.ts';
import type {OpenedForRotation} from './opened-for-rotation.ts';
import {locateKey} from './secrets.ts';

export type RotationWishes = {
	/** Absolute. @default the key file is replaced where it lies */
	readonly newKeyFile?: string | undefined;
	readonly isReencrypting: boolean;
};

/** What a rotation did, and where the new key file lies. */
export type Rotated = {readonly summary: RotateSummary; readonly keyFile?: string; readonly isInPlace: boolean};

/** Whether the policy wants a rotation now, or one is under way that has to end. */
export function isRotationDue({age, rotation}: KeyStatus): boolean {
	return age === 'due' || rotation !== undefined;
}

/** Whether the slot in use was made by the rotation that is under way: its secret is the new one already. */
function isOwnNew({status, own}: OpenedForRotation): boolean {
	return status.rotation !== undefined && own.created >= status.epochs.at(-1)!.created;
}

/** Where the key file is and will be. @throws `usage`, `target-unusable` */
async function chooseKeyFile(context: CommandContext, opened: OpenedForRotation, newKeyFile: string | undefined): Promise<Pick<RotateKeysRequest, 'keyFile' | 'newKeyFile'>> {
	if (!opened.factors.includes('key-file')) {
		if (newKeyFile === undefined) {
			return {};
		}

		throw new CofferError('usage', 'The key in use is a passphrase, and stays one in a rotation: leave out --new-key-file. For a key file make a key with "coffer key add --new-key-file FILE", and remove this one.');
	}

	if (opened.keyFile !== undefined) {
		return {keyFile: opened.keyFile};
	}

	if (newKeyFile !== undefined) {
		if (opened.status.rotation === undefined) {
			await assertNewKeyFile(newKeyFile);
		}

		return {newKeyFile};
	}

	const place = await locateKey(context, await context.config());
	if (place?.kind === 'file') {
		return {keyFile: place.file};
	}

	throw new CofferError('usage', place?.kind === 'credential'
		? `The key file ${place.file} was handed over by systemd, which takes no new one back. Run this outside of the service with --key-file naming the file that LoadCredential= names; or write the new one elsewhere with --new-key-file FILE, and put it in that file's place.`
		: 'The key comes from a program or a variable that the configuration names, so it cannot be replaced there. Name with --new-key-file FILE where the new one is written, and bring it to where the key comes from as soon as the rotation has ended.');
}

/** @returns A copy, which the caller wipes. @throws `usage` for the old one */
async function choosePassphrase(context: CommandContext, opened: OpenedForRotation): Promise<Uint8Array | undefined> {
	const {factors, passphrase} = opened;
	if (!factors.includes('passphrase') || passphrase === undefined) {
		return undefined;
	}

	if (isOwnNew(opened)) {
		return copySecret(passphrase);
	}

	const chosen = await chooseNewPassphrase(context);
	if (chosen.equals(passphrase)) {
		chosen.fill(0);
		throw new CofferError('usage', 'The new passphrase is the old one. A rotation needs another: whoever knows the old one shall not get in any more.');
	}

	return chosen;
}

/** An interruption and a failure leave a repository that opens; with which key is said here. */
async function explainInterruption(error: unknown, {engine, own}: OpenedForRotation, {newKeyFile}: Pick<RotateKeysRequest, 'newKeyFile'>): Promise<unknown> {
	const {rotation, keys} = await engine.keys.status();
	if (!isCofferError(error) || rotation === undefined) {
		return error;
	}

	const isOldThere = keys.some(({id}) => id === own.id);
	const opens = isOldThere ? 'Everything opens with the old and with the new key' : 'Everything opens with the new key; the old one opens nothing any more';
	const where = newKeyFile === undefined ? '' : ` (${newKeyFile})`;
	const advice = `${opens}${where}. The same command goes on where it stopped.`;
	return new CofferError(error.code, error.code === 'aborted' ? `The rotation was interrupted. ${advice}` : `${errorText(error)} ${advice}`, {context: error.context, cause: error});
}

/**
Rotate with the caller's secret where it lies.
@throws `usage` where the new secret is missing or cannot be put in the old one's place; what `engine.keys.rotate` throws, saying how it goes on
*/
export async function rotateOpened(context: CommandContext, opened: OpenedForRotation, {newKeyFile, isReencrypting}: RotationWishes, onEvent: EventListener): Promise<Rotated> {
	const {engine, status} = opened;
	await engine.keys.assertOwner('rotate keys');
	const files = await chooseKeyFile(context, opened, newKeyFile);
	const passphrase = await choosePassphrase(context, opened);
	if (isReencrypting && status.rotation === 'keys' && status.epochs.at(-1)!.isActive) {
		context.output.warn('this finishes the rotation that is under way, which does not write the data anew; run "coffer key rotate --reencrypt" once more after it.');
	}

	try {
		const summary = await context.interruptible(async signal => {
			throwIfAborted(signal);
			return engine.keys.rotate({isReencrypting, ...files, ...(passphrase && {passphrase})}, {signal, onEvent});
		});
		recordRotation(context.log, summary);
		const keyFile = files.newKeyFile ?? files.keyFile;
		return {summary, isInPlace: files.newKeyFile === undefined, ...(keyFile !== undefined && {keyFile: path.resolve(keyFile)})};
	} catch (error) {
		throw await explainInterruption(error, opened, files);
	} finally {
		passphrase?.fill(0);
	}
}
