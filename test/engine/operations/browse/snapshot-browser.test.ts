import {createHash} from 'node:crypto';
import test from 'ava';
import {toTimeText} from '../../../../source/engine/operations/browse/entry.ts';
import {ChangeTally} from '../../../../source/engine/operations/browse/change-tally.ts';
import {SnapshotBrowser} from '../../../../source/engine/operations/browse/snapshot-browser.ts';
import {isCofferError} from '../../../../source/engine/errors.ts';
import {RepositorySession} from '../../../../source/engine/repository/repository.ts';
import {browseSnapshots} from '../../../helpers/browsed-repository.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {createRepositoryFixture} from '../../../helpers/repository-fixture.ts';
import {buildSnapshot, builtTimeNs, type BuiltEntry} from '../../../helpers/snapshot-builder.ts';
import {sessionOver} from '../../../helpers/verify-assertions.ts';

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
	const all: Item[] = await Array.fromAsync(items);

	return all;
}

const tree: readonly BuiltEntry[] = [
	{name: 'etc', entries: [
		{name: 'hosts', content: 'localhost', mode: 0o640, uid: 7, gid: 8},
		{name: 'link', target: 'hosts' as never},
		{name: 'ssh', entries: [{name: 'hosts', content: 'x'.repeat(2500), links: 2}]},
	]},
	{name: 'fifo', type: 'fifo'},
];

test('list: one directory, all below it, one entry', async t => {
	const {browser} = await browseSnapshots(tree);
	t.deepEqual((await collect(browser.list('latest'))).map(({path}) => path), ['/etc', '/fifo']);
	t.deepEqual((await collect(browser.list('latest', {isRecursive: true}))).map(({path}) => path), ['/etc', '/etc/hosts', '/etc/link', '/etc/ssh', '/etc/ssh/hosts', '/fifo']);
	for (const path of ['/etc/hosts', 'etc/hosts', '//etc/./hosts/']) {
		t.deepEqual(await collect(browser.list('latest', {path})), [{path: '/etc/hosts', type: 'file', mode: 0o640, uid: 7, gid: 8, size: 9, mtime: '2020-09-13T12:26:40.123456789Z'}]);
	}

	const [link] = await collect(browser.list('latest', {path: '/etc/link'}));
	t.like(link, {type: 'symlink', target: 'hosts'});
	t.like((await collect(browser.list('latest', {path: '/etc/ssh'})))[0], {links: 2, size: 2500});
});

test('what is not there is named with the nearest ancestor that is', async t => {
	const {browser} = await browseSnapshots(tree);
	const cases = [['/etc/no/more', /has no \/etc\/no\/more\. The nearest that it has is \/etc; /], ['/no', /nearest that it has is \/;/], ['/etc/hosts/x', /\/etc\/hosts is there, but a file/], ['/etc/link/x', /\/etc\/link is there, but a symlink/]] as const;
	for (const [path, message] of cases) {
		await refusesAsync(t, async () => collect(browser.list('latest', {path})), 'path-missing', message);
		await refusesAsync(t, async () => collect(browser.read('latest', path)), 'path-missing', message);
	}

	await refusesAsync(t, async () => collect(browser.list('latest', {path: '/etc/../fifo'})), 'usage');
	await refusesAsync(t, async () => collect(browser.list('ffff')), 'snapshot-missing');
	await refusesAsync(t, async () => browser.search('*', {snapshots: ['nonsense']}), 'snapshot-missing');
	t.throws(() => browser.compare('latest', 'ffff'), {message: /There is no snapshot/});
});

test('names that are not UTF-8 keep their bytes, and are found by what is shown where that is clear', async t => {
	const {browser} = await browseSnapshots([{name: 'a\u00FF', content: 'one'}, {name: 'b\u00FE', content: '2'}, {name: 'b\u00FF', content: '3'}, {name: 'l', target: '\u00FF' as never}]);
	const listed = await collect(browser.list('latest'));
	const [first, link] = [listed[0], listed.at(-1)];
	t.like(first, {path: '/a\uFFFD', path64: Buffer.from('/a\u00FF', 'latin1').toString('base64')});
	t.like(link, {target: '\uFFFD', target64: '/w=='});
	t.is(link!.path64, undefined);
	t.is(Buffer.concat(await collect(browser.read('latest', '/a\uFFFD'))).toString(), 'one');
	await refusesAsync(t, async () => collect(browser.read('latest', '/b\uFFFD')), 'path-missing');
	const address = {path: '/b\uFFFD', path64: Buffer.from('/b\u00FF', 'latin1').toString('base64')};
	t.is(Buffer.concat(await collect(browser.read('latest', address))).toString(), '3');
	t.deepEqual(await collect(browser.list('latest', {path: address})), [listed[2]]);
	await refusesAsync(t, async () => collect(browser.read('latest', {...address, path64: Buffer.from('/a\u00FE', 'latin1').toString('base64')})), 'path-missing');
	t.is((await browser.search('?\uFFFD')).length, 3);
});

test('read: every byte of long files, and nothing but files', async t => {
	const content = Buffer.from(Array.from({length: 1_200_000}, (_, index) => (index * 7 + (index >> 8)) & 255));
	const {browser, snapshots} = await browseSnapshots([{name: 'long', content}, {name: 'empty', content: ''}, ...tree, {name: 'short', content: 'abc', size: 4}]);
	const [built] = snapshots;
	const pieces = await collect(browser.read('latest', 'long'));
	t.true(built!.blobs.get('/long')!.length > 1024);
	t.true(pieces.every(({byteLength}) => byteLength <= 1000));
	t.is(createHash('sha256').update(Buffer.concat(pieces)).digest('hex'), createHash('sha256').update(content).digest('hex'));
	t.deepEqual(await collect(browser.read('latest', 'empty')), []);
	for (const [path, message] of [['/etc', /a directory/], ['/', /a directory/], ['/etc/link', /a symbolic link to hosts/], ['/fifo', /a FIFO/]] as const) {
		await refusesAsync(t, async () => collect(browser.read('latest', path)), 'usage', message);
	}

	await refusesAsync(t, async () => collect(browser.read('latest', 'short')), 'damaged', /3 bytes in its chunks, but 4/);
	t.log(`${pieces.length} pieces, ${content.length} bytes`);
});

test('find: by name, by path, by type, and each version once', async t => {
	const changed: readonly BuiltEntry[] = [{name: 'etc', entries: [{name: 'hosts', content: 'other', inode: '1'}, {name: '#odd[1].conf', content: ''}]}, {name: 'hosts', entries: [{name: 'hosts', entries: []}]}];
	const {browser, ids} = await browseSnapshots(tree, tree, changed);
	const [one, two, three] = ids;
	const find = async (pattern: string, options = {}) => (await browser.search(pattern, options)).map(({path, size, snapshots}) => [path, size, snapshots.map(({id}) => id)]);
	t.deepEqual(await find('hosts'), [
		['/etc/hosts', 9, [one, two]], ['/etc/hosts', 5, [three]], ['/etc/ssh/hosts', 2500, [one, two]], ['/hosts', undefined, [three]], ['/hosts/hosts', undefined, [three]],
	]);
	t.deepEqual(await find('/etc/hosts', {snapshots: [three]}), [['/etc/hosts', 5, [three]]]);
	t.deepEqual(await find('hosts/', {source: 'built'}), [['/hosts', undefined, [three]], ['/hosts/hosts', undefined, [three]]]);
	t.deepEqual(await find('hosts', {source: 'nothing'}), []);
	t.deepEqual((await find('/etc/**/hosts', {snapshots: [one]})).map(([path]) => path), ['/etc/hosts', '/etc/ssh/hosts']);
	t.deepEqual((await find('/etc', {snapshots: [one]})).map(([path]) => path), ['/etc']);
	t.deepEqual((await find('/etc/**', {snapshots: [one]})).map(([path]) => path), ['/etc/hosts', '/etc/link', '/etc/ssh', '/etc/ssh/hosts']);
	t.deepEqual((await find('/etc/*', {snapshots: [one]})).map(([path]) => path), ['/etc/hosts', '/etc/link', '/etc/ssh']);
	t.deepEqual(await find('**/hosts'), await find('hosts'));
	t.deepEqual(await find('#odd*'), [['/etc/#odd[1].conf', 0, [three]]]);
	t.deepEqual(await find('#odd[1].conf'), [['/etc/#odd[1].conf', 0, [three]]]);
	t.deepEqual(await find('HOSTS'), []);
	for (const pattern of ['', '/', '!x', ' ']) {
		await refusesAsync(t, async () => browser.search(pattern), 'usage');
	}
});

test('diff: added, removed, changed in type, content, metadata, with counts', async t => {
	const before: readonly BuiltEntry[] = [
		{name: 'a', content: 'same', inode: '1'}, {name: 'b', content: 'old'}, {name: 'c', content: 'gone'}, {name: 'd', entries: [{name: 'x', content: 'in d'}]},
		{name: 'e', content: 'mode', mode: 0o600}, {name: 'f', target: 'x' as never}, {name: 'same', entries: [{name: 'deep', content: 'deep', inode: '5'}], inode: '6'},
		{name: 'g', content: 'g', xattrs: [{name: 'user.a', value: Buffer.from('1')}]}, {name: 'h', content: 'h', mtimeNs: builtTimeNs + 1n},
	];
	const after: readonly BuiltEntry[] = [
		{name: 'a', content: 'same', inode: '2'}, {name: 'b', content: 'newer'}, {name: 'd', content: 'a file'}, {name: 'e', content: 'mode', mode: 0o644}, {name: 'f', target: 'y' as never},
		{name: 'same', entries: [{name: 'deep', content: 'deep', inode: '5'}], inode: '6'}, {name: 'z', entries: [{name: 'y', content: '12'}]}, {name: 'g', content: 'g', xattrs: [{name: 'user.a', value: Buffer.from('2')}]}, {name: 'h', content: 'h'},
	];
	const {browser, ids} = await browseSnapshots(before, after);
	const [from, to] = ids;
	const changes = await collect(browser.compare(from!, to!));
	t.deepEqual(changes.map(change => [change.path, change.change === 'changed' ? change.differs.join(',') : change.change]), [
		['/b', 'content'], ['/c', 'removed'], ['/d', 'type'], ['/d/x', 'removed'], ['/e', 'metadata'], ['/f', 'content'], ['/g', 'metadata'], ['/h', 'metadata'], ['/z', 'added'], ['/z/y', 'added'],
	]);
	const tally = new ChangeTally();
	for (const change of changes) {
		tally.add(change);
	}

	t.deepEqual(tally.counts, {added: 2, addedBytes: 2, removed: 2, removedBytes: 8, changed: 3, changedBytesBefore: 3, changedBytesAfter: 11, metadataOnly: 3});
	t.deepEqual(await collect(browser.compare(to!, to!)), []);
	t.is((await collect(browser.compare(to!, from!))).length, changes.length);
});

test('diff does not read trees that are the same', async t => {
	const entries = (content: string): readonly BuiltEntry[] => [{name: 'big', inode: '1', entries: Array.from({length: 50}, (_, index) => ({name: `f${index}`, entries: [{name: 'x', inode: '3', content: 'x'}], inode: '4'}))}, {name: 'small', inode: '9', content}];
	const {session, snapshots} = await browseSnapshots(entries('1'), entries('2'));
	const [one, two] = snapshots;
	t.deepEqual(one!.blobs.get('/big'), two!.blobs.get('/big'));
	// Were it read, its loss would be named.
	const lost = (await buildSnapshot(session, [{name: 'big', inode: '1', storedTree: ['ab'.repeat(32) as never]}, {name: 'small', inode: '9', content: '1'}])).snapshot;
	const lostToo = (await buildSnapshot(session, [{name: 'big', inode: '1', storedTree: ['ab'.repeat(32) as never]}, {name: 'small', inode: '9', content: '22'}])).snapshot;
	const browser = await SnapshotBrowser.open(session);
	t.deepEqual((await collect(browser.compare(lost.id, lostToo.id))).map(({path}) => path), ['/small']);
	t.is(browser.losses, 0);
	await collect(browser.compare(one!.snapshot.id, lost.id));
	t.is(browser.losses, 1);
});

test('large directories, in bounded pieces', async t => {
	const names = Array.from({length: 20_000}, (_, index) => `name ${index}`);
	const {browser} = await browseSnapshots([{name: 'large', entries: names.map(name => ({name, type: 'fifo'}))}]);
	const listed = await collect(browser.list('latest', {path: '/large'}));
	t.deepEqual(listed.map(({path}) => path), names.map(name => `/large/${name}`).toSorted());
	t.is((await browser.search('name 1999?')).length, 10);
	t.log(`${listed.length} entries`);
});

test('a lost part of a tree is named and counted, the rest is shown', async t => {
	const {browser, warnings} = await browseSnapshots([{name: 'a', storedTree: ['ab'.repeat(32) as never]}, {name: 'b', entries: [{name: 'x', content: 'x'}]}, {name: 'c', content: 'y', storedContent: ['cd'.repeat(32) as never]}]);
	t.deepEqual((await collect(browser.list('latest', {isRecursive: true}))).map(({path}) => path), ['/a', '/b', '/b/x', '/c']);
	t.is(browser.losses, 1);
	t.deepEqual(warnings.map(({kind, path}) => [kind, path]), [['lost', '/a']]);
	t.is((await browser.search('x')).length, 1);
	await refusesAsync(t, async () => collect(browser.read('latest', 'c')), 'damaged', /\/c cannot be read/);
});

test('every blob that is read is checked: a flipped bit ends cat with an error', async t => {
	const fixture = await createRepositoryFixture();
	const {storage, objects} = fixture;
	let caught = 0;
	const packs = [...objects.keys()].filter(name => name.startsWith('packs/') && name !== fixture.orphan);
	for (const name of packs) {
		const bytes = Buffer.from(objects.get(name)!);
		bytes[200]! ^= 1;
		await storage.write(name, bytes);
		const browser = await SnapshotBrowser.open(sessionOver(fixture, storage));
		const outcome = await collect(browser.read(fixture.snapshots[1]!.id, '/srv/dump.sql')).then(() => 'read').catch((error: unknown) => isCofferError(error) ? error.code : 'unforeseen');
		caught += Number(outcome !== 'read');
		t.true(['read', 'damaged', 'path-missing'].includes(outcome), outcome);
		await storage.write(name, objects.get(name)!);
	}

	t.true(caught >= 1 && caught < packs.length);
	t.log(`${packs.length} packs damaged one by one, ${caught} of them hit the file`);
});

test('a key that may not read contents is told so; an interruption ends it', async t => {
	const {session} = await createRepositoryFixture();
	const {idKey: _idKey, ...keyring} = session.keyring;
	const auditor = new RepositorySession(session.storage, session.runtime, {slot: {...session.slot, keyring: {...keyring, role: 'auditor'}}, fileName: ''});
	await refusesAsync(t, async () => SnapshotBrowser.open(auditor), 'key-role', /"auditor"/);
	const controller = new AbortController();
	const browser = await SnapshotBrowser.open(session, {signal: controller.signal});
	controller.abort();
	await refusesAsync(t, async () => collect(browser.list('latest')), 'aborted');
});

test('times: nanoseconds, before 1970, and beyond what a Date holds', t => {
	t.is(toTimeText(0n), '1970-01-01T00:00:00.000000000Z');
	t.is(toTimeText(-1n), '1969-12-31T23:59:59.999999999Z');
	t.is(toTimeText(1_600_000_000_000_000_001n), '2020-09-13T12:26:40.000000001Z');
	t.regex(toTimeText(10n ** 23n), /^\+275760-09-13T00:00:00\./);
	t.regex(toTimeText(-(10n ** 23n)), /^-271821-04-20T00:00:00\./);
});
