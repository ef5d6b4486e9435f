import {Buffer} from 'node:buffer';
import {createHash, pbkdf2Sync} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {boxKeys, isSigned, openSegment, publicHalf, readHeader, sha256, symmetricKeys} from './independent-cipher.ts';

/*
Key files, key slots and keyrings of format.md, written from that page alone: nothing of source/ is used here.
*/

export type IndependentKey = {
	/** The text of a key file. */
	readonly keyFile?: string;
	readonly passphrase?: string;
};

type Json = null | boolean | number | string | readonly Json[] | {readonly [name: string]: Json};

/** A keyring's body as it is stored. Members that only owners have are optional. */
export type IndependentKeyring = {
	readonly authorityKey?: string;
	readonly epochs: ReadonlyArray<{readonly active?: boolean; readonly id: string; readonly metadataKey: string; readonly privateKey?: string; readonly publicKey: string}>;
	readonly generation: number;
	readonly idKey?: string;
	readonly repository: {readonly created: string; readonly format: number; readonly id: string};
	readonly role: string;
	readonly slots: ReadonlyArray<{readonly id: string; readonly role: string; readonly removed?: string; readonly encryptionKey: string; readonly signingKey: string}>;
};

type SlotFile = {
	readonly factors: readonly string[];
	readonly format: number;
	readonly kdf: {readonly iterations: number; readonly name: string; readonly salt: string};
	readonly keyring: string;
	readonly repository: string;
	readonly secret: string;
	readonly slot: string;
};

function toCanonical(value: Json): string {
	if (typeof value !== 'object' || value === null) {
		return JSON.stringify(value);
	}

	return Array.isArray(value)
		? `[${value.map(item => toCanonical(item as Json)).join(',')}]`
		: `{${Object.entries(value as Readonly<Record<string, Json>>).sort(([a], [b]) => a < b ? -1 : 1).map(([name, member]) => `${JSON.stringify(name)}:${toCanonical(member)}`).join(',')}}`;
}

/** @throws Error for what is not canonical JSON */
export function parseCanonical<Value>(text: string): Value {
	const value = JSON.parse(text) as Json;
	if (toCanonical(value) !== text) {
		throw new Error('JSON that is not canonical');
	}

	return value as Value;
}

/** @throws Error for what is no intact key file */
function parseKeyFile(text: string): {slot: string; key: string} {
	const lines = text.split('\n').filter(line => line.trim() !== '' && !line.startsWith('#')).map(line => line.trim().split(/\s+/));
	const {slot = '', key = '', check, ...others} = Object.fromEntries(lines) as Record<string, string>;
	const sum = createHash('sha256').update(`coffer key file${slot}${key}`).digest('hex').slice(0, 8);
	if (lines.length !== 3 || Object.keys(others).length > 0 || !/^[\da-f]{32}$/.test(slot) || !/^[\da-f]{64}$/.test(key) || check !== sum) {
		throw new Error('no intact key file');
	}

	return {slot, key};
}

/** What the slot's factors need of a key; `undefined` where it lacks some. */
function secretOf(slot: SlotFile, {keyFile, passphrase}: IndependentKey): Buffer | undefined {
	const parts: Buffer[] = [];
	for (const factor of slot.factors) {
		const file = factor === 'key-file' && keyFile !== undefined ? parseKeyFile(keyFile) : undefined;
		if (file?.slot === slot.slot) {
			parts.push(Buffer.from(file.key, 'hex'));
		} else if (factor === 'passphrase' && passphrase !== undefined) {
			parts.push(Buffer.from(passphrase.normalize('NFC')));
		} else {
			return undefined;
		}
	}

	return Buffer.concat(parts);
}

function openSlot(slot: SlotFile, secret: Buffer): IndependentKeyring {
	const {iterations, name, salt} = slot.kdf;
	if (slot.format !== 1 || name !== 'PBKDF2-HMAC-SHA-256' || iterations < 100_000 || iterations > 10_000_000) {
		throw new Error('a slot of an unknown kind');
	}

	const stretched = pbkdf2Sync(secret, Buffer.from(salt, 'base64'), iterations, 32, 'sha256');
	const sealedSecret = Buffer.from(slot.secret, 'base64');
	const secretHeader = readHeader(sealedSecret, 'slotSecret');
	const keys = openSegment(secretHeader, symmetricKeys(secretHeader, 'slotSecret', stretched), 0, sealedSecret.subarray(80));
	const sealedKeyring = Buffer.from(slot.keyring, 'base64');
	const header = readHeader(sealedKeyring, 'keyring');
	const lines = openSegment(header, boxKeys(header, 'keyring', keys.subarray(0, 32)), 0, sealedKeyring.subarray(80)).toString();
	const [body = '', signature = '', ...rest] = lines.split('\n');
	const signed = Buffer.from(`coffer keyring\n${slot.slot}\n${body}`);
	if (keys.length !== 96 || rest.join('\n') !== '' || !isSigned(keys.subarray(64), signed, Buffer.from(parseCanonical<{signature: string}>(signature).signature, 'base64'))) {
		throw new Error('a keyring that its authority did not sign');
	}

	const keyring = parseCanonical<IndependentKeyring>(body);
	const own = keyring.slots.find(({id}) => id === slot.slot);
	if (secretHeader.keyId !== slot.slot || header.keyId !== slot.slot || keyring.repository.id !== slot.repository || own?.role !== keyring.role
		|| own.signingKey !== publicHalf('ed25519', keys.subarray(32, 64)).toString('base64')) {
		throw new Error('a slot that contradicts its keyring');
	}

	return keyring;
}

/** Both folders of slots, as paths from the repository's folder. */
export function listSlotFiles(folder: string): string[] {
	return ['keys', 'keys-copy'].flatMap(name => readdirSync(path.join(folder, name)).map(file => `${name}/${file}`));
}

/** @throws Error for a slot file that is damaged */
export function readSlotFile(folder: string, name: string): SlotFile {
	const bytes = readFileSync(path.join(folder, name));
	const slot = parseCanonical<SlotFile>(bytes.toString());
	if (name.slice(name.indexOf('/') + 1) !== `${slot.slot}-${sha256(bytes).toString('hex')}`) {
		throw new Error('a name that is not that of its content');
	}

	return slot;
}

/** The newest keyring that a key opens. @throws Error where it opens none */
export function openKeyring(folder: string, key: IndependentKey): IndependentKeyring {
	const opened: IndependentKeyring[] = [];
	const failures: string[] = [];
	for (const name of listSlotFiles(folder)) {
		try {
			const slot = readSlotFile(folder, name);
			const secret = secretOf(slot, key);
			if (secret) {
				opened.push(openSlot(slot, secret));
			}
		} catch (error) {
			failures.push(`${name}: ${String(error)}`);
		}
	}

	const [newest] = opened.toSorted((a, b) => b.generation - a.generation);
	if (newest === undefined) {
		throw new Error(['The key opens no slot.', ...failures].join('\n'));
	}

	return newest;
}
