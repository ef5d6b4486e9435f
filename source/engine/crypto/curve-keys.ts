import {createPrivateKey, createPublicKey, diffieHellman, sign, verify, type KeyObject} from 'node:crypto';
import {CofferError} from '../errors.ts';

/*
Raw 32-byte keys, and the fixed DER prefixes of RFC 8410 that make PKCS #8 and SubjectPublicKeyInfo of them: the same bytes that a person
puts before a raw key to use `openssl pkeyutl` by hand.
*/
type Curve = 'x25519' | 'ed25519';

const privatePrefix: Record<Curve, Buffer> = {
	x25519: Buffer.from('302e020100300506032b656e04220420', 'hex'),
	ed25519: Buffer.from('302e020100300506032b657004220420', 'hex'),
};
const publicPrefix: Record<Curve, Buffer> = {
	x25519: Buffer.from('302a300506032b656e032100', 'hex'),
	ed25519: Buffer.from('302a300506032b6570032100', 'hex'),
};

function importPrivate(curve: Curve, raw: Uint8Array): KeyObject {
	return createPrivateKey({key: Buffer.concat([privatePrefix[curve], raw]), format: 'der', type: 'pkcs8'});
}

function importPublic(curve: Curve, raw: Uint8Array): KeyObject {
	return createPublicKey({key: Buffer.concat([publicPrefix[curve], raw]), format: 'der', type: 'spki'});
}

/** The raw public key (32 bytes) of a raw private key. Any 32 random bytes are a private key on both curves. */
export function publicKeyOf(curve: Curve, privateKey: Uint8Array): Buffer {
	const der = createPublicKey(importPrivate(curve, privateKey)).export({format: 'der', type: 'spki'});
	return Buffer.from(der.subarray(publicPrefix[curve].byteLength));
}

/**
X25519 (RFC 7748, section 6.1).
@returns The shared secret, 32 bytes.
@throws `damaged` for a public key of low order.
*/
export function agreeOnSecret(privateKey: Uint8Array, publicKey: Uint8Array): Buffer {
	try {
		return diffieHellman({privateKey: importPrivate('x25519', privateKey), publicKey: importPublic('x25519', publicKey)});
	} catch (error) {
		throw new CofferError('damaged', 'A stored public key is not usable: the object that holds it was damaged or tampered with.', {cause: error});
	}
}

/** Ed25519 (RFC 8032). @returns 64 bytes. */
export function signMessage(privateKey: Uint8Array, message: Uint8Array): Buffer {
	return sign(null, message, importPrivate('ed25519', privateKey));
}

/** Whether `signature` is the Ed25519 signature of `message` under `publicKey`. */
export function isSignatureValid(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
	try {
		return verify(null, message, importPublic('ed25519', publicKey), signature);
	} catch {
		return false;
	}
}
