import test from 'ava';
import {verify} from '../../../../source/engine/operations/verify/verify.ts';
import {readPackKinds} from '../../../helpers/pack-kinds.ts';
import {createRepositoryFixture, createStorageOf} from '../../../helpers/repository-fixture.ts';
import {findLosses} from '../../../helpers/snapshot-losses.ts';
import {assertLosses, kindOf, namedObjects, sessionOver, verifyAll} from '../../../helpers/verify-assertions.ts';

/** Every so many bytes of an object of this size a bit is flipped: some 700 in all. */
const stepOf = (sizeBytes: number): number => (sizeBytes < 4096 ? 37 : 3989);
const lossEvery = 10;

test('one flipped bit, at every k-th byte of every object, is found, and the object and what it hits are named', async t => {
	const fixture = await createRepositoryFixture();
	const storage = await createStorageOf(fixture.objects);
	const session = sessionOver(fixture, storage);
	let flips = 0;
	let comparisons = 0;
	for (const [name, bytes] of fixture.objects) {
		for (let at = 0; at < bytes.length; at += stepOf(bytes.length)) {
			const about = `${name}, bit ${at % 8} of byte ${at} of ${bytes.length}`;
			const flipped = Buffer.from(bytes);
			flipped[at]! ^= 1 << (at % 8);
			await storage.write(name, flipped);
			const summary = await verifyAll(session);
			t.deepEqual(namedObjects(summary), [name], about);
			t.is(summary.problems[0]?.kind, kindOf(name), about);
			if (flips % lossEvery === 0) {
				assertLosses(t, summary, await findLosses(session), about);
				comparisons++;
			}

			flips++;
		}

		await storage.write(name, bytes);
	}

	t.deepEqual((await verifyAll(session)).problems, []);
	t.log(`${flips} of ${flips} flipped bits found in ${fixture.objects.size} objects; for ${comparisons} the losses named equal those found by reading everything`);
});

test('without reading file contents, a flipped bit is found everywhere but in packs of file contents', async t => {
	const fixture = await createRepositoryFixture();
	const storage = await createStorageOf(fixture.objects);
	const session = sessionOver(fixture, storage);
	const kinds = await readPackKinds(session);
	let found = 0;
	let left = 0;
	for (const [name, bytes] of fixture.objects) {
		for (const at of [0, 6, 40, Math.floor(bytes.length / 2), bytes.length - 70, bytes.length - 1]) {
			const flipped = Buffer.from(bytes);
			flipped[at]! ^= 0x10;
			await storage.write(name, flipped);
			const objects = namedObjects(await verify(session, {}));
			const isData = name.startsWith('packs/') && kinds.get(name) !== 'tree';
			t.deepEqual(objects, isData ? [] : [name], `${name}, byte ${at}`);
			left += Number(isData);
			found += Number(!isData);
		}

		await storage.write(name, bytes);
	}

	t.log(`${found} of ${found} found; ${left} in file contents need readData`);
});
