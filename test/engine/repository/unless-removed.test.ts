import {Buffer} from 'node:buffer';
import test from 'ava';
import {findDataKey, listSnapshots, LoadedIndex, RepositorySession, type Storage} from '../../../source/engine/repository/repository.ts';
import {verify} from '../../../source/engine/operations/verify/verify.ts';
import {refusesAsync} from '../../helpers/error-assertions.ts';
import {createPruneScene, noiseOf} from '../../helpers/prune-scene.ts';

/** Somebody wipes and removes an object while it is read: the reader gets its overwritten bytes, and then it has gone. */
function wipeWhileRead(inner: Storage, folder: string, isRemoved: boolean): Storage {
	let isDone = false;
	return {
		...inner,
		isShareable: false,
		async read(name, options) {
			const bytes = await inner.read(name, options);
			if (!isDone && name.startsWith(folder)) {
				isDone = true;
				if (isRemoved) {
					await inner.remove(name, {isWiped: true});
				}

				return Buffer.from(noiseOf('wiped', bytes.byteLength));
			}

			return bytes;
		},
	};
}

test('what was wiped while it was read is gone, and not damaged; what is still there is damaged', async t => {
	for (const isRemoved of [true, false]) {
		const scene = await createPruneScene(t, {file: noiseOf('file', 1000)});
		await scene.run();
		scene.change({file: 'other'});
		await scene.run();
		const open = (folder: string) => new RepositorySession(wipeWhileRead(scene.storage, folder, isRemoved), scene.runtime, scene.session.memory);
		t.is((await LoadedIndex.load(open('index/'))).problems.length > 0, !isRemoved);
		const listing = await listSnapshots(open('snapshots/'));
		t.deepEqual([listing.snapshots.length, listing.problems.length], [1, isRemoved ? 0 : 1]);
		const {problems} = await verify(open('datakeys/'), {});
		t.is(problems.some(({kind}) => kind === 'data-key'), !isRemoved);
		const [key] = await scene.storage.list('datakeys');
		const id = key!.name.slice('datakeys/'.length) as Parameters<typeof findDataKey>[0];
		await refusesAsync(t, async () => findDataKey(id, undefined, {...open('datakeys/'), storage: wipeWhileRead(scene.storage, 'datakeys/', isRemoved), keyring: scene.session.keyring, runtime: scene.runtime}), isRemoved ? 'object-missing' : 'damaged');
	}
});
