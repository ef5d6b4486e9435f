import {Buffer} from 'node:buffer';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {zstdDecompressSync} from 'node:zlib';
import {boxKeys, isSigned, openSegment, readHeader, sha256, symmetricKeys, type StoredHeader, type StoredType} from './independent-cipher.ts';
import {parseCanonical, type IndependentKeyring} from './independent-keyring.ts';

/*
Objects of a repository as format.md describes them, written from that page alone: nothing of source/ is used here.
*/

/** Of a pack, as index and table describe it. */
export type Segment = {
	readonly bases?: readonly string[];
	readonly compression: string;
	readonly depth?: number;
	readonly ids: string;
	readonly lengths: readonly number[];
	readonly offset: number;
	readonly sealedBytes: number;
};

/** What an index object says. */
export type IndexBody = {
	readonly dataKeys: ReadonlyArray<{readonly id: string; readonly sealed: string}>;
	readonly packs: ReadonlyArray<{readonly dataKey: string; readonly id: string; readonly segments: readonly Segment[]; readonly sizeBytes: number}>;
};

/** The folders of metadata, with the type of what lies in each. */
export const metadataFolders = {index: 'index', snapshots: 'snapshot', tombstones: 'tombstone', writers: 'writer', pruning: 'pruningMark', locks: 'lock'} as const satisfies Readonly<Record<string, StoredType>>;
export type MetadataFolder = keyof typeof metadataFolders;
const backupTypes: ReadonlySet<string> = new Set(['index', 'snapshot', 'writer']);

const hashOf = (bytes: Uint8Array): string => sha256(bytes).toString('hex');

/** The objects of a repository's folder, opened with a keyring. */
export class IndependentObjects {
	readonly keyring: IndependentKeyring;
	readonly folder: string;
	/** The epochs to which a data key is sealed, wherever it stood so far. */
	readonly dataKeyEpochs = new Map<string, ReadonlySet<string>>();
	readonly #dataKeys = new Map<string, Buffer>();

	constructor(folder: string, keyring: IndependentKeyring) {
		this.folder = folder;
		this.keyring = keyring;
	}

	/** An object's bytes. */
	read(name: string): Buffer {
		return readFileSync(path.join(this.folder, name));
	}

	/** Every file below a folder of the repository, from its own. */
	list(folder: string): string[] {
		const root = path.join(this.folder, folder);
		return readdirSync(root, {recursive: true, withFileTypes: true}).filter(entry => !entry.isDirectory()).map(entry => path.relative(this.folder, path.join(entry.parentPath, entry.name)));
	}

	/** @throws Error where repository.json is damaged, or of another repository */
	checkFacts(): void {
		const {sha256: sum, ...facts} = parseCanonical<{created: string; format: number; id: string; sha256: string}>(this.read('repository.json').toString());
		const {created, format, id} = this.keyring.repository;
		if (hashOf(Buffer.from(JSON.stringify(facts))) !== sum || JSON.stringify(facts) !== JSON.stringify({created, format, id})) {
			throw new Error('not what the keyring says of the repository');
		}
	}

	/**
	Open a data key, or a copy of one, and keep it.
	@param onEpoch - Called with what the header says, before anything is opened.
	@throws Error
	*/
	openDataKey(id: string, sealed: Buffer, onEpoch?: (epoch: string) => void): void {
		const header = readHeader(sealed, 'dataKey');
		onEpoch?.(header.keyId);
		this.dataKeyEpochs.set(id, new Set([...this.dataKeyEpochs.get(id) ?? [], header.keyId]));
		const {privateKey} = this.#epoch(header.keyId);
		const key = openSegment(header, boxKeys(header, 'dataKey', Buffer.from(privateKey ?? '', 'base64')), 0, sealed.subarray(80));
		if (header.objectId !== id || key.length !== 32 || this.#dataKeys.get(id)?.equals(key) === false) {
			throw new Error('not the data key of its name');
		}

		this.#dataKeys.set(id, key);
	}

	/**
	The body of a metadata object whose name, epoch and signature are right.
	@param onEpoch - Called with what the header says, before anything is opened.
	@throws Error
	*/
	readMetadata(folder: MetadataFolder, name: string, onEpoch?: (epoch: string) => void): unknown {
		const type = metadataFolders[folder];
		const bytes = this.read(name);
		const header = readHeader(bytes, type);
		onEpoch?.(header.keyId);
		const key = Buffer.from(this.#epoch(header.keyId).metadataKey, 'base64');
		const lines = zstdDecompressSync(openSegment(header, symmetricKeys(header, type, key), 0, bytes.subarray(80)));
		const end = lines.indexOf('\n');
		const {signature, signer} = JSON.parse(lines.toString('utf8', end + 1)) as {signature: string; signer: string};
		const slot = this.keyring.slots.find(({id}) => id === signer);
		const signed = Buffer.concat([Buffer.from(`coffer ${type}\n${this.keyring.repository.id}\n`), lines.subarray(0, end)]);
		if (slot === undefined || !(slot.role === 'owner' || (slot.role === 'backup' && backupTypes.has(type))) || !isSigned(Buffer.from(slot.signingKey, 'base64'), signed, Buffer.from(signature, 'base64'))) {
			throw new Error('not signed by a slot that may');
		}

		const body = parseCanonical<{id?: string; time?: string}>(lines.toString('utf8', 0, end));
		// What a pruning mark is called says nothing.
		const names: Partial<Record<MetadataFolder, string>> = {index: hashOf(bytes), snapshots: `${body.time?.replaceAll(/[-:]/g, '')}-${body.id}`, pruning: path.basename(name)};
		if (path.basename(name) !== (names[folder] ?? body.id)) {
			throw new Error('a name that is not that of its content');
		}

		return body;
	}

	/** One that was opened before. @throws Error for another */
	dataKey(id: string): Buffer {
		const key = this.#dataKeys.get(id);
		if (key === undefined) {
			throw new Error(`no copy of its data key ${id} can be opened`);
		}

		return key;
	}

	/** Check the name of a pack, its table, and the MACs of all its segments. @throws Error */
	checkPack(name: string, bytes: Buffer, header: StoredHeader): void {
		if (path.basename(name) !== hashOf(bytes) || path.basename(path.dirname(name)) !== path.basename(name).slice(0, 2)) {
			throw new Error('a name that is not that of its content');
		}

		const keys = symmetricKeys(header, 'pack', this.dataKey(header.keyId));
		const length = Number(openSegment(header, keys, 2 ** 32 - 2, bytes.subarray(-64)).readBigUInt64LE());
		const table = parseCanonical<{segments: readonly Segment[]}>(zstdDecompressSync(openSegment(header, keys, 2 ** 32 - 1, bytes.subarray(-64 - length, -64))).toString());
		let end = 80;
		for (const [number, {offset, sealedBytes}] of table.segments.entries()) {
			if (offset !== end) {
				throw new Error(`segment ${number} is not where the one before it ends`);
			}

			end += sealedBytes;
			openSegment(header, keys, number, bytes.subarray(offset, end));
		}

		const padding = bytes.subarray(end, -64 - length);
		if (padding.length > 0 && openSegment(header, keys, table.segments.length, padding).some(byte => byte !== 0)) {
			throw new Error('padding that is not zeros');
		}
	}

	#epoch(id: string): IndependentKeyring['epochs'][number] {
		const epoch = this.keyring.epochs.find(candidate => candidate.id === id);
		if (epoch === undefined) {
			throw new Error(`under the epoch ${id}, which the keyring does not have`);
		}

		return epoch;
	}
}
