import {Buffer} from 'node:buffer';
import {createDecipheriv, createHash, createHmac, createPrivateKey, createPublicKey, diffieHellman, hkdfSync, timingSafeEqual, verify, type KeyObject} from 'node:crypto';

/*
Header, segments, boxes and signatures of format.md, written from that page alone: nothing of source/ is used here.
*/

const typeNumbers = {slotSecret: 1, keyring: 2, dataKey: 3, pack: 4, index: 5, snapshot: 6, tombstone: 7, writer: 8, pruningMark: 9, lock: 10} as const;
export type StoredType = keyof typeof typeNumbers;

/** The first 80 bytes of an object. */
export type StoredHeader = {
	/** Of the slot, epoch or data key, in hexadecimal. */
	readonly keyId: string;
	/** In hexadecimal. */
	readonly objectId: string;
	readonly salt: Buffer;
	readonly bytes: Buffer;
};

export const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
export const hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer => {
	const mac = createHmac('sha256', key);
	for (const part of parts) {
		mac.update(part);
	}

	return mac.digest();
};

/** @throws Error for what is no object of this type */
export function readHeader(object: Buffer, type: StoredType): StoredHeader {
	const expected = Buffer.concat([Buffer.from('coffer'), Buffer.from([1, 1, typeNumbers[type]]), Buffer.alloc(7)]);
	if (object.length < 80 || !object.subarray(0, 16).equals(expected)) {
		throw new Error(`no header of type ${type}`);
	}

	return {keyId: object.toString('hex', 16, 32), objectId: object.toString('hex', 32, 48), salt: object.subarray(48, 80), bytes: object.subarray(0, 80)};
}

/** The keys of all segments of an object under a symmetric key. */
export function symmetricKeys(header: StoredHeader, type: StoredType, key: Uint8Array): Buffer {
	return Buffer.from(hkdfSync('sha256', key, header.salt, `coffer ${type}`, 64));
}

const curves = {x25519: 0x6E, ed25519: 0x70} as const;

function publicKey(curve: keyof typeof curves, raw: Uint8Array): KeyObject {
	return createPublicKey({key: Buffer.concat([Buffer.from('302a300506032b65', 'hex'), Buffer.from([curves[curve]]), Buffer.from('032100', 'hex'), raw]), format: 'der', type: 'spki'});
}

function privateKey(curve: keyof typeof curves, raw: Uint8Array): KeyObject {
	return createPrivateKey({key: Buffer.concat([Buffer.from('302e020100300506032b65', 'hex'), Buffer.from([curves[curve]]), Buffer.from('04220420', 'hex'), raw]), format: 'der', type: 'pkcs8'});
}

/** The public half of a raw private key, raw as well. */
export function publicHalf(curve: keyof typeof curves, raw: Uint8Array): Buffer {
	return createPublicKey(privateKey(curve, raw)).export({format: 'der', type: 'spki'}).subarray(-32);
}

/** The keys of the segment of an object that is sealed to an X25519 public key. @param recipient - Its private half, raw. */
export function boxKeys(header: StoredHeader, type: StoredType, recipient: Uint8Array): Buffer {
	const secret = diffieHellman({privateKey: privateKey('x25519', recipient), publicKey: publicKey('x25519', header.salt)});
	const info = Buffer.concat([Buffer.from(`coffer ${type}`), header.salt, publicHalf('x25519', recipient)]);
	return Buffer.from(hkdfSync('sha256', secret, header.salt, info, 64));
}

/** Check and decrypt a segment. @throws Error for a wrong length, MAC or padding */
export function openSegment(header: StoredHeader, keys: Buffer, number: number, sealed: Buffer): Buffer {
	if (sealed.length < 64 || sealed.length % 16 !== 0) {
		throw new Error('a segment of a wrong length');
	}

	const place = Buffer.alloc(4);
	place.writeUInt32LE(number);
	const text = sealed.subarray(0, -32);
	if (!timingSafeEqual(hmac(keys.subarray(32), header.bytes, place, text), sealed.subarray(-32))) {
		throw new Error('a wrong MAC');
	}

	const decipher = createDecipheriv('aes-256-cbc', keys.subarray(0, 32), text.subarray(0, 16));
	return Buffer.concat([decipher.update(text.subarray(16)), decipher.final()]);
}

/** Whether an Ed25519 signature is right. @param signer - Public key, raw. */
export function isSigned(signer: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
	return signature.length === 64 && verify(null, message, publicKey('ed25519', signer), signature);
}
