import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {backup} from '../../../source/engine/operations/backup/backup.ts';
import {compareSource} from '../../../source/engine/operations/compare-source/compare-source.ts';
import {verify} from '../../../source/engine/operations/verify/verify.ts';
import {RepositorySession} from '../../../source/engine/repository/repository.ts';
import type {FilesSource} from '../../../source/engine/sources/source.ts';
import {createSystemRuntime, type Runtime} from '../../../source/engine/runtime.ts';
import {disturbEverywhere} from '../../helpers/disturb-readers.ts';
import {createDump, editDump} from '../../helpers/dump-days.ts';
import {readAllObjects} from '../../helpers/repository-fixture.ts';
import {createTestRepository, newestSnapshot, readSnapshot} from '../../helpers/repository-session.ts';
import {createFolder} from '../../helpers/source-folder.ts';
import {readStoredChunks} from '../../helpers/stored-chunks.ts';
import {createByteStream} from '../../helpers/test-runtime.ts';

const system = createSystemRuntime();

/** Some days of a dump that became chains of deltas, and small files in several folders; the files are those of the day after. */
async function createDays(t: ExecutionContext) {
	const runtime: Runtime = {...system, now: () => system.now() + 10_000, randomBytes: createByteStream(t.title)};
	const folder = createFolder(t, {'a/one': 'one', 'a/deep/two': 'two', 'b/three': 'three', 'b/four': 'four'});
	const source: FilesSource = {kind: 'files', name: 'data', paths: [folder]};
	const {session, storage} = await createTestRepository(runtime, undefined, {minimumBytes: 64 * 1024, averageBytes: 128 * 1024, maximumBytes: 256 * 1024});
	let dump = createDump(1200, 1);
	for (let day = 1; day <= 3; day++) {
		writeFileSync(path.join(folder, 'shop.sql'), dump);
		await backup(session, {source});
		dump = editDump(dump, day);
	}

	return {session, folder, source, dump, objects: await readAllObjects(storage)};
}

test('backup: packs with trees and bases are replaced at any moment; nothing is read or stored in vain, and no warning is given', async t => {
	const scene = await createDays(t);
	const {source, folder, dump} = scene;
	writeFileSync(path.join(folder, 'shop.sql'), dump);
	let undisturbed: number | undefined;
	await disturbEverywhere(t, scene, async disturbed => {
		const warnings: unknown[] = [];
		const summary = await backup(disturbed, {source}, {onEvent(event) {
			if (event.event === 'warning') {
				warnings.push(event);
			}
		}});
		t.deepEqual(warnings, []);
		t.is(summary.unreadable, 0);
		t.true(summary.addedBytes < dump.length * 1.2);
		const session = new RepositorySession(disturbed.storage, disturbed.runtime, disturbed.memory);
		const entries = await readSnapshot(session, await newestSnapshot(session));
		t.is(entries.get(path.join(folder, 'shop.sql'))!.content!.toString(), dump);
		t.is(entries.get(path.join(folder, 'a/deep/two'))!.content!.toString(), 'two');
		// Only this day's chunks are so deep.
		const stored = await readStoredChunks(session);
		const deltas = stored.filter(({depth}) => depth === 3).length;
		undisturbed ??= deltas;
		t.true(deltas > 0);
		t.is(deltas, undisturbed);
		t.deepEqual((await verify(session, {readData: 'all'})).problems, []);
	}, {step: 8});
});

test('comparison with the disk: packs with trees are replaced at any moment, and nothing differs', async t => {
	const scene = await createDays(t);
	const {source, folder} = scene;
	t.true(readFileSync(path.join(folder, 'shop.sql')).byteLength > 0);
	await disturbEverywhere(t, scene, async session => {
		const summary = await compareSource(session, {sources: [source]});
		t.deepEqual(summary.problems, []);
		t.like(summary.compared[0], {lost: 0, corrupt: 0, missing: 0, new: 0, changed: 0});
		t.true(summary.compared[0]!.bytes > 100_000);
	});
});
