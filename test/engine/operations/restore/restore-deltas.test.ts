import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {backup} from '../../../../source/engine/operations/backup/backup.ts';
import {restore} from '../../../../source/engine/operations/restore/restore.ts';
import {listSnapshots, type Storage, type StoredSnapshot} from '../../../../source/engine/repository/repository.ts';
import {createSystemRuntime, type Runtime} from '../../../../source/engine/runtime.ts';
import {createLocalStorage} from '../../../../source/engine/storage/local.ts';
import {createMemoryStorage} from '../../../../source/engine/storage/memory.ts';
import {createDump, editDump} from '../../../helpers/dump-days.ts';
import {createTestRepository} from '../../../helpers/repository-session.ts';
import {createFolder, writeLayout} from '../../../helpers/source-folder.ts';
import {readStoredChunks} from '../../../helpers/stored-chunks.ts';
import {createByteStream} from '../../../helpers/test-runtime.ts';

const system = createSystemRuntime();
const dayCount = 4;

/** Some days of two dumps and a small file, each day a snapshot; the dumps of later days are chains of deltas. */
async function createDays(t: ExecutionContext, {storage = createMemoryStorage(), rows = 3000}: {readonly storage?: Storage; readonly rows?: number} = {}) {
	const runtime: Runtime = {...system, now: () => system.now() + 10_000, randomBytes: createByteStream(t.title)};
	const folder = createFolder(t);
	const {session} = await createTestRepository(runtime, storage, {minimumBytes: 256 * 1024, averageBytes: 512 * 1024, maximumBytes: 1024 * 1024});
	const days: Array<Readonly<Record<string, string>>> = [];
	let layout = {'shop.sql': createDump(rows, 1, 'shop'), 'blog.sql': createDump(rows, 1, 'blog'), 'note.txt': 'first'};
	for (let day = 1; day <= dayCount; day++) {
		writeLayout(folder, layout);
		days.push(layout);
		await backup(session, {source: {kind: 'files', name: 'dumps', paths: [folder]}});
		layout = {'shop.sql': editDump(layout['shop.sql'], day), 'blog.sql': editDump(layout['blog.sql'], day + 100), 'note.txt': `day ${day}`};
	}

	const {snapshots} = await listSnapshots(session);
	t.true((await readStoredChunks(session)).some(({depth}) => depth === dayCount - 1));
	return {session, storage, folder, days, snapshots};
}

const assertDay = (t: ExecutionContext, folder: string, layout: Readonly<Record<string, string>>): void => {
	for (const [name, content] of Object.entries(layout)) {
		t.true(readFileSync(path.join(folder, name), 'utf8') === content, name);
	}
};

test('every day of a chain, whole', async t => {
	const {session, folder, days, snapshots} = await createDays(t);
	for (const [day, snapshot] of snapshots.entries()) {
		const target = createFolder(t);
		const summary = await restore(session, {snapshot, target});
		t.like(summary, {restored: 3, failed: 0, problems: []});
		assertDay(t, path.join(target, folder), days[day]!);
	}

	t.is(snapshots.length, dayCount);
});

test('with threads, from a disk', async t => {
	const {session, folder, days, snapshots} = await createDays(t, {storage: createLocalStorage({folder: path.join(createFolder(t), 'repository'), runtime: system}), rows: 16_000});
	const target = createFolder(t);
	t.like(await restore(session, {snapshot: snapshots.at(-1)!, target}), {restored: 3, failed: 0});
	assertDay(t, path.join(target, folder), days.at(-1)!);
});

test('a single file brings back nothing else, whatever it is a difference to', async t => {
	const {session, folder, days, snapshots} = await createDays(t);
	const target = createFolder(t);
	t.like(await restore(session, {snapshot: snapshots.at(-1)!, target, includes: ['shop.sql']}), {restored: 1, failed: 0});
	assertDay(t, path.join(target, folder), {'shop.sql': days.at(-1)!['shop.sql']!});
	t.false(existsSync(path.join(target, folder, 'blog.sql')));
});

test('over what is there: yesterday becomes today, and what is the same is compared, not written', async t => {
	const {session, folder, days, snapshots} = await createDays(t);
	const target = createFolder(t);
	const file = path.join(target, folder, 'shop.sql');
	const restoreDay = async (snapshot: StoredSnapshot, overwrite: 'always' | 'if-changed' | 'never') => restore(session, {snapshot, target, overwrite});
	await restoreDay(snapshots[0]!, 'never');
	t.like(await restoreDay(snapshots[3]!, 'if-changed'), {restored: 3, failed: 0});
	assertDay(t, path.join(target, folder), days[3]!);

	// The same size and time, another content: only a comparison sees it.
	const wrong = Buffer.from(days[3]!['shop.sql']!);
	wrong[600_000]! ^= 1;
	const reference = path.join(target, 'reference');
	writeFileSync(reference, '');
	execFileSync('touch', ['--reference', file, reference]);
	writeFileSync(file, wrong);
	execFileSync('touch', ['--reference', reference, file]);
	t.like(await restoreDay(snapshots[3]!, 'if-changed'), {restored: 0, skipped: 3});
	t.true(readFileSync(file).equals(wrong));
	t.like(await restoreDay(snapshots[3]!, 'always'), {failed: 0});
	assertDay(t, path.join(target, folder), days[3]!);
	t.like(await restoreDay(snapshots[3]!, 'never'), {restored: 0, failed: 0});
});

test('a damaged base: the files that need it are named, all others come back', async t => {
	const {session, storage, folder, days, snapshots} = await createDays(t);
	const base = (await readStoredChunks(session)).find(({depth, bytes}) => depth === 0 && bytes > 300_000)!;
	const bytes = await storage.read(base.object);
	await storage.remove(base.object);
	const target = createFolder(t);
	const summary = await restore(session, {snapshot: snapshots.at(-1)!, target});
	t.deepEqual(summary.problems.map(problem => path.basename(problem.path)).toSorted(), ['blog.sql', 'shop.sql']);
	t.true(summary.problems.every(({message}) => message.includes(base.object)));
	t.is(readFileSync(path.join(target, folder, 'note.txt'), 'utf8'), days.at(-1)!['note.txt']!);
	t.false(existsSync(path.join(target, folder, 'shop.sql')), 'no half of a file');

	await storage.write(base.object, bytes);
	t.like(await restore(session, {snapshot: snapshots.at(-1)!, target}), {restored: 2, skipped: 1, failed: 0});
	assertDay(t, path.join(target, folder), days.at(-1)!);
});
