import {createHmac, createSecretKey, hash, type KeyObject} from 'node:crypto';

/** Computes the ids of blobs: HMAC-SHA-256(id key, SHA-256(plaintext)), so that nobody without the key learns a plaintext's hash. */
export class BlobHasher {
	readonly #key: KeyObject;

	constructor(idKey: Uint8Array) {
		this.#key = createSecretKey(idKey);
	}

	/** @returns 32 bytes. */
	idOf(plaintext: Uint8Array): Buffer {
		return createHmac('sha256', this.#key).update(hash('sha256', plaintext, 'buffer')).digest();
	}
}
