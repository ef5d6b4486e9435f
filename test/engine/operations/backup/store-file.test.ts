import {execFileSync} from 'node:child_process';
import {appendFileSync, mkdirSync, rmSync, symlinkSync, truncateSync, unlinkSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {fromText} from '../../../../source/engine/byte-string.ts';
import type {EngineEvent} from '../../../../source/engine/events.ts';
import {backup} from '../../../../source/engine/operations/backup/backup.ts';
import {FileStorer} from '../../../../source/engine/operations/backup/store-file.ts';
import {BlobHasher, BlobIndex, BlobWriter, FileChunker, PackWriter} from '../../../../source/engine/repository/repository.ts';
import {createSystemRuntime, type Runtime} from '../../../../source/engine/runtime.ts';
import {createMemoryStorage} from '../../../../source/engine/storage/memory.ts';
import {createTestRepository, newestSnapshot, readSnapshot} from '../../../helpers/repository-session.ts';
import {createFolder} from '../../../helpers/source-folder.ts';

const system = createSystemRuntime();

/** A runtime that does something once, when the first chunk of a file is being encrypted: in the middle of reading it. What a tree's pack needs comes later. */
function actWhileReading(action: () => void): Runtime {
	let isArmed = true;
	return {
		...system,
		randomBytes(byteCount) {
			// IVs have 16 bytes, and the job asks for the first one when it seals its first segment.
			if (byteCount === 16 && isArmed && new Error('trace').stack?.includes('PackWriter')) {
				isArmed = false;
				action();
			}

			return system.randomBytes(byteCount);
		},
	};
}

async function backUpWhile(t: ExecutionContext, action: (file: string) => void) {
	const folder = createFolder(t, {file: system.randomBytes(12_000_000), other: 'untouched'});
	const file = path.join(folder, 'file');
	const runtime = actWhileReading(() => {
		action(file);
	});
	const {session} = await createTestRepository(runtime);
	const warnings: EngineEvent[] = [];
	const summary = await backup(session, {source: {kind: 'files', name: 'files', paths: [folder]}}, {onEvent(event) {
		if (event.event === 'warning') {
			warnings.push(event);
		}
	}});
	const entries = await readSnapshot(session, await newestSnapshot(session));
	t.is(entries.get(`${folder}/other`)?.content?.toString(), 'untouched');
	t.is(summary.changed, 1);
	t.is(summary.unreadable, 0);
	t.like(warnings, [{kind: 'changed', path: file}]);
	t.is(entries.get(file)?.node.ctimeNs, undefined, 'the next run reads it again');
	return entries.get(file)!;
}

test('a file that grows while it is read is noted, and is in the snapshot as it was read', async t => {
	const entry = await backUpWhile(t, file => {
		appendFileSync(file, system.randomBytes(3_000_000));
	});
	t.is(entry.node.size, entry.content?.length);
});

test('a file that shrinks while it is read is noted, and is in the snapshot as it was read', async t => {
	const entry = await backUpWhile(t, file => {
		truncateSync(file, 100);
	});
	t.is(entry.node.size, entry.content?.length);
	t.true(entry.node.size! < 12_000_000);
});

test('a file that is overwritten while it is read is noted', async t => {
	const entry = await backUpWhile(t, file => {
		writeFileSync(file, system.randomBytes(12_000_000));
	});
	t.is(entry.node.size, 12_000_000);
});

test('a file that is removed while it is read is in the snapshot as it was', async t => {
	const entry = await backUpWhile(t, file => {
		unlinkSync(file);
	});
	t.is(entry.node.size, 12_000_000);
});

test('what became something else since the listing is never opened for reading', async t => {
	const folder = createFolder(t, {file: 'x'});
	execFileSync('mkfifo', [path.join(folder, 'pipe')]);
	symlinkSync('file', path.join(folder, 'link'));
	const server = createServer().listen(path.join(folder, 'socket'));
	await new Promise(resolve => {
		server.once('listening', resolve);
	});
	const {session} = await createTestRepository(system);
	const {chunking, chunkerKey, idKey} = session.keyring;
	const dataKey = {id: '00'.repeat(16) as never, key: Buffer.alloc(32), sealed: Buffer.alloc(0)};
	const packs = new PackWriter({storage: createMemoryStorage(), dataKey, kind: 'data', runtime: system, onPack() {
		t.fail('nothing is stored');
	}});
	const blobs = new BlobWriter(new BlobHasher(idKey!), new BlobIndex(), packs);
	const storer = new FileStorer(new FileChunker(chunking, chunkerKey!), blobs, system);
	for (const name of ['pipe', 'link', 'socket', 'missing', 'file/below']) {
		t.deepEqual(await storer.store({systemPath: fromText(path.join(folder, name)), name: fromText(name)}), {kind: 'gone'}, name);
	}

	server.close();
});

test('fault 44: files that become FIFOs or folders, and folders that vanish, while the tree is walked: named, and the run goes on', async t => {
	let named = 0;
	const rounds = 20;
	for (let round = 0; round < rounds; round++) {
		const layout = Object.fromEntries(Array.from({length: 30}, (_, index) => [`d${String(index).padStart(2, '0')}/file`, `${index}`]));
		const folder = createFolder(t, {...layout, 'a-first': system.randomBytes(2_000_000)});
		const victim = path.join(folder, `d${String(5 + round).padStart(2, '0')}`);
		let visits = 0;
		// Small files are read when the walk is over: they change between the two.
		const reading = actWhileReading(() => {
			if (round % 3 < 2) {
				rmSync(path.join(victim, 'file'));
				if (round % 3 === 0) {
					execFileSync('mkfifo', [path.join(victim, 'file')]);
				} else {
					mkdirSync(path.join(victim, 'file'));
				}
			}
		});
		const runtime: Runtime = {
			...reading,
			monotonicMs() {
				// Asked for on entering each folder: at the second one the list of the first is made.
				visits += Number(new Error('trace').stack?.includes('#yield'));
				if (visits === 2 && round % 3 === 2) {
					rmSync(victim, {recursive: true, force: true});
				}

				return system.monotonicMs();
			},
		};
		const {session} = await createTestRepository(runtime);
		const summary = await backup(session, {source: {kind: 'files', name: 'files', paths: [folder]}});
		const entries = await readSnapshot(session, await newestSnapshot(session));
		t.true(entries.has(`${folder}/d29/file`));
		t.true(entries.size >= 30);
		t.is(summary.changed + summary.unreadable, 1, `round ${round}`);
		t.false(entries.has(`${victim}/file`));
		named++;
	}

	t.log(`${rounds} runs, ${named} entries named`);
});
