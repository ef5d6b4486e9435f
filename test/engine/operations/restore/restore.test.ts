import {lstatSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type * as xattrModule from '@napi-rs/xattr';
import test from 'ava';
import {fromText} from '../../../../source/engine/byte-string.ts';
import type {EngineEvent} from '../../../../source/engine/events.ts';
import {restore} from '../../../../source/engine/operations/restore/restore.ts';
import {createSystemRuntime} from '../../../../source/engine/runtime.ts';
import {createLocalStorage} from '../../../../source/engine/storage/local.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {createTestRepository} from '../../../helpers/repository-session.ts';
import {buildSnapshot, builtTimeNs, type BuiltEntry} from '../../../helpers/snapshot-builder.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {createByteStream, createTestRuntime} from '../../../helpers/test-runtime.ts';
import {walkFolder} from '../../../helpers/walk-folder.ts';

const runtime = createTestRuntime();
const randomBytes = createByteStream('restore');
const needsRoot = process.getuid!() === 0 ? undefined : 'needs root';
const builtTimeUs = builtTimeNs / 1000n;
const xattr = createRequire(import.meta.url)('@napi-rs/xattr') as typeof xattrModule;

function findXattrLack(): string | undefined {
	const probe = mkdtempSync(path.join(tmpdir(), 'coffer-xattr-'));
	try {
		xattr.setAttributeSync(probe, 'user.probe', Buffer.from('x'));
		return undefined;
	} catch {
		return 'the file system of temporary files has no extended attributes';
	} finally {
		rmdirSync(probe);
	}
}

test('brings content, modes, times and links back', async t => {
	const {session} = await createTestRepository(runtime);
	const large = randomBytes(1_000_001);
	const {snapshot} = await buildSnapshot(session, [
		{name: 'etc', mode: 0o751, entries: [
			{name: 'empty', mode: 0o400},
			{name: 'hosts', content: 'localhost', mode: 0o600, mtimeNs: 1_500_000_000_000_001_999n},
			{name: 'link', target: fromText('../nowhere/ä'), mtimeNs: 5_000_001_000n},
			{name: 'none', entries: [], mode: 0o500},
		]},
		{name: 'large', content: large},
	]);
	const target = path.join(createFolder(t), 'new', 'target');
	const events: EngineEvent[] = [];
	const summary = await restore(session, {snapshot, target}, {
		onEvent(event) {
			events.push(event);
		},
	});
	t.like(summary, {restored: 4, skipped: 0, failed: 0, bytes: 1_000_010, deleted: 0, problems: []});
	t.like(summary.planned, {folders: 2, create: 4});
	const walked = walkFolder(target);
	t.deepEqual([...walked.keys()], ['', 'etc', 'etc/empty', 'etc/hosts', 'etc/link', 'etc/none', 'large']);
	t.like(walked.get(''), {mode: 0o700});
	t.like(walked.get('etc'), {mode: 0o751, mtimeUs: builtTimeUs});
	t.like(walked.get('etc/empty'), {mode: 0o400, content: '', mtimeUs: builtTimeUs});
	t.like(walked.get('etc/hosts'), {mode: 0o600, content: 'localhost', mtimeUs: 1_500_000_000_000_001n});
	t.like(walked.get('etc/link'), {target: '../nowhere/Ã¤', mtimeUs: 5_000_001n});
	t.like(walked.get('etc/none'), {mode: 0o500, type: 'directory'});
	t.true(readFileSync(path.join(target, 'large')).equals(large));
	t.deepEqual(events.map(event => event.event === 'progress' && event.phase), ['planning', 'writing']);
});

test('brings 2,000 random times back to the microsecond, half of them before 1970', async t => {
	const {session} = await createTestRepository(runtime);
	const times = Array.from({length: 2000}, (_, index) => {
		const time = randomBytes(8).readBigUInt64LE() % 8_000_000_000_000_000_000n;
		return index % 2 === 0 ? time / 4n : -(time / 4n);
	});
	times[0] = -1n;
	times[1] = -999_999_999n;
	times[2] = 0n;
	const {snapshot} = await buildSnapshot(session, times.map((mtimeNs, index) => ({name: `f${index}`, mtimeNs})));
	const target = createFolder(t);
	await restore(session, {snapshot, target});
	const walked = walkFolder(target);
	const floor = (ns: bigint): bigint => (ns >= 0n ? ns / 1000n : -((999n - ns) / 1000n));
	// ext4 ends in 1901 and 2446.
	const expected = times.filter(time => time > -2_000_000_000_000_000_000n);
	const wrong = expected.filter(time => walked.get(`f${times.indexOf(time)}`)!.mtimeUs !== floor(time));
	t.deepEqual(wrong, []);
	t.is(expected.length, 2000);
});

test('links what was linked, and copies nothing twice', async t => {
	const {session} = await createTestRepository(runtime);
	const linked = {inode: '7', links: 3, content: 'same'} as const;
	const {snapshot} = await buildSnapshot(session, [
		{name: 'a', ...linked},
		{name: 'alone', content: 'same', inode: '7'},
		{name: 'b', entries: [{name: 'c', ...linked}, {name: 'd', ...linked}]},
		{name: 's1', target: fromText('a'), inode: '8', links: 2},
		{name: 's2', target: fromText('a'), inode: '8', links: 2},
	]);
	const target = createFolder(t);
	const summary = await restore(session, {snapshot, target});
	t.like(summary, {restored: 6, failed: 0, bytes: 16});
	const walked = walkFolder(target);
	const inodes = ['a', 'b/c', 'b/d'].map(name => walked.get(name)!.inode);
	t.is(new Set(inodes).size, 1);
	t.is(walked.get('a')!.links, 3);
	t.is(walked.get('alone')!.links, 1);
	t.is(walked.get('s1')!.inode, walked.get('s2')!.inode);
	t.like(walked.get('b'), {mtimeUs: builtTimeUs});

	const again = await restore(session, {snapshot, target, overwrite: 'always'});
	t.like(again, {restored: 0, skipped: 6, failed: 0});
});

test('links to a file that is there already', async t => {
	const {session} = await createTestRepository(runtime);
	const linked = {inode: '7', links: 2, content: 'same'} as const;
	const {snapshot} = await buildSnapshot(session, [{name: 'a', ...linked}, {name: 'b', ...linked}]);
	const target = createFolder(t);
	await restore(session, {snapshot, target, includes: ['/a']});
	const summary = await restore(session, {snapshot, target});
	t.like(summary, {restored: 1, skipped: 1, failed: 0});
	t.is(statSync(path.join(target, 'a')).ino, statSync(path.join(target, 'b')).ino);
});

test('when the first of several names cannot be taken, another one carries the content', async t => {
	const {session} = await createTestRepository(runtime);
	const linked = {inode: '7', links: 3, content: 'same'} as const;
	const {snapshot} = await buildSnapshot(session, [{name: 'a', ...linked}, {name: 'b', ...linked}, {name: 'c', ...linked}]);
	const target = createFolder(t);
	const summary = await restore(session, {snapshot, target}, {
		onEvent(event) {
			if (event.event === 'progress' && event.phase === 'writing') {
				writeFileSync(path.join(target, 'a'), 'intruder');
			}
		},
	});
	t.like(summary, {restored: 2, failed: 1});
	t.is(summary.problems[0]!.path, '/a');
	t.is(readFileSync(path.join(target, 'a'), 'utf8'), 'intruder');
	t.is(readFileSync(path.join(target, 'b'), 'utf8'), 'same');
	t.is(statSync(path.join(target, 'c')).ino, statSync(path.join(target, 'b')).ino);
});

test('leaves holes where a sparse file had zeros', async t => {
	const {session} = await createTestRepository(runtime);
	const content = Buffer.alloc(5_000_000);
	content.write('begin', 4095);
	content.write('middle', 2_000_001);
	content.write('end', 4_900_000);
	const {snapshot} = await buildSnapshot(session, [{name: 'full', content}, {name: 'sparse', content, isSparse: true}, {name: 'zeros', content: Buffer.alloc(10_001), isSparse: true}]);
	const target = createFolder(t);
	t.like(await restore(session, {snapshot, target}), {restored: 3, failed: 0});
	t.true(readFileSync(path.join(target, 'sparse')).equals(content));
	t.deepEqual(readFileSync(path.join(target, 'zeros')), Buffer.alloc(10_001));
	const walked = walkFolder(target);
	t.true(walked.get('sparse')!.allocatedBytes < 100_000n);
	t.true(walked.get('full')!.allocatedBytes >= 5_000_000n);
});

test('reads a file of 3,000 chunks by its lists', async t => {
	const {session} = await createTestRepository(runtime);
	const content = randomBytes(300_000);
	const {snapshot} = await buildSnapshot(session, [{name: 'f', content}], {chunkBytes: 100});
	const target = createFolder(t);
	t.like(await restore(session, {snapshot, target}), {restored: 1, failed: 0});
	t.true(readFileSync(path.join(target, 'f')).equals(content));
});

test('many files through worker threads equal those through none', async t => {
	const folder = createFolder(t);
	const system = createSystemRuntime();
	const storage = createLocalStorage({folder: path.join(folder, 'repository'), runtime: system});
	const {session} = await createTestRepository(system, storage);
	const createFolderEntry = (folderNumber: number): BuiltEntry => ({
		name: `d${folderNumber}`,
		entries: Array.from({length: 60}, (_, index) => ({name: `f${index}`, content: randomBytes((index * 997) % 9000), mode: 0o600 + (index % 8)})),
	});
	const entries = [...Array.from({length: 40}, (_, index) => createFolderEntry(index)), {name: 'large', content: randomBytes(9_000_000)}];
	const {snapshot} = await buildSnapshot(session, entries);
	const target = path.join(folder, 'threads');
	t.like(await restore(session, {snapshot, target}), {restored: 2401, failed: 0, problems: []});

	// Storage in memory cannot be shared with threads.
	const inMemory = await createTestRepository(system);
	const built = await buildSnapshot(inMemory.session, entries);
	const single = path.join(folder, 'single');
	t.like(await restore(inMemory.session, {snapshot: built.snapshot, target: single}), {restored: 2401, failed: 0});
	const comparable = (root: string) => [...walkFolder(root)].map(([name, {mode, mtimeUs, content}]) => (name === '' ? '' : `${name} ${mode} ${mtimeUs} ${content}`));
	t.deepEqual(comparable(target), comparable(single));
});

optionalTest(needsRoot, 'gives files their owners, also large ids, and setuid bits', async t => {
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, [
		{name: 'd', uid: 12, gid: 13, mode: 0o2775, entries: []},
		{name: 'f', uid: 3_000_000_000, gid: 4_000_000_000, mode: 0o4755, content: 'x'},
		{name: 'l', uid: 5, gid: 6, target: fromText('f')},
	]);
	const target = createFolder(t);
	t.like(await restore(session, {snapshot, target}), {restored: 2, failed: 0});
	const walked = walkFolder(target);
	t.like(walked.get('d'), {uid: 12, gid: 13, mode: 0o2775});
	t.like(walked.get('f'), {uid: 3_000_000_000, gid: 4_000_000_000, mode: 0o4755});
	t.like(walked.get('l'), {uid: 5, gid: 6});
});

test('without ownership no setuid or setgid bit is given away', async t => {
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, [{name: 'f', uid: 12, mode: 0o6755, content: 'x'}]);
	const target = createFolder(t);
	const warnings: EngineEvent[] = [];
	const summary = await restore(session, {snapshot, target, withOwnership: false}, {
		onEvent(event) {
			if (event.event === 'warning') {
				warnings.push(event);
			}
		},
	});
	t.like(summary, {restored: 1, failed: 0});
	t.like(walkFolder(target).get('f'), {mode: 0o755, uid: process.getuid!()});
	t.like(warnings, [{path: '/f'}]);
});

optionalTest(needsRoot, 'makes FIFOs and devices, names a socket', async t => {
	const {session} = await createTestRepository(runtime);
	const name = 'fifo \u00FF\n-';
	const {snapshot} = await buildSnapshot(session, [
		{name: 'block', type: 'block', rdev: '2053', mode: 0o660},
		{name: 'far', type: 'character', rdev: String((0x1_23n << 20n) + (0x3_45n << 8n) + 0x67n), mode: 0o600},
		{name, type: 'fifo', mode: 0o622, uid: 4},
		{name: 'null', type: 'character', rdev: '259', mode: 0o666},
		{name: 'socket', type: 'socket'},
	]);
	const target = createFolder(t);
	const warnings: string[] = [];
	const summary = await restore(session, {snapshot, target}, {
		onEvent(event) {
			if (event.event === 'warning') {
				warnings.push(`${event.kind} ${event.path}`);
			}
		},
	});
	t.like(summary, {restored: 4, skipped: 1, failed: 0});
	t.deepEqual(warnings, ['skipped /socket']);
	const walked = walkFolder(target);
	t.like(walked.get(name), {type: 'fifo', mode: 0o622, uid: 4, mtimeUs: builtTimeUs});
	t.is(lstatSync(path.join(target, 'null')).rdev, 259);
	t.true(lstatSync(path.join(target, 'null')).isCharacterDevice());
	t.is(lstatSync(path.join(target, 'block')).rdev, 2053);
	t.is(lstatSync(path.join(target, 'far'), {bigint: true}).rdev, (0x1_23n << 20n) + (0x3_45n << 8n) + 0x67n);
	t.like(await restore(session, {snapshot, target, overwrite: 'always'}), {restored: 0, skipped: 5, failed: 0});
});

optionalTest(findXattrLack(), 'sets extended attributes, and names those that cannot be set', async t => {
	const target = createFolder(t);
	const xattrs = [{name: 'user.a', value: Buffer.from([0, 255])}];
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, [
		{name: 'd', xattrs, entries: [{name: 'f', content: 'x', xattrs, mode: 0o400}]},
		{name: 'odd', xattrs: [{name: 'nonsense.a', value: Buffer.from('x')}, ...xattrs]},
		{name: 'ä\u00FF', xattrs},
	]);
	const warnings: string[] = [];
	const summary = await restore(session, {snapshot, target}, {
		onEvent(event) {
			if (event.event === 'warning') {
				warnings.push(event.message);
			}
		},
	});
	t.like(summary, {restored: 3, failed: 0});
	t.deepEqual(xattr.getAttributeSync(path.join(target, 'd'), 'user.a'), Buffer.from([0, 255]));
	t.deepEqual(xattr.getAttributeSync(path.join(target, 'd', 'f'), 'user.a'), Buffer.from([0, 255]));
	t.is(warnings.length, 1);
	t.regex(warnings[0]!, /^\/odd.*nonsense\.a/);
	t.deepEqual([...walkFolder(target).keys()].filter(name => name.includes('.coffer')), []);
	t.like(walkFolder(target).get('d'), {mtimeUs: builtTimeUs});
});

test.serial('works with a target that is reached through a symbolic link, and under a strict umask', async t => {
	const folder = createFolder(t);
	mkdirSync(path.join(folder, 'real'));
	symlinkSync('real', path.join(folder, 'link'));
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, [{name: 'd', mode: 0o777, entries: [{name: 'f', mode: 0o666}]}]);
	const before = process.umask(0o077);
	try {
		await restore(session, {snapshot, target: path.join(folder, 'link')});
	} finally {
		process.umask(before);
	}

	t.like(walkFolder(path.join(folder, 'real')).get('d/f'), {mode: 0o666});
	t.like(walkFolder(path.join(folder, 'real')).get('d'), {mode: 0o777});
});
