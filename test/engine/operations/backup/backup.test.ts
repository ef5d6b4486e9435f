import {chmodSync, linkSync, lstatSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {fromText} from '../../../../source/engine/byte-string.ts';
import type {EngineEvent} from '../../../../source/engine/events.ts';
import {backup, type FilesBackupRequest} from '../../../../source/engine/operations/backup/backup.ts';
import {listSnapshots, type StoredObject} from '../../../../source/engine/repository/repository.ts';
import {createSystemRuntime, type Runtime} from '../../../../source/engine/runtime.ts';
import type {FilesSource} from '../../../../source/engine/sources/source.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {createTestRepository, newestSnapshot, readSnapshot} from '../../../helpers/repository-session.ts';
import {createFolder, writeLayout, type Layout} from '../../../helpers/source-folder.ts';

const system = createSystemRuntime();
/** What changed within the clock's last tick is read again by the next run; for this clock that is long ago. */
const runtime: Runtime = {...system, now: () => system.now() + 10_000};
const noise = (byteCount: number) => runtime.randomBytes(byteCount);

type Scene = Awaited<ReturnType<typeof createScene>>;

async function createScene(t: ExecutionContext, layout: Layout = {}, clock = runtime) {
	const folder = createFolder(t, layout);
	const repository = await createTestRepository(clock);
	const {session} = repository;
	const run = async (source: Partial<FilesSource> = {}, request: Partial<FilesBackupRequest> = {}) => {
		const events: EngineEvent[] = [];
		const onEvent = (event: EngineEvent) => {
			events.push(event);
		};

		const summary = await backup(session, {source: {kind: 'files', name: 'files', paths: [folder], ...source}, ...request}, {onEvent});
		return {summary, events, warnings: events.filter(event => event.event === 'warning')};
	};

	const read = async () => {
		const entries = await readSnapshot(session, await newestSnapshot(session));
		const below = [...entries].filter(([name]) => name.startsWith(`${folder}/`));
		return new Map(below.map(([name, entry]) => [name.slice(folder.length + 1), entry]));
	};

	return {...repository, folder, run, read, file: (name: string) => path.join(folder, name)};
}

const names = (entries: ReadonlyMap<string, unknown>) => [...entries.keys()].toSorted();

/** Give files the same old mtime. */
function age({folder}: Scene, ...files: string[]): void {
	for (const file of files) {
		utimesSync(path.join(folder, file), 1_700_000_000, 1_700_000_000);
	}
}

test('what is backed up is read back byte for byte, with its metadata', async t => {
	const large = noise(5_000_000);
	const scene = await createScene(t, {'a.txt': 'alpha', 'sub/b.bin': large, 'sub/empty': '', 'sub/deeper/c': 'gamma', 'void/': ''});
	symlinkSync('../a.txt', scene.file('sub/link'));
	chmodSync(scene.file('a.txt'), 0o4750);
	const {summary, warnings} = await scene.run();
	const entries = await scene.read();
	t.deepEqual(names(entries), ['a.txt', 'sub', 'sub/b.bin', 'sub/deeper', 'sub/deeper/c', 'sub/empty', 'sub/link', 'void']);
	t.is(entries.get('a.txt')?.content?.toString(), 'alpha');
	t.true(entries.get('sub/b.bin')?.content?.equals(large));
	t.true((entries.get('sub/b.bin')?.node.content?.length ?? 0) > 3);
	t.is(entries.get('sub/empty')?.content?.length, 0);
	t.is(entries.get('sub/link')?.node.target, fromText('../a.txt'));
	for (const [name, {node}] of entries) {
		const stats = lstatSync(scene.file(name), {bigint: true});
		t.is(node.mode, Number(stats.mode & 0o7777n), name);
		t.is(node.mtimeNs, stats.mtimeNs, name);
		t.is(node.uid, Number(stats.uid));
		t.is(node.inode, String(stats.ino));
	}

	t.is(entries.get('a.txt')?.node.mode, 0o4750);
	t.is(summary.files, 5);
	t.is(summary.bytes, 5 + large.length + 5);
	t.is(summary.unreadable, 0);
	t.deepEqual(warnings, []);
	t.true(summary.addedBytes > summary.bytes);
});

test('an unchanged tree is neither opened nor stored again', async t => {
	const scene = await createScene(t, {a: noise(100_000), 'b/c': noise(1000)});
	// The folders above are in the tree, too, and other tests change the one for temporary files all the time: only what happened while it stayed the same counts.
	const timeAbove = () => statSync(path.dirname(scene.folder), {bigint: true}).mtimeNs;
	let start: bigint;
	let before: readonly StoredObject[];
	let second: Awaited<ReturnType<typeof scene.run>>;
	do {
		start = timeAbove();
		await scene.run();
		before = await scene.storage.list('');
		second = await scene.run();
	} while (timeAbove() !== start);

	const {summary} = await scene.run({}, {isDryRun: true});
	t.is(summary.addedBytes, 0);
	t.is(second.summary.addedBytes, 0);
	t.is(second.summary.files, 2);
	const added = (await scene.storage.list('')).filter(object => before.every(({name}) => name !== object.name));
	t.deepEqual(added.map(({name}) => name.split('/')[0]), ['snapshots']);
	t.deepEqual(names(await scene.read()), ['a', 'b', 'b/c']);
});

test('changed, new, renamed, removed and touched files: the next snapshot has them as they are now', async t => {
	const scene = await createScene(t, {changed: noise(300_000), renamed: noise(200_000), removed: 'r', touched: 't', same: 's', 'dir/same': 'x'});
	age(scene, 'changed', 'renamed', 'removed', 'touched', 'same', 'dir/same');
	await scene.run();
	writeFileSync(scene.file('changed'), noise(300_000));
	writeLayout(scene.folder, {'dir/new': noise(70_000)});
	renameSync(scene.file('renamed'), scene.file('dir/renamed'));
	rmSync(scene.file('removed'));
	utimesSync(scene.file('touched'), 5, 5);
	const {summary} = await scene.run();
	const entries = await scene.read();
	t.deepEqual(names(entries), ['changed', 'dir', 'dir/new', 'dir/renamed', 'dir/same', 'same', 'touched']);
	t.is(entries.get('touched')?.node.mtimeNs, 5_000_000_000n);
	t.true(summary.addedBytes > 370_000 && summary.addedBytes < 390_000, `only new content is stored: ${summary.addedBytes}`);
});

test('a file whose size and mtime stay is noticed by its ctime', async t => {
	const scene = await createScene(t, {file: 'one'});
	age(scene, 'file');
	await scene.run();
	writeFileSync(scene.file('file'), 'two');
	age(scene, 'file');
	await scene.run();
	const entries = await scene.read();
	t.is(entries.get('file')?.content?.toString(), 'two');
});

test('a file that changed within the last tick of the clock is read again by the next run', async t => {
	const scene = await createScene(t, {file: 'one'}, {...system, now: () => system.now() - 3_600_000});
	await scene.run();
	const entries = await scene.read();
	t.is(entries.get('file')?.node.ctimeNs, undefined);
	const {summary} = await scene.run({}, {isDryRun: true});
	t.is(summary.addedBytes, 3);
});

test('hard links keep one content and what ties them together', async t => {
	const scene = await createScene(t, {first: noise(100_000)});
	linkSync(scene.file('first'), scene.file('second'));
	mkdirSync(scene.file('sub'));
	linkSync(scene.file('first'), scene.file('sub/third'));
	const {summary} = await scene.run();
	const entries = await scene.read();
	const nodes = ['first', 'second', 'sub/third'].map(name => entries.get(name)!.node);
	t.deepEqual(nodes.map(node => node.links), [3, 3, 3]);
	t.is(new Set(nodes.map(node => node.inode)).size, 1);
	t.is(new Set(nodes.map(node => node.content?.join(','))).size, 1);
	t.is(summary.files, 3);
	t.true(summary.addedBytes < 110_000);
});

test('sparse files are known as such', async t => {
	const scene = await createScene(t, {sparse: ''});
	truncateSync(scene.file('sparse'), 8 * 1024 * 1024);
	const {summary} = await scene.run();
	const entries = await scene.read();
	t.true(entries.get('sparse')?.node.isSparse);
	t.is(entries.get('sparse')?.content?.length, 8 * 1024 * 1024);
	t.true(summary.storedBytes < 100_000);
});

test('a source path that does not exist fails before anything is written', async t => {
	const scene = await createScene(t, {a: 'a'});
	const before = await scene.storage.list('');
	await refusesAsync(t, async () => scene.run({paths: [scene.folder, scene.file('missing')]}), 'source-missing', /missing does not exist/);
	t.deepEqual(await scene.storage.list(''), before);
});

test('several paths, one inside another, a single file, and a path through a symbolic link', async t => {
	const scene = await createScene(t, {'one/a': 'a', 'one/sub/b': 'b', 'two/c': 'c', 'two/d': 'd'});
	symlinkSync('one', scene.file('alias'));
	await scene.run({paths: [scene.file('alias'), scene.file('one/sub'), scene.file('two/c')]});
	t.deepEqual(names(await scene.read()), ['one', 'one/a', 'one/sub', 'one/sub/b', 'two', 'two/c']);
	const entries = await scene.read();
	t.true(entries.get('two')?.node.isAncestor);
	t.falsy(entries.get('one')?.node.isAncestor);
});

test('excludes follow gitignore, and .gitignore files are honoured where they are asked for', async t => {
	const scene = await createScene(t, {
		'.gitignore': '*.log\n/build\n!keep.log\n', 'a.log': '', 'keep.log': '', 'build/x': '', 'src/build/y': '', 'src/.gitignore': '!a.log\nz\n', 'src/a.log': '', 'src/z': '', 'src/tmp/q': '',
	});
	await scene.run({excludes: ['tmp/'], ignoreFiles: ['.gitignore']});
	t.deepEqual(names(await scene.read()), ['.gitignore', 'keep.log', 'src', 'src/.gitignore', 'src/a.log', 'src/build', 'src/build/y']);
	await scene.run();
	t.true((await scene.read()).has('build/x'));
});

test('directories that declare themselves caches keep only their tag', async t => {
	const tag = 'Signature: 8a477f597d28d172789f06886806bc55\n# made by a test\n';
	const scene = await createScene(t, {'cache/CACHEDIR.TAG': tag, 'cache/big': 'x', 'fake/CACHEDIR.TAG': 'no', 'fake/kept': 'y'});
	await scene.run();
	t.deepEqual(names(await scene.read()), ['cache', 'cache/CACHEDIR.TAG', 'fake', 'fake/CACHEDIR.TAG', 'fake/kept']);
	await scene.run({excludeCaches: false});
	t.true((await scene.read()).has('cache/big'));
});

test('snapshots of one source form a chain, each with its class, tags and statistics', async t => {
	const scene = await createScene(t, {a: 'a'});
	await scene.run();
	await scene.run({}, {class: 'daily', tags: ['before-upgrade'], program: 'coffer test'});
	await scene.run({name: 'other'});
	const {snapshots} = await listSnapshots(scene.session);
	const [first, second] = snapshots.filter(snapshot => snapshot.source === 'files');
	t.is(first?.previous, undefined);
	t.deepEqual(second?.previous, {id: first!.id, sha256: first!.sha256});
	t.is(second?.class, 'daily');
	t.deepEqual(second?.tags, ['before-upgrade']);
	t.is(second?.statistics.files, 1);
	t.is(snapshots.find(snapshot => snapshot.source === 'other')?.previous, undefined);
});

test('an interrupted run leaves no snapshot and no record, and the next one succeeds', async t => {
	const scene = await createScene(t, {a: noise(3_000_000), b: noise(3_000_000), 'c/d': 'x'});
	const controller = new AbortController();
	const source: FilesSource = {kind: 'files', name: 'files', paths: [scene.folder]};
	const interrupted = backup(scene.session, {source}, {signal: controller.signal, onEvent(event) {
		if (event.event === 'progress' && event.phase === 'reading') {
			controller.abort();
		}
	}});
	await refusesAsync(t, async () => interrupted, 'aborted');
	t.deepEqual(await scene.storage.list('snapshots'), []);
	t.deepEqual(await scene.storage.list('writers'), []);
	await scene.run();
	t.deepEqual(names(await scene.read()), ['a', 'b', 'c', 'c/d']);
});

test('a dry run writes nothing', async t => {
	const scene = await createScene(t, {a: 'abc', 'b/c': 'de'});
	const before = await scene.storage.list('');
	const {summary} = await scene.run({}, {isDryRun: true});
	t.deepEqual(await scene.storage.list(''), before);
	t.is(summary.snapshot, undefined);
	t.is(summary.files, 2);
	t.is(summary.addedBytes, 5);
});

test('a directory with thousands of entries is stored in several blobs, of which a change stores few', async t => {
	const layout = Object.fromEntries(Array.from({length: 3000}, (_, index) => [`file-${String(index).padStart(5, '0')}`, String(index)]));
	const scene = await createScene(t, layout);
	await scene.run();
	t.is((await scene.read()).size, 3000);
	writeLayout(scene.folder, {'file-01500': 'changed'});
	const {summary} = await scene.run();
	t.true(summary.addedBytes < 500_000, `${summary.addedBytes}`);
	t.is((await scene.read()).get('file-01500')?.content?.toString(), 'changed');
});
