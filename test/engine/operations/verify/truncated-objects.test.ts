import test from 'ava';
import {createRepositoryFixture, createStorageOf} from '../../../helpers/repository-fixture.ts';
import {findLosses} from '../../../helpers/snapshot-losses.ts';
import {assertLosses, kindOf, namedObjects, sessionOver, verifyAll} from '../../../helpers/verify-assertions.ts';

test('objects truncated at many lengths, empty or lengthened are named, with what they hit', async t => {
	const fixture = await createRepositoryFixture();
	const storage = await createStorageOf(fixture.objects);
	const session = sessionOver(fixture, storage);
	let count = 0;
	for (const [name, bytes] of fixture.objects) {
		const {length} = bytes;
		const lengths = [0, 1, 79, 80, 81, 144, length >> 2, length >> 1, length - 65, length - 64, length - 16, length - 1].filter(value => value >= 0 && value < length);
		const versions = [
			...[...new Set(lengths)].map(value => bytes.subarray(0, value)),
			Buffer.concat([bytes, Buffer.alloc(1)]),
			Buffer.concat([bytes, Buffer.alloc(16, 7)]),
			Buffer.concat([bytes, bytes]),
		];
		for (const version of versions) {
			const about = `${name}, ${version.length} of ${length} bytes`;
			await storage.write(name, version);
			const summary = await verifyAll(session);
			t.deepEqual(namedObjects(summary), [name], about);
			t.is(summary.problems[0]?.kind, kindOf(name), about);
			if (name.startsWith('packs/')) {
				assertLosses(t, summary, await findLosses(session), about);
			}

			count++;
		}

		await storage.write(name, bytes);
	}

	t.log(`${count} of ${count} truncated or lengthened objects found`);
});
