import {Buffer} from 'node:buffer';
import {execFileSync} from 'node:child_process';
import {closeSync, constants, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {setAttributeSync} from '@napi-rs/xattr';
import test from 'ava';
import {backup} from '../../../../source/engine/operations/backup/backup.ts';
import {createSystemRuntime} from '../../../../source/engine/runtime.ts';
import {createTestRepository, newestSnapshot, readSnapshot} from '../../../helpers/repository-session.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {createFolder} from '../../../helpers/source-folder.ts';

const runtime = createSystemRuntime();

/** 10,000 names: every byte a name may hold, and what tools stumble over. */
function createNames(): Buffer[] {
	const special = ['\n', '\u001B[31m', '-rf', '--', ' ', ' leading', 'trailing ', '.hidden', '...', '*', '?', '[a]', '$(id)', '`id`', '"', '\'', '\\', 'a\rb', '\u202E', 'é', 'e\u0301', 'x'.repeat(255), '{"a":1}', '__proto__', 'constructor', '#', '%00'];
	const names = special.map(name => Buffer.from(name));
	names.push(Buffer.from([0xFF]), Buffer.from([0xC3, 0x28]), Buffer.from([0xED, 0xA0, 0x80]), Buffer.alloc(255, 0xFE));
	for (let byte = 1; byte < 256; byte++) {
		if (byte !== 0x2F) {
			names.push(Buffer.from([0x62, byte, 0x65]));
		}
	}

	const random = runtime.randomBytes(12 * 10_000).map(byte => byte === 0 || byte === 0x2F ? 0x41 : byte);
	for (let index = 0; names.length < 10_000; index++) {
		names.push(Buffer.concat([Buffer.from(`${index}-`), random.subarray(index * 12, (index + 1) * 12)]));
	}

	return names;
}

test('10,000 hostile names are backed up under exactly their bytes', async t => {
	const folder = createFolder(t);
	const names = createNames();
	for (const name of names) {
		writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), name);
	}

	const {session} = await createTestRepository(runtime);
	const summary = await backup(session, {source: {kind: 'files', name: 'names', paths: [folder]}});
	t.is(summary.files, names.length);
	const entries = await readSnapshot(session, await newestSnapshot(session));
	let equal = 0;
	for (const name of names) {
		equal += Number(entries.get(`${folder}/${name.toString('latin1')}`)?.content?.equals(name) ?? false);
	}

	t.is(equal, names.length);
	t.log(`${equal} of ${names.length} names, each with its own bytes as content`);
	const second = await backup(session, {source: {kind: 'files', name: 'names', paths: [folder]}});
	t.is(second.files, names.length);
});

test('paths far beyond 4,096 bytes are walked and read', async t => {
	const folder = createFolder(t);
	const name = 'd'.repeat(200);
	let descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
	for (let depth = 0; depth < 60; depth++) {
		const child = `/proc/self/fd/${descriptor}/${name}`;
		mkdirSync(child);
		const next = openSync(child, constants.O_RDONLY | constants.O_DIRECTORY);
		closeSync(descriptor);
		descriptor = next;
	}

	writeFileSync(`/proc/self/fd/${descriptor}/deep`, 'found');
	closeSync(descriptor);
	const {session} = await createTestRepository(runtime);
	const summary = await backup(session, {source: {kind: 'files', name: 'deep', paths: [folder]}});
	t.is(summary.unreadable, 0);
	const entries = await readSnapshot(session, await newestSnapshot(session));
	const [longest] = [...entries].toSorted((a, b) => b[0].length - a[0].length);
	t.true(longest![0].length > 12_000);
	t.is(longest![1].content?.toString(), 'found');
	const again = await backup(session, {source: {kind: 'files', name: 'deep', paths: [folder]}});
	t.is(again.files, 1);
});

/** Whether the temporary folder's file system keeps user attributes; older kernels have none on tmpfs. */
function findAttributeLack(): string | undefined {
	const folder = mkdtempSync(path.join(tmpdir(), 'coffer-test-'));
	try {
		setAttributeSync(folder, 'user.coffer', 'x');
		return undefined;
	} catch {
		return 'the file system of the temporary folder has no user attributes';
	} finally {
		rmSync(folder, {recursive: true});
	}
}

optionalTest(findAttributeLack(), 'extended attributes below directories whose names are not UTF-8 are kept', async t => {
	const folder = createFolder(t);
	const odd = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xFF, 0xFE])]);
	mkdirSync(odd);
	writeFileSync(Buffer.concat([odd, Buffer.from('/file')]), 'x');
	const descriptor = openSync(odd, constants.O_RDONLY | constants.O_DIRECTORY);
	setAttributeSync(`/proc/self/fd/${descriptor}/file`, 'user.colour', 'blue');
	setAttributeSync(`/proc/self/fd/${descriptor}/.`, 'user.colour', 'red');
	closeSync(descriptor);
	const {session} = await createTestRepository(runtime);
	await backup(session, {source: {kind: 'files', name: 'odd', paths: [folder]}});
	const entries = await readSnapshot(session, await newestSnapshot(session));
	const attributes = (name: string) => entries.get(`${folder}/${name}`)?.node.xattrs?.map(attribute => `${attribute.name}=${attribute.value.toString()}`);
	t.deepEqual(attributes('\u00FF\u00FE'), ['user.colour=red']);
	t.deepEqual(attributes('\u00FF\u00FE/file'), ['user.colour=blue']);
});

test('pipes and sockets are recorded, never opened', async t => {
	const folder = createFolder(t, {file: 'x'});
	execFileSync('mkfifo', [path.join(folder, 'pipe')]);
	const server = createServer().listen(path.join(folder, 'socket'));
	await new Promise(resolve => {
		server.once('listening', resolve);
	});
	const {session} = await createTestRepository(runtime);
	const summary = await backup(session, {source: {kind: 'files', name: 'special', paths: [folder]}});
	server.close();
	const entries = await readSnapshot(session, await newestSnapshot(session));
	t.is(entries.get(`${folder}/pipe`)?.node.type, 'fifo');
	t.is(entries.get(`${folder}/socket`)?.node.type, 'socket');
	t.is(summary.unreadable, 0);
});

optionalTest(process.geteuid?.() === 0 ? undefined : 'only root makes devices', 'devices are recorded with their numbers', async t => {
	const folder = createFolder(t);
	execFileSync('mknod', [path.join(folder, 'null'), 'c', '1', '3']);
	execFileSync('mknod', [path.join(folder, 'loop'), 'b', '7', '9']);
	const {session} = await createTestRepository(runtime);
	await backup(session, {source: {kind: 'files', name: 'devices', paths: [folder]}});
	const entries = await readSnapshot(session, await newestSnapshot(session));
	t.deepEqual([entries.get(`${folder}/null`)?.node.type, entries.get(`${folder}/null`)?.node.rdev], ['character', '259']);
	t.deepEqual([entries.get(`${folder}/loop`)?.node.type, entries.get(`${folder}/loop`)?.node.rdev], ['block', '1801']);
});
