import process from 'node:process';
import {fromText} from '../../source/engine/byte-string.ts';
import type {BlobId, PackId, SnapshotId} from '../../source/engine/ids.ts';
import {prune} from '../../source/engine/operations/prune/prune.ts';
import {encodeIndex} from '../../source/engine/repository/index-object.ts';
import {writeHashedMetadata} from '../../source/engine/repository/metadata-store.ts';
import {BlobHasher, BlobIndex, BlobWriter, createDataKey, dataKeyName, encodeNode, encodeTree, packName, PackWriter, RepositorySession, WriterRun, type PackDescription, type Storage} from '../../source/engine/repository/repository.ts';
import {createMemoryStorage} from '../../source/engine/storage/memory.ts';
import {createTestRepository} from './repository-session.ts';
import {createByteStream, createTestRuntime} from './test-runtime.ts';
import {createTestSnapshot} from './test-snapshots.ts';

/*
A process of its own for a prune of a large repository, so that its memory can be measured: `prune-process.ts FILES`. Its one snapshot has so many files of one chunk each; half as many chunks are dead.
The packs with chunks are only listed: nothing reads them. Prints the packs deleted, seconds, and how many bytes more than before the prune the process took at most.
*/
const filesPerFolder = 1000;
const blobsPerPack = 10_000;
const packBytes = 20_000_000;

const files = Number(process.argv[2]);
const runtime = {...createTestRuntime({seed: 'large'}), monotonicMs: () => performance.now()};
const random = createByteStream('chunks');
const {session} = await createTestRepository(runtime, createMemoryStorage());
const {storage: inner, keyring} = session;
const run = await WriterRun.start(session);
await run.ensureDataKey();

/** Packs of chunks that exist in the index and in listings alone. */
const chunkPacks: PackDescription[] = [];
const dataKey = createDataKey(keyring, runtime);
await inner.write(dataKeyName(dataKey.id), dataKey.sealed);
const ids = random(files * 48);
for (let first = 0; first < files * 1.5; first += blobsPerPack) {
	const count = Math.min(blobsPerPack, files * 1.5 - first);
	chunkPacks.push({
		id: random(32).toString('hex') as PackId, kind: 'data', dataKeyId: dataKey.id, createdMs: first + 1, sizeBytes: packBytes,
		segments: Array.from({length: count / 1000}, (_, number) => ({
			offset: 80 + (number * 1_000_000), sealedBytes: 1_000_000, compression: 'zstd' as const,
			ids: ids.subarray((first + number * 1000) * 32, (first + (number + 1) * 1000) * 32), lengths: Array.from({length: 1000}, () => 1900),
		})),
	});
}

for (let first = 0; first < chunkPacks.length; first += 10) {
	await writeHashedMetadata(session, 'index', 'index', encodeIndex({packs: chunkPacks.slice(first, first + 10), dataKeys: [dataKey]}));
}

const trees = new BlobWriter(new BlobHasher(keyring.idKey!), new BlobIndex(), new PackWriter({storage: inner, runtime, kind: 'tree', dataKey: run.dataKey, onPack(pack) {
	run.addPack(pack);
}}));
const base = {mode: 0o640, uid: 1000, gid: 1000, device: '1', inode: '2', links: 1, mtimeNs: 1_700_000_000_000_000_000n, ctimeNs: 1_700_000_000_000_000_000n} as const;
const folders: string[] = [];
for (let folder = 0; folder < files / filesPerFolder; folder++) {
	const entries = Array.from({length: filesPerFolder}, (_, number) => {
		const at = ((folder * filesPerFolder) + number) * 32;
		const name = fromText(`file-${String(number).padStart(6, '0')}`);
		return {name, json: encodeNode({...base, name, type: 'file', size: 1900, content: [ids.toString('hex', at, at + 32) as BlobId]})};
	});
	const name = fromText(`folder-${String(folder).padStart(6, '0')}`);
	folders.push(encodeNode({...base, name, type: 'directory', tree: encodeTree(entries).map(blob => trees.store(blob))}));
	await trees.drain();
}

const tree = encodeTree(folders.map((json, number) => ({name: fromText(`folder-${String(number).padStart(6, '0')}`), json}))).map(blob => trees.store(blob));
await trees.finish();
await run.commit(createTestSnapshot({id: '1'.repeat(32) as SnapshotId, tree, time: new Date(runtime.now()).toISOString()}));
await run.close();

const sizes = new Map(chunkPacks.map(({id}) => [packName(id), packBytes]));
const storage: Storage = {...inner, isShareable: false, async list(folder, signal) {
	const listed = ['', 'packs'].includes(folder) ? [...sizes].map(([name, sizeBytes]) => ({name, sizeBytes})) : [];
	return [...await inner.list(folder, signal), ...listed];
}, async size(name) {
	return sizes.get(name) ?? inner.size(name);
}, async remove(name, options) {
	sizes.delete(name);
	await inner.remove(name, options);
}};
chunkPacks.length = 0;
folders.length = 0;
(globalThis as {gc?: () => void}).gc?.();
const before = process.memoryUsage().rss;
let peak = before;
const watch = setInterval(() => {
	peak = Math.max(peak, process.memoryUsage().rss);
}, 20);
const start = performance.now();
const {packs} = await prune(new RepositorySession(storage, runtime, session.memory), {maximumRepackBytes: 0});
clearInterval(watch);
console.log(JSON.stringify({removed: packs.removed, seconds: Math.round((performance.now() - start) / 100) / 10, bytes: peak - before}));
