import {Buffer} from 'node:buffer';
import {CofferError} from '../errors.ts';
import type {Runtime} from '../runtime.ts';

/*
Every encrypted object begins with 80 bytes, all of them under each segment's MAC:

	 0   6  "coffer"
	 6   1  format version: 0
	 7   1  suite: 1 = HKDF-SHA-256, AES-256-CBC with PKCS#7, HMAC-SHA-256
	 8   1  object type
	 9   7  zero
	16  16  key id: slot, epoch or data key
	32  16  object id, random (a data key's own id)
	48  32  salt, random; for what is sealed to a public key: the ephemeral X25519 public key
*/

export const objectTypes = {slotSecret: 1, keyring: 2, dataKey: 3, pack: 4, index: 5, snapshot: 6, tombstone: 7, writer: 8, pruningMark: 9, lock: 10} as const;
export type ObjectType = keyof typeof objectTypes;

export const headerBytes = 80;
export const formatVersion = 1;
const suite = 1;
const magic = Buffer.from('coffer', 'latin1');

export type ObjectHeader = {
	readonly type: ObjectType;
	/** 16 bytes in hexadecimal. */
	readonly keyId: string;
	/** 16 bytes in hexadecimal. */
	readonly objectId: string;
	readonly salt: Buffer;
	/** The 80 bytes themselves. */
	readonly bytes: Buffer;
};

/**
@param options.objectId - @default random
@param options.salt - 32 bytes. @default random
*/
export function createHeader(type: ObjectType, keyId: string, runtime: Runtime, options: {readonly objectId?: string; readonly salt?: Uint8Array} = {}): ObjectHeader {
	const objectId = options.objectId ?? runtime.randomBytes(16).toString('hex');
	const salt = Buffer.from(options.salt ?? runtime.randomBytes(32));
	const bytes = Buffer.alloc(headerBytes);
	magic.copy(bytes, 0);
	bytes[6] = formatVersion;
	bytes[7] = suite;
	bytes[8] = objectTypes[type];
	bytes.write(keyId, 16, 16, 'hex');
	bytes.write(objectId, 32, 16, 'hex');
	salt.copy(bytes, 48);
	return {type, keyId, objectId, salt, bytes};
}

/**
@param bytes - At least the first 80 bytes of the object.
@param what - Names the object in the error.
@throws `damaged`, also for another type than the expected one; `format-unsupported` for an intact header of another version or suite
*/
export function decodeHeader(bytes: Uint8Array, type: ObjectType, what: string): ObjectHeader {
	const header = Buffer.from(bytes.subarray(0, headerBytes));
	if (header.byteLength < headerBytes || !header.subarray(0, 6).equals(magic)) {
		throw new CofferError('damaged', `${what} does not begin as an object of coffer does: it was damaged or replaced.`);
	}

	if (header[6] !== formatVersion || header[7] !== suite) {
		throw new CofferError('format-unsupported', `${what} has format ${header[6]} and suite ${header[7]}; this program reads format ${formatVersion}, suite ${suite}. Update coffer; if other objects of the repository can be read, this one was damaged.`);
	}

	if (header[8] !== objectTypes[type] || header.subarray(9, 16).some(byte => byte !== 0)) {
		throw new CofferError('damaged', `${what} is not of the type that its place asks for: it was damaged or replaced.`);
	}

	return {type, keyId: header.toString('hex', 16, 32), objectId: header.toString('hex', 32, 48), salt: header.subarray(48, 80), bytes: header};
}
