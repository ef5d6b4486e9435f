import test from 'ava';
import {CofferError} from '../../../source/engine/errors.ts';
import {SnapshotBrowser} from '../../../source/engine/operations/browse/snapshot-browser.ts';
import {BrowserKeeper} from '../../../source/engine/thread/browser-keeper.ts';
import {refusesAsync} from '../../helpers/error-assertions.ts';
import {createTestRepository} from '../../helpers/repository-session.ts';
import {buildSnapshot} from '../../helpers/snapshot-builder.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';

async function keep() {
	const runtime = createTestRuntime();
	const {session} = await createTestRepository(runtime);
	await buildSnapshot(session, [{name: 'a', entries: [{name: 'b', content: 'b'}]}]);
	const opened = {count: 0, isBroken: false};
	const keeper = new BrowserKeeper({async browse(options) {
		opened.count++;
		if (opened.isBroken) {
			throw new CofferError('storage-failed', 'broken');
		}

		return SnapshotBrowser.open(session, options);
	}}, runtime);
	const count = async () => keeper.use({}, async browser => browser.snapshots.length);
	return {keeper, opened, runtime, session, count};
}

test('one opening serves many calls, also at the same time', async t => {
	const {opened, count} = await keep();
	t.deepEqual(await Promise.all([count(), count(), count()]), [1, 1, 1]);
	t.is(await count(), 1);
	t.is(opened.count, 1);
});

test('it is opened anew when the repository has changed, once for calls at the same time', async t => {
	const {opened, count, session, runtime} = await keep();
	await count();
	runtime.forward(1000);
	await buildSnapshot(session, []);
	t.deepEqual(await Promise.all([count(), count()]), [2, 2]);
	t.is(opened.count, 2);
});

test('it is dropped when nobody has used it for a while, and not while somebody does', async t => {
	const {opened, count, runtime, keeper} = await keep();
	await count();
	runtime.forward(29_000);
	await count();
	runtime.forward(30_500);
	await count();
	t.is(opened.count, 1);
	runtime.forward(90_000);
	await count();
	t.is(opened.count, 2);
	await keeper.use({}, async browser => {
		runtime.forward(300_000);
		return browser.snapshots.length;
	});
	await count();
	t.is(opened.count, 2);
});

test('an opening that fails is not remembered', async t => {
	const {opened, count} = await keep();
	opened.isBroken = true;
	await refusesAsync(t, count, 'storage-failed');
	opened.isBroken = false;
	t.is(await count(), 1);
});

test('an interrupted call ends, and leaves the browser to others', async t => {
	const {keeper, count, opened} = await keep();
	const controller = new AbortController();
	controller.abort();
	await refusesAsync(t, async () => keeper.use({signal: controller.signal}, async browser => browser.listFolder('latest', '/')), 'aborted');
	t.is(await count(), 1);
	t.is(opened.count, 1);
});
