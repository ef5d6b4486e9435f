import {Buffer} from 'node:buffer';
import {isSignatureValid, signMessage} from '../crypto/curve-keys.ts';
import {CofferError} from '../errors.ts';
import type {EpochId, SlotId} from '../ids.ts';
import {releaseMemory} from '../release-memory.ts';
import type {Runtime} from '../runtime.ts';
import {parseStoredJson, toCanonicalJson, type JsonValue} from './canonical-json.ts';
import {compressZstd, decompressZstd} from './compression.ts';
import {activeEpoch} from './epochs.ts';
import {Fields} from './fields.ts';
import type {UnlockedSlot} from './key-slot.ts';
import type {Keyring, Role} from './keyring.ts';
import type {ObjectHeader, ObjectType} from './object-header.ts';
import {openObject, sealObject} from './sealed-object.ts';

/*
Metadata: an object with one segment under the epoch's metadata key. Its plaintext is a zstd frame of two lines of canonical JSON: the body, and
{"signature": base64, "signer": slot id}: Ed25519 over "coffer " ‖ type ‖ "\n" ‖ repository id ‖ "\n" ‖ body. As the signature does not cover the epoch, it stays valid when
a rotation encrypts the object anew.
*/

export type MetadataType = Extract<ObjectType, 'index' | 'snapshot' | 'tombstone' | 'writer' | 'pruningMark' | 'lock'>;

const signersOf: Record<MetadataType, readonly Role[]> = {
	index: ['owner', 'backup'],
	snapshot: ['owner', 'backup'],
	writer: ['owner', 'backup'],
	tombstone: ['owner'],
	pruningMark: ['owner'],
	lock: ['owner'],
};

const mebibyte = 1024 * 1024;
/** Larger objects are neither written nor read, packed or unpacked. */
export const maximumMetadataBytes: Readonly<Record<MetadataType, number>> = {
	index: 256 * mebibyte, pruningMark: 256 * mebibyte, snapshot: 16 * mebibyte, tombstone: mebibyte, writer: mebibyte, lock: mebibyte,
};
/** The line of the signature is never longer. */
const maximumSignatureLineBytes = 1024;

export type DecodedMetadata = {
	readonly body: JsonValue;
	/** The body's canonical bytes. */
	readonly bodyBytes: Buffer;
	readonly epochId: EpochId;
	readonly signer: SlotId;
};

function signedMessage(type: MetadataType, repositoryId: string, body: Uint8Array): Buffer {
	return Buffer.concat([Buffer.from(`coffer ${type}\n${repositoryId}\n`), body]);
}

/** @throws `key-role` when the slot's role may not sign such objects */
export function encodeMetadata(type: MetadataType, body: JsonValue, slot: UnlockedSlot, runtime: Runtime): Buffer {
	const {keyring, keys, slotId} = slot;
	const epoch = activeEpoch(keyring);
	if (!signersOf[type].includes(keyring.role)) {
		throw new CofferError('key-role', `A key with the role "${keyring.role}" may not write ${type} objects. Use an owner's key.`);
	}

	const bodyBytes = Buffer.from(toCanonicalJson(body));
	const message = signedMessage(type, keyring.repository.id, bodyBytes);
	const signature = signMessage(keys.signingKey, message).toString('base64');
	const lines = Buffer.concat([bodyBytes, Buffer.from(`\n${toCanonicalJson({signature, signer: slotId})}\n`)]);
	releaseMemory(message);
	releaseMemory(bodyBytes);
	if (lines.byteLength > maximumMetadataBytes[type]) {
		throw new CofferError('internal', `The ${type} object would have ${lines.byteLength} bytes, more than the ${maximumMetadataBytes[type]} that can be read again. Nothing was written.`);
	}

	const compressed = compressZstd(lines, 3);
	releaseMemory(lines);
	const sealed = sealObject(type, epoch.id, epoch.metadataKey, compressed, runtime);
	releaseMemory(compressed);
	return sealed;
}

/** What an object's epoch keeps it under. @throws `damaged` for an epoch that the keyring does not know */
function metadataKeyOf(keyring: Keyring, what: string): (header: ObjectHeader) => Buffer {
	return ({keyId}) => {
		const epoch = keyring.epochs.find(({id}) => id === keyId);
		if (epoch === undefined) {
			throw new CofferError('damaged', `${what} names a key epoch that this repository does not have: it was damaged or comes from elsewhere.`, {context: {object: what, isUnknownKey: true}});
		}

		return epoch.metadataKey;
	};
}

/**
The same signed lines under the epoch that is active now. Whether they are signed rightly is for `decodeMetadata` to say, before.
@throws `damaged`, `format-unsupported`
*/
export function resealMetadata(bytes: Uint8Array, type: MetadataType, what: string, {keyring}: UnlockedSlot, runtime: Runtime): Buffer {
	const {plaintext} = openObject(bytes, type, what, metadataKeyOf(keyring, what), runtime);
	const epoch = activeEpoch(keyring);
	return sealObject(type, epoch.id, epoch.metadataKey, plaintext, runtime);
}

/**
@param what - Names the object in errors.
@throws `damaged`, `format-unsupported`
*/
export function decodeMetadata(bytes: Uint8Array, type: MetadataType, what: string, slot: UnlockedSlot, runtime: Runtime): DecodedMetadata {
	const {keyring} = slot;
	const {header, plaintext} = openObject(bytes, type, what, metadataKeyOf(keyring, what), runtime);
	const lines = decompressZstd(plaintext, maximumMetadataBytes[type], what);
	releaseMemory(plaintext);
	const end = lines.indexOf(0x0A);
	if (end === -1 || lines.at(-1) !== 0x0A || lines.byteLength - end > maximumSignatureLineBytes) {
		throw new CofferError('damaged', `${what} is not a body and a signature: it was damaged, or written by another program.`);
	}

	const bodyBytes = lines.subarray(0, end);
	const fields = new Fields(parseStoredJson(lines.subarray(end + 1, -1), what, {isCanonical: true}), what);
	const signature = fields.bytes('signature', 64);
	const signer = fields.id<SlotId>('signer', 16);
	fields.end();
	const entry = keyring.slots.find(candidate => candidate.id === signer);
	const message = signedMessage(type, keyring.repository.id, bodyBytes);
	const isSigned = entry !== undefined && signersOf[type].includes(entry.role) && isSignatureValid(entry.signingKey, message, signature);
	releaseMemory(message);
	if (!isSigned) {
		throw new CofferError('damaged', `${what} bears no valid signature of a key that may write it: it was tampered with.`, {context: {object: what, isUnknownKey: entry === undefined}});
	}

	return {body: parseStoredJson(bodyBytes, what), bodyBytes, epochId: header.keyId as EpochId, signer};
}
