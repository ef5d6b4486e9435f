import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import process from 'node:process';
import {zstdDecompressSync} from 'node:zlib';
import {hmac, openSegment, readHeader, sha256, symmetricKeys} from './independent-cipher.ts';
import {listSlotFiles, openKeyring, readSlotFile, type IndependentKey, type IndependentKeyring} from './independent-keyring.ts';
import {IndependentObjects, metadataFolders, type IndexBody, type MetadataFolder, type Segment} from './independent-objects.ts';

/*
A reader of repositories that shares no code with source/: it was written from format.md, with the modules of Node alone. So it tells what lies in a
repository whatever the engine believes.

	node test/helpers/independent-reader.ts REPOSITORY KEYFILE
*/

type Entry = {
	readonly name?: string;
	readonly name64?: string;
	readonly type: string;
	readonly size?: number;
	readonly content?: readonly string[];
	readonly contents?: readonly string[];
	readonly tree?: readonly string[];
};

/** Where a blob lies. */
type Place = {
	readonly pack: string;
	readonly dataKey: string;
	readonly number: number;
	readonly segment: Segment;
	readonly start: number;
	readonly length: number;
	readonly depth: number;
};

/** What this reader takes from a snapshot. */
export type IndependentSnapshot = {readonly id: string; readonly source: string; readonly time: string; readonly tree: readonly string[]};

/** What lies in a repository, as names of objects. A copy of a data key in an index object is `index/…#<data key id>`. */
export type IndependentReport = {
	/** Metadata and data keys, by the epoch that their headers name. */
	readonly objectsByEpoch: Readonly<Record<string, readonly string[]>>;
	/** By the epoch to which their data key is sealed; by several, where its copies are. */
	readonly packsByEpoch: Readonly<Record<string, readonly string[]>>;
	/** What the keyring does not open, what is damaged, and what does not belong there, each with the reason. */
	readonly unreadable: Readonly<Record<string, string>>;
	/** How many objects were opened. */
	readonly readable: number;
};

/** A repository's folder, read with a keyring. */
export class IndependentReader {
	readonly keyring: IndependentKeyring;
	readonly #objects: IndependentObjects;
	#places: ReadonlyMap<string, readonly Place[]> | undefined;

	/** @param keyring - Also one that was opened earlier, to see what it still opens. */
	constructor(folder: string, keyring: IndependentKeyring) {
		this.keyring = keyring;
		this.#objects = new IndependentObjects(folder, keyring);
	}

	/** @throws Error where the key opens no slot */
	static open(folder: string, key: IndependentKey): IndependentReader {
		return new IndependentReader(folder, openKeyring(folder, key));
	}

	/** Look at every file, and open all of them; of packs the tables, and the hash of the whole. */
	report(): IndependentReport {
		const objectsByEpoch: Record<string, string[]> = {};
		const packsByEpoch: Record<string, string[]> = {};
		const unreadable: Record<string, string> = {};
		let readable = 0;
		const look = (name: string, action: () => void) => {
			try {
				action();
				readable++;
			} catch (error) {
				unreadable[name] = error instanceof Error ? error.message : String(error);
			}
		};

		const list = (lists: Record<string, string[]>, epoch: string, name: string) => {
			lists[epoch] = [...lists[epoch] ?? [], name];
		};

		const names = this.#objects.list('').filter(name => !name.startsWith('tmp/'));
		const inFolder = (folder: string) => names.filter(name => name.startsWith(`${folder}/`));
		const known = new Set(['repository.json', ...listSlotFiles(this.#objects.folder)]);
		look('repository.json', () => {
			this.#objects.checkFacts();
		});
		for (const name of listSlotFiles(this.#objects.folder)) {
			look(name, () => readSlotFile(this.#objects.folder, name));
		}

		for (const name of inFolder('datakeys')) {
			known.add(name);
			look(name, () => {
				const id = name.slice('datakeys/'.length);
				this.#objects.openDataKey(id, this.#objects.read(name), epoch => {
					list(objectsByEpoch, epoch, name);
				});
			});
		}

		for (const folder of Object.keys(metadataFolders) as MetadataFolder[]) {
			for (const name of inFolder(folder)) {
				known.add(name);
				look(name, () => {
					const body = this.#objects.readMetadata(folder, name, epoch => {
						list(objectsByEpoch, epoch, name);
					});
					for (const {id, sealed} of folder === 'index' ? (body as IndexBody).dataKeys : []) {
						look(`${name}#${id}`, () => {
							this.#objects.openDataKey(id, Buffer.from(sealed, 'base64'), epoch => {
								list(objectsByEpoch, epoch, `${name}#${id}`);
							});
						});
					}
				});
			}
		}

		for (const name of inFolder('packs')) {
			known.add(name);
			look(name, () => {
				const bytes = this.#objects.read(name);
				const header = readHeader(bytes, 'pack');
				for (const epoch of this.#objects.dataKeyEpochs.get(header.keyId) ?? []) {
					list(packsByEpoch, epoch, name);
				}

				this.#objects.checkPack(name, bytes, header);
			});
		}

		for (const name of names.filter(other => !known.has(other))) {
			unreadable[name] = 'no part of a repository';
		}

		return {objectsByEpoch, packsByEpoch, unreadable, readable};
	}

	/** All snapshots, oldest first. @throws Error where one cannot be read */
	snapshots(): IndependentSnapshot[] {
		return this.#objects.list('snapshots').sort().map(name => this.#objects.readMetadata('snapshots', name) as IndependentSnapshot);
	}

	/** The SHA-256 of every file of a snapshot by its path from the root; names are bytes, one character each. @throws Error where anything cannot be read or is not what its id says */
	restore(snapshot: IndependentSnapshot): Map<string, string> {
		const files = new Map<string, string>();
		const visit = (folder: string, tree: readonly string[]) => {
			for (const entry of tree.flatMap(id => (JSON.parse(this.readBlob(id).toString()) as {entries: Entry[]}).entries)) {
				const file = `${folder}/${Buffer.from(entry.name64 ?? entry.name!, entry.name64 === undefined ? 'utf8' : 'base64').toString('latin1')}`;
				if (entry.type === 'directory') {
					visit(file, entry.tree ?? []);
				} else if (entry.type === 'file') {
					files.set(file, this.#hashFile(entry));
				}
			}
		};

		visit('', snapshot.tree);
		return files;
	}

	/** The plaintext of a blob, checked against its id. @throws Error where no place of it can be read */
	readBlob(id: string): Buffer {
		const failures: string[] = [];
		for (const place of this.#placesOf(id)) {
			try {
				const plaintext = this.#readSegment(place).subarray(place.start, place.start + place.length);
				if (hmac(Buffer.from(this.keyring.idKey ?? '', 'base64'), sha256(plaintext)).toString('hex') === id) {
					return plaintext;
				}

				failures.push(`${place.pack} holds something else`);
			} catch (error) {
				failures.push(`${place.pack}: ${String(error)}`);
			}
		}

		throw new Error(`The blob ${id} cannot be read. ${failures.join('; ') || 'No pack has it.'}`);
	}

	#hashFile({content, contents, size}: Entry): string {
		const hash = createHash('sha256');
		let length = 0;
		for (const id of contents?.flatMap(list => (JSON.parse(this.readBlob(list).toString()) as {content: string[]}).content) ?? content ?? []) {
			const part = this.readBlob(id);
			hash.update(part);
			length += part.length;
		}

		if (length !== size) {
			throw new Error(`a file of ${length} bytes instead of ${size}`);
		}

		return hash.digest('hex');
	}

	#readSegment({pack, dataKey, number, segment, depth}: Place): Buffer {
		const bytes = this.#objects.read(`packs/${pack.slice(0, 2)}/${pack}`);
		const header = readHeader(bytes, 'pack');
		const opened = openSegment(header, symmetricKeys(header, 'pack', this.#objects.dataKey(dataKey)), number, bytes.subarray(segment.offset, segment.offset + segment.sealedBytes));
		if (segment.compression === 'none') {
			return opened;
		}

		const bases = (segment.bases ?? []).map(id => ({id, place: this.#placesOf(id)[0]}));
		if (depth < bases.reduce((sum, {place}) => sum + (place?.depth ?? Number.POSITIVE_INFINITY) + 1, 0)) {
			throw new Error('a delta that is less deep than its bases');
		}

		return zstdDecompressSync(opened, bases.length > 0 ? {dictionary: Buffer.concat(bases.map(({id}) => this.readBlob(id)))} : {});
	}

	/** Of each blob, the least deep place first. */
	#placesOf(id: string): readonly Place[] {
		this.#places ??= this.#loadIndex();
		return this.#places.get(id) ?? [];
	}

	#loadIndex(): Map<string, Place[]> {
		const places = new Map<string, Place[]>();
		for (const name of this.#objects.list('index')) {
			const {dataKeys, packs} = this.#objects.readMetadata('index', name) as IndexBody;
			for (const {id, sealed} of dataKeys) {
				this.#objects.openDataKey(id, Buffer.from(sealed, 'base64'));
			}

			for (const {id: pack, dataKey, segments} of packs) {
				for (const [number, segment] of segments.entries()) {
					let start = 0;
					for (const [at, length] of segment.lengths.entries()) {
						const id = Buffer.from(segment.ids, 'base64').toString('hex', at * 32, (at + 1) * 32);
						places.set(id, [...places.get(id) ?? [], {pack, dataKey, number, segment, start, length, depth: segment.depth ?? 0}].sort((a, b) => a.depth - b.depth));
						start += length;
					}
				}
			}
		}

		return places;
	}
}

if (import.meta.main) {
	const [folder, keyFile] = process.argv.slice(2);
	if (folder === undefined || keyFile === undefined) {
		throw new Error('Usage: node test/helpers/independent-reader.ts REPOSITORY KEYFILE');
	}

	console.log(JSON.stringify(IndependentReader.open(folder, {keyFile: readFileSync(keyFile, 'utf8')}).report(), undefined, '\t'));
}
