import {setImmediate as turn} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import type {Runtime} from '../../source/engine/runtime.ts';
import type {Storage} from '../../source/engine/storage/storage.ts';
import {createForwardClock, type ForwardClock} from './forward-clock.ts';
import {listNames, throwsCoffer} from './storage-assertions.ts';

/**
A fresh, empty storage for one test; what has to be cleaned up goes to `t.teardown`.
@param runtime - Its clock may run ahead of the system's.
*/
export type StorageFactory = (t: ExecutionContext, runtime: Runtime) => Promise<Storage>;

type ContractTest = (title: string, implementation: (t: ExecutionContext, storage: Storage, clock: ForwardClock) => Promise<void>) => void;

const badNames = [
	'', '.', '..', '/', '/a', 'a/', 'a//b', 'a/../b', './a', '.a', 'a/.b', 'a/./b', 'a b', 'a\\b', 'a\n', 'a\0', 'ä', 'a:b', 'x'.repeat(201), `${'a/'.repeat(100)}b`, 'tmp', 'tmp/a',
];
const goodNames = ['a', 'A-b_c.d', '-', '_', '0', 'a..b', 'a.', 'deep/er/and/deeper', 'tmpx', 'a-folder/tmp', 'x'.repeat(200), `packs/ab/${'0'.repeat(64)}`];

/** Register the conformance suite that every implementation of `Storage` has to pass. */
export function testStorageContract(label: string, factory: StorageFactory): void {
	const contractTest: ContractTest = (title, implementation) => {
		test(`${label}: ${title}`, async t => {
			const clock = createForwardClock();
			const storage = await factory(t, clock.runtime);
			await implementation(t, storage, clock);
			await storage.close();
		});
	};

	testNames(contractTest);
	testReading(contractTest);
	testListing(contractTest);
	testPending(contractTest);
	testOverlap(contractTest);
}

function testNames(contractTest: ContractTest): void {
	contractTest('a name that breaks the rules is a RangeError in every call, and nothing happens', async (t, storage) => {
		for (const name of badNames) {
			const pending = await storage.create();
			const calls = [
				async () => storage.read(name), async () => storage.size(name), async () => storage.write(name, Buffer.from('x')), async () => storage.remove(name), async () => pending.commit(name),
				...(name === '' ? [] : [async () => storage.list(name)]),
			];
			for (const call of calls) {
				await t.throwsAsync(call, {instanceOf: RangeError}, JSON.stringify(name));
			}

			await pending.discard();
		}

		t.deepEqual(await listNames(storage), []);
	});

	contractTest('every allowed name can be written, listed, read and removed', async (t, storage) => {
		for (const name of goodNames) {
			await storage.write(name, Buffer.from(name));
		}

		t.deepEqual(await listNames(storage), [...goodNames].sort());
		for (const name of goodNames) {
			t.is(String(await storage.read(name)), name);
			await storage.remove(name);
		}

		t.deepEqual(await listNames(storage), []);
	});
}

function testReading(contractTest: ContractTest): void {
	contractTest('ranges give exactly the bytes asked for', async (t, storage) => {
		const data = Buffer.from(Array.from({length: 256}, (_, index) => index));
		await storage.write('object', data);
		for (const [offset, length] of [[0, 0], [0, 1], [0, 256], [1, 255], [255, 1], [256, 0], [100, 50]] as const) {
			t.deepEqual(await storage.read('object', {range: {offset, length}}), data.subarray(offset, offset + length));
		}

		for (const [offset, length] of [[0, 257], [256, 1], [257, 0], [2 ** 40, 1], [0, 2 ** 40]] as const) {
			await throwsCoffer(t, async () => storage.read('object', {range: {offset, length}}), 'damaged', 'object');
		}

		for (const [offset, length] of [[-1, 1], [0, -1], [0.5, 1], [0, Number.NaN], [Number.MAX_SAFE_INTEGER, 1]] as const) {
			await t.throwsAsync(storage.read('object', {range: {offset, length}}), {instanceOf: RangeError});
		}
	});

	contractTest('maximumBytes bounds whole objects, not ranges', async (t, storage) => {
		await storage.write('object', Buffer.alloc(100, 7));
		t.is((await storage.read('object', {maximumBytes: 100})).length, 100);
		await throwsCoffer(t, async () => storage.read('object', {maximumBytes: 99}), 'damaged', 'object');
		t.is((await storage.read('object', {maximumBytes: 10, range: {offset: 0, length: 50}})).length, 50);
		await t.throwsAsync(storage.read('object', {maximumBytes: -1}), {instanceOf: RangeError});
	});

	contractTest('an object that is removed and wiped is gone, and so is one that was missing', async (t, storage) => {
		await storage.write('wiped/object', Buffer.alloc(200_000, 1));
		await storage.write('wiped/other', Buffer.from('stays'));
		await storage.remove('wiped/object', {isWiped: true});
		await storage.remove('wiped/object', {isWiped: true});
		await storage.remove('missing/object', {isWiped: true});
		t.is(await storage.size('wiped/object'), undefined);
		t.deepEqual(await listNames(storage), ['wiped/other']);
		t.is(String(await storage.read('wiped/other')), 'stays');
		t.is(await storage.sweep(0), 0);
	});

	contractTest('what is missing: read throws, size is undefined, remove succeeds', async (t, storage) => {
		await storage.write('folder/object', Buffer.from('x'));
		for (const name of ['nothing', 'no/such/folder', 'folder', 'folder/object/below']) {
			await throwsCoffer(t, async () => storage.read(name), 'object-missing', name);
			await throwsCoffer(t, async () => storage.read(name, {range: {offset: 0, length: 0}}), 'object-missing', name);
			t.is(await storage.size(name), undefined);
			await storage.remove(name);
		}

		t.is(await storage.size('folder/object'), 1);
	});

	contractTest('empty objects, replaced objects, sizes', async (t, storage) => {
		await storage.write('object', new Uint8Array(0));
		t.is((await storage.read('object')).length, 0);
		t.is(await storage.size('object'), 0);
		await storage.write('object', Buffer.from('longer'));
		await storage.write('object', Buffer.from('new'));
		t.is(String(await storage.read('object')), 'new');
		t.is(await storage.size('object'), 3);
	});

	contractTest('buffers are the caller\'s again: changing them changes nothing stored', async (t, storage) => {
		const data = Buffer.from('before');
		await storage.write('written', data);
		const pending = await storage.create();
		await pending.append([data]);
		data.fill('x');
		await pending.commit('appended');
		const copy = await storage.read('written');
		copy.fill('y');
		t.is(String(await storage.read('written')), 'before');
		t.is(String(await storage.read('appended')), 'before');
		t.is(copy.buffer.byteLength, 6, 'not part of a shared pool, so that it can be handed to another thread');
	});

	contractTest('an aborted signal stops read and list', async (t, storage) => {
		await storage.write('object', Buffer.from('x'));
		const signal = AbortSignal.abort();
		await throwsCoffer(t, async () => storage.read('object', {signal}), 'aborted');
		await throwsCoffer(t, async () => storage.list('', signal), 'aborted');
	});
}

function testListing(contractTest: ContractTest): void {
	contractTest('an empty storage reads as one', async (t, storage) => {
		t.deepEqual(await storage.list(''), []);
		t.deepEqual(await storage.list('packs'), []);
		t.is(await storage.size('repository.json'), undefined);
		t.is((await storage.usage()).usedBytes ?? 0, 0);
		t.is(await storage.sweep(0), 0);
	});

	contractTest('a listing goes down from a folder, with full names and sizes', async (t, storage) => {
		await storage.write('packs/ab/one', Buffer.alloc(1));
		await storage.write('packs/cd/two', Buffer.alloc(2));
		await storage.write('packs-other/three', Buffer.alloc(3));
		await storage.write('four', Buffer.alloc(4));
		const byName = (await storage.list('packs')).sort((a, b) => a.sizeBytes - b.sizeBytes);
		t.deepEqual(byName, [{name: 'packs/ab/one', sizeBytes: 1}, {name: 'packs/cd/two', sizeBytes: 2}]);
		t.deepEqual(await listNames(storage, 'packs/ab'), ['packs/ab/one']);
		t.deepEqual(await listNames(storage, 'pack'), []);
		t.deepEqual(await listNames(storage, 'four'), []);
		t.is((await storage.list('')).length, 4);
		t.true([undefined, 10].includes((await storage.usage()).usedBytes));
	});

	contractTest('a thousand objects', async (t, storage) => {
		const names = Array.from({length: 1000}, (_, index) => `many/${index % 7}/${index}`);
		await Promise.all(names.map(async name => storage.write(name, Buffer.from(name))));
		t.deepEqual(await listNames(storage, 'many'), [...names].sort());
		const contents = await Promise.all(names.map(async name => storage.read(name)));
		t.deepEqual(contents.map(String), names);
		await Promise.all(names.map(async name => storage.remove(name)));
		t.deepEqual(await listNames(storage), []);
	});
}

function testPending(contractTest: ContractTest): void {
	contractTest('an object of many parts is seen only after commit', async (t, storage) => {
		const pending = await storage.create();
		await pending.append([Buffer.from('one '), new Uint8Array(0), Buffer.from('two ')]);
		await pending.append([]);
		await pending.append([Buffer.from('xthree').subarray(1)]);
		t.deepEqual(await listNames(storage), []);
		await pending.commit('folder/object');
		t.deepEqual(await storage.list(''), [{name: 'folder/object', sizeBytes: 13}]);
		t.is(String(await storage.read('folder/object')), 'one two three');
	});

	contractTest('more parts at once than one system call takes', async (t, storage) => {
		const parts = Array.from({length: 5000}, (_, index) => Buffer.from(`${index},`));
		const pending = await storage.create();
		await pending.append(parts);
		await pending.commit('object');
		t.deepEqual(await storage.read('object'), Buffer.concat(parts));
	});

	contractTest('commit replaces; nothing appended is an empty object', async (t, storage) => {
		await storage.write('object', Buffer.from('old'));
		const pending = await storage.create();
		await pending.commit('object');
		t.is((await storage.read('object')).length, 0);
	});

	contractTest('discard leaves nothing, may be repeated, and does nothing after commit', async (t, storage) => {
		const discarded = await storage.create();
		await discarded.append([Buffer.from('x')]);
		await discarded.discard();
		await discarded.discard();
		await throwsCoffer(t, async () => discarded.append([Buffer.from('x')]), 'aborted');
		await throwsCoffer(t, async () => discarded.commit('object'), 'aborted');
		t.deepEqual(await listNames(storage), []);
		t.is(await storage.sweep(0), 0);

		const committed = await storage.create();
		const committing = committed.commit('object');
		await committed.discard();
		await committing;
		await committed.discard();
		await t.throwsAsync(committed.append([]), {instanceOf: TypeError});
		await t.throwsAsync(committed.commit('other'), {instanceOf: TypeError});
		t.deepEqual(await listNames(storage), ['object']);
	});

	contractTest('sweep takes only what is old enough; its owner then fails to commit', async (t, storage, clock) => {
		const pending = await storage.create();
		await pending.append([Buffer.from('x')]);
		await storage.write('object', Buffer.from('x'));
		t.is(await storage.sweep(60_000), 0);
		clock.forward(120_000);
		t.is(await storage.sweep(60_000), 1);
		t.is(await storage.sweep(60_000), 0);
		t.deepEqual(await listNames(storage), ['object']);
		await throwsCoffer(t, async () => pending.commit('late'), 'storage-failed', 'late');
		t.deepEqual(await listNames(storage), ['object']);
		await t.throwsAsync(storage.sweep(-1), {instanceOf: RangeError});
		await t.throwsAsync(storage.sweep(Number.NaN), {instanceOf: RangeError});
	});
}

function testOverlap(contractTest: ContractTest): void {
	contractTest('a reader sees the old object or the new one, never a part', async (t, storage) => {
		const sizeBytes = 1_000_000;
		await storage.write('object', Buffer.alloc(sizeBytes, 0));
		let isWriting = true;
		let readCount = 0;
		const read = async () => {
			while (isWriting) {
				const data = await storage.read('object');
				t.true(data.equals(Buffer.alloc(sizeBytes, data[0])));
				readCount++;
				await turn();
			}
		};

		const write = async () => {
			for (let value = 1; value <= 20; value++) {
				const pending = await storage.create();
				await pending.append([Buffer.alloc(sizeBytes / 2, value)]);
				await turn();
				await pending.append([Buffer.alloc(sizeBytes / 2, value)]);
				await (value % 2 === 0 ? storage.write('object', Buffer.alloc(sizeBytes, value)) : pending.commit('object'));
				await pending.discard();
			}

			isWriting = false;
		};

		await Promise.all([read(), read(), write()]);
		t.true(readCount > 0);
		t.is((await storage.read('object'))[0], 20);
	});

	contractTest('calls may overlap, also on one name and in folders that are just being made', async (t, storage) => {
		const commitOne = async (index: number) => {
			const pending = await storage.create();
			await pending.append([Buffer.from(String(index))]);
			await pending.commit(`new/folder/${index % 8}`);
		};

		await Promise.all(Array.from({length: 64}, async (_, index) => commitOne(index)));
		const names = await listNames(storage);
		t.is(names.length, 8);
		for (const name of names) {
			t.is(Number(await storage.read(name)) % 8, Number(name.at(-1)));
		}

		await Promise.all([storage.remove('new/folder/0'), storage.remove('new/folder/0'), storage.list('new'), storage.usage()]);
		t.is((await storage.list('')).length, 7);
		t.is(await storage.sweep(0), 0, 'no temporary object is left');
	});
}
