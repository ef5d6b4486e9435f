import {Buffer} from 'node:buffer';
import path from 'node:path';
import {mkdirSync, rmSync} from 'node:fs';
import type {ExecutionContext} from 'ava';
import type {BlobId, SnapshotId} from '../../source/engine/ids.ts';
import {backup, type FilesBackupRequest} from '../../source/engine/operations/backup/backup.ts';
import {createBlobReader} from '../../source/engine/operations/reading.ts';
import {listSnapshots, LoadedIndex, packName, readContent, readTree, type BlobReader, type RepositorySession, type Storage} from '../../source/engine/repository/repository.ts';
import {createFolder, writeLayout, type Layout} from './source-folder.ts';
import {createTestRepository, describeSnapshots, type TestRepository} from './repository-session.ts';
import {createByteStream, createTestRuntime, type TestRuntime} from './test-runtime.ts';

/** Bytes that nothing makes smaller; the same for the same words. */
export const noiseOf = (seed: string, byteCount: number): Buffer => createByteStream(seed)(byteCount);

/** The same bytes with a few changed: what is stored as a difference. */
export function edited(content: Uint8Array, at: number): Buffer {
	const copy = Buffer.from(content);
	copy[at % copy.byteLength]! ^= 0xFF;
	return copy;
}

/** A repository in memory, and a folder that is backed up into it. */
export type PruneScene = {
	readonly repository: TestRepository;
	readonly session: RepositorySession;
	readonly storage: Storage;
	readonly runtime: TestRuntime;
	readonly folder: string;
	/** Change files; `undefined` removes one. */
	change(files: Readonly<Record<string, string | Uint8Array | undefined>>): void;
	/** Back the folder up, a minute after the last time. @param source - @default 'data' @returns The snapshot's id. */
	run(source?: string, request?: Partial<FilesBackupRequest>): Promise<SnapshotId>;
	/** The same through another session, such as one on a storage that fails. */
	runIn(session: RepositorySession, source?: string): Promise<SnapshotId>;
};

/** @param chunking - Small chunks, of which files of 70 kB and more have some that become deltas. */
export async function createPruneScene(t: ExecutionContext, layout: Layout = {}, storage?: Storage): Promise<PruneScene> {
	const runtime = createTestRuntime({seed: t.title, startMs: Date.now()});
	const repository = await createTestRepository(runtime, storage, {minimumBytes: 64 * 1024, averageBytes: 128 * 1024, maximumBytes: 256 * 1024});
	const {session} = repository;
	const folder = createFolder(t, layout);
	const run = async (as: RepositorySession, source: string, request: Partial<FilesBackupRequest>) => {
		runtime.forward(60_000);
		const {snapshot} = await backup(as, {source: {kind: 'files', name: source, paths: [folder]}, ...request}, {threads: 1});
		return snapshot!.id;
	};

	return {
		repository, session, storage: repository.storage, runtime, folder,
		change(files) {
			for (const [name, content] of Object.entries(files)) {
				if (content === undefined) {
					rmSync(path.join(folder, name), {recursive: true, force: true});
				} else {
					mkdirSync(path.dirname(path.join(folder, name)), {recursive: true});
					writeLayout(folder, {[name]: content});
				}
			}
		},
		run: async (source = 'data', request = {}) => run(session, source, request),
		runIn: async (other, source = 'data') => run(other, source, {}),
	};
}

async function collect(reader: BlobReader, tree: readonly BlobId[], needed: Set<BlobId>): Promise<void> {
	for (const node of await readTree(reader, tree)) {
		for (const id of [...node.contents ?? [], ...node.type === 'file' ? await readContent(reader, node) : [], ...node.tree ?? []]) {
			needed.add(id);
		}

		if (node.tree) {
			await collect(reader, node.tree, needed);
		}
	}
}

/** The blobs that snapshots need, with the bases of deltas. */
export async function readNeededBlobs(session: RepositorySession): Promise<{readonly needed: ReadonlySet<BlobId>; readonly index: LoadedIndex}> {
	const index = await LoadedIndex.load(session);
	const reader = createBlobReader(session, index);
	const needed = new Set<BlobId>();
	for (const {tree} of (await listSnapshots(session)).snapshots) {
		for (const id of tree) {
			needed.add(id);
		}

		await collect(reader, tree, needed);
	}

	const closed = new Set<BlobId>();
	const addWithBases = (id: BlobId) => {
		if (!closed.has(id)) {
			closed.add(id);
			for (const base of index.locate(Buffer.from(id, 'hex'))?.delta?.bases ?? []) {
				addWithBases(base);
			}
		}
	};

	for (const id of needed) {
		addWithBases(id);
	}

	return {needed: closed, index};
}

/** Everything that is there and that no snapshot needs: packs that nothing lives in, packs and data keys that nothing names, marks, records, snapshots that are forgotten. */
export async function findGarbage(session: RepositorySession): Promise<string[]> {
	const {needed, index} = await readNeededBlobs(session);
	const packs = new Set([...needed].map(id => packName(index.packs[index.locate(Buffer.from(id, 'hex'))!.pack]!.id)));
	const keys = new Set(index.packs.map(({dataKeyId}) => `datakeys/${dataKeyId}`));
	const {forgotten} = await listSnapshots(session);
	const names = (await session.storage.list('')).map(({name}) => name);
	const idleKeys = [...index.dataKeys.keys()].filter(id => !keys.has(`datakeys/${id}`)).map(id => `${id} in the index`);
	return [
		...names.filter(name => name.startsWith('packs/') && !packs.has(name)),
		...names.filter(name => name.startsWith('datakeys/') && !keys.has(name)),
		...names.filter(name => /^(?:pruning|writers|locks)\//.test(name)),
		...index.packs.map(({id}) => packName(id)).filter(name => !packs.has(name)).map(name => `${name} in the index`),
		...forgotten.map(({objectName}) => objectName),
		...idleKeys,
	];
}

/** Bytes of all objects. */
export async function sizeOf(storage: Storage): Promise<number> {
	return (await storage.list('')).reduce((sum, {sizeBytes}) => sum + sizeBytes, 0);
}

/** As `describeSnapshots`, without the folder of all temporary files, which others change meanwhile. */
export async function describeContents(session: RepositorySession): Promise<string[]> {
	return (await describeSnapshots(session)).map(text => text.slice(text.indexOf(']') + 1));
}
