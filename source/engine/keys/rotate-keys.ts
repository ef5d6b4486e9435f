import type {RepositorySession, Secret} from '../repository/repository.ts';
import {rotate, type RotateOptions} from '../operations/rotate/rotate.ts';
import type {RotateRequest, RotateSummary} from '../operations/rotate/rotate-request.ts';
import type {SecretChange} from '../operations/rotate/secret-change.ts';
import {createKeyFileChange, createNewKeyFileChange, createPassphraseChange} from './key-file-change.ts';

/** A rotation as plain data: where the caller's secret lies. */
export type RotateKeysRequest = Pick<RotateRequest, 'isReencrypting'> & {
	/** The key file that opened the repository; replaced in place. */
	readonly keyFile?: string;
	/** Instead, where the key does not come from a file here: where the new one is written. */
	readonly newKeyFile?: string;
	/** For a slot that a passphrase opens, alone or with the key file: that of the new slot. */
	readonly passphrase?: NonNullable<Secret['passphrase']>;
};

function changeOf({keyFile, newKeyFile, passphrase}: RotateKeysRequest, {runtime}: RepositorySession): SecretChange {
	const part = passphrase === undefined ? {} : {passphrase};
	if (newKeyFile !== undefined) {
		return createNewKeyFileChange(newKeyFile, part, runtime);
	}

	return keyFile === undefined ? createPassphraseChange(part) : createKeyFileChange(keyFile, part, runtime);
}

/**
Rotate, with the caller's secret changed where it lies.
@throws what `rotate` throws; `key-file-…`, `target-unusable` for the key file; `usage` for a passphrase slot without a new passphrase
*/
export async function rotateKeys(session: RepositorySession, request: RotateKeysRequest, options: RotateOptions = {}): Promise<RotateSummary> {
	return rotate(session, {secretChange: changeOf(request, session), isReencrypting: request.isReencrypting ?? false}, options);
}
