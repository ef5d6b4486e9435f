import {createHash, pbkdf2} from 'node:crypto';
import {promisify} from 'node:util';
import {CofferError} from '../errors.ts';

const pbkdf2Async = promisify(pbkdf2);

/** How `openssl enc` makes key and IV of a password and a salt. The file does not say which way it was. */
export type Derivation =
	/** `-pbkdf2 -iter N`: PBKDF2-HMAC-SHA-256 (RFC 8018, section 5.2). */
	| {readonly kind: 'pbkdf2'; readonly iterations: number}
	/** Without `-pbkdf2`: EVP_BytesToKey with one round; MD5 was the default before OpenSSL 1.1.0. */
	| {readonly kind: 'bytes-to-key'; readonly digest: 'sha256' | 'md5'};

/** Of archives that `export` writes: what OWASP's guidance asks of PBKDF2-HMAC-SHA-256. */
export const exportIterations = 600_000;
/** What the scripts of old use, and OpenSSL's default. */
const usualIterations = [100_000, 10_000];
const maximumIterations = 10_000_000;

const keyBytes = 32;
const ivBytes = 16;
/** Of the salt in a file. */
export const saltBytes = 8;

/**
The derivations that an archive may have been made with, in the order in which they are to be tried.
@param iterations - The count that somebody says it was made with. @default those that are usual
@throws `usage` for a count out of bounds
*/
export function listDerivations(iterations?: number): Derivation[] {
	if (iterations !== undefined && (!Number.isSafeInteger(iterations) || iterations < 1 || iterations > maximumIterations)) {
		throw new CofferError('usage', `An archive has 1 to ${maximumIterations} iterations of PBKDF2, not ${iterations}.`);
	}

	const withCount = (count: number) => ({kind: 'pbkdf2' as const, iterations: count});
	return [
		...(iterations === undefined ? usualIterations : [iterations]).map(count => withCount(count)),
		{kind: 'bytes-to-key', digest: 'sha256'},
		{kind: 'bytes-to-key', digest: 'md5'},
		// It costs most.
		...(iterations === undefined ? [withCount(exportIterations)] : []),
	];
}

/** The flags of `openssl enc` that mean it. */
export function describeDerivation(derivation: Derivation): string {
	return derivation.kind === 'pbkdf2' ? `-pbkdf2 -iter ${derivation.iterations}` : `-md ${derivation.digest}`;
}

/** EVP_BytesToKey(3) with a count of 1. */
function bytesToKey(digest: string, password: Uint8Array, salt: Uint8Array): Buffer {
	const parts: Buffer[] = [];
	let last: Uint8Array = new Uint8Array();
	for (let length = 0; length < keyBytes + ivBytes; length += last.byteLength) {
		last = createHash(digest).update(last).update(password).update(salt).digest();
		parts.push(last as Buffer);
	}

	return Buffer.concat(parts);
}

/** The key and the IV. The caller wipes `key`. */
export async function deriveArchiveKey(derivation: Derivation, password: Uint8Array, salt: Uint8Array): Promise<{readonly key: Buffer; readonly iv: Buffer}> {
	const bytes = derivation.kind === 'pbkdf2'
		? await pbkdf2Async(password, salt, derivation.iterations, keyBytes + ivBytes, 'sha256')
		: bytesToKey(derivation.digest, password, salt);
	return {key: bytes.subarray(0, keyBytes), iv: bytes.subarray(keyBytes, keyBytes + ivBytes)};
}
