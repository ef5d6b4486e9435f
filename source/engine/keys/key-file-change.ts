import {createKeyFile, readKeyFile} from '../crypto/key-file-access.ts';
import {destroyKeyFile} from '../crypto/key-file-destruction.ts';
import {preparedKeyFilePath, prepareKeyFile, putKeyFileInPlace, readKeyFileReplacement, readPreparedKeyFile, retireKeyFile} from '../crypto/key-file-replacement.ts';
import {CofferError, isCofferError} from '../errors.ts';
import type {Secret} from '../repository/repository.ts';
import type {Runtime} from '../runtime.ts';
import type {SecretChange} from '../operations/rotate/secret-change.ts';

type Passphrase = Pick<Secret, 'passphrase'>;

/**
Replaces a key file in place: the new one is durable beside it before anything else, takes its name in one step, and the old one is kept as FILE.retired until it opens nothing any more; then it is overwritten and removed.
@param passphrase - For a slot that needs both: of the new slot.
*/
export function createKeyFileChange(file: string, passphrase: Passphrase, runtime: Runtime): SecretChange {
	return {
		async prepared(slotId) {
			const {prepared} = await readKeyFileReplacement(file);
			return prepared === slotId ? {keyFile: await readPreparedKeyFile(file), ...passphrase} : undefined;
		},
		async prepare(slotId) {
			if ((await readKeyFileReplacement(file)).prepared !== undefined) {
				// Of a rotation that was interrupted before any slot was made for it.
				await destroyKeyFile(preparedKeyFilePath(file), runtime);
			}

			const keyFile = {slotId, key: runtime.randomBytes(32)};
			await prepareKeyFile(file, keyFile);
			return {keyFile, ...passphrase};
		},
		async replace() {
			if ((await readKeyFileReplacement(file)).state === 'prepared') {
				await putKeyFileInPlace(file);
			}
		},
		async retire() {
			if ((await readKeyFileReplacement(file)).state === 'replaced') {
				await retireKeyFile(file, runtime);
			}
		},
	};
}

/**
For a key that does not come from a file here: the new one is written to a file, and whoever keeps the key fetches it from there.
@param file - Where there is none yet, but for that of an interrupted rotation.
*/
export function createNewKeyFileChange(file: string, passphrase: Passphrase, runtime: Runtime): SecretChange {
	const readSlot = async (slotId: string): Promise<Secret | undefined> => {
		try {
			const keyFile = await readKeyFile(file);
			return keyFile.slotId === slotId ? {keyFile, ...passphrase} : undefined;
		} catch (error) {
			if (isCofferError(error, 'key-file-missing')) {
				return undefined;
			}

			throw error;
		}
	};

	return {
		prepared: readSlot,
		async prepare(slotId) {
			const keyFile = {slotId, key: runtime.randomBytes(32)};
			await createKeyFile(file, keyFile);
			return {keyFile, ...passphrase};
		},
		async replace() {
			// It is where it belongs.
		},
		async retire() {
			// The old one is not ours to destroy.
		},
	};
}

/** From one passphrase to another, which the caller knows already. @throws `usage` for none */
export function createPassphraseChange({passphrase}: Passphrase): SecretChange {
	if (passphrase === undefined) {
		throw new CofferError('usage', 'This key slot is opened by a passphrase: a rotation needs a new one.');
	}

	return {
		prepared: async () => ({passphrase}),
		prepare: async () => ({passphrase}),
		async replace() {
			// It is in nobody's keeping but the person's.
		},
		async retire() {
			// Nothing lies here.
		},
	};
}
