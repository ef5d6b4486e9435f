import {hkdfSync, pbkdf2} from 'node:crypto';
import {promisify} from 'node:util';
import {CofferError} from '../errors.ts';

const pbkdf2Async = promisify(pbkdf2);

/** What OWASP's guidance asks of PBKDF2-HMAC-SHA-256 for passphrases. */
export const passphraseIterations = 600_000;
/** Enough for a key file: its 256 random bits cannot be guessed, however fast a guess is. */
export const keyFileIterations = 100_000;
const maximumIterations = 10_000_000;

/**
@throws `damaged` when the count is below 100,000 or absurdly high; call it before any work is done with a count that was read from storage.
*/
export function assertIterations(iterations: number): void {
	if (!Number.isSafeInteger(iterations) || iterations < keyFileIterations || iterations > maximumIterations) {
		throw new CofferError('damaged', `A key slot asks for ${iterations} PBKDF2 iterations; between ${keyFileIterations} and ${maximumIterations} are accepted. The slot was damaged or tampered with: restore keys/ from a copy of the repository.`);
	}
}

/**
PBKDF2-HMAC-SHA-256 (RFC 8018, section 5.2), on the thread pool.
@returns 32 bytes.
@throws `damaged` for an iteration count out of bounds, before the work.
*/
export async function stretchSecret(secret: Uint8Array, salt: Uint8Array, iterations: number): Promise<Buffer> {
	assertIterations(iterations);
	return pbkdf2Async(secret, salt, iterations, 32, 'sha256');
}

/** HKDF-SHA-256, extract and expand (RFC 5869). */
export function deriveKey(inputKey: Uint8Array, salt: Uint8Array, info: Uint8Array | string, byteCount: number): Buffer {
	return Buffer.from(hkdfSync('sha256', inputKey, salt, info, byteCount));
}
