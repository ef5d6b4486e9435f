import {Buffer} from 'node:buffer';
import {randomBytes} from 'node:crypto';
import test from 'ava';
import {fromText, type ByteString} from '../../../../source/engine/byte-string.ts';
import {CofferError} from '../../../../source/engine/errors.ts';
import type {EngineEvent} from '../../../../source/engine/events.ts';
import {backup} from '../../../../source/engine/operations/backup/backup.ts';
import {storeStream, type StreamRequest} from '../../../../source/engine/operations/store-stream/store-stream.ts';
import {verify} from '../../../../source/engine/operations/verify/verify.ts';
import {listSnapshots} from '../../../../source/engine/repository/repository.ts';
import type {StreamedEntry} from '../../../../source/engine/streamed-entry.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {createTestRepository, readSnapshot, withRole} from '../../../helpers/repository-session.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {createTestRuntime} from '../../../helpers/test-runtime.ts';

const base = {mode: 0o640, uid: 1, gid: 2, mtimeNs: 5n} as const;
const file = (path: string, content: Uint8Array | string = path): StreamedEntry => ({...base, path: fromText(path), type: 'file', content: (async function * () {
	yield Buffer.from(content as string);
})()});
const folder = (path: string): StreamedEntry => ({...base, path: fromText(path), type: 'directory', mode: 0o700});
const symlink = (path: string, target: string): StreamedEntry => ({...base, path: fromText(path), type: 'symlink', target: fromText(target)});
const link = (path: string, linkTo: string): StreamedEntry => ({...base, path: fromText(path), type: 'file', linkTo: fromText(linkTo)});

function request(entries: readonly StreamedEntry[], more: Partial<StreamRequest> = {}): StreamRequest {
	return {source: 'stream', kind: 'files', class: 'manual', tags: [], paths: ['here'], time: '2025-01-01T00:00:00.000Z', program: 'test', async * entries() {
		yield * entries;
	}, ...more};
}

test('entries in any order become one tree; folders that come only in paths are made, and known as such', async t => {
	const {session} = await createTestRepository(createTestRuntime());
	const {files, directories, unreadable, bytes} = await storeStream(session, request([
		file('z/late/deep', 'deep'), file('b', 'bee'), folder('z/'), file('z/a'), link('z/hard', 'b'), link('z/late/hard', './z/hard'), symlink('a', 'b'), {...base, path: fromText('p'), type: 'fifo'}, folder('./'),
	]));
	t.deepEqual({files, directories, unreadable, bytes}, {files: 7, directories: 2, unreadable: 0, bytes: 10});
	const {snapshots} = await listSnapshots(session);
	const found = await readSnapshot(session, snapshots[0]!);
	t.deepEqual([...found.keys()], ['/a', '/b', '/p', '/z', '/z/a', '/z/hard', '/z/late', '/z/late/deep', '/z/late/hard']);
	t.like(found.get('/z')!.node, {mode: 0o700, uid: 1});
	t.is(found.get('/z')!.node.isAncestor, undefined);
	t.like(found.get('/z/late')!.node, {mode: 0o755, isAncestor: true, mtimeNs: BigInt(Date.UTC(2025, 0, 1)) * 1_000_000n});
	const names = ['/b', '/z/hard', '/z/late/hard'].map(name => found.get(name)!);
	t.deepEqual(names.map(({node: {links, inode}, content}) => [links, inode, content!.toString()]), names.map(() => [3, names[0]!.node.inode, 'bee']));
	t.is(new Set([...found.values()].filter(({node}) => node.type !== 'directory').map(({node}) => node.inode)).size, 5);
	t.deepEqual((await verify(session, {readData: {fraction: 1}})).problems, []);
});

test('of two entries of one name the later one counts, as with tar; what cannot be is named and counted, and the rest is stored', async t => {
	const {session} = await createTestRepository(createTestRuntime());
	const events: EngineEvent[] = [];
	const {unreadable} = await storeStream(session, request([
		file('a', 'one'), link('b', 'a'), file('a', 'two'), symlink('s', '/etc'), file('s/passwd', 'x'), folder('s'), file('d/x'), file('d', 'x'), file('../up'), link('l', 'nowhere'), link('m', 'd'), link('d', 'a'), file('./', 'x'),
	]), {onEvent(event) {
		events.push(event);
	}});
	t.is(unreadable, 8);
	t.deepEqual(events.flatMap(event => event.event === 'warning' ? [event.path] : []), ['s/passwd', 's', 'd', '../up', 'l', 'm', 'd', './']);
	const found = await readSnapshot(session, (await listSnapshots(session)).snapshots[0]!);
	t.deepEqual([...found].map(([name, {content, node}]) => [name, content?.toString() ?? node.type, node.links]), [['/a', 'two', 1], ['/b', 'one', 1], ['/d', 'directory', 1], ['/d/x', 'd/x', 1], ['/s', 'symlink', 1]]);
});

test('the chain: each follows the one before it in time of its source and host, also where it comes later', async t => {
	const runtime = createTestRuntime();
	const {session} = await createTestRepository(runtime);
	const store = async (time: string, source = 'stream') => (await storeStream(session, request([file('a', time)], {time, source}))).snapshot!.id;
	const second = await store('2025-01-02T00:00:00.000Z');
	const fourth = await store('2025-01-04T00:00:00.000Z');
	const third = await store('2025-01-03T00:00:00.000Z');
	const other = await store('2025-01-05T00:00:00.000Z', 'other');
	const data = createFolder(t, {file: 'x'});
	const now = (await backup(session, {source: {kind: 'files', name: 'stream', paths: [data]}})).snapshot!.id;
	const previous = new Map((await listSnapshots(session)).snapshots.map(snapshot => [snapshot.id, snapshot.previous?.id]));
	t.deepEqual([second, fourth, third, other, now].map(id => previous.get(id)), [undefined, second, second, undefined, fourth]);
	t.deepEqual((await verify(session, {})).problems, []);
});

test('the same source and time is there already: nothing is read or stored', async t => {
	const {session, storage} = await createTestRepository(createTestRuntime());
	const {snapshot} = await storeStream(session, request([file('a')]));
	const before = await storage.list('');
	const again = await storeStream(session, request([], {entries() {
		throw new Error('nobody shall read it');
	}}));
	t.is(again.known, snapshot!.id);
	t.is(again.snapshot, undefined);
	t.deepEqual(await storage.list(''), before);
});

test('a stream that fails in the middle makes no snapshot; the next run takes what is there, and loses nothing', async t => {
	const {session, storage} = await createTestRepository(createTestRuntime());
	const large = randomBytes(3_000_000);
	await refusesAsync(t, async () => storeStream(session, request([], {async * entries() {
		yield file('large', large);
		throw new CofferError('damaged', 'The stream broke off.');
	}})), 'damaged');
	t.deepEqual([await storage.list('snapshots'), await storage.list('writers')], [[], []]);
	await storeStream(session, request([file('large', large)]));
	const found = await readSnapshot(session, (await listSnapshots(session)).snapshots[0]!);
	t.deepEqual(found.get('/large')!.content, large);
});

test('a dump that changed a little adds little: deltas work in streams, too', async t => {
	const {session} = await createTestRepository(createTestRuntime());
	const lines = Array.from({length: 60_000}, (_, index) => `INSERT INTO t VALUES (${index}, '${Buffer.from(String(index * 7919 % 10_007)).toString('hex')}');`);
	const first = await storeStream(session, request([file('dump.sql', lines.join('\n'))]));
	for (let index = 0; index < lines.length; index += 1000) {
		lines[index] = `UPDATE ${index};`;
	}

	const second = await storeStream(session, request([file('dump.sql', lines.join('\n'))], {time: '2025-01-02T00:00:00.000Z'}));
	t.true(second.storedBytes * 10 < first.storedBytes, `${first.storedBytes} and ${second.storedBytes}`);
	const without = await storeStream(session, request([file('dump.sql', lines.join('\n').replaceAll('UPDATE', 'DELETE'))], {time: '2025-01-03T00:00:00.000Z', deltas: false}));
	t.true(without.storedBytes > second.storedBytes * 3, `${without.storedBytes}`);
	t.deepEqual((await verify(session, {readData: {fraction: 1}})).problems, []);
	t.log(`${first.storedBytes} bytes, then ${second.storedBytes}, without deltas ${without.storedBytes}`);
});

test('roles: a key for backups alone may store streams, an auditor\'s may not', async t => {
	const {session} = await createTestRepository(createTestRuntime());
	const writer = await withRole(session, 'backup');
	t.truthy((await storeStream(writer, request([file('a')]))).snapshot);
	await refusesAsync(t, async () => storeStream(await withRole(session, 'auditor'), request([file('b')], {time: '2025-02-01T00:00:00.000Z'})), 'key-role');
	t.is((await listSnapshots(session)).snapshots.length, 1);
});

test('files of many chunks, an empty file, names that are no UTF-8', async t => {
	const {session} = await createTestRepository(createTestRuntime(), undefined, {minimumBytes: 64, averageBytes: 256, maximumBytes: 512});
	const large = randomBytes(600_000);
	await storeStream(session, request([file('large', large), file('empty', ''), {...file('x'), path: '\u00FF\u00FE' as ByteString}]));
	const found = await readSnapshot(session, (await listSnapshots(session)).snapshots[0]!);
	t.deepEqual(found.get('/large')!.content, large);
	t.truthy(found.get('/large')!.node.contents);
	t.like(found.get('/empty')!.node, {size: 0, content: []});
	t.is(found.get('/\u00FF\u00FE')!.content!.toString(), 'x');
});
