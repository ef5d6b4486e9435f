import {Buffer} from 'node:buffer';

/**
A buffer for a secret, outside of V8's heap: there a small typed array would lie among the other objects, and each time that the garbage collector moves it, a copy would be left behind that nobody can wipe.
@returns Zeros.
*/
export function createSecretBuffer(byteCount: number): Buffer<ArrayBuffer> {
	return Buffer.from(new ArrayBuffer(byteCount));
}

/** A copy in a buffer of its own. */
export function copySecret(secret: Uint8Array): Buffer<ArrayBuffer> {
	const copy = createSecretBuffer(secret.byteLength);
	copy.set(secret);
	return copy;
}
