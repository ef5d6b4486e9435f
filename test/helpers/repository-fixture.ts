import {fromText, toBytes, type ByteString} from '../../source/engine/byte-string.ts';
import type {BlobId, PackId, SnapshotId} from '../../source/engine/ids.ts';
import type {Runtime} from '../../source/engine/runtime.ts';
import {createDataKey} from '../../source/engine/repository/data-key.ts';
import {writeMetadata} from '../../source/engine/repository/metadata-store.ts';
import {encodePruningMark} from '../../source/engine/repository/pruning-mark.ts';
import {BlobHasher, BlobIndex, BlobWriter, createRepository, encodeContentLists, encodeNode, encodeTree, listSnapshots, PackWriter, WriterRun, type RepositorySession, type StoredSnapshot} from '../../source/engine/repository/repository.ts';
import {encodeTombstone, tombstoneName} from '../../source/engine/repository/tombstone.ts';
import {encodeWriterRecord, writerName} from '../../source/engine/repository/writer-record.ts';
import {createMemoryStorage} from '../../source/engine/storage/memory.ts';
import type {Storage} from '../../source/engine/storage/storage.ts';
import type {TreeNode} from '../../source/engine/tree-node.ts';
import {createByteStream, createTestRuntime} from './test-runtime.ts';

/** A directory: names to contents, or to further directories. */
export type FixtureFolder = {readonly [name: string]: string | Buffer | FixtureFolder};

export type RepositoryFixture = {
	readonly storage: Storage;
	readonly runtime: Runtime;
	readonly session: RepositorySession;
	/** Oldest first: etc; srv; srv again, a little changed; another host's etc, mostly the same. Those of dump.sql are a chain of deltas through the last three. */
	readonly snapshots: readonly StoredSnapshot[];
	/** A copy of all objects. */
	readonly objects: ReadonlyMap<string, Buffer>;
	/** A pack that no index names, under a data key that nothing else uses. */
	readonly orphan: string;
};

const base = {mode: 0o640, uid: 1000, gid: 1000, device: '1', inode: '2', links: 1, mtimeNs: 1_700_000_000_000_000_000n} as const;
const chunkBytes = 70_000;
/** Files of more chunks name them in lists. */
const maximumInline = 3;

/** What files had in the snapshots before, by name and number of the chunk. */
type Versions = Map<string, {readonly id: BlobId; readonly plaintext: Buffer; readonly depth: number}>;

/** Stores one directory after the other, chunks as differences to those that a file of the same name had where that is smaller, the files of each top-level directory in a pack of their own. */
class FixtureWriter {
	readonly #session: RepositorySession;
	readonly #run: WriterRun;
	readonly #index: BlobIndex;
	readonly #trees: BlobWriter;
	readonly #versions: Versions;
	#data: BlobWriter;

	constructor(session: RepositorySession, run: WriterRun, index: BlobIndex, versions: Versions) {
		this.#versions = versions;
		this.#session = session;
		this.#run = run;
		this.#index = index;
		this.#trees = this.#createWriter('tree');
		this.#data = this.#createWriter('data');
	}

	async storeRoot(root: FixtureFolder): Promise<readonly BlobId[]> {
		const entries: TreeNode[] = [];
		for (const [name, content] of Object.entries(root)) {
			entries.push(await this.#storeEntry(fromText(name), content));
			await this.#data.finish();
			this.#data = this.#createWriter('data');
		}

		const tree = this.#storeTree(entries);
		await this.#trees.finish();
		return tree;
	}

	#createWriter(kind: 'data' | 'tree'): BlobWriter {
		const {keyring, storage, runtime} = this.#session;
		const packs = new PackWriter({storage, runtime, kind, dataKey: this.#run.dataKey, onPack: pack => {
			this.#run.addPack(pack);
		}});
		return new BlobWriter(new BlobHasher(keyring.idKey!), this.#index, packs, {ownSegmentBytes: chunkBytes});
	}

	async #storeEntry(name: ByteString, content: string | Buffer | FixtureFolder): Promise<TreeNode> {
		if (typeof content === 'string' || Buffer.isBuffer(content)) {
			const bytes = Buffer.from(content);
			const chunks: BlobId[] = [];
			for (let start = 0; start < bytes.length; start += chunkBytes) {
				chunks.push(await this.#storeChunk(`${name} ${start}`, bytes.subarray(start, start + chunkBytes)));
			}

			const lists = chunks.length > maximumInline ? encodeContentLists(chunks).map(list => this.#trees.store(list)) : undefined;
			return {...base, name, type: 'file', size: bytes.length, ...(lists ? {contents: lists} : {content: chunks})};
		}

		const entries: TreeNode[] = [];
		for (const [child, inner] of Object.entries(content)) {
			entries.push(await this.#storeEntry(fromText(child), inner));
		}

		return {...base, name, type: 'directory', tree: this.#storeTree(entries)};
	}

	async #storeChunk(place: string, plaintext: Buffer): Promise<BlobId> {
		const previous = this.#versions.get(place);
		let depth = 0;
		const id = await this.#data.storeChunk(plaintext, undefined, async function * () {
			if (previous) {
				depth = previous.depth + 1;
				yield {delta: {bases: [previous.id], depth}, dictionary: previous.plaintext};
				depth = 0;
			}
		});
		if (id !== previous?.id) {
			this.#versions.set(place, {id, plaintext, depth});
		}

		return id;
	}

	#storeTree(entries: readonly TreeNode[]): BlobId[] {
		const sorted = entries.toSorted((a, b) => Buffer.compare(toBytes(a.name), toBytes(b.name)));
		return encodeTree(sorted.map(entry => ({name: entry.name, json: encodeNode(entry)}))).map(blob => this.#trees.store(blob));
	}
}

/** Write one snapshot of `root` in a run of its own. */
export async function writeFixtureSnapshot(
	session: RepositorySession,
	root: FixtureFolder,
	facts: {readonly source: string; readonly index?: BlobIndex; readonly versions?: Versions; readonly previous?: StoredSnapshot},
): Promise<StoredSnapshot> {
	const {runtime} = session;
	const run = await WriterRun.start(session);
	await run.ensureDataKey();
	const index = facts.index ?? new BlobIndex();
	index.grow(1000);
	const tree = await new FixtureWriter(session, run, index, facts.versions ?? (new Map() as Versions)).storeRoot(root);
	const id = runtime.randomBytes(16).toString('hex') as SnapshotId;
	await run.commit({
		id, tree, source: facts.source, time: new Date(runtime.now()).toISOString(), kind: 'files', class: 'daily', host: 'web', user: 'root', tags: [], paths: ['/'], program: 'coffer',
		statistics: {files: 1, directories: 1, bytes: 1, addedBytes: 1, storedBytes: 1, durationMs: 1, unreadable: 0},
		...(facts.previous && {previous: {id: facts.previous.id, sha256: facts.previous.sha256}}),
	});
	await run.close();
	const {snapshots} = await listSnapshots(session);
	return snapshots.find(snapshot => snapshot.id === id)!;
}

async function writeOrphan(session: RepositorySession): Promise<string> {
	const {storage, runtime, keyring} = session;
	const run = await WriterRun.start(session);
	await run.ensureDataKey();
	let name = '';
	const packs = new PackWriter({storage, runtime, kind: 'data', dataKey: run.dataKey, onPack(pack: {readonly id: PackId}) {
		name = `packs/${pack.id.slice(0, 2)}/${pack.id}`;
	}});
	const index = new BlobIndex();
	index.grow(10);
	const blobs = new BlobWriter(new BlobHasher(keyring.idKey!), index, packs);
	blobs.store(Buffer.from('left behind'));
	await blobs.finish();
	await run.close();
	return name;
}

/** Every object of a storage. */
export async function readAllObjects(storage: Storage): Promise<Map<string, Buffer>> {
	const listing = await storage.list('');
	const names = listing.map(({name}) => name).toSorted();
	return new Map(await Promise.all(names.map(async name => [name, await storage.read(name)] as const)));
}

/** Some bytes changed, in the first two of three chunks. */
function changeDump(dump: Buffer, version: number): Buffer {
	const changed = Buffer.from(dump);
	for (const at of [500, 30_000, 69_000, 90_000]) {
		changed[at + version]! ^= 0xFF;
	}

	return changed;
}

/** A small repository with at least one object of each type, several packs and index objects. */
export async function createRepositoryFixture(storage: Storage = createMemoryStorage()): Promise<RepositoryFixture> {
	const runtime = createTestRuntime({seed: 'repository fixture'});
	const noise = createByteStream('repository fixture contents');
	const session = await createRepository(storage, {label: 'owner', secret: slotId => ({keyFile: {slotId, key: Buffer.alloc(32, 7)}})}, runtime);
	const index = new BlobIndex();
	const versions: Versions = new Map();
	const dump = noise(150_000);
	const etc: FixtureFolder = {etc: {hosts: '127.0.0.1 localhost\n', ssh: {config: 'Port 22\n', keys: {one: 'key one', two: 'key two'}}}, home: {notes: 'remember the milk\n'}};
	const srv: FixtureFolder = {
		srv: {www: {'index.html': '<h1>Hello</h1>', 'style.css': 'h1 {color: red}'}, 'dump.sql': dump},
		var: {log: {a: 'one line\n'.repeat(2000), b: 'another line\n'.repeat(2000)}, 'long.bin': noise(chunkBytes * 4)},
	};
	const changed: FixtureFolder = {...srv, srv: {...srv['srv'] as FixtureFolder, www: {'index.html': '<h1>Good bye</h1>', 'style.css': 'h1 {color: red}'}, 'dump.sql': changeDump(dump, 1)}, root: {'.profile': 'umask 077\n'}};
	runtime.forward(60_000);
	const first = await writeFixtureSnapshot(session, etc, {source: 'etc', index, versions});
	runtime.forward(60_000);
	const second = await writeFixtureSnapshot(session, srv, {source: 'srv', index, versions});
	runtime.forward(60_000);
	const third = await writeFixtureSnapshot(session, changed, {source: 'srv', index, versions, previous: second});
	runtime.forward(60_000);
	const fourth = await writeFixtureSnapshot(session, {...etc, etc: {...etc['etc'] as FixtureFolder, hosts: '127.0.0.1 localhost db\n'}, copy: {'dump.sql': changeDump(changeDump(dump, 1), 2)}}, {source: 'etc', index, versions, previous: first});
	const orphan = await writeOrphan(session);
	const forgotten = {forgotten: '2026-11-20T00:00:00.000Z', host: 'web', user: 'root', reason: 'retention'};
	for (const id of ['0'.repeat(32), '1'.repeat(32)] as SnapshotId[]) {
		await writeMetadata(session, 'tombstone', tombstoneName(id), encodeTombstone({...forgotten, id, sha256: id + id}));
	}

	for (const id of ['2'.repeat(32), '3'.repeat(32)] as Array<Parameters<typeof writerName>[0]>) {
		await writeMetadata(session, 'writer', writerName(id), encodeWriterRecord({id, process: runtime.identity, dataKeyId: createDataKey(session.keyring, runtime).id, heartbeat: new Date(runtime.now()).toISOString()}));
	}

	await writeMetadata(session, 'pruningMark', `pruning/${'4'.repeat(32)}`, encodePruningMark({packs: []}));
	return {storage, runtime, session, snapshots: [first, second, third, fourth], objects: await readAllObjects(storage), orphan};
}

/** A memory storage with these objects. */
export async function createStorageOf(objects: Iterable<readonly [string, Uint8Array]>): Promise<Storage> {
	const storage = createMemoryStorage();
	for (const [name, bytes] of objects) {
		await storage.write(name, bytes);
	}

	return storage;
}
