import {randomBytes} from 'node:crypto';
import test, {type ExecutionContext} from 'ava';
import {BlobHasher, BlobReader, LoadedIndex, type BlobReaderOptions} from '../../../source/engine/repository/repository.ts';
import type {BlobId} from '../../../source/engine/ids.ts';
import {createTestRepository} from '../../helpers/repository-session.ts';
import {buildSnapshot} from '../../helpers/snapshot-builder.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';

const runtime = createTestRuntime();
const chunkBytes = 200_000;

type Scene = {
	readonly ids: readonly BlobId[];
	readonly contents: readonly Buffer[];
	readonly open: (options: Pick<BlobReaderOptions, 'cacheBytes' | 'isReleased'>) => BlobReader;
};

/** Ten blobs, each in a segment of its own; half of them are compressed. */
async function createScene(t: ExecutionContext): Promise<Scene> {
	const {session} = await createTestRepository(runtime);
	const contents = Array.from({length: 10}, (_, index) => index % 2 === 0 ? randomBytes(chunkBytes) : Buffer.alloc(chunkBytes, `line ${index}\n`));
	const {blobs} = await buildSnapshot(session, contents.map((content, index) => ({name: `f${index}`, content})), {chunkBytes});
	const ids = contents.map((_, index) => [...blobs].find(([path]) => path.endsWith(`f${index}`))![1][0]!);
	t.is(new Set(ids).size, 10);
	const index = await LoadedIndex.load(session);
	return {
		ids,
		contents,
		open: options => new BlobReader({
			...options, runtime, storage: session.storage, blobs: index.blobs, packs: index.packs,
			keyOf: async id => index.dataKey(id), hasher: new BlobHasher(session.keyring.idKey!),
		}),
	};
}

test('what the cache does not keep is given back when it is said that nobody has it, and not before', async t => {
	const {ids, contents, open} = await createScene(t);
	const reader = open({cacheBytes: chunkBytes * 2, isReleased: true});
	const read: Buffer[] = [];
	for (const id of ids) {
		read.push(await reader.read(id));
	}

	t.deepEqual(read, contents);
	reader.releaseUnused();
	t.deepEqual(read.map(({byteLength}) => byteLength), [0, 0, 0, 0, 0, 0, 0, 0, chunkBytes, chunkBytes]);
	t.deepEqual(read.slice(-2), contents.slice(-2));

	let compared = 0;
	for (let round = 0; round < 60; round++) {
		const number = (round * 7) % 10;
		const plaintext = reader.readCached(ids[number]!) ?? await reader.read(ids[number]!);
		t.true(plaintext.equals(contents[number]!));
		compared++;
		reader.releaseUnused();
		t.true(plaintext.equals(contents[number]!));
	}

	t.log(`${compared} reads, each with the memory of others given back`);
});

test('without being told so, a reader gives nothing back that somebody may have', async t => {
	const {ids, contents, open} = await createScene(t);
	const reader = open({cacheBytes: 0});
	const read: Buffer[] = [];
	for (const id of ids) {
		read.push(await reader.read(id));
		reader.releaseUnused();
	}

	t.deepEqual(read, contents);
});
