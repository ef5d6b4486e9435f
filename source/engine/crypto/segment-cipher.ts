import {createHmac, createSecretKey, timingSafeEqual, type KeyObject} from 'node:crypto';
import {CofferError} from '../errors.ts';
import {blockBytes, decryptCbc, encryptCbc} from './aes-cbc.ts';
import {deriveKey} from './key-derivation.ts';

const ivBytes = 16;
const macBytes = 32;

/** What encryption adds to a segment besides PKCS#7 padding: IV and MAC. */
export const segmentOverheadBytes = ivBytes + macBytes;

/** The size of `plaintextBytes` bytes once sealed. */
export function sealedSize(plaintextBytes: number): number {
	return segmentOverheadBytes + (Math.floor(plaintextBytes / blockBytes) + 1) * blockBytes;
}

/**
Seals and opens the numbered segments of one object: AES-256-CBC with PKCS#7 (NIST SP 800-38A), then HMAC-SHA-256 (RFC 2104) over
header ‖ number (4 bytes, little-endian) ‖ IV ‖ ciphertext. Both keys come from one HKDF call: 32 bytes for AES, 32 for HMAC.

A sealed segment is IV (16) ‖ ciphertext ‖ MAC (32).
*/
export class SegmentCipher {
	readonly #header: Uint8Array;
	readonly #encryptionKey: KeyObject;
	readonly #macKey: KeyObject;
	readonly #number = Buffer.alloc(4);
	readonly #randomBytes: (byteCount: number) => Buffer;

	/**
	@param header - The object's header; every byte of it is under each segment's MAC.
	@param randomBytes - For the IVs; needed only to seal.
	*/
	constructor(keys: {readonly inputKey: Uint8Array; readonly salt: Uint8Array; readonly info: Uint8Array | string}, header: Uint8Array, randomBytes: (byteCount: number) => Buffer) {
		const derived = deriveKey(keys.inputKey, keys.salt, keys.info, 64);
		this.#encryptionKey = createSecretKey(derived.subarray(0, 32));
		this.#macKey = createSecretKey(derived.subarray(32));
		derived.fill(0);
		this.#header = header;
		this.#randomBytes = randomBytes;
	}

	/** @returns The sealed segment in parts, to be written one after the other. */
	seal(number: number, plaintext: Uint8Array): Buffer[] {
		const iv = this.#randomBytes(ivBytes);
		const [body, last] = encryptCbc(this.#encryptionKey, iv, plaintext);
		const mac = this.#startMac(number).update(iv).update(body).update(last).digest();
		return [iv, body, last, mac];
	}

	/**
	The MAC is checked, in constant time, before the ciphertext is touched.
	@throws `damaged`: one error for a wrong key, a wrong MAC, a wrong length and a wrong padding.
	*/
	open(number: number, sealed: Uint8Array): Buffer {
		const end = sealed.byteLength - macBytes;
		if (end >= ivBytes + blockBytes && (end - ivBytes) % blockBytes === 0) {
			const mac = this.#startMac(number).update(sealed.subarray(0, end)).digest();
			if (timingSafeEqual(mac, sealed.subarray(end))) {
				const plaintext = decryptCbc(this.#encryptionKey, sealed.subarray(0, ivBytes), sealed.subarray(ivBytes, end));
				if (plaintext !== undefined) {
					return plaintext;
				}
			}
		}

		throw new CofferError('damaged', 'A part of a stored object is not authentic: it was damaged, or belongs to another key.');
	}

	#startMac(number: number) {
		this.#number.writeUInt32LE(number);
		return createHmac('sha256', this.#macKey).update(this.#header).update(this.#number);
	}
}
