import test, {type ExecutionContext} from 'ava';
import {HostMemory} from '../../../source/engine/monitoring/host-memory.ts';
import {OverviewReader} from '../../../source/engine/monitoring/overview-reader.ts';
import {addKey} from '../../../source/engine/operations/keys/add-key.ts';
import {removeKey} from '../../../source/engine/operations/keys/remove-key.ts';
import {refusesAsync} from '../../helpers/error-assertions.ts';
import {createFaultyStorage} from '../../helpers/faulty-storage.ts';
import {createTestRepository, reopen} from '../../helpers/repository-session.ts';
import {createFolder} from '../../helpers/source-folder.ts';
import {listNames} from '../../helpers/storage-assertions.ts';
import {backUp} from '../../helpers/test-repositories.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';

const second = 1000;

async function prepare(t: ExecutionContext) {
	const runtime = createTestRuntime();
	const repository = await createTestRepository(runtime);
	const storage = createFaultyStorage(repository.storage);
	const session = await reopen(repository, storage, runtime);
	const memory = new HostMemory(session, createFolder(t));
	t.teardown(() => {
		memory.close();
	});
	const reader = new OverviewReader(memory);
	return {
		runtime,
		storage,
		reader,
		owner: repository.session,
		async backUp(times: number) {
			for (let time = 0; time < times; time++) {
				runtime.forward(second);
				await backUp(repository.session, [`text ${time}`], {host: runtime.identity.host});
			}
		},
		/** Look, and count the calls that it took. */
		async look() {
			const before = storage.calls.length;
			const overview = await reader.read([], {});
			const calls = storage.calls.slice(before);
			const count = (call: string, name = /^/) => calls.filter(each => each.call === call && name.test(each.name)).length;
			return {overview, snapshotsRead: count('read', /^snapshots\//), usages: count('usage'), lists: count('list'), calls: calls.length};
		},
	};
}

test('what was read once is only listed, and what is new is read', async t => {
	const {backUp: add, look} = await prepare(t);
	await add(20);
	t.like(await look(), {snapshotsRead: 20, usages: 1});
	const again = await look();
	t.like(again, {snapshotsRead: 0, usages: 0, lists: 3, calls: 3});
	t.is(again.overview.sources[0]!.snapshots, 20);
	await add(2);
	const more = await look();
	t.is(more.snapshotsRead, 2);
	t.is(more.overview.sources[0]!.snapshots, 22);
	t.log(`20 snapshots: ${again.calls} calls of the storage when nothing has changed`);
});

test('space and losses are looked at once a minute, or when something was done', async t => {
	const {backUp: add, look, runtime, reader, storage} = await prepare(t);
	await add(1);
	await look();
	runtime.forward(59 * second);
	t.is((await look()).usages, 0);
	runtime.forward(second);
	const later = await look();
	t.is(later.usages, 1);
	t.is((await look()).usages, 0);
	reader.refresh();
	t.is((await look()).usages, 1);

	// Somebody takes the newest snapshot away.
	const {overview} = await look();
	t.deepEqual(overview.alerts, []);
	const {name} = (await storage.list('snapshots'))[0]!;
	await storage.remove(name);
	t.is((await look()).overview.sources[0]!.snapshots, 0);
	runtime.forward(60 * second);
	t.true((await look()).overview.alerts.some(({kind}) => kind === 'lost'));
});

test('a snapshot that cannot be read is an alert, and read again each time', async t => {
	const {backUp: add, look, storage} = await prepare(t);
	await add(2);
	const {name} = (await storage.list('snapshots'))[0]!;
	const intact = await storage.read(name);
	await storage.write(name, Buffer.from('garbage'));
	const damaged = await look();
	t.like(damaged.overview.alerts[0], {kind: 'damage', severity: 'critical'});
	t.is((await look()).snapshotsRead, 1);
	await storage.write(name, intact);
	t.deepEqual((await look()).overview.alerts, []);
});

test('samples of the space become growth', async t => {
	const {look, runtime, backUp: add} = await prepare(t);
	for (let day = 0; day < 4; day++) {
		await add(1);
		await look();
		runtime.forward(24 * 60 * 60 * second);
	}

	const {growthBytesPerDay, usedBytes} = (await look()).overview.storage[0]!;
	t.true(growthBytesPerDay! > 100 && growthBytesPerDay! < usedBytes!, `${growthBytesPerDay}`);
});

test('a repository that is not there any more is missing, not empty; and when it is back, so is everything', async t => {
	const {backUp: add, look, storage, runtime, reader} = await prepare(t);
	t.is((await look()).overview.sources.length, 0);
	await add(3);
	const before = await look();
	const objects = new Map<string, Uint8Array>();
	for (const name of await listNames(storage)) {
		objects.set(name, await storage.read(name));
		await storage.remove(name);
	}

	await refusesAsync(t, look, 'repository-missing');
	runtime.forward(61 * second);
	reader.refresh();
	await refusesAsync(t, look, 'repository-missing');
	for (const [name, bytes] of objects) {
		await storage.write(name, bytes);
	}

	t.deepEqual((await look()).overview.sources.map(({name, snapshots}) => [name, snapshots]), before.overview.sources.map(({name, snapshots}) => [name, snapshots]));
	t.log(`${objects.size} objects`);
});

test('keys that somebody else has changed are seen at the next look', async t => {
	const {look, owner} = await prepare(t);
	await look();
	const {id} = await addKey(owner, {label: 'second', role: 'auditor', secret: () => ({passphrase: Buffer.from('of a test')})});
	t.deepEqual((await look()).overview.keys.keys.map(({label}) => label).toSorted(), ['second', 'test']);
	await removeKey(owner, id);
	t.is((await look()).overview.keys.keys.length, 1);
	t.is((await look()).lists, 3);
});
