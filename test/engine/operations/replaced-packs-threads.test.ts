import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {backup} from '../../../source/engine/operations/backup/backup.ts';
import {restore} from '../../../source/engine/operations/restore/restore.ts';
import {verify} from '../../../source/engine/operations/verify/verify.ts';
import {RepositorySession} from '../../../source/engine/repository/repository.ts';
import type {FilesSource} from '../../../source/engine/sources/source.ts';
import {createSystemRuntime, type Runtime} from '../../../source/engine/runtime.ts';
import {createLocalStorage} from '../../../source/engine/storage/local.ts';
import {interruptPackReads, replaceAllPacks} from '../../helpers/replace-packs.ts';
import {createTestRepository, newestSnapshot} from '../../helpers/repository-session.ts';
import {createFolder} from '../../helpers/source-folder.ts';
import {readStoredChunks} from '../../helpers/stored-chunks.ts';
import {createByteStream} from '../../helpers/test-runtime.ts';

const system = createSystemRuntime();
const threads = 2;
/** As many as threads are worth their start for. */
const fileCount = 6;
const fileBytes = 4_000_000;

/** Some bytes changed in every chunk. */
function change(content: Buffer): Buffer {
	const changed = Buffer.from(content);
	for (let at = 1000; at < changed.byteLength; at += 50_000) {
		changed[at]! ^= 0xFF;
	}

	return changed;
}

/** A repository on disk, whose packs with file contents are all replaced when the main thread reads its first pack: what the worker threads are told is outdated then. */
async function createScene(t: ExecutionContext) {
	const runtime: Runtime = {...system, now: () => system.now() + 10_000};
	const noise = createByteStream(t.title);
	const contents = new Map(Array.from({length: fileCount}, (_, number) => [`file${number}`, noise(fileBytes)]));
	const folder = createFolder(t, Object.fromEntries(contents));
	const source: FilesSource = {kind: 'files', name: 'large', paths: [folder]};
	const inner = createLocalStorage({folder: path.join(createFolder(t), 'repository'), runtime: system});
	const {session} = await createTestRepository(runtime, inner);
	await backup(session, {source}, {threads});
	let replaced = 0;
	const storage = interruptPackReads(inner, async read => {
		if (read === 1) {
			replaced = await replaceAllPacks(session, ({kind}) => kind === 'data');
		}
	}, {isShareable: true});
	return {session, source, folder, contents, disturbed: new RepositorySession(storage, runtime, session.memory), countReplaced: () => replaced};
}

test('restore in threads: each finds the packs that were replaced', async t => {
	const {session, folder, contents, disturbed, countReplaced} = await createScene(t);
	const target = createFolder(t);
	t.like(await restore(disturbed, {snapshot: await newestSnapshot(session), target}, {threads}), {restored: fileCount, failed: 0, problems: []});
	for (const [name, content] of contents) {
		t.true(readFileSync(path.join(target, folder, name)).equals(content), name);
	}

	t.true(countReplaced() > 1);
	t.log(`${countReplaced()} packs replaced`);
});

test('verify in threads: what was replaced is no problem, and is read', async t => {
	const {disturbed, countReplaced} = await createScene(t);
	const summary = await verify(disturbed, {readData: 'all'}, {threads});
	t.deepEqual(summary.problems, []);
	t.true(summary.checkedBytes > fileCount * fileBytes);
	t.true(countReplaced() > 1);
	t.log(`${countReplaced()} packs replaced, ${summary.checkedBytes} bytes read`);
});

test('backup in threads: bases are found where they are now', async t => {
	const {session, source, folder, contents, disturbed, countReplaced} = await createScene(t);
	for (const [name, content] of contents) {
		writeFileSync(path.join(folder, name), change(content));
	}

	const {addedBytes, storedBytes} = await backup(disturbed, {source}, {threads});
	t.true(addedBytes > fileCount * fileBytes * 0.9);
	t.true(storedBytes < addedBytes * 0.1, `${storedBytes} of ${addedBytes}`);
	const chunks = await readStoredChunks(session);
	t.true(countReplaced() > 1);
	t.deepEqual((await verify(session, {readData: 'all'}, {threads})).problems, []);
	t.log(`${chunks.filter(({depth}) => depth === 1).length} deltas to chunks in ${countReplaced()} packs that were replaced`);
});
