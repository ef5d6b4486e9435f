import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {joinPath, type ByteString} from '../../source/engine/byte-string.ts';
import {createBlobReader} from '../../source/engine/operations/reading.ts';
import {
	createRepository,
	listSnapshots,
	LoadedIndex,
	openRepository,
	readKeySlots,
	readContent,
	readTree,
	RepositorySession,
	type BlobReader,
	type ChunkingParameters,
	type Role,
	type Secret,
	type Storage,
	type StoredSnapshot,
} from '../../source/engine/repository/repository.ts';
import {restrictKeyring} from '../../source/engine/repository/keyring.ts';
import type {Runtime} from '../../source/engine/runtime.ts';
import {createMemoryStorage} from '../../source/engine/storage/memory.ts';
import type {TreeNode} from '../../source/engine/tree-node.ts';

/** A repository with one owner, and what opens it. */
export type TestRepository = {
	readonly session: RepositorySession;
	readonly secret: Secret;
	readonly storage: Storage;
};

/** Make a repository, in memory unless a storage is given. @param chunking - @default that of new repositories */
export async function createTestRepository(runtime: Runtime, storage: Storage = createMemoryStorage(), chunking?: ChunkingParameters): Promise<TestRepository> {
	let secret: Secret = {};
	const session = await createRepository(storage, {
		label: 'test',
		...(chunking && {chunking}),
		secret(slotId) {
			secret = {keyFile: {slotId, key: Buffer.alloc(32, 7)}};
			return secret;
		},
	}, runtime);
	return {session, secret, storage};
}

/** Open a test repository through another storage, such as a faulty one around its own. */
export async function reopen({secret}: TestRepository, storage: Storage, runtime: Runtime): Promise<RepositorySession> {
	return openRepository(storage, secret, runtime);
}

/** An entry of a snapshot, with the SHA-256 of its content. */
export type ReadEntry = {readonly node: TreeNode; readonly sha256?: string; readonly content?: Buffer};

async function readEntries(blobs: BlobReader, tree: TreeNode['tree'], folder: ByteString, into: Map<string, ReadEntry>): Promise<void> {
	for (const node of await readTree(blobs, tree ?? [])) {
		const path = joinPath(folder, node.name);
		if (node.type === 'file') {
			const parts: Buffer[] = [];
			for (const id of await readContent(blobs, node)) {
				parts.push(Buffer.from(await blobs.read(id)));
			}

			const content = Buffer.concat(parts);
			into.set(path, {node, content, sha256: createHash('sha256').update(content).digest('hex')});
		} else {
			into.set(path, {node});
		}

		if (node.type === 'directory') {
			await readEntries(blobs, node.tree, path, into);
		}
	}
}

/** Everything in a snapshot by its full path (as a byte string), read through the repository, every blob checked. */
export async function readSnapshot(session: RepositorySession, snapshot: StoredSnapshot): Promise<Map<string, ReadEntry>> {
	const entries = new Map<string, ReadEntry>();
	await readEntries(createBlobReader(session, await LoadedIndex.load(session)), snapshot.tree, '/' as ByteString, entries);
	return entries;
}

/** The same session with what a key of another role knows. It signs as an owner, which readers do not mind. */
export async function withRole({storage, runtime, slot}: RepositorySession, role: Role): Promise<RepositorySession> {
	const {slots} = await readKeySlots(storage);
	return new RepositorySession(storage, runtime, {slot: {...slot, keyring: restrictKeyring(slot.keyring, role)}, fileName: slots[0]!.fileName});
}

/** What the last backup into the repository made; there must be one. */
export async function newestSnapshot(session: RepositorySession): Promise<StoredSnapshot> {
	const {snapshots} = await listSnapshots(session);
	return snapshots.at(-1)!;
}

/**
Every snapshot, oldest first, as one text each: all entries with mode, time and the hash of their content; equal texts mean equal snapshots.
@throws When anything cannot be read.
*/
export async function describeSnapshots(session: RepositorySession): Promise<string[]> {
	const {snapshots, problems} = await listSnapshots(session);
	if (problems.length > 0) {
		throw new Error(problems[0]!.message);
	}

	const texts: string[] = [];
	for (const snapshot of snapshots) {
		const entries = await readSnapshot(session, snapshot);
		texts.push(JSON.stringify([...entries].map(([name, {node, sha256}]) => [name, node.mode, String(node.mtimeNs), sha256])));
	}

	return texts;
}
