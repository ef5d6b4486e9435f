import {spawnSync} from 'node:child_process';
import {Buffer} from 'node:buffer';
import {chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import type {EngineEvent} from '../../../../source/engine/events.ts';
import {backup} from '../../../../source/engine/operations/backup/backup.ts';
import {exportArchive, type ExportSummary} from '../../../../source/engine/operations/export-archive/export-archive.ts';
import {importArchive} from '../../../../source/engine/operations/import-archive/import-archive.ts';
import {listSnapshots, openStorage, type RepositorySession} from '../../../../source/engine/repository/repository.ts';
import {createSystemRuntime} from '../../../../source/engine/runtime.ts';
import {hasExtendedAttributes} from '../../../../source/engine/sources/files/extended-attributes.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {lackOf, shell} from '../../../helpers/old-archives.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {createTestRepository, newestSnapshot, readSnapshot, withRole} from '../../../helpers/repository-session.ts';
import {createFolder, type Layout} from '../../../helpers/source-folder.ts';
import {createTestRuntime} from '../../../helpers/test-runtime.ts';
import {walkFolder} from '../../../helpers/walk-folder.ts';

const lack = lackOf('openssl', 'tar', 'sha256sum');
const isRoot = process.geteuid?.() === 0;
const password = Buffer.from('secret');

type Scene = {
	readonly folder: string;
	readonly data: string;
	readonly session: RepositorySession;
	export(target: string, options?: Parameters<typeof exportArchive>[2]): Promise<ExportSummary>;
	backup(): Promise<unknown>;
};

/** A folder with a key file, and a source that is backed up into a repository in memory. */
async function createScene(t: ExecutionContext, layout: Layout, prepare?: (data: string) => void): Promise<Scene> {
	const folder = createFolder(t, {key: 'secret\n', 'out/': ''});
	const data = createFolder(t, layout);
	prepare?.(data);
	const runtime = createTestRuntime({startMs: Date.now() + 10_000});
	const {session} = await createTestRepository(runtime);
	const run = async () => {
		runtime.forward(1000);
		return backup(session, {source: {kind: 'files', name: '/srv/www', paths: [data]}});
	};

	await run();
	return {folder, data, session, backup: run, export: async (target, options) => exportArchive(session, {snapshot: await newestSnapshot(session), target, password, program: 'coffer test'}, options)};
}

const unpack = (folder: string, {command, file}: ExportSummary): string => shell(`mkdir theirs; cd theirs; ln -s ../key KEY; ${command.replace(path.basename(file), () => file)}p; rm KEY`, folder);

optionalTest(lack, 'stock openssl and tar bring back what was backed up: modes, owners, times, links, attributes, names of any bytes', async t => {
	const layout = {'a/one': 'one', 'a/empty': '', big: Buffer.alloc(3_000_000, 'big'), 'deep/er/file': 'x', [`${'long'.repeat(40)}/${'name'.repeat(50)}`]: 'long', über: 'ü', 'folder/': ''};
	const scene = await createScene(t, layout, data => {
		shell('ln a/one deep/hard; ln -s ../a/one deep/soft; ln -s nowhere dangling; mkfifo pipe; truncate -s 5M sparse; echo end >>sparse; chmod 4750 a/one; chmod 711 deep; touch -d "2001-02-03 04:05:06.123456789Z" deep/er/file; touch -d 1960-01-01Z a/empty; touch -h -d 2002-01-01Z deep/soft', data);
		writeFileSync(Buffer.concat([Buffer.from(`${data}/`), Buffer.from('fffe', 'hex')]), 'bytes');
	});
	if (isRoot) {
		shell('chown 12345:54321 a/one; chown -h 3000000:4000000000 dangling; mknod null c 1 3', scene.data);
		await scene.backup();
	}

	const summary = await scene.export(path.join(scene.folder, 'out'));
	t.regex(summary.file, /\/out\/srv-www-\d{8}-\d{6}\.tar\.gz\.enc$/);
	const time = new Date((await newestSnapshot(scene.session)).time);
	t.true(summary.file.includes(`-${time.getFullYear()}`));
	unpack(scene.folder, summary);
	const theirs = walkFolder(path.join(scene.folder, 'theirs', scene.data));
	const ours = walkFolder(scene.data);
	t.deepEqual([...theirs.keys()].toSorted(), [...ours.keys()].toSorted());
	for (const [name, {inode: _a, allocatedBytes: _b, ...rest}] of ours) {
		const {inode: _c, allocatedBytes: _d, ...own} = theirs.get(name)!;
		t.deepEqual(own, rest, name);
	}

	t.is(theirs.get('a/one')!.inode, theirs.get('deep/hard')!.inode);
	t.is(summary.skipped, 0);
	t.log(`${ours.size} entries`);
});

optionalTest(lack, 'beside it: a checksum that sha256sum takes, and a description without a secret; all of mode 600, and nothing else', async t => {
	const scene = await createScene(t, {file: 'content'});
	const target = path.join(scene.folder, 'out/it\'s "mine".enc');
	const summary = await scene.export(target);
	t.is(summary.file, target);
	t.deepEqual(readdirSync(path.join(scene.folder, 'out')).toSorted(), [path.basename(target), `${path.basename(target)}.json`, `${path.basename(target)}.sha256`]);
	for (const name of readdirSync(path.join(scene.folder, 'out'))) {
		t.is(lstatSync(path.join(scene.folder, 'out', name)).mode & 0o777, 0o600, name);
	}

	t.is(spawnSync('sha256sum', ['-c', '--strict', `${target}.sha256`], {cwd: path.join(scene.folder, 'out')}).status, 0);
	const text = readFileSync(`${target}.json`, 'utf8');
	t.false(text.includes('secret'));
	const description = JSON.parse(text) as Record<string, unknown>;
	const {id, time} = await newestSnapshot(scene.session);
	t.like(description, {program: 'coffer test', file: path.basename(target), sha256: summary.sha256, sizeBytes: lstatSync(target).size, files: 1, bytes: 7, iterations: 600_000});
	t.like(description['snapshot'], {id, time, source: '/srv/www'});
	// The very command that it names, run by a shell.
	shell(`cd out; cp ../key KEY; ${String(description['command'])}`, scene.folder);
	t.is(readFileSync(path.join(scene.folder, 'out', scene.data, 'file'), 'utf8'), 'content');
});

optionalTest(lack ?? (hasExtendedAttributes() ? undefined : 'no extended attributes here') ?? lackOf('setfattr', 'getfattr') ?? (isRoot ? undefined : 'only root sees all extended attributes'), 'extended attributes stand in the archive as GNU tar has them, bytes that are no text among them', async t => {
	const scene = await createScene(t, {file: 'x', other: 'y'}, data => {
		shell('setfattr -n user.plain -v text file; setfattr -n user.bytes -v 0xff00fe0a file; setfattr -n "user.a=b%c" -v 1 other', data);
	});
	const summary = await scene.export(path.join(scene.folder, 'out/'));
	shell(`openssl enc -d -aes-256-cbc -pbkdf2 -iter 600000 -pass file:key -in ${summary.file} | tar -xz --xattrs --xattrs-include='*'`, scene.folder);
	const dump = (folder: string) => shell(`cd ${folder}; getfattr -d -m user -e hex file other`, scene.folder);
	t.is(dump(`.${scene.data}`), dump(scene.data));
	t.regex(dump(scene.data), /user\.bytes=0xff00fe0a/);
});

test('there and back: an archive of a snapshot becomes a snapshot with the same entries', async t => {
	const scene = await createScene(t, {'a/one': 'one', big: Buffer.alloc(2_500_000, 'big'), 'ü/x': 'x'}, data => {
		symlinkSync('one', path.join(data, 'a/link'));
		writeFileSync(Buffer.concat([Buffer.from(`${data}/`), Buffer.from('ff', 'hex')]), 'bytes');
		chmodSync(path.join(data, 'a/one'), 0o604);
	});
	shell('ln a/one hard', scene.data);
	await scene.backup();
	const original = await newestSnapshot(scene.session);
	const {file} = await scene.export(path.join(scene.folder, 'out/'));
	const {snapshot, unreadable, archive} = await importArchive(scene.session, {path: file, password});
	t.is(unreadable, 0);
	t.true(archive.hasChecksum);
	t.is(archive.derivation, '-pbkdf2 -iter 600000');
	t.is(Date.parse(snapshot!.time), Math.floor(Date.parse(original.time) / 1000) * 1000);
	const imported = (await listSnapshots(scene.session)).snapshots.find(({id}) => id === snapshot!.id)!;
	const plain = async (of: typeof original) => [...await readSnapshot(scene.session, of)]
		.filter(([name]) => name.startsWith(scene.data))
		.map(([name, {node: {type, mode, uid, gid, mtimeNs, links, target}, sha256}]) => [name, type, mode, uid, gid, mtimeNs, links, target, sha256]);
	t.deepEqual(await plain(imported), await plain(original));
	t.is((await plain(original)).length, 9);
});

test('nothing is overwritten: neither the archive nor what belongs beside it', async t => {
	const scene = await createScene(t, {file: 'x'});
	for (const ending of ['', '.sha256', '.json']) {
		const target = path.join(scene.folder, `out/x${ending.slice(1)}.enc`);
		writeFileSync(`${target}${ending}`, 'mine');
		await refusesAsync(t, async () => scene.export(target), 'target-unusable', /exists already, and is never overwritten/);
		t.is(readFileSync(`${target}${ending}`, 'utf8'), 'mine');
	}

	symlinkSync('nowhere', path.join(scene.folder, 'out/link'));
	await refusesAsync(t, async () => scene.export(path.join(scene.folder, 'out/link')), 'target-unusable');
	t.deepEqual(readdirSync(path.join(scene.folder, 'out')).toSorted(), ['link', 'x.enc', 'xjson.enc.json', 'xsha256.enc.sha256']);
});

test('what takes the name while it is written stays, and nothing of the export does', async t => {
	const scene = await createScene(t, {file: 'x'});
	for (const ending of ['', '.sha256', '.json']) {
		const target = path.join(scene.folder, 'out', `late${ending}`, 'x.enc');
		mkdirSync(path.dirname(target));
		await refusesAsync(t, async () => scene.export(target, {onEvent(event) {
			if (event.event === 'progress' && event.phase === 'writing') {
				writeFileSync(`${target}${ending}`, 'mine');
			}
		}}), 'target-unusable');
		t.deepEqual(readdirSync(path.dirname(target)), [`x.enc${ending}`]);
		t.is(readFileSync(`${target}${ending}`, 'utf8'), 'mine');
	}
});

test('an interruption leaves nothing, wherever it comes', async t => {
	const scene = await createScene(t, Object.fromEntries(Array.from({length: 30}, (_, index) => [`f${index}`, Buffer.alloc(40_000, String(index))])));
	const out = path.join(scene.folder, 'out/');
	let moments = 0;
	for (let last = 0; last < 4; last++) {
		const controller = new AbortController();
		let seen = 0;
		await refusesAsync(t, async () => scene.export(out, {signal: controller.signal, onEvent() {
			if (seen++ === Math.min(last, 1)) {
				controller.abort();
			}
		}}), 'aborted');
		t.deepEqual(readdirSync(out), []);
		moments++;
	}

	t.log(`${moments} interruptions`);
});

test('a snapshot that has lost a part is not exported, and nothing is left; the message says what is lost', async t => {
	const folder = createFolder(t, {'out/': ''});
	const data = createFolder(t, {good: 'x', bad: Buffer.alloc(900_000, 'bad')});
	const runtime = createSystemRuntime();
	const {session, storage} = await createTestRepository(runtime, openStorage(path.join(folder, 'repository'), runtime));
	await backup(session, {source: {kind: 'files', name: 'data', paths: [data]}});
	for (const {name, sizeBytes} of await storage.list('packs')) {
		const file = path.join(folder, 'repository', name);
		const bytes = readFileSync(file);
		bytes[Math.floor(sizeBytes / 4)]! ^= 1;
		chmodSync(file, 0o600);
		writeFileSync(file, bytes);
	}

	await refusesAsync(t, async () => exportArchive(session, {snapshot: await newestSnapshot(session), target: path.join(folder, 'out/'), password}), 'damaged');
	t.deepEqual(readdirSync(path.join(folder, 'out')), []);
	await refusesAsync(t, async () => exportArchive(session, {snapshot: await newestSnapshot(session), target: path.join(folder, 'repository/in/x.enc'), password}), 'target-unusable', /inside the repository/);
});

test('roles: only an owner\'s key exports; the others say so, and leave nothing', async t => {
	const scene = await createScene(t, {file: 'x'});
	const snapshot = await newestSnapshot(scene.session);
	for (const role of ['backup', 'auditor'] as const) {
		const session = await withRole(scene.session, role);
		await refusesAsync(t, async () => exportArchive(session, {snapshot, target: path.join(scene.folder, 'out/'), password}), 'key-role');
	}

	t.deepEqual(readdirSync(path.join(scene.folder, 'out')), []);
});

test('a socket has no place in a tar: it is named, and everything else is exported', async t => {
	const server = createServer();
	const scene = await createScene(t, {file: 'x'});
	await new Promise<void>(resolve => {
		server.listen(path.join(scene.data, 'socket'), resolve);
	});
	await scene.backup();
	server.close();
	const events: EngineEvent[] = [];
	const {skipped, files} = await scene.export(path.join(scene.folder, 'out/'), {onEvent(event) {
		events.push(event);
	}});
	t.deepEqual({skipped, files}, {skipped: 1, files: 1});
	t.deepEqual(events.flatMap(event => event.event === 'warning' ? [event.path] : []), [`${scene.data}/socket`]);
});
