import test from 'ava';
import {forget} from '../../../../source/engine/operations/forget/forget.ts';
import {prune} from '../../../../source/engine/operations/prune/prune.ts';
import {verify} from '../../../../source/engine/operations/verify/verify.ts';
import {describeSnapshots} from '../../../helpers/repository-session.ts';
import {createPruneScene, findGarbage, noiseOf, sizeOf} from '../../../helpers/prune-scene.ts';

test('what only forgotten snapshots needed goes, all else stays as it was', async t => {
	const scene = await createPruneScene(t, {a: noiseOf('a', 300_000), b: 'bb'});
	const one = await scene.run();
	scene.change({a: noiseOf('a2', 300_000), c: 'new'});
	await scene.run();
	await forget(scene.session, {snapshots: [one]});
	const before = await describeSnapshots(scene.session);
	const sizeBefore = await sizeOf(scene.storage);
	const dry = await prune(scene.session, {isDryRun: true});
	t.is(await sizeOf(scene.storage), sizeBefore);
	const summary = await prune(scene.session);
	t.log(dry, summary);
	t.is(summary.freedBytes, sizeBefore - await sizeOf(scene.storage));
	t.deepEqual(await describeSnapshots(scene.session), before);
	t.deepEqual(await findGarbage(scene.session), []);
	t.deepEqual((await verify(scene.session, {readData: 'all'})).problems, []);
});
