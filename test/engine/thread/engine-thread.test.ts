import {Buffer} from 'node:buffer';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {Engine} from '../../../source/engine/engine.ts';
import type {EngineEvent} from '../../../source/engine/events.ts';
import type {EnginePlace} from '../../../source/engine/thread/engine-seat.ts';
import {defaultMonitorPolicy} from '../../../source/engine/monitoring/monitor-policy.ts';
import {ThreadLink} from '../../../source/engine/thread/thread-link.ts';
import {createDump, editDump} from '../../helpers/dump-days.ts';
import {refusesAsync} from '../../helpers/error-assertions.ts';
import {createFolder, writeLayout} from '../../helpers/source-folder.ts';
import {createByteStream} from '../../helpers/test-runtime.ts';
import {createThreadedEngine} from '../../helpers/threaded-engine.ts';
import {describeFolder} from '../../helpers/walk-folder.ts';

/** So much that a backup of it is still at work when its progress is told. */
const largeFiles = 100;
const largeFolder = mkdtempSync(path.join(tmpdir(), 'coffer-thread-'));
test.before(() => {
	const noise = createByteStream('thread');
	writeLayout(largeFolder, Object.fromEntries(Array.from({length: largeFiles}, (_, index) => [`f${index}`, noise(2_000_000)])));
});
test.after.always(() => {
	rmSync(largeFolder, {recursive: true, force: true});
});

const sourceOf = (folder: string) => ({kind: 'files', name: 'files', paths: [folder]}) as const;

/** A test of an engine in a thread, and of one in a process. */
function everywhere(title: string, run: (t: ExecutionContext, place: EnginePlace) => Promise<void>): void {
	for (const place of ['thread', 'process'] as const) {
		// One after the other: what happens in the middle of a backup needs an event loop that has time for it.
		test.serial(`${place}: ${title}`, async t => {
			await run(t, place);
		});
	}
}

everywhere('everything: back up, look around, compare, verify, restore', async (t, place) => {
	const {client, secret} = await createThreadedEngine(t, {place});
	const folder = createFolder(t, {'etc/hosts': 'localhost', 'etc/app/a.conf': 'a', 'etc/app/b.conf': 'bb', 'top.txt': 'top'});
	await client.opened;
	t.deepEqual((await client.listSnapshots()).snapshots, []);
	const first = await client.backup({source: sourceOf(folder)});
	t.like(first, {files: 4, unreadable: 0, bytes: 15});
	writeLayout(folder, {'etc/app/a.conf': 'other', new: 'new'});
	const second = await client.backup({source: sourceOf(folder), tags: ['later']});
	const [from, to] = [first.snapshot!.id, second.snapshot!.id];
	const {snapshots, verifications} = await client.listSnapshots();
	t.deepEqual(snapshots.map(({id, tags, program}) => [id, tags, program]), [[from, [], 'coffer test'], [to, ['later'], 'coffer test']]);
	t.is(verifications.size, 0);

	const at = (name: string) => ({path: path.join(folder, name)});
	t.deepEqual((await client.listFolder(to, at('etc'))).map(entry => path.relative(folder, entry.path)), ['etc/app', 'etc/hosts']);
	t.deepEqual(await client.measureFolder(to, {path: '/'}), {files: 5, bytes: 22});
	t.deepEqual(await client.measureFolder(from, at('etc/app')), {files: 2, bytes: 3});
	t.deepEqual((await client.searchSnapshot(to, 'CONF', {limit: 1})).map(entry => path.relative(folder, entry.path)), ['etc/app/a.conf']);
	t.deepEqual((await client.entryVersions(to, at('etc/app/a.conf'))).map(({snapshot, facts}) => [snapshot.id, facts?.size]), [[to, 5], [from, 1]]);
	const {changes, counts} = await client.compareSnapshots(from, to, {limit: 1});
	t.is(changes.length, 1);
	t.like(counts, {added: 1, addedBytes: 3, changed: 1});

	t.like(await client.verify({readData: 'all', snapshots: ['latest']}), {problems: [], isComplete: true, snapshots: [to]});
	t.deepEqual([...(await client.listSnapshots()).verifications.keys()], [to]);
	const target = createFolder(t);
	t.like(await client.restore({snapshot: to, target, marks: [{...at('etc/app'), isIncluded: true}]}), {restored: 2, failed: 0});
	t.deepEqual(describeFolder(path.join(target, folder, 'etc/app')), describeFolder(path.join(folder, 'etc/app')));
	await client.close();
	// What the caller has given is still the caller's.
	t.deepEqual(secret.keyFile!.key, Buffer.alloc(32, 7));
});

everywhere('the overview comes through the thread, and alerts are acknowledged there', async (t, place) => {
	const {client} = await createThreadedEngine(t, {place});
	const before = await client.overview();
	t.deepEqual(before.sources.map(({name, state}) => [name, state]), [['files', 'never']]);
	const [alert] = before.alerts;
	t.is(alert!.kind, 'never');
	await client.acknowledge(alert!.key, 'seen');
	t.like((await client.overview()).alerts[0], {key: alert!.key, acknowledged: {note: 'seen'}});
	await client.unacknowledge(alert!.key);
	t.is((await client.overview()).alerts[0]!.acknowledged, undefined);
	await client.backup({source: sourceOf(createFolder(t, {f: 'x'}))});
	const {sources, alerts} = await client.overview();
	t.is(sources[0]!.runs.length, 1);
	t.false(alerts.some(({kind}) => kind === 'never'));
	await client.close();
});

everywhere('names that are not UTF-8 are found, measured and restored by their bytes', async (t, place) => {
	const {client} = await createThreadedEngine(t, {place});
	const folder = createFolder(t);
	for (const byte of [0xFE, 0xFF]) {
		writeFileSync(Buffer.concat([Buffer.from(`${folder}/odd-`), Buffer.of(byte)]), String(byte));
	}

	const {snapshot} = await client.backup({source: sourceOf(folder)});
	const entries = await client.listFolder(snapshot!.id, {path: folder});
	t.deepEqual(entries.map(entry => path.basename(entry.path)), ['odd-\uFFFD', 'odd-\uFFFD']);
	const [, {path: shown, path64}] = entries as [unknown, {path: string; path64?: string}];
	const address = {path: shown, ...(path64 !== undefined && {path64})};
	t.is((await client.entryVersions(snapshot!.id, address)).length, 1);
	await refusesAsync(t, async () => client.entryVersions(snapshot!.id, {path: shown}), 'path-missing');
	await refusesAsync(t, async () => client.measureFolder(snapshot!.id, address), 'usage');
	const target = createFolder(t);
	t.like(await client.restore({snapshot: 'latest', target, marks: [{...address, isIncluded: true}]}), {restored: 1, problems: []});
	t.is(readFileSync(Buffer.concat([Buffer.from(`${target}${folder}/odd-`), Buffer.of(0xFF)]), 'utf8'), '255');
	await client.close();
});

everywhere('errors come with their codes and contexts', async (t, place) => {
	const {client, start} = await createThreadedEngine(t, {place});
	await refusesAsync(t, async () => client.restore({snapshot: 'ffff', target: createFolder(t)}), 'snapshot-missing', /"ffff"/);
	await refusesAsync(t, async () => client.backup({source: sourceOf('/no/such/folder')}), 'source-missing');
	await client.backup({source: sourceOf(createFolder(t, {f: 'x'}))});
	const {snapshots} = await client.listSnapshots();
	const missing = await refusesAsync(t, async () => client.listFolder(snapshots[0]!.id, {path: '/nowhere/at/all'}), 'path-missing');
	t.like(missing.context, {path: '/nowhere/at/all', nearest: '/'});
	await client.close();

	const elsewhere = start({repositoryUrl: path.join(createFolder(t), 'none')});
	await refusesAsync(t, async () => elsewhere.opened, 'repository-missing');
	await refusesAsync(t, async () => elsewhere.listSnapshots(), 'repository-missing');
	await elsewhere.close();
});

everywhere('a wrong key fails the opening and every call, also those that wait', async (t, place) => {
	const {start, secret} = await createThreadedEngine(t, {place});
	const client = start({secret: () => ({keyFile: {...secret.keyFile!, key: Buffer.alloc(32, 8)}})});
	const waiting = client.listSnapshots();
	await refusesAsync(t, async () => waiting, 'key-wrong');
	await refusesAsync(t, async () => client.opened, 'key-wrong');
	await refusesAsync(t, async () => client.backup({source: sourceOf('/')}), 'key-wrong');
	await client.close();
});

everywhere('the secret is asked for in the starting thread, with the slots on demand; what it throws is thrown', async (t, place) => {
	const {start, secret} = await createThreadedEngine(t, {place});
	const asked: unknown[] = [];
	const client = start({async secret(slots) {
		asked.push(await slots(), await slots());
		return secret;
	}});
	await client.opened;
	const slot = {slotId: secret.keyFile!.slotId, factors: ['key-file']};
	t.deepEqual(asked, [[slot], [slot]]);
	await client.close();

	const own = new RangeError('given up');
	const refused = start({async secret() {
		throw own;
	}});
	t.is(await t.throwsAsync(refused.opened), own);
	t.is(await t.throwsAsync(refused.listSnapshots()), own);
	await refused.close();
});

everywhere('the number of threads reaches the engine', async (t, place) => {
	const {client, start} = await createThreadedEngine(t, {place, threads: 3});
	await client.opened;
	await t.throwsAsync(start({threads: 33}).opened, {message: /threads must be a whole number from 1 to 32, not 33/});
});

everywhere('whether backups store deltas reaches the engine', async (t, place) => {
	const dump = createDump(600);
	const folder = createFolder(t, {dump});
	const source = sourceOf(folder);
	const {client, start} = await createThreadedEngine(t, {place});
	const {storedBytes: first} = await client.backup({source});
	for (const [day, deltas] of [false, true].entries()) {
		writeFileSync(path.join(folder, 'dump'), editDump(dump, day));
		const engine = start({deltas});
		const {storedBytes} = await engine.backup({source});
		t.is(storedBytes < first / 3, deltas, `${storedBytes} of ${first}`);
		await engine.close();
	}
});

everywhere('a backup that is aborted in the middle leaves the repository clean, and other calls alone', async (t, place) => {
	const {client, leftovers} = await createThreadedEngine(t, {place});
	const controller = new AbortController();
	const events: EngineEvent[] = [];
	const listing = Promise.withResolvers<unknown>();
	const aborted = client.backup({source: sourceOf(largeFolder)}, {signal: controller.signal, onEvent(event) {
		events.push(event);
		if (event.event === 'progress' && event.bytes > 0) {
			controller.abort();
			listing.resolve(client.listSnapshots());
		}
	}});
	await refusesAsync(t, async () => aborted, 'aborted');
	t.like(await listing.promise, {snapshots: []});
	t.deepEqual(leftovers(), []);
	t.true(events.length > 0);

	const summary = await client.backup({source: sourceOf(largeFolder)});
	t.is(summary.files, largeFiles);
	t.like(await client.verify({readData: 'all'}), {problems: []});
	controller.abort();
	await refusesAsync(t, async () => client.listSnapshots({signal: controller.signal}), 'aborted');
	await client.close();
	t.log(`${events.length} events before the end of the first one`);
});

everywhere('two calls at once: a listing is answered while a backup runs', async (t, place) => {
	const {client} = await createThreadedEngine(t, {place});
	const small = createFolder(t, {'a/b': 'x'});
	const {snapshot} = await client.backup({source: sourceOf(small)});
	const order: string[] = [];
	const begun = Promise.withResolvers<void>();
	const note = async (name: string, call: Promise<unknown>) => {
		await call;
		order.push(name);
	};

	const backup = note('backup', client.backup({source: sourceOf(largeFolder)}, {onEvent() {
		begun.resolve();
	}}));
	await begun.promise;
	await Promise.all([backup, note('listing', client.listFolder(snapshot!.id, {path: small})), note('size', client.measureFolder(snapshot!.id, {path: '/'}))]);
	t.is(order.at(-1), 'backup');
	t.is(order.length, 3);
	await client.close();
});

everywhere('snapshots that others make are seen', async (t, place) => {
	const {client, options, secret} = await createThreadedEngine(t, {place});
	const folder = createFolder(t, {f: 'one'});
	const {snapshot} = await client.backup({source: sourceOf(folder)});
	t.is((await client.listFolder(snapshot!.id, {path: folder})).length, 1);
	const other = await Engine.open({...options, secret: () => secret});
	writeLayout(folder, {g: 'two'});
	const {snapshot: later} = await other.backup({source: sourceOf(folder)});
	await other.close();
	t.is((await client.listFolder(later!.id, {path: folder})).length, 2);
	await client.close();
});

everywhere('close ends what runs, safely; afterwards nothing is taken on', async (t, place) => {
	const {client, leftovers, start} = await createThreadedEngine(t, {place});
	const begun = Promise.withResolvers<void>();
	const backup = client.backup({source: sourceOf(largeFolder)}, {onEvent(event) {
		if (event.event === 'progress' && event.bytes > 0) {
			begun.resolve();
		}
	}});
	const failed = refusesAsync(t, async () => backup, 'aborted');
	await begun.promise;
	await Promise.all([client.close(), client.close()]);
	await failed;
	t.deepEqual(leftovers(), []);
	await refusesAsync(t, async () => client.listSnapshots(), 'aborted');
	await client.close();
	await client.terminate();

	const again = start();
	t.like(await again.verify({}), {problems: []});
	await again.close();
});

everywhere('close while a person is asked for the secret, and before anything has begun', async (t, place) => {
	const {client, start} = await createThreadedEngine(t, {place});
	await client.close();
	await refusesAsync(t, async () => client.listSnapshots(), 'aborted');
	const question = Promise.withResolvers<void>();
	const waiting = start({async secret() {
		question.resolve();
		return Promise.withResolvers<never>().promise;
	}});
	const call = refusesAsync(t, async () => waiting.listSnapshots(), 'aborted');
	await question.promise;
	await waiting.close();
	await call;
	await refusesAsync(t, async () => waiting.opened, 'aborted');
});

everywhere('terminate ends a backup at once, as a power loss would: the next run succeeds', async (t, place) => {
	const {client, start} = await createThreadedEngine(t, {place});
	const begun = Promise.withResolvers<void>();
	const backup = client.backup({source: sourceOf(largeFolder)}, {onEvent(event) {
		if (event.event === 'progress' && event.bytes > 0) {
			begun.resolve();
		}
	}});
	const failed = refusesAsync(t, async () => backup, 'aborted', /was ended/);
	await begun.promise;
	await client.terminate();
	await failed;
	const again = start();
	t.like(await again.backup({source: sourceOf(largeFolder)}), {files: largeFiles});
	t.like(await again.verify({readData: 'all'}), {problems: []});
	await again.close();
});

test('a thread that runs out of memory fails every call, and says what to do', async t => {
	const {client, options, start} = await createThreadedEngine(t);
	await client.close();
	const link = new ThreadLink(options, {maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2});
	await link.opened;
	const tags = Array.from({length: 600_000}, (_, index) => `tag ${index}`);
	for (const call of [link.call('backup', [{source: sourceOf('/'), tags}]), link.call('verify', [{}])]) {
		await refusesAsync(t, async () => call, 'internal', /ended unexpectedly: .*memory.*do it again/);
	}

	await refusesAsync(t, async () => link.call('overview', [undefined]), 'internal');
	await link.close();
	const again = start();
	t.deepEqual((await again.listSnapshots()).snapshots, []);
	await again.close();
});

test('a process that is killed fails every call; it has no secret in its environment', async t => {
	const {client, start} = await createThreadedEngine(t, {place: 'process'});
	await client.opened;
	const environment = readFileSync(`/proc/${client.processId}/environ`, 'latin1');
	t.regex(environment, /PATH=/);
	t.notRegex(environment, /COFFER_PASSPHRASE/);
	t.is(readFileSync(`/proc/${client.processId}/coredump_filter`, 'utf8').trim(), '00000000');
	const waiting = refusesAsync(t, async () => client.verify({}), 'internal', /ended unexpectedly: signal SIGKILL/);
	process.kill(client.processId!, 'SIGKILL');
	await waiting;
	await client.close();
	const again = start();
	t.deepEqual((await again.listSnapshots()).snapshots, []);
	await again.close();
});

everywhere('limits of the monitoring reach the engine, those of one source, too', async (t, place) => {
	const limits = {...defaultMonitorPolicy, maximumAgeMs: 1000, sources: new Map([['files', {...defaultMonitorPolicy, maximumAgeMs: 2000}]])};
	const {client} = await createThreadedEngine(t, {place, monitorPolicy: limits, sources: [{name: 'files', kind: 'files'}, {name: 'other', kind: 'files'}]});
	await client.opened;
	t.deepEqual((await client.overview()).sources.map(({name, maximumAgeMs}) => [name, maximumAgeMs]), [['files', 2000], ['other', 1000]]);
});
