import process from 'node:process';
import {isCofferError} from '../../source/engine/errors.ts';
import {publicKeyOf} from '../../source/engine/crypto/curve-keys.ts';
import {SegmentCipher} from '../../source/engine/crypto/segment-cipher.ts';
import type {BlobId} from '../../source/engine/ids.ts';
import type {Runtime} from '../../source/engine/runtime.ts';
import {createMemoryStorage} from '../../source/engine/storage/memory.ts';
import type {Storage} from '../../source/engine/storage/storage.ts';
import {compressDelta} from '../../source/engine/repository/compression.ts';
import {createDataKey, type DataKey} from '../../source/engine/repository/data-key.ts';
import {createKeySlot, decodeKeySlot, openKeySlot} from '../../source/engine/repository/key-slot.ts';
import {createEpoch} from '../../source/engine/repository/epochs.ts';
import type {Secret} from '../../source/engine/repository/secret.ts';
import {decodeKeyring, encodeKeyring} from '../../source/engine/repository/keyring.ts';
import {decodeMetadata, encodeMetadata} from '../../source/engine/repository/metadata-object.ts';
import {createHeader, decodeHeader} from '../../source/engine/repository/object-header.ts';
import {PackReader} from '../../source/engine/repository/pack-reader.ts';
import {packName, PackWriter} from '../../source/engine/repository/pack-writer.ts';
import {plaintextBytesOf, type PackDescription} from '../../source/engine/repository/segment-table.ts';
import {openWithPrivateKey, sealToPublicKey} from '../../source/engine/repository/sealed-object.ts';
import {createTestRuntime} from './test-runtime.ts';
import {plainIdOf, readPack, writePacks} from './test-packs.ts';
import {createTestSlots, type TestSlots} from './test-slots.ts';

export type FormatVector = {
	readonly about: string;
	/** What one needs to open it: hexadecimal, or text where the name says so. */
	readonly keys: Readonly<Record<string, string>>;
	/** What is inside: hexadecimal, or canonical text where the name says so. */
	readonly content: string;
	/** Hexadecimal. */
	readonly bytes: string;
	/** Version of the zstd library that packed a part of it; another one may give other bytes. Empty where nothing is packed. */
	readonly zstd: string;
	/** Each differs from `bytes` in one place. */
	readonly failures: ReadonlyArray<{readonly about: string; readonly bytes: string; readonly error: string}>;
};

type Draft = Omit<FormatVector, 'bytes' | 'failures' | 'zstd'> & {
	readonly bytes: Buffer;
	readonly hasZstd?: boolean;
	/** Returns the content, as in the vector. */
	readonly open: (bytes: Buffer) => string | Promise<string>;
	readonly damages: ReadonlyArray<readonly [about: string, change: (bytes: Buffer) => Buffer]>;
};

const flip = (index: number, mask = 1) => (bytes: Buffer): Buffer => {
	const at = index < 0 ? bytes.byteLength + index : index;
	bytes[at]! ^= mask;
	return bytes;
};

const cut = (byteCount: number) => (bytes: Buffer): Buffer => bytes.subarray(0, bytes.byteLength - byteCount);
const extend = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(1)]);
const replace = (from: string, to: string) => (bytes: Buffer): Buffer => Buffer.from(bytes.toString().replace(from, () => to));

const sealedDamages: Draft['damages'] = [
	['magic', flip(0)], ['format version', flip(6)], ['suite', flip(7)], ['object type', flip(8)], ['reserved byte', flip(9)], ['key id', flip(16)], ['object id', flip(32)], ['salt', flip(48)],
	['IV', flip(80)], ['ciphertext', flip(96)], ['MAC', flip(-1)], ['one byte less', cut(1)], ['one block less', cut(16)], ['one byte more', extend],
];

async function draftVectors(): Promise<Record<string, Draft>> {
	const runtime = createTestRuntime({seed: 'format 1'});
	const slots = createTestSlots(runtime);
	const {owner, backup, authorityKey} = slots;
	const epoch = owner.keyring.epochs[0]!;
	const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

	const header = createHeader('pack', '11'.repeat(16), runtime);
	const inputKey = runtime.randomBytes(32);
	const createCipher = (): SegmentCipher => new SegmentCipher({inputKey, salt: header.salt, info: 'coffer pack'}, header.bytes, byteCount => runtime.randomBytes(byteCount));
	const privateKey = runtime.randomBytes(32);
	const box = sealToPublicKey('dataKey', {keyId: '22'.repeat(16), publicKey: publicKeyOf('x25519', privateKey)}, Buffer.from('sealed to a public key'), runtime);
	const keyFile = {slotId: owner.slotId, key: runtime.randomBytes(32)};
	const slotBytes = await createKeySlot({entry: owner.keyring.slots[0]!, keys: owner.keys, secret: {keyFile}, keyring: owner.keyring, authorityKey}, runtime);
	const keyring = encodeKeyring(backup.keyring, backup.slotId, authorityKey);
	const rotating = encodeRotating(slots);
	const passphrase = Buffer.from('Gr\u00F6\u00DFe 7');
	const metadata = encodeMetadata('snapshot', {name: 'ü', numbers: [1, 2]}, owner, runtime);
	const storage = createMemoryStorage();
	const dataKey = createDataKey(owner.keyring, runtime);
	const [pack] = await writePacks(storage, dataKey, [Buffer.from('first blob'), Buffer.from('second blob')], runtime);
	const packBytes = await storage.read(packName(pack!.id));
	// Random bytes of its own: those of the vectors before it stay what they are.
	const chain = await createChain(storage, dataKey, createTestRuntime({seed: 'format 1, deltas'}));

	return {
		header: {
			about: 'The header of a pack.', keys: {}, bytes: header.bytes, content: `${header.keyId}${header.objectId}${hex(header.salt)}`,
			open(bytes) {
				const decoded = decodeHeader(bytes, 'pack', 'vector');
				return `${decoded.keyId}${decoded.objectId}${hex(decoded.salt)}`;
			},
			damages: [...sealedDamages.slice(0, 5), ['one byte less', cut(1)]],
		},
		segment: {
			about: 'A sealed segment with the number 3. The header under its MAC is in keys.', keys: {inputKey: hex(inputKey), header: hex(header.bytes), infoText: 'coffer pack', numberText: '3'},
			content: hex(Buffer.from('a sealed segment')), bytes: Buffer.concat(createCipher().seal(3, Buffer.from('a sealed segment'))),
			open: bytes => hex(createCipher().open(3, bytes)),
			damages: [['IV', flip(0)], ['first block', flip(16)], ['last block', flip(32)], ['MAC', flip(-1)], ['one byte less', cut(1)], ['one block less', cut(16)], ['one byte more', extend]],
		},
		box: {
			about: 'An object of type 3 sealed to an X25519 public key.', keys: {privateKey: hex(privateKey)}, content: hex(Buffer.from('sealed to a public key')), bytes: box,
			open: bytes => hex(openWithPrivateKey(bytes, 'dataKey', 'vector', () => privateKey, runtime).plaintext),
			damages: sealedDamages,
		},
		'key-slot': await draftSlot(slots, {keyFile}, slotBytes),
		'key-slot-passphrase': await draftSlot(slots, {passphrase}),
		'key-slot-both': await draftSlot(slots, {keyFile, passphrase}),
		keyring: {
			about: 'The keyring of a backup slot, decrypted, with its signature.', keys: {slotText: backup.slotId, authorityPublicKey: hex(publicKeyOf('ed25519', authorityKey))},
			content: keyring.toString().split('\n')[0]!, bytes: keyring,
			open(bytes) {
				decodeKeyring(bytes, backup.slotId, publicKeyOf('ed25519', authorityKey), 'vector');
				return bytes.toString().split('\n')[0]!;
			},
			damages: [['generation', replace('"generation":1', '"generation":2')], ['role', replace('"role":"backup"', '"role":"owner"')], ['signature', flip(-10)], ['no line end', cut(1)], ['white space', replace('{', '{ ')]],
		},
		'keyring-rotating': {
			about: 'An owner\'s keyring while a rotation with re-encryption is under way, and another epoch is announced; slots of each kind.', keys: {slotText: owner.slotId, authorityPublicKey: hex(publicKeyOf('ed25519', authorityKey))},
			content: rotating.toString().split('\n')[0]!, bytes: rotating,
			open(bytes) {
				const decoded = decodeKeyring(bytes, owner.slotId, publicKeyOf('ed25519', authorityKey), 'vector');
				return encodeKeyring(decoded, owner.slotId, authorityKey).toString().split('\n')[0]!;
			},
			damages: [['re-encryption', replace('"reencrypt":true', '"reencrypt":false')], ['recovery', replace('"recovery":true,', '')], ['the active epoch', replace('"active":true,', '')], ['white space', replace('{', '{ ')]],
		},
		metadata: {
			about: 'A metadata object of type 6 (snapshot), with a body that is no real snapshot.',
			keys: {metadataKey: hex(epoch.metadataKey), repositoryText: owner.keyring.repository.id, signerText: owner.slotId, signerPublicKey: hex(owner.keyring.slots[0]!.signingKey)},
			content: '{"name":"ü","numbers":[1,2]}', bytes: metadata, hasZstd: true,
			open: bytes => decodeMetadata(bytes, 'snapshot', 'vector', owner, runtime).bodyBytes.toString(),
			damages: sealedDamages,
		},
		pack: {
			about: 'A pack of two segments, not compressed, one blob each, padded. The ids in its table are the SHA-256 of the blobs.', keys: {dataKey: hex(dataKey.key), packText: pack!.id},
			content: `${hex(Buffer.from('first blob'))} ${hex(Buffer.from('second blob'))}`, bytes: packBytes, hasZstd: true,
			async open(bytes) {
				const copy = createMemoryStorage();
				await copy.write(packName(pack!.id), bytes);
				const reader = await PackReader.open(copy, {id: pack!.id, dataKeyId: dataKey.id}, () => dataKey.key, runtime);
				const {segments} = await reader.readTable();
				const last = segments.at(-1)!;
				reader.openEnd(bytes.subarray(last.offset + last.sealedBytes), segments.length);
				return (await readPack(copy, {...pack!, segments}, dataKey.key, runtime)).map(blob => hex(blob)).join(' ');
			},
			damages: [
				...sealedDamages, ['second segment', flip(80 + 64 + 16)], ['padding', flip(80 + 128 + 16)], ['segment table', flip(-64 - 1)], ['trailer', flip(-40)],
				['segments exchanged', bytes => Buffer.concat([bytes.subarray(0, 80), bytes.subarray(144, 208), bytes.subarray(80, 144), bytes.subarray(208)])],
			],
		},
		delta: {
			about: 'A pack of a blob and a delta of it: zstd with the blob as raw dictionary. The ids in its table are the SHA-256 of the blobs. The content is the delta\'s blob.', keys: {dataKey: hex(dataKey.key), packText: chain.pack.id},
			content: hex(chain.changed), bytes: await storage.read(packName(chain.pack.id)), hasZstd: true,
			async open(bytes) {
				const copy = createMemoryStorage();
				await copy.write(packName(chain.pack.id), bytes);
				const reader = await PackReader.open(copy, chain.pack, () => dataKey.key, runtime);
				const {segments} = await reader.readTable();
				const [base, delta] = segments;
				const dictionary = await reader.read({...base!, number: 0, plaintextBytes: plaintextBytesOf(base!)});
				if (delta!.delta?.bases.join(' ') !== hex(base!.ids) || delta!.delta.depth !== 1) {
					return 'no delta of the first blob';
				}

				return hex(await reader.read({...delta!, number: 1, plaintextBytes: plaintextBytesOf(delta!)}, dictionary));
			},
			damages: [...sealedDamages.slice(0, 8), ['base', flip(80 + 20)], ['delta', flip(chain.pack.segments[1]!.offset + 20)], ['segment table', flip(-64 - 1)], ['trailer', flip(-40)]],
		},
	};
}

/** A slot file for a kind of secret. @param bytes - @default made here, with random bytes of its own */
async function draftSlot({owner, backup, authorityKey}: TestSlots, secret: Secret, bytes?: Buffer): Promise<Draft> {
	const {keyFile, passphrase} = secret;
	const runtime = createTestRuntime({seed: `format 1, ${keyFile ? 'key file' : ''} ${passphrase ? 'passphrase' : ''}`});
	const hex = (part: Uint8Array): string => Buffer.from(part).toString('hex');
	const iterations = passphrase ? 600_000 : 100_000;
	const factors = [...(keyFile ? ['"key-file"'] : []), ...(passphrase ? ['"passphrase"'] : [])].join(',');
	return {
		about: `A key slot file for ${[...(keyFile ? ['a key file'] : []), ...(passphrase ? ['a passphrase'] : [])].join(' and ')}. The content is X25519 private key, Ed25519 private key, authority's Ed25519 public key.`,
		keys: {slotText: owner.slotId, ...(keyFile && {key: hex(keyFile.key)}), ...(passphrase && {passphraseText: Buffer.from(passphrase).toString()})},
		content: hex(Buffer.concat([owner.keys.encryptionKey, owner.keys.signingKey, owner.keys.authorityPublicKey])),
		bytes: bytes ?? await createKeySlot({entry: owner.keyring.slots[0]!, keys: owner.keys, secret, keyring: owner.keyring, authorityKey}, runtime),
		async open(stored) {
			const {keys} = await openKeySlot(decodeKeySlot(stored, 'vector'), secret, 'vector', runtime);
			return hex(Buffer.concat([keys.encryptionKey, keys.signingKey, keys.authorityPublicKey]));
		},
		damages: [
			['a higher count of iterations', replace(`"iterations":${iterations}`, `"iterations":${iterations + 1}`)], ['1 iteration', replace(`"iterations":${iterations}`, '"iterations":1')],
			['2^31 iterations', replace(`"iterations":${iterations}`, '"iterations":2147483648')], ['another factor', replace(`[${factors}]`, factors === '"passphrase"' ? '["key-file"]' : '["passphrase"]')],
			['a later format', replace('"format":1', '"format":2')], ['another repository', replace(owner.keyring.repository.id, '00'.repeat(16))],
			['another slot', replace(`"slot":"${owner.slotId}"`, `"slot":"${backup.slotId}"`)], ['white space', replace('{', '{ ')],
		],
	};
}

/** An owner's keyring with everything that a keyring may hold. */
function encodeRotating({owner, backup, auditor, authorityKey}: TestSlots): Buffer {
	const runtime = createTestRuntime({seed: 'format 1, rotation'});
	const [retiring] = owner.keyring.epochs;
	const [first, second, third] = [owner, backup, auditor].map(({slotId}) => owner.keyring.slots.find(({id}) => id === slotId)!);
	const active = createEpoch(runtime);
	return encodeKeyring({
		...owner.keyring,
		epochs: [{...retiring!, isActive: false, isReencrypted: true}, {...active, isActive: true}, createEpoch(runtime)],
		generation: 1_795_286_760_000,
		slots: [{...first!, replaces: second!.id}, {...second!, expires: '2027-01-01T00:00:00.000Z', removed: '2026-11-22T00:00:00.000Z'}, {...third!, role: 'owner', isRecovery: true}],
	}, owner.slotId, authorityKey);
}

/** A pack of a blob, and another one as a delta of it. */
async function createChain(storage: Storage, dataKey: DataKey, runtime: Runtime): Promise<{readonly pack: PackDescription; readonly changed: Buffer}> {
	const base = Buffer.from('INSERT INTO orders VALUES (1, 2, 3);\n'.repeat(20));
	const changed = Buffer.from(base);
	changed.write('UPDATE', 100);
	const packs: PackDescription[] = [];
	const writer = new PackWriter({storage, dataKey, runtime, kind: 'data', onPack(pack) {
		packs.push(pack);
	}});
	writer.add(base, {compression: 'none', ids: plainIdOf(base), lengths: [base.byteLength]});
	writer.add(compressDelta(changed, base), {compression: 'zstd', ids: plainIdOf(changed), lengths: [changed.byteLength], delta: {bases: [plainIdOf(base).toString('hex') as BlobId], depth: 1}});
	await writer.finish();
	return {pack: packs[0]!, changed};
}

async function errorOf(action: () => unknown): Promise<string> {
	try {
		await action();
	} catch (error) {
		if (isCofferError(error)) {
			return error.code;
		}

		throw error;
	}

	return 'none';
}

export type VectorCase = {
	readonly vector: FormatVector;
	/** Returns the content, as in the vector. */
	readonly open: (bytes: Buffer) => Promise<string>;
	/** The code of the error with which opening fails, or `none`. */
	readonly errorOf: (bytes: Buffer) => Promise<string>;
};

/** The vectors of format 1 as this program makes them, and how it opens each. */
export async function createFormatVectors(): Promise<Map<string, VectorCase>> {
	const drafts = await draftVectors();
	const vectors = new Map<string, VectorCase>();
	for (const [name, {about, keys, content, bytes, hasZstd = false, open, damages}] of Object.entries(drafts)) {
		const failures: Array<FormatVector['failures'][number]> = [];
		for (const [what, change] of damages) {
			const damaged = change(Buffer.from(bytes));
			failures.push({about: what, bytes: damaged.toString('hex'), error: await errorOf(async () => open(damaged))});
		}

		vectors.set(name, {vector: {about, keys, content, bytes: bytes.toString('hex'), zstd: hasZstd ? process.versions.zstd ?? '' : '', failures}, open: async one => open(one), errorOf: async one => errorOf(async () => open(one))});
	}

	return vectors;
}
