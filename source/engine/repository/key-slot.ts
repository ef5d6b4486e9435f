import {Buffer} from 'node:buffer';
import {publicKeyOf} from '../crypto/curve-keys.ts';
import {assertIterations, keyFileIterations, passphraseIterations, stretchSecret} from '../crypto/key-derivation.ts';
import {CofferError, isCofferError} from '../errors.ts';
import type {RepositoryId, SlotId} from '../ids.ts';
import type {Runtime} from '../runtime.ts';
import {parseStoredJson, toCanonicalJson} from './canonical-json.ts';
import {Fields} from './fields.ts';
import {decodeKeyring, encodeKeyring, restrictKeyring, type Keyring, type SlotEntry} from './keyring.ts';
import {formatVersion} from './object-header.ts';
import {openObject, openWithPrivateKey, sealObject, sealToPublicKey} from './sealed-object.ts';
import {normalizePassphrase, type Secret} from './secret.ts';

/*
A key slot file, canonical JSON:

	{"factors": ["key-file"] | ["passphrase"] | ["key-file", "passphrase"], "format": 1,
	 "kdf": {"iterations": n, "name": "PBKDF2-HMAC-SHA-256", "salt": base64 of 32 bytes},
	 "keyring": base64, "repository": id, "secret": base64, "slot": id}

PBKDF2 stretches key file (32 bytes) ‖ passphrase (UTF-8 in NFC, or bytes that are no UTF-8 as they are), whichever the factors name, to a key of 32 bytes. Under it, `secret` is an object of type 1 with
96 bytes: X25519 private key ‖ Ed25519 private key ‖ the authority's Ed25519 public key. `keyring` is an object of type 2, sealed to the X25519 key.
*/

export type {Secret} from './secret.ts';

export type Factor = 'key-file' | 'passphrase';

/** The parsed file; nothing in it is trusted yet. */
export type KeySlot = {
	readonly slotId: SlotId;
	readonly repositoryId: RepositoryId;
	readonly factors: readonly Factor[];
	readonly iterations: number;
	readonly salt: Buffer;
	readonly secret: Buffer;
	readonly keyring: Buffer;
};

/** The private half of a slot. */
export type SlotKeys = {
	readonly encryptionKey: Buffer;
	readonly signingKey: Buffer;
	readonly authorityPublicKey: Buffer;
};

export type UnlockedSlot = {
	readonly slotId: SlotId;
	readonly keys: SlotKeys;
	readonly keyring: Keyring;
};

const factorSets = [['key-file'], ['passphrase'], ['key-file', 'passphrase']] as const satisfies ReadonlyArray<readonly Factor[]>;

/** @param what - Names the slot in errors. @throws `damaged`, `format-unsupported` */
export function decodeKeySlot(bytes: Uint8Array, what: string): KeySlot {
	const fields = new Fields(parseStoredJson(bytes, what, {isCanonical: true}), what);
	const format = fields.integer('format');
	if (format !== formatVersion) {
		throw new CofferError('format-unsupported', `${what} has format ${format}; this program reads format ${formatVersion}. Update coffer.`);
	}

	const named = fields.texts('factors').join(' ');
	const known = factorSets.find(set => set.join(' ') === named);
	const kdf = fields.object('kdf');
	kdf.choice('name', ['PBKDF2-HMAC-SHA-256']);
	const slot = {
		slotId: fields.id<SlotId>('slot', 16),
		repositoryId: fields.id<RepositoryId>('repository', 16),
		iterations: kdf.integer('iterations'),
		salt: kdf.bytes('salt', 32),
		secret: fields.bytes('secret'),
		keyring: fields.bytes('keyring'),
	};
	kdf.end();
	fields.end();
	if (known === undefined) {
		throw new CofferError('damaged', `${what} names factors that this program does not know.`);
	}

	return {...slot, factors: known};
}

function encodeKeySlot(slot: KeySlot): Buffer {
	return Buffer.from(toCanonicalJson({
		factors: slot.factors,
		format: formatVersion,
		kdf: {iterations: slot.iterations, name: 'PBKDF2-HMAC-SHA-256', salt: slot.salt.toString('base64')},
		keyring: slot.keyring.toString('base64'),
		repository: slot.repositoryId,
		secret: slot.secret.toString('base64'),
		slot: slot.slotId,
	}));
}

/** The factors that `secret` can serve. */
function factorsOf(secret: Secret): readonly Factor[] {
	const named = [...(secret.keyFile ? ['key-file'] : []), ...(secret.passphrase === undefined ? [] : ['passphrase'])].join(' ');
	const factors = factorSets.find(set => set.join(' ') === named);
	if (factors === undefined) {
		throw new CofferError('usage', 'A key slot needs a key file, a passphrase, or both.');
	}

	return factors;
}

/** Whether `secret` can serve for a slot with these factors; a key file names its slot. */
export function canTrySlot(slot: KeySlot, secret: Secret): boolean {
	return slot.factors.every(factor => factor === 'passphrase' ? secret.passphrase !== undefined : secret.keyFile?.slotId === slot.slotId);
}

async function stretch(slot: Pick<KeySlot, 'factors' | 'iterations' | 'salt'>, secret: Secret): Promise<Buffer> {
	const parts = slot.factors.map(factor => factor === 'key-file' ? Buffer.from(secret.keyFile?.key ?? '') : normalizePassphrase(secret.passphrase ?? Buffer.alloc(0)));
	const input = Buffer.concat(parts);
	try {
		return await stretchSecret(input, slot.salt, slot.iterations);
	} finally {
		for (const buffer of [input, ...parts]) {
			buffer.fill(0);
		}
	}
}

export type KeySlotInput = {
	readonly entry: SlotEntry;
	readonly keys: SlotKeys;
	readonly secret: Secret;
	/** The owner's; the slot gets what its entry's role may know. */
	readonly keyring: Keyring;
	/** The repository's Ed25519 private authority key. */
	readonly authorityKey: Uint8Array;
};

/** What one slot may know of an owner's keyring, sealed to it. */
function sealKeyring({entry, keyring, authorityKey}: Pick<KeySlotInput, 'entry' | 'keyring' | 'authorityKey'>, runtime: Runtime): Buffer {
	const plaintext = encodeKeyring(restrictKeyring(keyring, entry.role), entry.id, authorityKey);
	try {
		return sealToPublicKey('keyring', {keyId: entry.id, publicKey: entry.encryptionKey}, plaintext, runtime);
	} finally {
		plaintext.fill(0);
	}
}

/** The file of a slot with another keyring. Its secret is not needed: what it wraps stays as it is. */
export function renewKeySlot(slot: KeySlot, input: Omit<KeySlotInput, 'keys' | 'secret'>, runtime: Runtime): Buffer {
	return encodeKeySlot({...slot, keyring: sealKeyring(input, runtime)});
}

/** Make the file of a new slot. @throws `usage` without any secret */
export async function createKeySlot(input: KeySlotInput, runtime: Runtime): Promise<Buffer> {
	const {entry, keys, keyring} = input;
	const factors = factorsOf(input.secret);
	const base = {factors, iterations: factors.includes('passphrase') ? passphraseIterations : keyFileIterations, salt: runtime.randomBytes(32)};
	const key = await stretch(base, input.secret);
	const secretPlaintext = Buffer.concat([keys.encryptionKey, keys.signingKey, keys.authorityPublicKey]);
	const slot: KeySlot = {
		...base,
		slotId: entry.id,
		repositoryId: keyring.repository.id,
		secret: sealObject('slotSecret', entry.id, key, secretPlaintext, runtime),
		keyring: sealKeyring(input, runtime),
	};
	key.fill(0);
	secretPlaintext.fill(0);
	return encodeKeySlot(slot);
}

/**
@param what - Names the slot in errors.
@throws `key-wrong` when the secret does not open it; `damaged` when what the secret opens is not what an owner put there
*/
export async function openKeySlot(slot: KeySlot, secret: Secret, what: string, runtime: Runtime): Promise<UnlockedSlot> {
	assertIterations(slot.iterations);
	const key = await stretch(slot, secret);
	let plaintext: Buffer;
	try {
		plaintext = openObject(slot.secret, 'slotSecret', what, () => key, runtime).plaintext;
	} catch (error) {
		if (isCofferError(error, 'damaged')) {
			throw new CofferError('key-wrong', 'This key does not open the repository.', {cause: error});
		}

		throw error;
	} finally {
		key.fill(0);
	}

	if (plaintext.byteLength !== 96) {
		throw new CofferError('damaged', `${what} does not hold the keys that a slot holds.`);
	}

	const keys = {encryptionKey: plaintext.subarray(0, 32), signingKey: plaintext.subarray(32, 64), authorityPublicKey: plaintext.subarray(64)};
	return openKeyring(slot, keys, what, runtime);
}

function openKeyring(slot: KeySlot, keys: SlotKeys, what: string, runtime: Runtime): UnlockedSlot {
	const opened = openWithPrivateKey(slot.keyring, 'keyring', what, () => keys.encryptionKey, runtime);
	const keyring = decodeKeyring(opened.plaintext, slot.slotId, keys.authorityPublicKey, what);
	const own = keyring.slots.find(entry => entry.id === slot.slotId);
	if (keyring.repository.id !== slot.repositoryId || own?.role !== keyring.role || !own.signingKey.equals(publicKeyOf('ed25519', keys.signingKey))) {
		throw new CofferError('damaged', `${what} contradicts the keyring in it: it was tampered with.`);
	}

	return {slotId: slot.slotId, keys, keyring};
}

/**
Open the keyring of a slot whose keys are at hand: it may have been renewed since.
@throws `damaged`
*/
export function reopenKeyring(slot: KeySlot, unlocked: UnlockedSlot, what: string, runtime: Runtime): UnlockedSlot {
	return openKeyring(slot, unlocked.keys, what, runtime);
}
