import {writeFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {backup} from '../../../../source/engine/operations/backup/backup.ts';
import {listSnapshots} from '../../../../source/engine/repository/repository.ts';
import {createSystemRuntime} from '../../../../source/engine/runtime.ts';
import {createMemoryStorage} from '../../../../source/engine/storage/memory.ts';
import type {Storage} from '../../../../source/engine/storage/storage.ts';
import {createDump, editDump} from '../../../helpers/dump-days.ts';
import {createFaultyStorage, type FaultEffect, type FaultMoment} from '../../../helpers/faulty-storage.ts';
import {createTestRepository, describeSnapshots, readSnapshot, reopen, type TestRepository} from '../../../helpers/repository-session.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {readStoredChunks} from '../../../helpers/stored-chunks.ts';

const runtime = createSystemRuntime();
const moments: readonly FaultMoment[] = ['before', 'midway', 'after'];

async function copyStorage(from: Storage): Promise<Storage> {
	const to = createMemoryStorage();
	for (const {name} of await from.list('')) {
		await to.write(name, await from.read(name));
	}

	return to;
}

/** A repository with one snapshot, and a source that has changed since: some of it will be deltas. */
async function prepare(t: ExecutionContext) {
	const dump = createDump(1000);
	const folder = createFolder(t, {'a.txt': 'alpha', 'b/large': runtime.randomBytes(700_000), 'b/c': 'gamma', 'dump.sql': dump});
	const repository = await createTestRepository(runtime);
	const source = {kind: 'files', name: 'files', paths: [folder]} as const;
	await backup(repository.session, {source});
	const first = await summarize(repository, repository.storage);
	writeFileSync(path.join(folder, 'a.txt'), 'changed');
	writeFileSync(path.join(folder, 'new'), runtime.randomBytes(300_000));
	writeFileSync(path.join(folder, 'dump.sql'), editDump(dump, 2));
	return {repository, source, first: first[0]!};
}

async function summarize(repository: TestRepository, storage: Storage): Promise<string[]> {
	return describeSnapshots(await reopen(repository, storage, runtime));
}

async function countCalls({repository, source}: Awaited<ReturnType<typeof prepare>>): Promise<number> {
	const faulty = createFaultyStorage(await copyStorage(repository.storage), []);
	const session = await reopen(repository, faulty, runtime);
	await backup(session, {source});
	if ((await readStoredChunks(session)).every(({depth}) => !(depth > 0))) {
		throw new Error('The run stores no deltas');
	}

	return faulty.mutatingCallCount;
}

for (const kind of ['throw', 'crash'] as const) {
	test(`${kind} at every mutating call of the storage: the earlier snapshot is intact, and the next run succeeds`, async t => {
		const scene = await prepare(t);
		const {repository, source, first} = scene;
		const calls = await countCalls(scene);
		let failed = 0;
		let committed = 0;
		for (let at = 1; at <= calls; at++) {
			for (const when of moments) {
				const inner = await copyStorage(repository.storage);
				const effect: FaultEffect = {kind, when};
				const faulty = createFaultyStorage(inner, [{at, effect}]);
				const session = await reopen(repository, faulty, runtime);
				let isDone = true;
				try {
					await backup(session, {source});
				} catch {
					isDone = false;
					failed++;
				}

				const texts = await summarize(repository, inner);
				t.is(texts[0], first, `call ${at}, ${when}`);
				t.true(!isDone || texts.length === 2, `a run that says it is done has a snapshot: call ${at}, ${when}`);
				committed += texts.length - 1;
				await backup(await reopen(repository, inner, runtime), {source});
				const after = await summarize(repository, inner);
				t.is(after.length, texts.length + 1);
				t.is(after[0], first);
			}
		}

		t.true(calls >= 10 && failed >= calls * 2, `${failed} of ${calls * moments.length} runs failed`);
		t.log(`${calls} calls × ${moments.length} moments: ${failed} runs failed, ${committed} had committed; every earlier snapshot read back identical, every next run succeeded`);
	});
}

test('a pack that vanishes before the commit is over takes its snapshot back', async t => {
	const {repository, source, first} = await prepare(t);
	const inner = await copyStorage(repository.storage);
	const known = new Set((await inner.list('packs')).map(({name}) => name));
	const storage: Storage = {
		...inner,
		async write(name, data) {
			await inner.write(name, data);
			if (name.startsWith('snapshots/')) {
				const added = (await inner.list('packs')).find(object => !known.has(object.name));
				await inner.remove(added!.name);
			}
		},
	};
	const error = await t.throwsAsync(backup(await reopen(repository, storage, runtime), {source}));
	t.is((error as {code?: string}).code, 'writer-expired');
	t.deepEqual(await summarize(repository, inner), [first]);
});

test('a run whose record was removed meanwhile makes no snapshot', async t => {
	const {repository, source, first} = await prepare(t);
	const inner = await copyStorage(repository.storage);
	const storage: Storage = {
		...inner,
		async write(name, data) {
			await inner.write(name, data);
			if (name.startsWith('index/')) {
				for (const record of await inner.list('writers')) {
					await inner.remove(record.name);
				}
			}
		},
	};
	const error = await t.throwsAsync(backup(await reopen(repository, storage, runtime), {source}));
	t.is((error as {code?: string}).code, 'writer-expired');
	t.deepEqual(await summarize(repository, inner), [first]);
});

for (const {what, damage} of [
	{
		what: 'lost packs and index objects',
		async damage(storage: Storage) {
			for (const {name} of [...await storage.list('packs'), ...await storage.list('index')]) {
				await storage.remove(name);
			}
		},
	},
	{
		what: 'lost packs that the index still names',
		async damage(storage: Storage) {
			for (const {name} of await storage.list('packs')) {
				await storage.remove(name);
			}
		},
	},
	{
		what: 'truncated packs',
		async damage(storage: Storage) {
			for (const {name, sizeBytes} of await storage.list('packs')) {
				await storage.write(name, (await storage.read(name)).subarray(0, sizeBytes - 1));
			}
		},
	},
]) {
	test(`${what}: what they held is stored again by the next run, which says so`, async t => {
		const {repository, source} = await prepare(t);
		const {storage} = repository;
		await damage(storage);
		const session = await reopen(repository, storage, runtime);
		const warnings: string[] = [];
		const summary = await backup(session, {source}, {onEvent(event) {
			if (event.event === 'warning') {
				warnings.push(event.message);
			}
		}});
		t.true(summary.addedBytes > 1_000_000);
		t.is(warnings.some(message => message.includes('coffer verify')), !what.includes('index objects'));
		const {snapshots} = await listSnapshots(session);
		const entries = await readSnapshot(session, snapshots.at(-1)!);
		t.is([...entries].filter(([, {node}]) => node.type === 'file').length, 5);
	});
}
