import {execFile, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {chmod, link, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, truncate, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {promisify} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import {createSystemRuntime} from '../../../source/engine/runtime.ts';
import {writeAllSync} from '../../../source/engine/storage/durable-file.ts';
import {createLocalStorage} from '../../../source/engine/storage/local.ts';
import type {Storage} from '../../../source/engine/storage/storage.ts';
import {optionalTest} from '../../helpers/optional-test.ts';
import {listNames, throwsCoffer} from '../../helpers/storage-assertions.ts';
import {testStorageContract} from '../../helpers/storage-contract.ts';
import {runStorageScript} from '../../helpers/storage-script.ts';

const run = promisify(execFile);
const runtime = createSystemRuntime();

async function makeFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'coffer-local-'));
	t.teardown(async () => rm(folder, {recursive: true}));
	return folder;
}

async function openEmpty(t: ExecutionContext): Promise<{root: string; storage: Storage}> {
	const root = join(await makeFolder(t), 'repository');
	return {root, storage: createLocalStorage({folder: root, runtime})};
}

testStorageContract('local', async (t, testRuntime) => {
	const folder = await makeFolder(t);
	return createLocalStorage({folder: join(folder, 'deep', 'repository'), runtime: testRuntime});
});

test('the path must be absolute', t => {
	for (const folder of ['', 'x', './x', '/x\0']) {
		t.throws(() => createLocalStorage({folder, runtime}), {instanceOf: RangeError});
	}
});

test('reading from a missing root makes nothing', async t => {
	const {root, storage} = await openEmpty(t);
	await throwsCoffer(t, async () => storage.read('repository.json'), 'object-missing', 'repository.json');
	t.deepEqual(await storage.list(''), []);
	await storage.remove('a/b');
	t.is(await storage.sweep(0), 0);
	const usage = await storage.usage();
	t.is(usage.usedBytes, 0);
	t.true(usage.freeBytes! > 0 && usage.totalBytes! >= usage.freeBytes!);
	await t.throwsAsync(stat(root), {code: 'ENOENT'});
});

for (const umask of [0o000, 0o022, 0o077]) {
	test(`files are 0600 and folders 0700 under umask ${umask.toString(8)}`, async t => {
		const {root} = await openEmpty(t);
		t.deepEqual(await runStorageScript(root, `
			process.umask(${umask});
			await storage.write('packs/ab/one', Buffer.from('1'));
			const pending = await storage.create();
			await pending.append([Buffer.from('2')]);
			await pending.commit('two');
			await storage.create();
		`), {});
		const modes: Record<string, string> = {};
		for (const entry of await readdir(root, {recursive: true, withFileTypes: true})) {
			const {mode} = await stat(join(entry.parentPath, entry.name));
			modes[entry.parentPath.endsWith('tmp') ? 'temporary' : entry.name] = mode.toString(8).slice(-4);
		}

		t.is(((await stat(root)).mode).toString(8).slice(-4), '0700');
		t.deepEqual(modes, {packs: '0700', ab: '0700', one: '0600', two: '0600', tmp: '0700', temporary: '0600'});
	});
}

test('an existing root keeps its mode, and may be a link', async t => {
	const {root} = await openEmpty(t);
	await mkdir(root);
	await chmod(root, 0o750);
	await symlink('repository', `${root}-link`);
	const storage = createLocalStorage({folder: `${root}-link`, runtime});
	await storage.write('a', Buffer.from('x'));
	t.is(String(await readFile(join(root, 'a'))), 'x');
	t.is(((await stat(root)).mode).toString(8).slice(-3), '750');
});

test('links are not followed, special files not read', async t => {
	const {root, storage} = await openEmpty(t);
	await storage.write('packs/object', Buffer.from('x'));
	const outside = `${root}-outside`;
	await mkdir(outside);
	await writeFile(join(outside, 'secret'), 'secret');
	await symlink(join(outside, 'secret'), join(root, 'link'));
	await symlink('nowhere', join(root, 'dangling'));
	await symlink(outside, join(root, 'folder'));
	await run('mkfifo', [join(root, 'fifo')]);
	const server = createServer().listen(join(root, 'socket'));
	await once(server, 'listening');
	t.teardown(() => {
		server.close();
	});

	for (const name of ['link', 'dangling', 'folder/secret', 'fifo', 'socket']) {
		await throwsCoffer(t, async () => storage.read(name), 'damaged', name.split('/')[0]);
		await throwsCoffer(t, async () => storage.size(name), 'damaged', name.split('/')[0]);
	}

	await throwsCoffer(t, async () => storage.list('folder'), 'damaged', 'folder');
	await throwsCoffer(t, async () => storage.write('folder/planted', Buffer.from('x')), 'damaged', 'folder');
	await throwsCoffer(t, async () => storage.remove('folder/secret'), 'damaged', 'folder');
	t.deepEqual(await listNames(storage), ['packs/object']);

	await storage.write('link', Buffer.from('new'));
	await storage.remove('dangling');
	t.deepEqual(await listNames(storage), ['link', 'packs/object']);
	t.deepEqual(await readdir(outside), ['secret']);
	t.is(String(await readFile(join(outside, 'secret'))), 'secret');
});

test('a planted tmp that is a link is refused', async t => {
	const {root, storage} = await openEmpty(t);
	await mkdir(join(root, 'elsewhere'), {recursive: true});
	await writeFile(join(root, 'elsewhere', 'file'), 'x');
	await symlink('elsewhere', join(root, 'tmp'));
	await throwsCoffer(t, async () => storage.create(), 'damaged', 'tmp');
	await throwsCoffer(t, async () => storage.write('a', Buffer.from('x')), 'damaged', 'tmp');
	await throwsCoffer(t, async () => storage.sweep(0), 'damaged', 'tmp');
	t.deepEqual(await listNames(storage), ['elsewhere/file']);
});

test('files with other names are left out of listings', async t => {
	const {root, storage} = await openEmpty(t);
	await storage.write('a', Buffer.from('x'));
	await Promise.all(['.hidden', 'a b', 'lost~', 'new\nline'].map(async name => writeFile(join(root, name), 'x')));
	await writeFile(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xFF])]), 'x');
	await mkdir(join(root, 'lost+found'));
	await writeFile(join(root, 'lost+found', 'x'), 'x');
	await storage.create();
	t.deepEqual(await listNames(storage), ['a']);
	await storage.close();
	t.deepEqual(await readdir(join(root, 'tmp')), []);
});

test('a file in the way of a folder, a folder in the way of an object', async t => {
	const {storage} = await openEmpty(t);
	await storage.write('packs/a', Buffer.from('x'));
	await throwsCoffer(t, async () => storage.write('packs/a/b', Buffer.from('x')), 'damaged', 'packs/a');
	await throwsCoffer(t, async () => storage.write('packs', Buffer.from('x')), 'storage-failed', 'packs');
	t.deepEqual(await listNames(storage), ['packs/a']);
	t.is(await storage.sweep(0), 0);
});

test('folders that somebody removed are made again', async t => {
	const {root, storage} = await openEmpty(t);
	await storage.write('packs/ab/a', Buffer.from('x'));
	await rm(join(root, 'packs'), {recursive: true});
	await storage.write('packs/ab/b', Buffer.from('x'));
	await rm(root, {recursive: true});
	await storage.write('packs/ab/c', Buffer.from('x'));
	t.deepEqual(await listNames(storage), ['packs/ab/c']);
});

test('nothing is cached: changes behind its back are seen', async t => {
	const {root, storage} = await openEmpty(t);
	await storage.write('a', Buffer.from('12345'));
	await truncate(join(root, 'a'), 2);
	t.is(String(await storage.read('a')), '12');
	await throwsCoffer(t, async () => storage.read('a', {range: {offset: 0, length: 5}}), 'damaged', 'a');
	await link(join(root, 'a'), join(root, 'b'));
	t.deepEqual(await listNames(storage), ['a', 'b']);
});

test('a huge sparse file takes no memory unless a range asks for it', async t => {
	const {root, storage} = await openEmpty(t);
	await storage.write('a', Buffer.from('x'));
	await truncate(join(root, 'a'), 2 ** 42);
	await throwsCoffer(t, async () => storage.read('a'), 'damaged', 'a');
	t.deepEqual(await storage.read('a', {range: {offset: 2 ** 42 - 2, length: 2}}), Buffer.alloc(2));
});

test('two storages on one folder, as two processes have them', async t => {
	const {root, storage} = await openEmpty(t);
	const other = createLocalStorage({folder: root, runtime});
	await Promise.all(Array.from({length: 100}, async (_, index) => (index % 2 === 0 ? storage : other).write(`f/${index % 10}/${index}`, Buffer.from('x'))));
	t.deepEqual(await listNames(storage), await listNames(other));
	t.is((await storage.list('')).length, 100);
});

test('writeAllSync goes on after short writes', t => {
	fc.assert(fc.property(fc.array(fc.uint8Array({maxLength: 20}), {maxLength: 20}), fc.array(fc.integer({min: 1, max: 30}), {minLength: 1}), (parts, takes) => {
		const taken: Buffer[] = [];
		let calls = 0;
		writeAllSync(0, parts, (_descriptor, remaining) => {
			const chunk = Buffer.concat(remaining).subarray(0, takes[calls++ % takes.length]);
			taken.push(Buffer.from(chunk));
			return chunk.length;
		});
		t.deepEqual(Buffer.concat(taken), Buffer.concat(parts));
	}));
	t.throws(() => {
		writeAllSync(0, [Buffer.from('x')], () => 0);
	});
});

test('after a failed append the object cannot be committed', async t => {
	const {root} = await openEmpty(t);
	const {code, message} = await runStorageScript(root, `
		const pending = await storage.create();
		let failures = 0;
		try { await pending.append([Buffer.alloc(800), Buffer.alloc(800)]); } catch { failures++; }
		try { await pending.commit('object'); } catch { failures++; }
		await pending.discard();
		if (failures !== 2) throw new Error(String(failures));
		await storage.write('object', Buffer.alloc(5000));
	`, ['bash', '-c', 'ulimit -f 1; trap "" XFSZ; exec "$@"', 'bash']);
	t.is(code, 'storage-failed');
	t.regex(message!, /object in .*EFBIG/);
	const storage = createLocalStorage({folder: root, runtime});
	t.deepEqual(await listNames(storage), []);
	t.is(await storage.sweep(0), 0);
});

optionalTest(process.getuid?.() === 0 ? undefined : 'not root, so no small file system can be mounted', 'a full file system: storage-full, nothing visible, and removing works', async t => {
	const root = await makeFolder(t);
	await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', root]);
	t.teardown(async () => run('umount', [root]));
	const storage = createLocalStorage({folder: root, runtime});
	await storage.write('old', Buffer.alloc(600_000));
	await throwsCoffer(t, async () => storage.write('new', Buffer.alloc(600_000)), 'storage-full', 'new');
	await throwsCoffer(t, async () => storage.write('old', Buffer.alloc(600_000)), 'storage-full', 'old');
	const pending = await storage.create();
	await throwsCoffer(t, async () => pending.append([Buffer.alloc(300_000), Buffer.alloc(300_000)]), 'storage-full');
	await throwsCoffer(t, async () => pending.commit('new'), 'storage-full');
	await pending.discard();
	t.deepEqual(await storage.list(''), [{name: 'old', sizeBytes: 600_000}]);
	t.is(await storage.sweep(0), 0);
	await storage.remove('old');
	await storage.write('new', Buffer.alloc(600_000));

	await run('mount', ['-o', 'remount,ro', root]);
	await throwsCoffer(t, async () => storage.write('newer', Buffer.from('x')), 'storage-denied');
	await throwsCoffer(t, async () => storage.remove('new'), 'storage-denied', 'new');
	t.is((await storage.read('new')).length, 600_000);
});

const setprivLack = process.getuid?.() === 0 && spawnSync('setpriv', ['--version']).status === 0 ? undefined : 'needs root and setpriv to become another user';
optionalTest(setprivLack, 'without permission: storage-denied', async t => {
	const root = await makeFolder(t);
	await createLocalStorage({folder: root, runtime}).write('a', Buffer.from('x'));
	await chmod(root, 0o755);
	// The interpreter and the sources may lie where another user cannot read: the user changes after they are loaded.
	for (const [body, name] of [['read("a")', 'a in'], ['write("b", Buffer.from("x"))', 'b in'], ['remove("a")', 'a in'], ['sweep(0)', 'tmp']] as const) {
		const outcome = await runStorageScript(root, `process.setgroups([]); process.setgid(65534); process.setuid(65534); await storage.${body};`);
		t.is(outcome.code, 'storage-denied', body);
		t.true(outcome.message!.includes(name), outcome.message);
	}
});
