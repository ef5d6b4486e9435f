import {Buffer} from 'node:buffer';
import {CofferError, isCofferError} from '../errors.ts';
import {agreeOnSecret, publicKeyOf} from '../crypto/curve-keys.ts';
import {SegmentCipher} from '../crypto/segment-cipher.ts';
import type {Runtime} from '../runtime.ts';
import {memoryCorrupted} from './memory-corrupted.ts';
import {createHeader, decodeHeader, headerBytes, type ObjectHeader, type ObjectType} from './object-header.ts';

/** The cipher for the segments of one object under a symmetric key: HKDF salt = the header's salt, info = "coffer " ‖ type. */
export function cipherFor(header: ObjectHeader, key: Uint8Array, runtime: Runtime): SegmentCipher {
	return new SegmentCipher({inputKey: key, salt: header.salt, info: `coffer ${header.type}`}, header.bytes, byteCount => runtime.randomBytes(byteCount));
}

/** HKDF input = X25519 secret, salt = the ephemeral public key, info = "coffer " ‖ type ‖ ephemeral public key ‖ recipient's public key. */
function boxCipher(header: ObjectHeader, secret: Uint8Array, recipientKey: Uint8Array, runtime: Runtime): SegmentCipher {
	const info = Buffer.concat([Buffer.from(`coffer ${header.type}`), header.salt, recipientKey]);
	return new SegmentCipher({inputKey: secret, salt: header.salt, info}, header.bytes, byteCount => runtime.randomBytes(byteCount));
}

/** One object of a header and one segment, under a symmetric key of 32 bytes. */
export function sealObject(type: ObjectType, keyId: string, key: Uint8Array, plaintext: Uint8Array, runtime: Runtime): Buffer {
	const header = createHeader(type, keyId, runtime);
	return Buffer.concat([header.bytes, ...cipherFor(header, key, runtime).seal(0, plaintext)]);
}

function nameDamage<Result>(what: string, action: () => Result): Result {
	try {
		return action();
	} catch (error) {
		if (isCofferError(error, 'damaged')) {
			throw new CofferError('damaged', `${what} is not authentic: it was damaged, replaced, or belongs to another key.`, {cause: error});
		}

		throw error;
	}
}

/** @throws `damaged`, `format-unsupported` */
export function openObject(bytes: Uint8Array, type: ObjectType, what: string, keyOf: (header: ObjectHeader) => Uint8Array, runtime: Runtime): {header: ObjectHeader; plaintext: Buffer} {
	const header = decodeHeader(bytes, type, what);
	const key = keyOf(header);
	return {header, plaintext: nameDamage(what, () => cipherFor(header, key, runtime).open(0, bytes.subarray(headerBytes)))};
}

export type Recipient = {
	/** Of the slot or epoch, in hexadecimal. */
	readonly keyId: string;
	/** X25519, 32 bytes. */
	readonly publicKey: Uint8Array;
};

/** A key that does not come out of its box again would take everything with it that it encrypts. */
function assertOpens(cipher: SegmentCipher, sealed: Uint8Array, plaintext: Uint8Array, type: ObjectType): void {
	try {
		if (cipher.open(0, sealed).equals(plaintext)) {
			return;
		}
	} catch (error) {
		throw isCofferError(error, 'damaged') ? memoryCorrupted(`The new ${type} object`, error) : error;
	}

	throw memoryCorrupted(`The new ${type} object`);
}

/**
Seal to an X25519 public key with an ephemeral key pair; only the holder of the private key can open it. What was sealed is opened once, while the ephemeral secret is at hand.
@throws `memory-corrupted`
*/
export function sealToPublicKey(type: ObjectType, recipient: Recipient, plaintext: Uint8Array, runtime: Runtime, options: {readonly objectId?: string} = {}): Buffer {
	const ephemeral = runtime.randomBytes(32);
	const secret = agreeOnSecret(ephemeral, recipient.publicKey);
	const header = createHeader(type, recipient.keyId, runtime, {...options, salt: publicKeyOf('x25519', ephemeral)});
	const cipher = boxCipher(header, secret, recipient.publicKey, runtime);
	const sealed = Buffer.concat([header.bytes, ...cipher.seal(0, plaintext)]);
	ephemeral.fill(0);
	secret.fill(0);
	assertOpens(cipher, sealed.subarray(headerBytes), plaintext, type);
	return sealed;
}

/** @throws `damaged`, `format-unsupported` */
export function openWithPrivateKey(bytes: Uint8Array, type: ObjectType, what: string, privateKeyOf: (header: ObjectHeader) => Uint8Array, runtime: Runtime): {header: ObjectHeader; plaintext: Buffer} {
	const header = decodeHeader(bytes, type, what);
	const privateKey = privateKeyOf(header);
	const plaintext = nameDamage(what, () => {
		const secret = agreeOnSecret(privateKey, header.salt);
		try {
			return boxCipher(header, secret, publicKeyOf('x25519', privateKey), runtime).open(0, bytes.subarray(headerBytes));
		} finally {
			secret.fill(0);
		}
	});
	return {header, plaintext};
}
