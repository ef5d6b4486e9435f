import {createHash} from 'node:crypto';
import {CofferError} from '../errors.ts';
import {recognizeContent, type ContentKind} from './content-kind.ts';
import {deriveArchiveKey, describeDerivation, type Derivation} from './derivations.ts';
import type {EncryptedFile, Key} from './encrypted-file.ts';

export type FoundKey = Key & {
	readonly derivation: Derivation;
	/** As the beginning of the content tells. */
	readonly kind: ContentKind;
};

export type FindKeyOptions = {
	readonly password: Uint8Array;
	/** In the order in which they are to be tried. */
	readonly derivations: readonly Derivation[];
	/** What the file beside the archive says that its SHA-256 is. */
	readonly sha256?: string | undefined;
	readonly signal?: AbortSignal | undefined;
};

/** Nothing fits. Whether it is the archive or the key that is wrong, the end of the archive tells, and what was noted beside it. */
async function explain(file: EncryptedFile, {sha256, derivations, signal}: FindKeyOptions, padded: Derivation | undefined): Promise<CofferError> {
	const context = {file: file.path};
	if (sha256 !== undefined) {
		const hash = createHash('sha256');
		await file.hash(hash, signal);
		if (hash.digest('hex') !== sha256) {
			return new CofferError('damaged', `${file.path} is not what its .sha256 was made of: it was damaged or exchanged. Use another copy.`, {context});
		}
	}

	if (!file.hasWholeBlocks) {
		return new CofferError('damaged', `${file.path} was cut off: it is of a length that openssl never writes, and no key opens what is left. Use another copy.`, {context});
	}

	if (padded !== undefined && sha256 === undefined) {
		return new CofferError('damaged', `${file.path} begins with nothing that an archive holds, although its end fits the key (${describeDerivation(padded)}): its beginning was damaged; or, by chance, the key is wrong after all.`, {context});
	}

	return new CofferError('key-wrong', `This key or passphrase does not open ${file.path}. Tried: ${derivations.map(derivation => describeDerivation(derivation)).join(', ')}. If another number of iterations was used, name it with --iterations.`, {context});
}

/**
Find out how the key was derived, by what becomes of beginning and end.
@throws `key-wrong`; `damaged` where it is the archive that is wrong; what reading it throws
*/
export async function findKey(file: EncryptedFile, options: FindKeyOptions): Promise<FoundKey> {
	let padded: Derivation | undefined;
	for (const derivation of options.derivations) {
		const found = await deriveArchiveKey(derivation, options.password, file.salt);
		const {head, isPadded} = await file.sample(found);
		const kind = recognizeContent(head, {isSure: isPadded});
		if (kind !== undefined) {
			return {...found, derivation, kind};
		}

		found.key.fill(0);
		padded ??= isPadded ? derivation : undefined;
	}

	throw await explain(file, options, padded);
}
