import test from 'ava';
import {CofferError} from '../../source/engine/index.ts';
import {reduce} from '../../source/ui/model/reducer.ts';
import {createState} from '../../source/ui/model/state.ts';
import {Store} from '../../source/ui/model/store.ts';
import {busyMs, newsMs, restMs, Watcher} from '../../source/ui/watcher.ts';
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

function createWatcher(engines: Array<() => FakeEngine>, readStamp?: () => Promise<string>) {
	const clock = new ManualClock(nowMs);
	const store = new Store(createState({columns: 80, rows: 24}, nowMs), {reduce, clock});
	const fatal: unknown[] = [];
	const removals: string[] = [];
	let started = 0;
	const watcher = new Watcher({store, clock, readStamp, startEngine: () => engines[Math.min(started++, engines.length - 1)]!(), onFatal(error) {
		fatal.push(error);
	}, onKeyRemoved() {
		removals.push(store.state.link.status);
	}});
	return {clock, store, watcher, fatal, removals, started: () => started};
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

test('what another process has noted is seen within a second; where that cannot be told, at the next look', async t => {
	let looks = 0;
	let stamp: string | undefined = 'a';
	const engine = createFakeEngine({async overview() {
		looks++;
		return engine.overviewValue;
	}});
	const {clock, watcher} = createWatcher([() => engine], async () => {
		if (stamp === undefined) {
			throw new Error('The folder cannot be looked at.');
		}

		return stamp;
	});
	const pass = async (ms: number) => {
		clock.advance(ms);
		await settle();
		return looks;
	};

	watcher.refresh();
	await settle();
	t.is(await pass(newsMs), 1);
	stamp = 'b';
	t.is(await pass(newsMs - 1), 1);
	t.is(await pass(1), 2);
	// Nothing more was noted: the next look comes as it would.
	for (let ms = newsMs; ms < restMs; ms += newsMs) {
		t.is(await pass(newsMs), 2);
	}

	t.is(await pass(newsMs), 3);
	stamp = undefined;
	t.is(await pass(newsMs), 4);
	t.is(await pass(restMs - 1), 4);
	t.is(await pass(1), 5);
	await watcher.close();
	t.is(await pass(60_000), 5);
});

test('an engine that is replaced while it is asked for news is not taken up again', async t => {
	const engines = [createFakeEngine(), createFakeEngine()];
	let next = 0;
	const stamps: Array<() => void> = [];
	const {watcher, clock} = createWatcher([() => engines[next++]!], async () => new Promise(resolve => {
		stamps.push(() => {
			resolve('a');
		});
	}));
	const answer = async () => {
		stamps.shift()?.();
		await settle();
	};

	watcher.refresh();
	await answer();
	t.is(watcher.engine, engines[0]);
	watcher.refresh();
	watcher.reopen();
	t.true(engines[0]!.calls.includes('close'));
	await answer();
	await answer();
	t.is(watcher.engine, engines[1]);
	t.false(engines[1]!.calls.includes('close'));
	clock.advance(0);
	await watcher.close();
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

test('a key that was replaced elsewhere: a new engine finds the new one, and nobody sees OFFLINE', async t => {
	let isRemoved = false;
	const old = createFakeEngine({async overview() {
		if (isRemoved) {
			throw new CofferError('key-wrong', 'the slot was removed');
		}

		return old.overviewValue;
	}});
	const fresh = createFakeEngine();
	const {clock, store, watcher, started, removals} = createWatcher([() => old, () => fresh]);
	const seen: string[] = [];
	store.subscribe(() => {
		seen.push(store.published().link.status);
	});
	watcher.refresh();
	await settle();
	isRemoved = true;
	clock.advance(restMs);
	await settle();
	t.deepEqual([started(), removals.length], [2, 1]);
	t.true(old.calls.includes('close'));
	clock.advance(0);
	await settle();
	t.is(watcher.engine, fresh);
	t.false(seen.includes('offline'));
	await watcher.close();
});

test('where the new key is not found either, it says plainly what happened, and goes on when it is there', async t => {
	let isRemoved = false;
	const old = createFakeEngine({async overview() {
		if (isRemoved) {
			throw new CofferError('key-wrong', 'the slot was removed');
		}

		return old.overviewValue;
	}});
	const {clock, store, watcher, fatal} = createWatcher([() => old, broken('key-wrong'), broken('key-wrong'), () => createFakeEngine()]);
	watcher.refresh();
	await settle();
	isRemoved = true;
	clock.advance(restMs);
	await settle();
	clock.advance(0);
	await settle();
	t.like(store.state.link, {status: 'offline', failure: {code: 'key-wrong'}});
	t.regex((store.state.link as {failure: {message: string}}).failure.message, /The key was replaced.*Put the new key file in its place/);
	t.deepEqual(fatal, []);
	clock.advance(2000);
	await settle();
	t.is(store.state.link.status, 'offline');
	clock.advance(5000);
	await settle();
	t.is(store.state.link.status, 'ready');
	await watcher.close();
});

test('reopened on purpose, also while it is being looked: the new engine is what counts', async t => {
	const held = Promise.withResolvers<never>();
	const old = createFakeEngine({
		overview: async () => held.promise,
		async close() {
			held.reject(new CofferError('aborted', 'closed'));
		},
	});
	const fresh = createFakeEngine();
	const {clock, store, watcher, started} = createWatcher([() => old, () => fresh]);
	watcher.refresh();
	await settle();
	watcher.reopen();
	await settle();
	clock.advance(0);
	await settle();
	t.is(started(), 2);
	t.is(watcher.engine, fresh);
	t.is(store.state.link.status, 'ready');
	await watcher.close();
});
