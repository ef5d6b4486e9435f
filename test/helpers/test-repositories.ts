import {defaultChunking} from '../../source/engine/chunking/cut-points.ts';
import type {SlotId} from '../../source/engine/ids.ts';
import type {Runtime} from '../../source/engine/runtime.ts';
import type {Storage} from '../../source/engine/storage/storage.ts';
import {BlobHasher} from '../../source/engine/repository/blob-id.ts';
import {BlobWriter} from '../../source/engine/repository/blob-writer.ts';
import type {Secret} from '../../source/engine/repository/key-slot.ts';
import {LoadedIndex} from '../../source/engine/repository/loaded-index.ts';
import {PackWriter} from '../../source/engine/repository/pack-writer.ts';
import {createRepository} from '../../source/engine/repository/create-repository.ts';
import type {RepositorySession} from '../../source/engine/repository/session.ts';
import type {Snapshot} from '../../source/engine/repository/snapshot.ts';
import {encodeTree} from '../../source/engine/repository/tree.ts';
import {WriterRun} from '../../source/engine/repository/writer-run.ts';
import {createTestSnapshot} from './test-snapshots.ts';

export type TestRepository = {
	readonly session: RepositorySession;
	/** The key file that opens it. */
	readonly secret: Secret & {readonly keyFile: {readonly slotId: SlotId; readonly key: Buffer}};
};

/** A new repository with one owner, opened. */
export async function createTestRepository(storage: Storage, runtime: Runtime): Promise<TestRepository> {
	const key = runtime.randomBytes(32);
	let slotId: SlotId | undefined;
	const session = await createRepository(storage, {
		label: 'test',
		chunking: defaultChunking,
		secret(id) {
			slotId = id;
			return {keyFile: {slotId: id, key}};
		},
	}, runtime);
	return {session, secret: {keyFile: {slotId: slotId!, key}}};
}

/** A run as a backup does it: store each text as a blob, then index and snapshot. `tree` of the snapshot are the blobs' ids. */
export async function backUp(session: RepositorySession, texts: readonly string[], changes: Partial<Snapshot> = {}): Promise<Snapshot> {
	const run = await WriterRun.start(session);
	try {
		const index = await LoadedIndex.load(session, {ignoredPacks: run.ignoredPacks});
		const packs = new PackWriter({
			storage: session.storage,
			dataKey: run.dataKey,
			kind: 'tree',
			runtime: session.runtime,
			targetBytes: 1024,
			onPack(pack) {
				run.addPack(pack);
			},
			beforeCommit: async () => run.ensureDataKey(),
		});
		const writer = new BlobWriter(new BlobHasher(session.keyring.idKey!), index.blobs, packs);
		const tree = [encodeTree([])[0]!, ...texts.map(text => Buffer.from(text))].map(blob => writer.store(blob));
		try {
			await writer.finish();
		} catch (error) {
			await writer.discard();
			throw error;
		}

		const snapshot = createTestSnapshot({
			id: session.runtime.randomBytes(16).toString('hex') as Snapshot['id'],
			time: new Date(session.runtime.now()).toISOString(),
			tree,
			...changes,
		});
		await run.commit(snapshot);
		return snapshot;
	} finally {
		await run.close();
	}
}
