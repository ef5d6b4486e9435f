import test from 'ava';
import {CofferError} from '../../source/engine/index.ts';
import {reduce} from '../../source/ui/model/reducer.ts';
import {createState} from '../../source/ui/model/state.ts';
import {Store} from '../../source/ui/model/store.ts';
import {busyMs, restMs, Watcher} from '../../source/ui/watcher.ts';
import {createFakeEngine, type FakeEngine} from '../helpers/fake-engine.ts';
import {ManualClock} from '../helpers/manual-clock.ts';
import {buildActivity, buildOverview, nowMs} from '../helpers/overview-builder.ts';

async function settle(): Promise<void> {
	for (let turn = 0; turn < 10; turn++) {
		await new Promise(resolve => {
			setImmediate(resolve);
		});
	}
}

function createWatcher(engines: Array<() => FakeEngine>) {
	const clock = new ManualClock(nowMs);
	const store = new Store(createState({columns: 80, rows: 24}, nowMs), {reduce, clock});
	const fatal: unknown[] = [];
	let started = 0;
	const watcher = new Watcher({store, clock, startEngine: () => engines[Math.min(started++, engines.length - 1)]!(), onFatal(error) {
		fatal.push(error);
	}});
	return {clock, store, watcher, fatal, started: () => started};
}

const broken = (code: 'storage-failed' | 'key-wrong') => () => createFakeEngine({opened: Promise.reject(new CofferError(code, `${code} in a test`))});

test('looks at rest every five seconds, every two while something runs, and lists snapshots only when they are others', async t => {
	let looks = 0;
	let lists = 0;
	const engine = createFakeEngine({
		async overview() {
			looks++;
			return engine.overviewValue;
		},
		async listSnapshots() {
			lists++;
			return engine.snapshotList;
		},
	});
	const {clock, store, watcher} = createWatcher([() => engine]);
	watcher.refresh();
	await settle();
	t.deepEqual([looks, lists], [1, 1]);
	t.is(store.state.link.status, 'ready');
	t.is(watcher.engine, engine);
	clock.advance(restMs - 1);
	await settle();
	t.is(looks, 1);
	clock.advance(1);
	await settle();
	t.deepEqual([looks, lists], [2, 1]);
	engine.overviewValue = buildOverview({activities: [buildActivity()], sources: []});
	clock.advance(restMs);
	await settle();
	t.deepEqual([looks, lists], [3, 2]);
	clock.advance(busyMs);
	await settle();
	t.is(looks, 4);
	await watcher.close();
	clock.advance(60_000);
	t.is(looks, 4);
});

test('a repository that goes away is offline, tried again later and later, and back with a new engine', async t => {
	let isGone = false;
	const engine = createFakeEngine({async overview() {
		if (isGone) {
			throw new CofferError('storage-failed', 'not mounted');
		}

		return engine.overviewValue;
	}});
	const {clock, store, watcher, started, fatal} = createWatcher([() => engine]);
	watcher.refresh();
	await settle();
	isGone = true;
	clock.advance(restMs);
	await settle();
	t.like(store.state.link, {status: 'offline', failure: {message: 'not mounted'}});
	t.truthy(store.state.overview, 'the old data stay');
	t.is(watcher.engine, undefined);
	t.true(engine.calls.includes('close'));
	isGone = false;
	clock.advance(2000);
	await settle();
	t.is(store.state.link.status, 'ready');
	t.is(started(), 2);
	t.deepEqual(fatal, []);
	await watcher.close();
});

test('what does not pass by itself at the first opening is told; what may pass is tried again', async t => {
	const wrong = createWatcher([broken('key-wrong')]);
	wrong.watcher.refresh();
	await settle();
	t.is((wrong.fatal[0] as CofferError).code, 'key-wrong');
	wrong.clock.advance(60_000);
	await settle();
	t.is(wrong.started(), 1);

	const later = createWatcher([broken('storage-failed'), () => createFakeEngine()]);
	later.watcher.refresh();
	await settle();
	t.is(later.store.state.link.status, 'offline');
	later.watcher.refresh();
	await settle();
	t.is(later.store.state.link.status, 'ready');
	t.deepEqual(later.fatal, []);
	await later.watcher.close();
});
