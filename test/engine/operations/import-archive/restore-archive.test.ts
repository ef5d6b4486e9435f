import {spawnSync} from 'node:child_process';
import {Buffer} from 'node:buffer';
import {lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import type {EngineEvent} from '../../../../source/engine/events.ts';
import {importArchive} from '../../../../source/engine/operations/import-archive/import-archive.ts';
import {restoreArchive, type ArchiveRestoration} from '../../../../source/engine/operations/import-archive/restore-archive.ts';
import {verifyArchive} from '../../../../source/engine/operations/import-archive/verify-archive.ts';
import {listSnapshots} from '../../../../source/engine/repository/repository.ts';
import {createSystemRuntime} from '../../../../source/engine/runtime.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {encryptLikeOpenssl, flipBit, handmadeTar, lackOf, shell, writeOldArchive, type HandmadeEntry} from '../../../helpers/old-archives.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {createTestRepository, readSnapshot} from '../../../helpers/repository-session.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {walkFolder, describeFolder} from '../../../helpers/walk-folder.ts';

const runtime = createSystemRuntime();
const password = Buffer.from('secret');
const isRoot = process.geteuid?.() === 0;

type Scene = {readonly folder: string; readonly target: string; readonly file: string};

/** An archive of these entries, beside a target in a folder with something that nobody may touch. */
function createScene(t: ExecutionContext, entries: readonly HandmadeEntry[]): Scene {
	const folder = createFolder(t, {'outside/precious': 'precious'});
	const file = path.join(folder, 'a-20250101-000000.tar.gz.enc');
	writeOldArchive(file, handmadeTar(entries), password);
	return {folder, file, target: path.join(folder, 'target')};
}

const restore = async ({file, target}: Scene, events: EngineEvent[] = []): Promise<ArchiveRestoration> => restoreArchive(runtime, {path: file, password, iterations: 100_000, target}, {onEvent(event) {
	events.push(event);
}});

const lack = lackOf('openssl', 'tar', 'gzip');

optionalTest(lack, 'what tar packed and openssl encrypted comes back as tar itself would bring it back', async t => {
	const folder = createFolder(t, {'data/a': 'one', 'data/deep/er/b': Buffer.alloc(300_000, 'b'), 'data/empty/': '', key: 'secret\n'});
	// Without root the special bits are left out, as the owner is.
	shell(`ln data/a data/deep/hard; ln -s ../a data/deep/soft; mkfifo data/pipe; chmod 750 data/deep; chmod ${isRoot ? 4711 : 711} data/a; touch -d 2001-02-03T04:05:06Z data/deep/er data/deep/er/b; touch -h -d 2001-02-03T04:05:06Z data/deep/soft`, folder);
	shell('tar -czf b.tar.gz data; openssl enc -aes-256-cbc -salt -in b.tar.gz -out x.enc -pass file:key -pbkdf2 -iter 100000', folder);
	shell('mkdir theirs; tar -xpzf b.tar.gz -C theirs', folder);
	const {restored, failed, kept, directories} = await restore({folder, file: path.join(folder, 'x.enc'), target: path.join(folder, 'ours')});
	t.deepEqual({restored, failed, kept, directories}, {restored: 5, failed: 0, kept: 0, directories: 4});
	const ours = walkFolder(path.join(folder, 'ours'));
	const theirs = walkFolder(path.join(folder, 'theirs'));
	t.deepEqual([...ours.keys()], [...theirs.keys()]);
	for (const [name, {inode: _inode, allocatedBytes: _bytes, mtimeUs, ...rest}] of theirs) {
		if (name === '') {
			continue;
		}

		const {inode: _ours, allocatedBytes: _oursBytes, mtimeUs: oursUs, ...own} = ours.get(name)!;
		t.deepEqual(own, rest, name);
		t.is(oursUs / 1_000_000n, mtimeUs / 1_000_000n, name);
	}

	t.is(ours.get('data/a')!.inode, ours.get('data/deep/hard')!.inode);
});

const outside = '../outside/precious';
const hostile: ReadonlyArray<readonly [what: string, entries: readonly HandmadeEntry[], expected: {readonly failed?: number; readonly names: readonly string[]}]> = [
	['.. in a name', [{name: outside, content: 'evil'}, {name: 'a/../../outside/precious', content: 'evil'}, {name: '..', type: '5'}, {name: 'ok', content: 'x'}], {failed: 3, names: ['ok']}],
	['absolute names', [{name: '/etc/coffer-test', content: 'x'}, {name: '//x//./y', content: 'x'}], {names: ['etc', 'etc/coffer-test', 'x', 'x/y']}],
	['a link, then something through it', [{name: 'l', type: '2', linkName: '../outside'}, {name: 'l/precious', content: 'evil'}, {name: 'l/new', content: 'evil'}, {name: 'l', type: '5'}, {name: 'l/d/', type: '5'}], {failed: 4, names: ['l']}],
	['an absolute link, then something through it', [{name: 'l', type: '2', linkName: '/'}, {name: 'l/tmp/coffer-test', content: 'evil'}], {failed: 1, names: ['l']}],
	['a link, then a file of its name', [{name: 'l', type: '2', linkName: outside}, {name: 'l', content: 'mine'}], {names: ['l']}],
	['a hard link to the outside', [{name: 'h', type: '1', linkName: outside}, {name: 'i', type: '1', linkName: '/etc/passwd'}, {name: 'j', type: '1', linkName: 'nowhere'}], {failed: 3, names: []}],
	['a hard link through a link', [{name: 'l', type: '2', linkName: '../outside'}, {name: 'h', type: '1', linkName: 'l/precious'}], {failed: 1, names: ['l']}],
	['a hard link to a link, then a file of its name', [{name: 'l', type: '2', linkName: outside}, {name: 'h', type: '1', linkName: 'l'}, {name: 'h', content: 'mine'}], {names: ['h', 'l']}],
	['a hard link to itself', [{name: 'h', type: '1', linkName: 'h'}], {failed: 1, names: []}],
	['a hard link to a folder', [{name: 'd/', type: '5'}, {name: 'h', type: '1', linkName: 'd'}], {failed: 1, names: ['d']}],
	['a folder where a file is, and the reverse', [{name: 'a', content: 'x'}, {name: 'a', type: '5'}, {name: 'a/b', content: 'y'}, {name: 'd/', type: '5'}, {name: 'd', content: 'z'}], {failed: 2, names: ['a', 'd']}],
	['the same name twice: the later one', [{name: 'a', content: 'first'}, {name: './a', content: 'second'}], {names: ['a']}],
	['names that are empty, too long, or too deep', [{name: '', content: 'x'}, {name: 'p', pax: {path: 'x'.repeat(256)}}, {name: 'p', pax: {path: 'x/'.repeat(1001)}}, {name: 'p', pax: {path: 'a\0b'}}], {failed: 4, names: []}],
	['the root itself as something else', [{name: '.', type: '2', linkName: '/'}, {name: './', content: 'x'}, {name: '/', type: '1', linkName: 'x'}], {failed: 2, names: []}],
	['a folder that closes itself', [{name: 'd/', type: '5', mode: 0}, {name: 'd/a', content: 'x'}], {names: ['d', 'd/a']}],
	['setuid of another owner', [{name: 's', mode: 0o4755, uid: 12_345, content: 'x'}], {names: ['s']}],
];

for (const [what, entries, {failed = 0, names}] of hostile) {
	test(`nothing outside the target: ${what}`, async t => {
		const scene = createScene(t, entries);
		t.teardown(() => {
			shell('chmod -R u+rwx target', scene.folder);
		});
		const etc = readdirSync('/etc');
		const summary = await restore(scene);
		t.is(summary.failed, failed, JSON.stringify(summary.problems));
		t.is(summary.problems.length, failed);
		if (isRoot || !what.includes('closes itself')) {
			t.deepEqual([...walkFolder(scene.target).keys()].filter(name => name !== ''), names);
		}

		t.deepEqual(readdirSync(path.join(scene.folder, 'outside')), ['precious']);
		t.is(readFileSync(path.join(scene.folder, 'outside/precious'), 'utf8'), 'precious');
		t.deepEqual(readdirSync('/etc'), etc);
		t.deepEqual(readdirSync(scene.folder).toSorted(), [path.basename(scene.file), 'outside', 'target'].toSorted());
		// A snapshot of it takes no more than that, and everything else of it can be restored.
		const {session} = await createTestRepository(runtime);
		const {unreadable} = await importArchive(session, {path: scene.file, password, iterations: 100_000});
		const {snapshots} = await listSnapshots(session);
		const taken = [...(await readSnapshot(session, snapshots[0]!)).keys()].map(name => name.slice(1));
		t.deepEqual(taken.filter(name => name.split('/').includes('..')), []);
		t.is(unreadable > 0, failed > 0);
	});
}

test('what was there stays: files, links and folders, and links of the target are not followed', async t => {
	const scene = createScene(t, [
		{name: 'file', content: 'theirs'}, {name: 'link', content: 'theirs'}, {name: 'folder', content: 'theirs'}, {name: 'way/file', content: 'theirs'}, {name: 'hard', type: '1', linkName: 'new'},
		{name: 'new', content: 'new'}, {name: 'hard', type: '1', linkName: 'new'}, {name: 'kept/', type: '5', mode: 0o777}, {name: 'kept/inner', content: 'new'}, {name: 'soft', type: '2', linkName: 'x'},
	]);
	for (const name of ['folder', 'kept']) {
		mkdirSync(path.join(scene.target, name), {recursive: true});
	}

	writeFileSync(path.join(scene.target, 'file'), 'mine');
	writeFileSync(path.join(scene.target, 'soft'), 'mine');
	symlinkSync('../outside/precious', path.join(scene.target, 'link'));
	symlinkSync('../outside', path.join(scene.target, 'way'));
	const {mode} = lstatSync(path.join(scene.target, 'kept'));
	const {kept, failed, restored, problems} = await restore(scene);
	t.deepEqual({kept, failed, restored}, {kept: 4, failed: 2, restored: 3}, JSON.stringify(problems));
	t.is(readFileSync(path.join(scene.target, 'file'), 'utf8'), 'mine');
	t.is(readFileSync(path.join(scene.folder, 'outside/precious'), 'utf8'), 'precious');
	t.deepEqual(readdirSync(path.join(scene.folder, 'outside')), ['precious']);
	t.is(lstatSync(path.join(scene.target, 'kept')).mode, mode);
	t.is(readFileSync(path.join(scene.target, 'hard'), 'utf8'), 'new');
});

optionalTest(isRoot ? undefined : 'only root can make devices', 'devices: made by root alone, with the numbers that the archive has', async t => {
	const scene = createScene(t, [{name: 'null', type: '3', major: 1, minor: 3, mode: 0o600}, {name: 'block', type: '4', major: 8, minor: 17}, {name: 'pipe', type: '6'}]);
	t.is((await restore(scene)).restored, 3);
	t.true(lstatSync(path.join(scene.target, 'null')).isCharacterDevice());
	t.is(spawnSync('stat', ['-c', '%F %t %T', path.join(scene.target, 'block')], {encoding: 'utf8', env: {LC_ALL: 'C'}}).stdout, 'block special file 8 11\n');
	const events: EngineEvent[] = [];
	const other = {...scene, target: path.join(scene.folder, 'other')};
	const {restored, skipped, failed} = await restoreArchive(runtime, {path: scene.file, password, target: other.target, withOwnership: false}, {onEvent(event) {
		events.push(event);
	}});
	t.deepEqual({restored, skipped, failed}, {restored: 1, skipped: 2, failed: 0});
	t.deepEqual(readdirSync(other.target), ['pipe']);
});

optionalTest(isRoot ? undefined : 'only root can give files away', 'owners and setuid bits as root; without them where that is asked', async t => {
	const scene = createScene(t, [{name: 's', mode: 0o4755, uid: 12_345, gid: 12_346, content: 'x'}]);
	await restore(scene);
	t.like(lstatSync(path.join(scene.target, 's')), {uid: 12_345, gid: 12_346, mode: 0o10_4755});
	const target = path.join(scene.folder, 'other');
	await restoreArchive(runtime, {path: scene.file, password, target, withOwnership: false});
	t.like(lstatSync(path.join(target, 's')), {uid: 0, mode: 0o10_0755});
});

test('a dump is restored as one file, of mode 600', async t => {
	const folder = createFolder(t, {'db-20250807-212033.sql.enc': encryptLikeOpenssl(Buffer.from('-- dump\n'), password, 'md5')});
	const target = path.join(folder, 'out');
	const {restored, archive} = await restoreArchive(runtime, {path: path.join(folder, 'db-20250807-212033.sql.enc'), password, target});
	t.deepEqual([restored, archive.derivation, archive.content], [1, '-md md5', 'file']);
	t.deepEqual(Object.keys(describeFolder(target)), ['db.sql']);
	t.is(lstatSync(path.join(target, 'db.sql')).mode & 0o777, 0o600);
	t.is(readFileSync(path.join(target, 'db.sql'), 'utf8'), '-- dump\n');
});

test('a damaged archive: said; no unfinished file stays, no folder stays shut, and no snapshot is made', async t => {
	const scene = createScene(t, [{name: 'd/', type: '5', mode: 0o755}, {name: 'd/a', content: 'whole'}, {name: 'd/b', content: Buffer.from(Array.from({length: 300_000}, (_, index) => (index * 7919) % 251))}]);
	flipBit(scene.file, readFileSync(scene.file).byteLength - 40);
	await refusesAsync(t, async () => restore(scene), 'damaged');
	await refusesAsync(t, async () => verifyArchive(runtime, {path: scene.file, password}), 'damaged');
	const left = walkFolder(scene.target);
	t.deepEqual([...left.keys()].filter(name => name.includes('.coffer')), []);
	t.is(left.get('d')!.mode, 0o755);
	const {session, storage} = await createTestRepository(runtime);
	await refusesAsync(t, async () => importArchive(session, {path: scene.file, password}), 'damaged');
	t.deepEqual([await storage.list('snapshots'), await storage.list('writers')], [[], []]);
});

test('an interruption ends all three ways, and leaves no snapshot and no unfinished file', async t => {
	const scene = createScene(t, Array.from({length: 50}, (_, index) => ({name: `f${index}`, content: 'x'.repeat(50_000)})));
	const {session, storage} = await createTestRepository(runtime);
	for (const way of ['verify', 'restore', 'import'] as const) {
		const controller = new AbortController();
		const options = {signal: controller.signal, onEvent(event: EngineEvent) {
			if (event.event === 'progress' && event.phase !== 'opening') {
				controller.abort();
			}
		}};
		const request = {path: scene.file, password};
		await refusesAsync(t, async () => {
			await {
				verify: async () => verifyArchive(runtime, request, options),
				restore: async () => restoreArchive(runtime, {...request, target: scene.target}, options),
				import: async () => importArchive(session, request, options),
			}[way]();
		}, 'aborted');
	}

	t.deepEqual([await storage.list('snapshots'), await storage.list('writers')], [[], []]);
	t.deepEqual(readdirSync(scene.target).filter(name => name.includes('.coffer')), []);
});

test('nothing is restored into a repository', async t => {
	const scene = createScene(t, [{name: 'a', content: 'x'}]);
	await refusesAsync(t, async () => restoreArchive(runtime, {path: scene.file, password, target: path.join(scene.folder, 'outside/in'), repositoryUrl: path.join(scene.folder, 'outside')}), 'target-unusable', /inside the repository/);
});
