import test from 'ava';
import {ExclusiveLock, withExclusiveLock} from '../../../source/engine/repository/exclusive-lock.ts';
import {decodeLockRecord, encodeLockRecord, lockName} from '../../../source/engine/repository/lock-record.ts';
import {writeMetadata} from '../../../source/engine/repository/metadata-store.ts';
import {heartbeatIntervalMs, writerExpiryMs} from '../../../source/engine/repository/writer-record.ts';
import type {LockId} from '../../../source/engine/ids.ts';
import {createMemoryStorage} from '../../../source/engine/storage/memory.ts';
import {refuses, refusesAsync} from '../../helpers/error-assertions.ts';
import {createTestRepository, reopen} from '../../helpers/repository-session.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';

const otherProcess = {host: 'other-host', bootId: 'other-boot pid:[1]', pid: 99, startTicks: 7};

/** A repository, and a second process at it. */
async function setUp() {
	const runtime = createTestRuntime();
	const repository = await createTestRepository(runtime);
	const otherRuntime = createTestRuntime({seed: 'other', identity: otherProcess});
	const session = await reopen(repository, repository.storage, otherRuntime);
	const locks = async () => (await repository.storage.list('locks')).map(({name}) => name);
	return {...repository, runtime, other: {session, runtime: otherRuntime}, locks};
}

const record = {
	id: '0a'.repeat(16) as LockId, process: otherProcess, user: 'root', operation: 'prune', acquired: '2026-11-21T18:46:00.000Z', heartbeat: '2026-11-21T18:50:00.000Z',
};

test('the record survives its codec, and belongs to its name', t => {
	const body = encodeLockRecord(record);
	t.deepEqual(decodeLockRecord(body, lockName(record.id)), record);
	refuses(t, () => decodeLockRecord(body, lockName('0b'.repeat(16) as LockId)), 'damaged', /renamed or swapped/);
	const members = Object.keys(body as object);
	for (const member of members) {
		refuses(t, () => decodeLockRecord(Object.fromEntries(Object.entries(body as object).filter(([name]) => name !== member)), lockName(record.id)), 'damaged');
	}

	t.log(`${members.length} members, each missing once`);
});

test('held by one: another is refused and told who holds it, and may have it afterwards', async t => {
	const {session, other, locks} = await setUp();
	const lock = await ExclusiveLock.acquire(session, 'forget');
	t.is((await locks()).length, 1);
	const error = await refusesAsync(t, async () => ExclusiveLock.acquire(other.session, 'prune'), 'repository-locked', /"forget" has been running on test-host \(process 4711, user tester\) since 2026-11-21T18:46:00.000Z/);
	t.true(error.isRetryable);
	t.true(error.message.includes((await locks())[0]!));
	t.is((await locks()).length, 1);
	await lock.assertHeld();
	await lock.release();
	t.deepEqual(await locks(), []);
	const next = await ExclusiveLock.acquire(other.session, 'prune');
	await next.release();
	t.deepEqual(await locks(), []);
});

test('one process does not get it twice', async t => {
	const {session} = await setUp();
	const lock = await ExclusiveLock.acquire(session, 'forget');
	await refusesAsync(t, async () => ExclusiveLock.acquire(session, 'forget'), 'repository-locked');
	await lock.release();
});

test('a dead holder of this host is taken over at once, one that cannot be known after a day without a renewal', async t => {
	const {session, runtime, other, locks} = await setUp();
	await ExclusiveLock.acquire(session, 'forget');
	other.runtime.kill(runtime.identity);
	const second = await ExclusiveLock.acquire(other.session, 'forget');
	t.is((await locks()).length, 1);
	await second.assertHeld();
	runtime.forward(writerExpiryMs);
	await refusesAsync(t, async () => ExclusiveLock.acquire(session, 'prune'), 'repository-locked');
	runtime.forward(1);
	const third = await ExclusiveLock.acquire(session, 'prune');
	t.is((await locks()).length, 1);
	await refusesAsync(t, async () => second.assertHeld(), 'writer-expired', /taken over/);
	await second.release();
	await third.assertHeld();
	await third.release();
	t.deepEqual(await locks(), []);
});

test('it is renewed while it is held, and never put back once it is gone', async t => {
	const {session, runtime, storage, locks, other} = await setUp();
	const lock = await ExclusiveLock.acquire(session, 'rotate');
	for (let hour = 0; hour < 26; hour++) {
		for (let step = 0; step < 12; step++) {
			runtime.forward(heartbeatIntervalMs);
			await runtime.yieldToEvents();
		}

		other.runtime.forward(3_600_000);
	}

	await lock.assertHeld();
	await refusesAsync(t, async () => ExclusiveLock.acquire(other.session, 'prune'), 'repository-locked', /last sign of life was at 2026-11-22T20:46/);
	const [name] = await locks();
	await storage.remove(name!);
	runtime.forward(heartbeatIntervalMs);
	await runtime.yieldToEvents();
	t.deepEqual(await locks(), []);
	await refusesAsync(t, async () => lock.assertHeld(), 'writer-expired');
	await lock.release();
	t.deepEqual(await locks(), []);
});

test('who was suspended for over a day stops, although nobody took the lock', async t => {
	const {session, storage, locks} = await setUp();
	let nowMs = session.runtime.now();
	const suspended = await reopen({session, secret: {keyFile: {slotId: session.slot.slotId, key: Buffer.alloc(32, 7)}}, storage}, storage, {...session.runtime, now: () => nowMs});
	const lock = await ExclusiveLock.acquire(suspended, 'prune');
	nowMs += writerExpiryMs + 1;
	t.is((await locks()).length, 1);
	await refusesAsync(t, async () => lock.assertHeld(), 'writer-expired');
	await lock.release();
});

test('of two that come at once at most one goes on, and nothing is left behind', async t => {
	const {session, other, locks} = await setUp();
	let both = 0;
	let none = 0;
	for (let round = 0; round < 20; round++) {
		const results = await Promise.allSettled([ExclusiveLock.acquire(session, 'forget'), ExclusiveLock.acquire(other.session, 'prune')]);
		const held = results.flatMap(result => result.status === 'fulfilled' ? [result.value] : []);
		both += Number(held.length > 1);
		none += Number(held.length === 0);
		for (const lock of held) {
			await lock.release();
		}

		t.deepEqual(await locks(), []);
	}

	t.is(both, 0);
	t.log(`20 races: none went on in ${none}`);
});

test('released in every way out, also when what it guards fails', async t => {
	const {session, locks} = await setUp();
	t.is(await withExclusiveLock(session, 'forget', async () => (await locks()).length), 1);
	await t.throwsAsync(async () => withExclusiveLock(session, 'forget', async () => {
		throw new RangeError('as a test');
	}), {instanceOf: RangeError});
	t.deepEqual(await locks(), []);
});

test('a lock that cannot be read keeps everybody out and is named', async t => {
	const {session, storage, locks} = await setUp();
	const name = `locks/${'ab'.repeat(16)}`;
	await storage.write(name, Buffer.from('not a lock'));
	await refusesAsync(t, async () => ExclusiveLock.acquire(session, 'forget'), 'repository-locked', /locks\/abab.* cannot be read/);
	t.deepEqual(await locks(), [name]);
});

test('an interrupted start and a failing storage leave no lock', async t => {
	const memory = createMemoryStorage();
	const runtime = createTestRuntime();
	const repository = await createTestRepository(runtime, memory);
	let lists = 0;
	const failing = await reopen(repository, {...memory, async list(folder, signal) {
		if (folder === 'locks' && ++lists === 2) {
			throw new Error('the second listing fails');
		}

		return memory.list(folder, signal);
	}}, runtime);
	await t.throwsAsync(async () => ExclusiveLock.acquire(failing, 'forget'), {message: /second listing/});
	t.deepEqual(await memory.list('locks'), []);
	await refusesAsync(t, async () => ExclusiveLock.acquire(repository.session, 'forget', AbortSignal.abort()), 'aborted');
	t.deepEqual(await memory.list('locks'), []);
	await writeMetadata(repository.session, 'lock', lockName(record.id), encodeLockRecord({...record, heartbeat: '2020-01-01T00:00:00.000Z'}));
	const lock = await ExclusiveLock.acquire(repository.session, 'forget');
	t.is((await memory.list('locks')).length, 1);
	await lock.release();
});
