import test from 'ava';
import {createRepositoryFixture, createStorageOf} from '../../../helpers/repository-fixture.ts';
import {findLosses} from '../../../helpers/snapshot-losses.ts';
import {assertLosses, namedObjects, sessionOver, verifyAll} from '../../../helpers/verify-assertions.ts';

test('an object under another name is named, in its own folder and in others', async t => {
	const fixture = await createRepositoryFixture();
	const storage = await createStorageOf(fixture.objects);
	const session = sessionOver(fixture, storage);
	const newNames = [
		`datakeys/${'a'.repeat(32)}`, `index/${'a'.repeat(64)}`, `keys/${'a'.repeat(32)}-${'a'.repeat(64)}`, `keys-copy/${'a'.repeat(32)}-${'a'.repeat(64)}`, `packs/aa/${'a'.repeat(64)}`,
		`locks/${'a'.repeat(32)}`, `pruning/${'a'.repeat(32)}`, `snapshots/20261121T190000.000Z-${'a'.repeat(32)}`, `tombstones/${'a'.repeat(32)}`, `writers/${'a'.repeat(32)}`, 'elsewhere',
	];
	let count = 0;
	for (const [index, [name, bytes]] of [...fixture.objects].entries()) {
		const [folder] = name.split('/', 1);
		for (const newName of newNames.filter((candidate, position) => candidate.startsWith(`${folder}/`) || (position + index) % 4 === 0)) {
			if (name.startsWith('pruning/') && newName.startsWith('pruning/')) {
				continue;
			}

			await storage.write(newName, bytes);
			const copied = await verifyAll(session);
			t.deepEqual(namedObjects(copied), [newName], `${name} copied to ${newName}`);
			await storage.remove(name);
			const moved = await verifyAll(session);
			t.true(namedObjects(moved).includes(newName), `${name} moved to ${newName}`);
			assertLosses(t, moved, await findLosses(session), `${name} moved to ${newName}`);
			await storage.remove(newName);
			await storage.write(name, bytes);
			count += 2;
		}
	}

	t.log(`${count} of ${count} copied or moved objects found`);
});

test('garbage is named, whatever its place, and does not keep anything else from being verified', async t => {
	const fixture = await createRepositoryFixture();
	const storage = await createStorageOf(fixture.objects);
	const session = sessionOver(fixture, storage);
	const garbage = fixture.runtime.randomBytes(500);
	const names = [
		'readme.txt', 'index', 'keys/x', 'keys-copy/x', 'datakeys/x', 'index/x', 'index/a/b', 'snapshots/x', 'snapshots/29991231T235959.999Z-00000000000000000000000000000000', 'tombstones/x',
		'writers/x', 'pruning/x', 'locks/x', 'packs/x', `packs/ab/${'c'.repeat(64)}`, `packs/cc/${'c'.repeat(64)}`, 'locks2/x', 'packs/aa/bb/cc',
	];
	for (const name of names) {
		await storage.write(name, garbage);
		t.deepEqual(namedObjects(await verifyAll(session)), [name], name);
		await storage.write(name, Buffer.alloc(0));
		t.deepEqual(namedObjects(await verifyAll(session)), [name], `${name}, empty`);
		await storage.remove(name);
	}

	for (const name of names) {
		await storage.write(name, garbage);
	}

	const summary = await verifyAll(session);
	t.deepEqual(namedObjects(summary), names.toSorted());
	t.is(summary.snapshots.length, fixture.snapshots.length);
	t.log(`${names.length} of ${names.length} garbage objects found, one by one and together`);
});
