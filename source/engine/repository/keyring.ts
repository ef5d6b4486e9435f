import {Buffer} from 'node:buffer';
import {assertChunkingParameters, type ChunkingParameters} from '../chunking/cut-points.ts';
import {isSignatureValid, signMessage} from '../crypto/curve-keys.ts';
import {CofferError} from '../errors.ts';
import type {EpochId, RepositoryId, SlotId} from '../ids.ts';
import {parseStoredJson, toCanonicalJson, type JsonValue} from './canonical-json.ts';
import {Fields} from './fields.ts';
import {formatVersion} from './object-header.ts';
import type {RepositoryFacts} from './repository-file.ts';

/*
A keyring is what a slot's keys unlock. Two lines of canonical JSON: the body, and {"signature": base64} by the repository's authority key (Ed25519; its
private half stands in the keyrings of owners, its public half beside each slot's private keys, under the slot's secret) over
"coffer keyring\n" ‖ slot id ‖ "\n" ‖ body.
*/

export const roles = ['owner', 'backup', 'auditor'] as const;
export type Role = typeof roles[number];

export type Epoch = {
	readonly id: EpochId;
	readonly created: string;
	readonly isActive: boolean;
	/** 32 bytes: what metadata is encrypted under. */
	readonly metadataKey: Buffer;
	/** X25519: what data keys are sealed to. */
	readonly publicKey: Buffer;
	/** Only in keyrings of owners. */
	readonly privateKey?: Buffer;
	/** Of an epoch that is being replaced: packs under its data keys are to be written anew; else the data keys are only sealed anew. @default false */
	readonly isReencrypted?: boolean;
};

export type SlotEntry = {
	readonly id: SlotId;
	readonly label: string;
	readonly role: Role;
	readonly created: string;
	readonly expires?: string;
	/** Set once the slot is gone: what it signed stays valid. */
	readonly removed?: string;
	/** Made to be kept away from here, for the day when every other key is lost. @default false */
	readonly isRecovery?: boolean;
	/** The slot that this one takes the place of, in a rotation. */
	readonly replaces?: SlotId;
	/** X25519, public. */
	readonly encryptionKey: Buffer;
	/** Ed25519, public. */
	readonly signingKey: Buffer;
};

export type Keyring = {
	readonly repository: RepositoryFacts;
	/** Grows with every change, so that of two files of one slot the newer one is known. */
	readonly generation: number;
	readonly role: Role;
	/** 32 bytes: keys the ids of blobs. Auditors have none. */
	readonly idKey?: Buffer;
	/** 32 bytes: seeds the Gear table. Auditors have none. */
	readonly chunkerKey?: Buffer;
	readonly chunking: ChunkingParameters;
	/** Ed25519 private key that signs keyrings; only in keyrings of owners. */
	readonly authorityKey?: Buffer;
	readonly epochs: readonly Epoch[];
	/** Every slot there is or was. */
	readonly slots: readonly SlotEntry[];
};

const base64 = (bytes: Buffer | undefined) => bytes?.toString('base64');

function toBody(keyring: Keyring): JsonValue {
	return {
		authorityKey: base64(keyring.authorityKey),
		chunkerKey: base64(keyring.chunkerKey),
		chunking: {...keyring.chunking},
		epochs: keyring.epochs.map(epoch => ({
			active: epoch.isActive || undefined,
			created: epoch.created,
			id: epoch.id,
			metadataKey: base64(epoch.metadataKey),
			privateKey: base64(epoch.privateKey),
			publicKey: base64(epoch.publicKey),
			reencrypt: epoch.isReencrypted || undefined,
		})),
		generation: keyring.generation,
		idKey: base64(keyring.idKey),
		repository: {created: keyring.repository.created, format: formatVersion, id: keyring.repository.id},
		role: keyring.role,
		slots: keyring.slots.map(({isRecovery, ...slot}) => ({...slot, encryptionKey: base64(slot.encryptionKey), recovery: isRecovery || undefined, signingKey: base64(slot.signingKey)})),
	};
}

const optionalKey = (fields: Fields, name: string) => fields.has(name) ? fields.bytes(name, 32) : undefined;

function decodeEpoch(fields: Fields): Epoch {
	const privateKey = optionalKey(fields, 'privateKey');
	const epoch = {
		id: fields.id<EpochId>('id', 16),
		created: fields.time('created'),
		isActive: fields.flag('active'),
		metadataKey: fields.bytes('metadataKey', 32),
		publicKey: fields.bytes('publicKey', 32),
		...(privateKey && {privateKey}),
		...(fields.flag('reencrypt') && {isReencrypted: true}),
	};
	fields.end();
	return epoch;
}

function decodeSlotEntry(fields: Fields): SlotEntry {
	const expires = fields.optionalText('expires', 40);
	const removed = fields.optionalText('removed', 40);
	const replaces = fields.has('replaces') ? fields.id<SlotId>('replaces', 16) : undefined;
	const slot = {
		id: fields.id<SlotId>('id', 16),
		label: fields.text('label', 200),
		role: fields.choice('role', roles),
		created: fields.time('created'),
		encryptionKey: fields.bytes('encryptionKey', 32),
		signingKey: fields.bytes('signingKey', 32),
		...(expires !== undefined && {expires}),
		...(removed !== undefined && {removed}),
		...(fields.flag('recovery') && {isRecovery: true}),
		...(replaces !== undefined && {replaces}),
	};
	fields.end();
	return slot;
}

function decodeChunking(fields: Fields, what: string): ChunkingParameters {
	const chunking = {minimumBytes: fields.integer('minimumBytes'), averageBytes: fields.integer('averageBytes'), maximumBytes: fields.integer('maximumBytes')};
	fields.end();
	try {
		assertChunkingParameters(chunking);
	} catch (error) {
		throw new CofferError('damaged', `${what} has chunking parameters that cannot be.`, {cause: error});
	}

	return chunking;
}

function assertFormat(format: number, what: string): void {
	if (format !== formatVersion) {
		throw new CofferError('damaged', `${what} holds a keyring of format ${format} in a slot of format ${formatVersion}: it was tampered with.`);
	}
}

function fromBody(body: JsonValue, what: string): Keyring {
	const fields = new Fields(body, what);
	const repository = fields.object('repository');
	const authorityKey = optionalKey(fields, 'authorityKey');
	const chunkerKey = optionalKey(fields, 'chunkerKey');
	const idKey = optionalKey(fields, 'idKey');
	const keyring = {
		repository: {id: repository.id<RepositoryId>('id', 16), created: repository.time('created')},
		generation: fields.integer('generation'),
		role: fields.choice('role', roles),
		chunking: decodeChunking(fields.object('chunking'), what),
		epochs: fields.objects('epochs').map(epoch => decodeEpoch(epoch)),
		slots: fields.objects('slots').map(slot => decodeSlotEntry(slot)),
		...(authorityKey && {authorityKey}),
		...(chunkerKey && {chunkerKey}),
		...(idKey && {idKey}),
	};
	assertFormat(repository.integer('format'), what);
	repository.end();
	fields.end();
	return keyring;
}

function signedMessage(slotId: SlotId, body: string): Buffer {
	return Buffer.from(`coffer keyring\n${slotId}\n${body}`);
}

/** The keyring as a role may know it. */
export function restrictKeyring(keyring: Keyring, role: Role): Keyring {
	if (role === 'owner') {
		return {...keyring, role};
	}

	const {authorityKey: _authority, idKey, chunkerKey, epochs, ...rest} = keyring;
	const publicEpochs = epochs.map(({privateKey: _private, ...epoch}) => epoch);
	return {...rest, role, epochs: publicEpochs, ...(role === 'backup' && idKey && chunkerKey && {idKey, chunkerKey})};
}

/** @throws TypeError without the authority key */
export function encodeKeyring(keyring: Keyring, slotId: SlotId, authorityKey: Uint8Array): Buffer {
	const body = toCanonicalJson(toBody(keyring));
	const signature = signMessage(authorityKey, signedMessage(slotId, body)).toString('base64');
	return Buffer.from(`${body}\n${toCanonicalJson({signature})}\n`);
}

/**
@param authorityPublicKey - From beside the slot's private keys.
@throws `damaged`
*/
export function decodeKeyring(bytes: Uint8Array, slotId: SlotId, authorityPublicKey: Uint8Array, what: string): Keyring {
	const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
	const [body = '', signatureLine = '', ...rest] = text.split('\n');
	const fields = new Fields(parseStoredJson(Buffer.from(signatureLine), what, {isCanonical: true}), what);
	const isValid = isSignatureValid(authorityPublicKey, signedMessage(slotId, body), fields.bytes('signature', 64));
	fields.end();
	if (!isValid || rest.length !== 1 || rest[0] !== '') {
		throw new CofferError('damaged', `${what} holds a keyring that no owner signed: it was tampered with. Do not use this repository before you know why.`);
	}

	return fromBody(parseStoredJson(Buffer.from(body), what, {isCanonical: true}), what);
}
