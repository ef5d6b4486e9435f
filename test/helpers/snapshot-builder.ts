import process from 'node:process';
import type {ByteString} from '../../source/engine/byte-string.ts';
import type {BlobId, SnapshotId} from '../../source/engine/ids.ts';
import {
	BlobHasher,
	BlobIndex,
	BlobWriter,
	encodeContentLists,
	encodeNode,
	encodeTree,
	listSnapshots,
	maximumInlineContent,
	PackWriter,
	WriterRun,
	type RepositorySession,
	type SourceKind,
	type StoredSnapshot,
} from '../../source/engine/repository/repository.ts';
import type {TreeNode} from '../../source/engine/tree-node.ts';

/** An entry of a snapshot that is to be written as it stands, however impossible. */
export type BuiltEntry = Partial<Omit<TreeNode, 'name' | 'content' | 'contents' | 'tree' | 'size'>> & {
	/** One character a byte, as in a `ByteString`. */
	readonly name: string;
	/** Of files. */
	readonly content?: string | Buffer;
	/** What the tree says of the size. @default the true one */
	readonly size?: number;
	/** Of directories. */
	readonly entries?: readonly BuiltEntry[];
	/** Ids to be named instead of those of what is stored. */
	readonly storedContent?: readonly BlobId[];
	readonly storedTree?: readonly BlobId[];
};

export type BuiltSnapshot = {
	readonly snapshot: StoredSnapshot;
	/** The chunks of each file and the trees of each directory, by path. */
	readonly blobs: ReadonlyMap<string, readonly BlobId[]>;
};

export type BuildOptions = {
	/** Where files are cut. @default 100,000 */
	readonly chunkBytes?: number;
	/** Cut directories so that every entry is in a blob of its own. @default false */
	readonly hasSplitTrees?: boolean;
	/** @default 'built' */
	readonly source?: string;
	/** @default 'host' */
	readonly host?: string;
	/** @default 'files' */
	readonly kind?: SourceKind;
};

/** 2020-09-13T12:26:40.123456789Z */
export const builtTimeNs = 1_600_000_000_123_456_789n;

class SnapshotBuilder {
	readonly blobs = new Map<string, readonly BlobId[]>();
	readonly #data: BlobWriter;
	readonly #trees: BlobWriter;
	readonly #chunkBytes: number;
	readonly #hasSplitTrees: boolean;
	#inode = 1000;

	constructor(session: RepositorySession, run: WriterRun, {chunkBytes = 100_000, hasSplitTrees = false}: BuildOptions) {
		const index = new BlobIndex();
		index.grow(100_000);
		const writer = (kind: 'data' | 'tree'): BlobWriter => new BlobWriter(new BlobHasher(session.keyring.idKey!), index, new PackWriter({
			storage: session.storage,
			dataKey: run.dataKey,
			kind,
			runtime: session.runtime,
			onPack(pack) {
				run.addPack(pack);
			},
		}), {ownSegmentBytes: 65_536});
		this.#data = writer('data');
		this.#trees = writer('tree');
		this.#chunkBytes = chunkBytes;
		this.#hasSplitTrees = hasSplitTrees;
	}

	store(entries: readonly BuiltEntry[], path = ''): BlobId[] {
		// In the order that every reader insists on.
		const encoded = entries.toSorted((a, b) => Number(a.name > b.name) - Number(a.name < b.name)).map(entry => {
			const name = entry.name as ByteString;
			return {name, json: encodeNode(this.#toNode(entry, name, `${path}/${entry.name}`))};
		});
		const lists = this.#hasSplitTrees && encoded.length > 1 ? encoded.flatMap(entry => encodeTree([entry])) : encodeTree(encoded);
		const ids = lists.map(blob => this.#trees.store(blob));
		this.blobs.set(path === '' ? '/' : path, ids);
		return ids;
	}

	async finish(): Promise<void> {
		await this.#data.finish();
		await this.#trees.finish();
	}

	#toNode(entry: BuiltEntry, name: ByteString, path: string): TreeNode {
		const {content, entries, storedContent, storedTree, size, ...given} = entry;
		const type = given.type ?? (entries || storedTree ? 'directory' : (given.target === undefined ? 'file' : 'symlink'));
		const bytes = Buffer.from(content ?? '');
		const node = {
			type, mode: type === 'directory' ? 0o755 : 0o644, uid: process.getuid!(), gid: process.getgid!(), mtimeNs: builtTimeNs, device: '1', inode: String(this.#inode++), links: 1,
			...given,
			name,
		};
		if (type === 'directory') {
			return {...node, tree: storedTree ?? this.store(entries ?? [], path)};
		}

		return type === 'file' ? {...node, size: size ?? bytes.length, ...this.#storeContent(bytes, path, storedContent)} : node;
	}

	#storeContent(bytes: Buffer, path: string, given: readonly BlobId[] | undefined): Pick<TreeNode, 'content' | 'contents'> {
		const content: BlobId[] = [];
		for (let start = 0; start < bytes.length; start += this.#chunkBytes) {
			content.push(this.#data.store(bytes.subarray(start, start + this.#chunkBytes)));
		}

		this.blobs.set(path, content);
		return content.length > maximumInlineContent ? {contents: encodeContentLists(content).map(list => this.#trees.store(list))} : {content: given ?? content};
	}
}

/** Write a snapshot with exactly these entries at its root. Nothing of a real backup is involved, and nothing is checked. */
export async function buildSnapshot(session: RepositorySession, entries: readonly BuiltEntry[], options: BuildOptions = {}): Promise<BuiltSnapshot> {
	const run = await WriterRun.start(session);
	await run.ensureDataKey();
	const builder = new SnapshotBuilder(session, run, options);
	const tree = builder.store(entries);
	await builder.finish();
	const id = session.runtime.randomBytes(16).toString('hex') as SnapshotId;
	await run.commit({
		id, tree, source: options.source ?? 'built', time: new Date(session.runtime.now()).toISOString(), kind: options.kind ?? 'files', class: 'manual', host: options.host ?? 'host', user: 'user', tags: [], paths: ['/'], program: 'coffer',
		statistics: {files: 0, directories: 0, bytes: 0, addedBytes: 0, storedBytes: 0, durationMs: 0, unreadable: 0},
	});
	await run.close();
	const {snapshots} = await listSnapshots(session);
	return {snapshot: snapshots.find(snapshot => snapshot.id === id)!, blobs: builder.blobs};
}
