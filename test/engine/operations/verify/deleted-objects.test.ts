import test from 'ava';
import {verify} from '../../../../source/engine/operations/verify/verify.ts';
import {snapshotIdOfName} from '../../../../source/engine/repository/repository.ts';
import {createRepositoryFixture, createStorageOf} from '../../../helpers/repository-fixture.ts';
import {findLosses} from '../../../helpers/snapshot-losses.ts';
import {assertLosses, kindOf, namedObjects, sessionOver, verifyAll} from '../../../helpers/verify-assertions.ts';

test('each object deleted: the affected snapshots and files are named exactly', async t => {
	const fixture = await createRepositoryFixture();
	const storage = await createStorageOf(fixture.objects);
	const session = sessionOver(fixture, storage);
	const successors = new Map(fixture.snapshots.flatMap(({previous, objectName}) => previous ? [[previous.id as string, objectName]] : []));
	const unusedKeys = [...fixture.objects.keys()].filter(name => name.startsWith('datakeys/')).length - 4;
	t.is(unusedKeys, 1);
	const counts = new Map<string, number>();
	const silent: string[] = [];
	for (const [name, bytes] of fixture.objects) {
		await storage.remove(name);
		for (const summary of [await verifyAll(session), await verify(session, {})]) {
			const losses = await findLosses(session);
			assertLosses(t, summary, losses, name);
			const id = snapshotIdOfName(name);
			const [problem] = summary.problems;
			if (problem === undefined) {
				silent.push(name);
				continue;
			}

			t.is(summary.problems.length, 1, name);
			t.is(problem.kind, kindOf(name), name);
			if (id !== undefined) {
				t.is(problem.object, successors.get(id)!, name);
				t.deepEqual(problem.snapshots, [id], name);
			} else if (name.startsWith('index/')) {
				t.is(problem.object, 'index', name);
				t.deepEqual(losses, {files: [], snapshots: []}, name);
				t.deepEqual(problem.snapshots.toSorted(), [...(await findLosses(session, false)).snapshots], name);
			} else {
				t.is(problem.object, name);
			}

			counts.set(problem.kind, (counts.get(problem.kind) ?? 0) + 1);
		}

		await storage.write(name, bytes);
	}

	// What nothing else names can be missed by nobody who sees only the storage.
	const expectedSilent = [...fixture.objects.keys()].filter(name => /^(?:writers|pruning|tombstones)\//.test(name) || name === fixture.orphan
		|| (name.startsWith('snapshots/') && !successors.has(snapshotIdOfName(name)!)));
	t.deepEqual([...new Set(silent)].filter(name => !name.startsWith('datakeys/')).toSorted(), expectedSilent.toSorted());
	t.is(new Set(silent.filter(name => name.startsWith('datakeys/'))).size, unusedKeys);
	t.log(`deletions named, with and without reading data: ${[...counts].map(([kind, count]) => `${count} ${kind}`).join(', ')}; ${new Set(silent).size} that nothing else names`);
});

test('any two objects deleted: the affected files and snapshots are named exactly', async t => {
	const fixture = await createRepositoryFixture();
	const storage = await createStorageOf(fixture.objects);
	const session = sessionOver(fixture, storage);
	const names = [...fixture.objects.keys()].filter(name => /^(?:packs|index|datakeys)\//.test(name));
	let count = 0;
	for (const [index, name] of names.entries()) {
		for (const other of names.slice(index + 1)) {
			await storage.remove(name);
			await storage.remove(other);
			assertLosses(t, await verify(session, {}), await findLosses(session), `${name} and ${other}`);
			await storage.write(name, fixture.objects.get(name)!);
			await storage.write(other, fixture.objects.get(other)!);
			count++;
		}
	}

	t.log(`${count} of ${count} pairs`);
});

test('all packs, all index objects or all of both deleted', async t => {
	const fixture = await createRepositoryFixture();
	for (const pattern of [/^packs\//, /^index\//, /^(?:packs|index)\//]) {
		const storage = await createStorageOf([...fixture.objects].filter(([name]) => !pattern.test(name)));
		const session = sessionOver(fixture, storage);
		const summary = await verifyAll(session);
		const losses = await findLosses(session);
		assertLosses(t, summary, losses, String(pattern));
		t.true(namedObjects(summary).length > 0);
	}
});
