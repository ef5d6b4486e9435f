import {execFileSync} from 'node:child_process';
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import type {BlobId} from '../../../../source/engine/ids.ts';
import {restore} from '../../../../source/engine/operations/restore/restore.ts';
import {LoadedIndex, packName} from '../../../../source/engine/repository/repository.ts';
import {createSystemRuntime} from '../../../../source/engine/runtime.ts';
import {createLocalStorage} from '../../../../source/engine/storage/local.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {createTestRepository, type TestRepository} from '../../../helpers/repository-session.ts';
import {buildSnapshot, type BuiltEntry, type BuiltSnapshot} from '../../../helpers/snapshot-builder.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {createByteStream, createTestRuntime} from '../../../helpers/test-runtime.ts';
import {walkFolder} from '../../../helpers/walk-folder.ts';

const runtime = createTestRuntime();
const randomBytes = createByteStream('restore-damage');

/** Flip a bit in the middle of the segment that holds a blob. */
async function damage({session, storage}: TestRepository, id: BlobId): Promise<void> {
	const index = await LoadedIndex.load(session);
	const {pack, segmentOffset, sealedBytes} = index.blobs.locate(Buffer.from(id, 'hex'))!;
	const name = packName(index.packs[pack]!.id);
	const bytes = await storage.read(name);
	bytes[segmentOffset + (sealedBytes >> 1)]! ^= 1;
	await storage.write(name, bytes);
}

const leftovers = (target: string): string[] => [...walkFolder(target).keys()].filter(name => name.includes('.coffer-'));

const large = (): Buffer => randomBytes(70_000);

async function buildDamageable(): Promise<TestRepository & BuiltSnapshot> {
	const repository = await createTestRepository(runtime);
	const built = await buildSnapshot(repository.session, [
		{name: 'a', entries: [{name: 'intact', content: large()}, {name: 'lost', content: Buffer.concat([large(), large(), large()])}]},
		{name: 'b', entries: [{name: 'intact', content: large()}, {name: 'linked', content: 'x', inode: '3', links: 2}]},
		{name: 'c', content: 'x', inode: '3', links: 2},
	], {chunkBytes: 70_000});
	return {...repository, ...built};
}

test('a damaged chunk costs its file and nothing else, wherever in the file it is', async t => {
	for (const chunk of [0, 1, 2]) {
		const repository = await buildDamageable();
		await damage(repository, repository.blobs.get('/a/lost')![chunk]!);
		const target = createFolder(t, {'a/lost': 'mine'});
		const summary = await restore(repository.session, {snapshot: repository.snapshot, target, overwrite: 'always'});
		t.like(summary, {restored: 4, failed: 1});
		t.deepEqual(summary.problems.map(problem => problem.path), ['/a/lost']);
		t.is(readFileSync(path.join(target, 'a', 'lost'), 'utf8'), 'mine');
		t.deepEqual(leftovers(target), []);
	}
});

test('a lost pack is named by its files, also in a dry run', async t => {
	const repository = await createTestRepository(runtime);
	const lost = await buildSnapshot(repository.session, [{name: 'x', content: 'lost'}]);
	const {packs} = await LoadedIndex.load(repository.session);
	const {snapshot} = await buildSnapshot(repository.session, [{name: 'd', entries: [{name: 'f', storedContent: lost.blobs.get('/x')!, size: 4}, {name: 'g', content: 'good'}]}]);
	for (const pack of packs) {
		await repository.storage.remove(packName(pack.id));
	}

	const target = createFolder(t);
	t.like(await restore(repository.session, {snapshot, target}), {restored: 1, failed: 1, problems: [{path: '/d/f'}]});
	const [indexName] = (await repository.storage.list('index')).map(object => object.name);
	t.truthy(indexName);
	const unknown = 'ab'.repeat(32) as BlobId;
	const {snapshot: second} = await buildSnapshot(repository.session, [{name: 'f', storedContent: [unknown], size: 4}, {name: 'g', content: 'good'}, {name: 'h', storedTree: [unknown]}]);
	t.like(await restore(repository.session, {snapshot: second, target: createFolder(t), isDryRun: true}), {restored: 1, failed: 2});
});

test('when an index object is lost, the packs are asked', async t => {
	const repository = await buildDamageable();
	for (const {name} of await repository.storage.list('index')) {
		await repository.storage.remove(name);
	}

	t.like(await restore(repository.session, {snapshot: repository.snapshot, target: createFolder(t)}), {restored: 5, failed: 0});
});

test('a damaged directory is named, and nothing is deleted in it', async t => {
	const repository = await createTestRepository(runtime);
	const filler = (prefix: string): BuiltEntry[] => Array.from({length: 800}, (_, index) => ({name: `${prefix}${index}`, xattrs: [{name: 'user.x', value: randomBytes(100)}]}));
	const {snapshot, blobs} = await buildSnapshot(repository.session, [{name: 'a', entries: [{name: 'f', content: 'f'}]}, {name: 'b', entries: filler('x')}, {name: 'c', content: 'c'}]);
	await damage(repository, blobs.get('/b')![0]!);
	const target = createFolder(t, {'b/mine': ''});
	const summary = await restore(repository.session, {snapshot, target, delete: true, includes: ['/a', '/b', '/c'], excludes: ['x*']});
	t.is(summary.problems[0]!.path, '/b');
	t.is(summary.failed, 1);
	t.true(readdirSync(path.join(target, 'b')).includes('mine'));
	t.is(readFileSync(path.join(target, 'c'), 'utf8'), 'c');
});

test('a size that does not fit the content is a loss', async t => {
	const repository = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(repository.session, [{name: 'f', content: 'four', size: 5}, {name: 'g', content: 'four', size: 3, isSparse: true}]);
	const target = createFolder(t);
	t.like(await restore(repository.session, {snapshot, target}), {restored: 0, failed: 2});
	t.deepEqual(readdirSync(target), []);
});

test('unusable targets: a file, inside the repository, relative', async t => {
	const folder = createFolder(t, {file: 'x'});
	const system = createSystemRuntime();
	const {session} = await createTestRepository(system, createLocalStorage({folder: path.join(folder, 'repository'), runtime: system}));
	const {snapshot} = await buildSnapshot(session, [{name: 'f'}]);
	for (const target of ['file', 'file/below', 'repository', 'repository/packs', 'repository/new/deep'].map(name => path.join(folder, name))) {
		await t.throwsAsync(restore(session, {snapshot, target}), {code: 'target-unusable'}, target);
	}

	await t.throwsAsync(restore(session, {snapshot, target: 'relative'}), {code: 'target-unusable'});
	t.deepEqual(readdirSync(folder).toSorted(), ['file', 'repository']);
	t.false(readdirSync(path.join(folder, 'repository')).includes('new'));
});

test('a target above the repository never loses it', async t => {
	const folder = createFolder(t);
	const system = createSystemRuntime();
	const {session} = await createTestRepository(system, createLocalStorage({folder: path.join(folder, 'srv', 'repository'), runtime: system}));
	const {snapshot} = await buildSnapshot(session, [{name: 'srv', entries: [{name: 'f'}, {name: 'repository', entries: [{name: 'repository.json', content: 'evil'}]}]}]);
	const {snapshot: without} = await buildSnapshot(session, [{name: 'srv', entries: [{name: 'f'}]}]);
	const read = () => readFileSync(path.join(folder, 'srv', 'repository', 'repository.json'), 'utf8');
	const before = read();
	t.like(await restore(session, {snapshot, target: folder, overwrite: 'always', delete: true}), {restored: 1, failed: 1, problems: [{path: '/srv/repository'}]});
	t.like(await restore(session, {snapshot: without, target: folder, overwrite: 'always', delete: true}), {failed: 1, deleted: 0});
	t.is(read(), before);
});

optionalTest(process.getuid!() === 0 ? undefined : 'needs root to mount a small file system', 'a full and a read-only target end the run, leave no part of a file, and can be gone on with', async t => {
	const folder = createFolder(t);
	const target = path.join(folder, 'small');
	mkdirSync(target);
	try {
		execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', target], {stdio: 'ignore'});
	} catch {
		t.log('This machine lets nobody mount.');
		t.pass();
		return;
	}

	try {
		const {session} = await createTestRepository(runtime);
		const contents = Array.from({length: 40}, () => randomBytes(60_000));
		const {snapshot} = await buildSnapshot(session, contents.map((content, index) => ({name: `d${index}`, entries: [{name: 'f', content}]})));
		await t.throwsAsync(restore(session, {snapshot, target}), {code: 'target-unusable'});
		t.deepEqual(leftovers(target), []);
		const walked = [...walkFolder(target)].filter(([, {type}]) => type === 'file');
		t.true(walked.length > 5 && walked.length < 20);
		t.true(walked.every(([, {size}]) => size === 60_000n));
		execFileSync('/bin/mount', ['-o', 'remount,ro', target]);
		await t.throwsAsync(restore(session, {snapshot, target}), {code: 'target-unusable', message: /read-only/});
		execFileSync('/bin/mount', ['-o', 'remount,rw,size=8m', target]);
		t.like(await restore(session, {snapshot, target, overwrite: 'if-changed'}), {restored: 40 - walked.length, skipped: walked.length, failed: 0});
	} finally {
		execFileSync('/bin/umount', [target]);
	}
});

test('an interrupted restore leaves whole files only, and goes on where it stopped', async t => {
	const folder = createFolder(t);
	const system = createSystemRuntime();
	const {session} = await createTestRepository(system, createLocalStorage({folder: path.join(folder, 'repository'), runtime: system}));
	const {snapshot} = await buildSnapshot(session, Array.from({length: 60}, (_, index) => ({name: `d${index}`, mode: 0o755, entries: [{name: 'f', content: randomBytes(700_000)}]})));
	const target = path.join(folder, 'target');
	const controller = new AbortController();
	await t.throwsAsync(restore(session, {snapshot, target}, {
		signal: controller.signal,
		onEvent(event) {
			if (event.event === 'progress' && event.phase === 'writing' && event.bytes > 0) {
				controller.abort();
			}
		},
	}), {code: 'aborted', message: /if-changed/});
	t.deepEqual(leftovers(target), []);
	const walked = [...walkFolder(target)];
	const files = walked.filter(([, {type}]) => type === 'file');
	t.true(files.every(([, {size}]) => size === 700_000n));
	t.true(files.length < 60);
	t.true(walked.filter(([name, {type}]) => type === 'directory' && name !== '').every(([, {mode}]) => mode === 0o755));
	t.like(await restore(session, {snapshot, target, overwrite: 'if-changed'}), {restored: 60 - files.length, skipped: files.length, failed: 0});

	const before = new AbortController();
	before.abort();
	await t.throwsAsync(restore(session, {snapshot, target: path.join(folder, 'never')}, {signal: before.signal}), {code: 'aborted'});
	t.false(readdirSync(folder).includes('never'));
});

test('a name that appears meanwhile stays, and the file is named', async t => {
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, [{name: 'f', content: 'theirs'}, {name: 'g', content: 'g'}]);
	const target = createFolder(t);
	const summary = await restore(session, {snapshot, target}, {
		onEvent(event) {
			if (event.event === 'progress' && event.phase === 'writing') {
				writeFileSync(path.join(target, 'f'), 'mine');
			}
		},
	});
	t.like(summary, {restored: 1, failed: 1});
	t.is(readFileSync(path.join(target, 'f'), 'utf8'), 'mine');
	t.deepEqual(readdirSync(target), ['f', 'g']);
});
