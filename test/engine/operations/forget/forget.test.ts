import test from 'ava';
import {forget} from '../../../../source/engine/operations/forget/forget.ts';
import {verify} from '../../../../source/engine/operations/verify/verify.ts';
import {backup} from '../../../../source/engine/operations/backup/backup.ts';
import {ExclusiveLock, listSnapshots, listTombstones, RepositorySession, type Storage} from '../../../../source/engine/repository/repository.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {createRepositoryFixture, readAllObjects, type RepositoryFixture} from '../../../helpers/repository-fixture.ts';
import {createTestRepository, newestSnapshot, reopen} from '../../../helpers/repository-session.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {sessionOver, verifyAll} from '../../../helpers/verify-assertions.ts';
import {createTestRuntime} from '../../../helpers/test-runtime.ts';

const ids = async (session: RepositorySession) => (await listSnapshots(session)).snapshots.map(({id}) => id);

/** A session whose keyring says another role; enough for what is decided by the role alone. */
function withRole({session}: RepositoryFixture, role: 'backup' | 'auditor', storage: Storage): RepositorySession {
	return new RepositorySession(storage, session.runtime, {slot: {...session.slot, keyring: {...session.keyring, role}}, fileName: ''});
}

test('the snapshot goes, a tombstone comes, the chain holds, and all others stay whole', async t => {
	const {session, snapshots} = await createRepositoryFixture();
	const [first, second, third, fourth] = snapshots;
	const before = await verifyAll(session);
	t.is(third!.previous!.id, second!.id);
	const summary = await forget(session, {snapshots: [second!.id, second!.id.slice(0, 12)]});
	t.like(summary, {completed: [], emptied: [], remaining: 3, isDryRun: false});
	t.deepEqual(summary.forgotten.map(({id}) => id), [second!.id]);
	t.deepEqual(await ids(session), [first!.id, third!.id, fourth!.id]);
	const {tombstones} = await listTombstones(session);
	t.like(tombstones.find(({id}) => id === second!.id), {sha256: second!.sha256, host: 'test-host', user: 'tester', reason: 'named by hand'});
	const after = await verifyAll(session);
	t.deepEqual(after.problems, before.problems);
	t.deepEqual(await session.storage.list('locks'), []);
	await refusesAsync(t, async () => forget(session, {snapshots: [second!.id]}), 'snapshot-missing');
});

test('a dry run and wrong references change nothing', async t => {
	const fixture = await createRepositoryFixture();
	const {session, storage, snapshots} = fixture;
	const [first] = snapshots;
	const dry = await forget(session, {snapshots: [first!.id], isDryRun: true});
	t.deepEqual(dry.forgotten.map(({id}) => id), [first!.id]);
	t.is(dry.remaining, 3);
	const none = 'f'.repeat(32);
	await refusesAsync(t, async () => forget(session, {snapshots: [first!.id, none]}), 'snapshot-missing');
	await refusesAsync(t, async () => forget(session, {snapshots: ['latest:nothing']}), 'snapshot-missing');
	await refusesAsync(t, async () => forget(session, {snapshots: []}), 'usage');
	await refusesAsync(t, async () => forget(session, {snapshots: [first!.id]}, {signal: AbortSignal.abort()}), 'aborted');
	t.deepEqual(await readAllObjects(storage), new Map(fixture.objects));
});

test('only an owner may, and others are told so before anything is read', async t => {
	const fixture = await createRepositoryFixture();
	for (const role of ['backup', 'auditor'] as const) {
		const untouchable = new Proxy(fixture.storage, {get() {
			throw new Error('the storage was asked');
		}});
		await refusesAsync(t, async () => forget(withRole(fixture, role, untouchable), {snapshots: ['latest']}), 'key-role', new RegExp(`"${role}" cannot forget`));
	}
});

test('while another holds the lock nothing is forgotten', async t => {
	const {session, snapshots} = await createRepositoryFixture();
	const lock = await ExclusiveLock.acquire(session, 'prune');
	await refusesAsync(t, async () => forget(session, {snapshots: [snapshots[0]!.id]}), 'repository-locked', /"prune"/);
	await lock.release();
	t.is((await ids(session)).length, 4);
});

test('killed at any call of the storage: each snapshot is there or forgotten, nothing is damaged, and the next forget finishes', async t => {
	const probe = await createRepositoryFixture();
	let calls = 0;
	const counting = (storage: Storage, limit: number): Storage => ({
		...storage,
		async write(name, data) {
			if (++calls > limit) {
				throw new Error('killed');
			}

			return storage.write(name, data);
		},
		async remove(name, options) {
			if (++calls > limit) {
				throw new Error('killed');
			}

			return storage.remove(name, options);
		},
	});
	await forget(sessionOver(probe, counting(probe.storage, Number.POSITIVE_INFINITY)), {snapshots: probe.snapshots.slice(0, 2).map(({id}) => id)});
	const total = calls;
	let half = 0;
	for (let limit = 0; limit < total; limit++) {
		const fixture = await createRepositoryFixture();
		const {session, runtime} = fixture;
		const [first, second, third, fourth] = fixture.snapshots;
		calls = 0;
		await forget(sessionOver(fixture, counting(fixture.storage, limit)), {snapshots: [first!.id, second!.id]}).catch(() => undefined);
		const {snapshots, forgotten} = await listSnapshots(session);
		half += forgotten.length;
		t.deepEqual(snapshots.map(({id}) => id).filter(id => id !== first!.id && id !== second!.id), [third!.id, fourth!.id]);
		const summary = await verify(session, {});
		t.deepEqual(summary.problems.filter(({kind}) => kind !== 'unknown' && kind !== 'lock').map(({message}) => message), [], `killed after ${limit} calls`);
		t.is(summary.notes.filter(note => note.includes('is forgotten, but its object is still there')).length, forgotten.length);
		// The process is gone: its lock, if it left one, is nobody's.
		const successor = createTestRuntime({seed: `after ${limit}`, startMs: runtime.now(), identity: {...runtime.identity, pid: 5000}});
		successor.kill(runtime.identity);
		const next = await forget(new RepositorySession(fixture.storage, successor, {slot: session.slot, fileName: ''}), {snapshots: [forgotten[0]?.id ?? third!.id]});
		t.is(next.forgotten.length, 1);
		const left = await listSnapshots(session);
		t.is(left.forgotten.length, 0, `killed after ${limit} calls`);
		t.deepEqual((await verify(session, {})).problems.filter(({kind}) => kind === 'snapshot'), []);
		t.deepEqual(await fixture.storage.list('locks'), []);
	}

	t.true(half > 0);
	t.log(`${total} calls, killed at each; ${half} times a snapshot was half forgotten`);
});

test('a tombstone that is not this snapshot\'s, or damaged, forgets nothing', async t => {
	const {session, storage, snapshots} = await createRepositoryFixture();
	const [first, second] = snapshots;
	await storage.write(`tombstones/${first!.id}`, Buffer.from('x'));
	t.true((await ids(session)).includes(first!.id));
	await forget(session, {snapshots: [second!.id]});
	await storage.write(`tombstones/${first!.id}`, await storage.read(`tombstones/${second!.id}`));
	t.true((await ids(session)).includes(first!.id));
});

test('later backups chain past what is forgotten, also the newest or all of a source', async t => {
	const runtime = createTestRuntime();
	const repository = await createTestRepository(runtime);
	const {session} = repository;
	const source = {kind: 'files', name: 'data', paths: [createFolder(t, {'a.txt': 'a'})]} as const;
	const run = async () => {
		runtime.forward(60_000);
		await backup(session, {source});
		return newestSnapshot(session);
	};

	const one = await run();
	const two = await run();
	await forget(session, {snapshots: ['latest:data']});
	const three = await run();
	t.is(three.previous?.id, one.id);
	await forget(session, {snapshots: [one.id]});
	t.deepEqual((await verify(session, {})).problems, []);
	const four = await run();
	const last = await forget(session, {snapshots: [three.id, four.id]});
	t.deepEqual(last.emptied, [{source: 'data', host: 'test-host'}]);
	const five = await run();
	t.is(five.previous, undefined);
	t.deepEqual((await verify(session, {readData: 'all'})).problems, []);
	t.is((await listTombstones(session)).tombstones.length, 4);
	t.false((await ids(session)).includes(two.id));
	// A snapshot that goes without a tombstone is still missed.
	await run();
	await session.storage.remove(five.objectName);
	t.is((await verify(await reopen(repository, session.storage, runtime), {})).problems.filter(({kind}) => kind === 'snapshot').length, 1);
});
