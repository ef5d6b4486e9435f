import {hash} from 'node:crypto';
import {Buffer} from 'node:buffer';

/** Of SHA-256 (FIPS 180-4). */
const blockBytes = 64;
const digestBytes = 32;

/** The key, filled up to a block, with `mask` over it, and room for a digest. */
function createPad(key: Uint8Array, mask: number): Buffer {
	const pad = Buffer.alloc(blockBytes + digestBytes);
	pad.set(key);
	for (let position = 0; position < blockBytes; position++) {
		pad[position]! ^= mask;
	}

	return pad;
}

/**
Computes the ids of blobs: HMAC-SHA-256(id key, SHA-256(plaintext)), so that nobody without the key learns a plaintext's hash.
The HMAC (RFC 2104) is made of two hashes here: for 32 bytes, making an object for it would cost more than they do.
*/
export class BlobHasher {
	readonly #inner: Buffer;
	readonly #outer: Buffer;

	/** @param idKey - 32 bytes. @throws RangeError for more than a block */
	constructor(idKey: Uint8Array) {
		if (idKey.byteLength > blockBytes) {
			throw new RangeError(`An id key has ${digestBytes} bytes, not ${idKey.byteLength}`);
		}

		this.#inner = createPad(idKey, 0x36);
		this.#outer = createPad(idKey, 0x5C);
	}

	/** @returns 32 bytes. */
	idOf(plaintext: Uint8Array): Buffer {
		// Strings of bytes: a buffer for each digest costs several times as much.
		this.#inner.write(hash('sha256', plaintext, 'binary'), blockBytes, digestBytes, 'latin1');
		this.#outer.write(hash('sha256', this.#inner, 'binary'), blockBytes, digestBytes, 'latin1');
		return Buffer.from(hash('sha256', this.#outer, 'binary'), 'latin1');
	}
}
