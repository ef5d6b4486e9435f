import test from 'ava';
import {CofferError} from '../../../source/engine/errors.ts';
import {createMemoryStorage} from '../../../source/engine/storage/memory.ts';
import type {Storage} from '../../../source/engine/storage/storage.ts';
import {createFaultyStorage, SimulatedCrash, type FaultMoment} from '../../helpers/faulty-storage.ts';
import {listNames, throwsCoffer} from '../../helpers/storage-assertions.ts';
import {testStorageContract} from '../../helpers/storage-contract.ts';

testStorageContract('faulty without faults', async (_t, runtime) => createFaultyStorage(createMemoryStorage({runtime})));

/** Seven mutating calls. */
async function runStory(storage: Storage): Promise<void> {
	await storage.write('first', Buffer.from('1234'));
	const pending = await storage.create();
	await pending.append([Buffer.from('ab'), Buffer.from('cd')]);
	await pending.append([Buffer.from('ef')]);
	await storage.read('first');
	await pending.commit('second');
	await pending.discard();
	await storage.remove('first');
	await storage.write('third', Buffer.from('x'));
}

test('calls are counted, mutating ones also by themselves', async t => {
	const storage = createFaultyStorage(createMemoryStorage());
	await runStory(storage);
	t.is(storage.mutatingCallCount, 7);
	t.deepEqual(storage.calls.map(({call, name}) => `${call} ${name}`.trim()), [
		'write first', 'create', 'append', 'append', 'read first', 'commit second', 'discard', 'remove first', 'write third',
	]);
});

const visibleAfter: Record<FaultMoment, readonly string[]> = {
	before: ['', 'first', 'first', 'first', 'first', 'first second', 'second'],
	midway: ['', 'first', 'first', 'first', 'first', 'first second', 'second'],
	after: ['first', 'first', 'first', 'first', 'first second', 'second', 'second third'],
};
const leftAfter: Record<FaultMoment, readonly number[]> = {
	before: [0, 0, 1, 1, 1, 0, 0],
	midway: [1, 1, 1, 1, 1, 0, 1],
	after: [0, 1, 1, 1, 0, 0, 0],
};

for (const when of ['before', 'midway', 'after'] as const) {
	for (let at = 1; at <= 7; at++) {
		test(`crash ${when} mutating call ${at}: then nothing has an effect`, async t => {
			const inner = createMemoryStorage();
			const storage = createFaultyStorage(inner, [{at, effect: {kind: 'crash', when}}]);
			await t.throwsAsync(runStory(storage), {instanceOf: SimulatedCrash});
			t.true(storage.hasCrashed);
			t.is(storage.mutatingCallCount, at);
			for (const call of [
				async () => storage.read('first'), async () => storage.size('first'), async () => storage.list(''), async () => storage.write('late', Buffer.from('x')),
				async () => storage.create(), async () => storage.remove('first'), async () => storage.usage(), async () => storage.sweep(0),
			]) {
				await t.throwsAsync(call, {instanceOf: SimulatedCrash});
			}

			await storage.close();
			t.is((await listNames(inner)).join(' '), visibleAfter[when][at - 1]!);
			t.is(await inner.sweep(0), leftAfter[when][at - 1]!);
		});
	}
}

test('after a crash a pending object cannot be written, committed or discarded', async t => {
	const inner = createMemoryStorage();
	const storage = createFaultyStorage(inner, [{at: 1, among: ['append'], effect: {kind: 'crash', when: 'after'}}]);
	const pending = await storage.create();
	const append = async () => pending.append([Buffer.from('x')]);
	await t.throwsAsync(append, {instanceOf: SimulatedCrash});
	await t.throwsAsync(append, {instanceOf: SimulatedCrash});
	await t.throwsAsync(pending.commit('object'), {instanceOf: SimulatedCrash});
	await pending.discard();
	t.is(await inner.sweep(0), 1);
});

test('a thrown error is the one given, hits one call, and comes before or after the effect', async t => {
	const error = new CofferError('storage-full', 'full');
	const inner = createMemoryStorage();
	const storage = createFaultyStorage(inner, [
		{at: 1, among: ['write'], name: /^b/, effect: {kind: 'throw', when: 'before', error}},
		{at: 2, among: ['write'], name: /^b/, effect: {kind: 'throw', when: 'after'}},
	]);
	await storage.write('a', Buffer.from('x'));
	t.is(await t.throwsAsync(storage.write('b1', Buffer.from('x'))), error);
	await throwsCoffer(t, async () => storage.write('b2', Buffer.from('x')), 'storage-failed', 'b2');
	await storage.write('b3', Buffer.from('x'));
	t.deepEqual(await listNames(inner), ['a', 'b2', 'b3']);
	t.false(storage.hasCrashed);
});

test('a torn write leaves half in a temporary object, a torn commit all of it', async t => {
	for (const call of ['write', 'commit'] as const) {
		const inner = createMemoryStorage();
		const storage = createFaultyStorage(inner, [{at: 1, among: [call], effect: {kind: 'throw', when: 'midway'}}]);
		const pending = await storage.create();
		await throwsCoffer(t, async () => call === 'write' ? storage.write('object', Buffer.from('1234')) : pending.commit('object'), 'storage-failed', 'object');
		t.deepEqual(await inner.list(''), []);
		t.is(await inner.sweep(0), call === 'write' ? 2 : 1);
	}
});

test('a torn append leaves its first half, across parts', async t => {
	const storage = createFaultyStorage(createMemoryStorage(), [{at: 1, among: ['append'], effect: {kind: 'throw', when: 'midway'}}]);
	const pending = await storage.create();
	await throwsCoffer(t, async () => pending.append([Buffer.from('a'), Buffer.from('bcdef')]), 'storage-failed');
	await pending.commit('object');
	t.is(String(await storage.read('object')), 'abc');
});

test('reads can be damaged, the stored object stays', async t => {
	const inner = createMemoryStorage();
	await inner.write('object', Buffer.from([0, 0]));
	const storage = createFaultyStorage(inner, [
		{at: 1, effect: {kind: 'flip-bit', bitIndex: 9}},
		{at: 2, effect: {kind: 'flip-bit', bitIndex: 16}},
		{at: 3, effect: {kind: 'truncate', lengthBytes: 1}},
		{at: 5, isLasting: true, effect: {kind: 'truncate', lengthBytes: 0}},
	]);
	const seen: string[] = [];
	for (let count = 0; count < 6; count++) {
		const data = await storage.read('object');
		seen.push(data.toString('hex'));
	}

	t.deepEqual(seen, ['0002', '0100', '00', '0000', '', '']);
	t.is((await inner.read('object')).toString('hex'), '0000');
});

test('calls of any kind can fail', async t => {
	const storage = createFaultyStorage(createMemoryStorage(), [
		{at: 2, among: 'all', effect: {kind: 'throw', when: 'before'}},
		{at: 1, among: ['list'], name: /^packs/, isLasting: true, effect: {kind: 'throw', when: 'before'}},
	]);
	await storage.list('keys');
	await throwsCoffer(t, async () => storage.size('a'), 'storage-failed');
	await throwsCoffer(t, async () => storage.list('packs'), 'storage-failed');
	await throwsCoffer(t, async () => storage.list('packs'), 'storage-failed');
	await storage.list('keys');
	await storage.close();
	t.is(storage.mutatingCallCount, 0);
});

test('a plan that makes no sense is refused', t => {
	for (const at of [0, -1, 1.5, Number.NaN]) {
		t.throws(() => createFaultyStorage(createMemoryStorage(), [{at, effect: {kind: 'crash', when: 'before'}}]), {instanceOf: RangeError});
	}

	t.throws(() => createFaultyStorage(createMemoryStorage(), [{at: 1, among: ['write'], effect: {kind: 'flip-bit', bitIndex: 0}}]), {instanceOf: TypeError});
	t.throws(() => createFaultyStorage(createMemoryStorage(), [{at: 1, name: /x/g, effect: {kind: 'crash', when: 'before'}}]), {instanceOf: TypeError});
});
