import {Buffer} from 'node:buffer';
import {setImmediate as turn} from 'node:timers/promises';
import {Worker} from 'node:worker_threads';
import test from 'ava';
import fc from 'fast-check';
import {ByteBudget, createByteLimit, holdToLimit, minimumBytesPerSecond} from '../../../source/engine/storage/byte-limit.ts';
import {limitStorage} from '../../../source/engine/storage/limited.ts';
import {createMemoryStorage} from '../../../source/engine/storage/memory.ts';
import {openStorage} from '../../../source/engine/storage/open.ts';
import type {Storage} from '../../../source/engine/storage/storage.ts';
import {createManualRuntime} from '../../helpers/manual-runtime.ts';
import {createFolder} from '../../helpers/source-folder.ts';
import {throwsCoffer} from '../../helpers/storage-assertions.ts';
import {testStorageContract} from '../../helpers/storage-contract.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';

const rate = 1_000_000;
const burstMs = 250;

// A limit that no call of the suite gets near to in real time; what it holds up is measured below.
testStorageContract('limited memory', async (_t, runtime) => limitStorage(createMemoryStorage({runtime}), createByteLimit(10 ** 12), runtime));

/** A storage that notes when which bytes reached it. */
function recording(inner: Storage, nowMs: () => number) {
	const sent: Array<{readonly atMs: number; readonly byteCount: number}> = [];
	const note = (byteCount: number) => {
		sent.push({atMs: nowMs(), byteCount});
	};

	const storage: Storage = {
		...inner,
		async write(name, data) {
			note(data.byteLength);
			await inner.write(name, data);
		},
		async create() {
			const pending = await inner.create();
			return {
				...pending,
				async append(parts) {
					note(parts.reduce((sum, part) => sum + part.byteLength, 0));
					await pending.append(parts);
				},
			};
		},
	};
	return {storage, sent};
}

const total = (sent: ReadonlyArray<{readonly byteCount: number}>) => sent.reduce((sum, {byteCount}) => sum + byteCount, 0);

test('ten seconds of bytes take ten seconds, but for what a burst may have', async t => {
	const runtime = createManualRuntime();
	const {storage: inner, sent} = recording(createMemoryStorage({runtime}), () => runtime.monotonicMs());
	const storage = limitStorage(inner, createByteLimit(rate), runtime);
	const pending = await storage.create();
	const appending = pending.append([Buffer.alloc(6 * rate), Buffer.alloc(4 * rate)]);
	await runtime.pass(20_000);
	await appending;
	await pending.commit('object');
	t.is((await storage.size('object')), 10 * rate);
	const lastMs = sent.at(-1)!.atMs;
	t.true(lastMs >= 10_000 - burstMs && lastMs <= 10_000, `${lastMs} ms`);
	t.true(sent.length >= 80, 'in pieces, so that the line is not filled and then idle');
	t.log(`${sent.length} pieces, the last one after ${lastMs} ms`);
});

test('whatever is sent when by how many: in no span of time more than rate and burst allow, and everything arrives', async t => {
	let spans = 0;
	await fc.assert(fc.asyncProperty(
		fc.array(fc.record({senders: fc.array(fc.nat(600_000), {minLength: 1, maxLength: 4}), idleMs: fc.nat(3000)}), {minLength: 1, maxLength: 5}),
		async rounds => {
			const runtime = createManualRuntime();
			const {storage: inner, sent} = recording(createMemoryStorage({runtime}), () => runtime.monotonicMs());
			const limit = createByteLimit(rate);
			let wanted = 0;
			for (const [number, {senders, idleMs}] of rounds.entries()) {
				// Each sender is a thread of its own, as far as the budget is concerned.
				const writing = Promise.all(senders.map(async (byteCount, index) => {
					const pending = await limitStorage(inner, limit, runtime).create();
					await pending.append([Buffer.alloc(byteCount)]);
					await pending.commit(`round-${number}/${index}`);
				}));
				wanted += senders.reduce((sum, byteCount) => sum + byteCount, 0);
				await runtime.pass(4000 + idleMs);
				await writing;
			}

			t.is(total(sent), wanted);
			for (const [first, {atMs: fromMs}] of sent.entries()) {
				for (const [last, {atMs: toMs}] of sent.entries()) {
					if (!(last >= first)) {
						continue;
					}

					spans++;
					// Waits are rounded up to whole milliseconds.
					const within = total(sent.slice(first, last + 1));
					t.true(within <= (toMs - fromMs + burstMs + 2) * rate / 1000, `${within} bytes in ${toMs - fromMs} ms`);
				}
			}
		},
	), {numRuns: 60});
	t.log(`${spans} spans of time`);
});

test('those who send at once get the same share; one alone gets all', async t => {
	const runtime = createManualRuntime();
	const limit = createByteLimit(rate);
	const sentBy = [0, 0, 0];
	const controller = new AbortController();
	const send = async (index: number) => {
		const budget = new ByteBudget(limit, runtime);
		for (;;) {
			await budget.take(budget.pieceBytes, controller.signal);
			sentBy[index]! += budget.pieceBytes;
		}
	};

	const sending = Promise.allSettled([send(0), send(1), send(2)]);
	await runtime.pass(12_000);
	controller.abort();
	await sending;
	t.true(Math.max(...sentBy) - Math.min(...sentBy) <= 125_000, sentBy.join(', '));
	t.true(sentBy[0]! >= 4 * rate - 125_000);
	t.log(`after 12 s of 1 MB/s: ${sentBy.join(', ')} bytes`);

	const alone = new ByteBudget(createByteLimit(rate), runtime);
	const startMs = runtime.monotonicMs();
	let endMs = 0;
	const taking = (async () => {
		await alone.take(5 * rate);
		endMs = runtime.monotonicMs();
	})();
	await runtime.pass(6000);
	await taking;
	t.is(endMs - startMs, 5000 - burstMs);
});

test('what a thread of its own takes is missing here', async t => {
	const runtime = createManualRuntime();
	const limit = createByteLimit(rate);
	const script = `
		import {workerData, parentPort} from 'node:worker_threads';
		import {ByteBudget} from ${JSON.stringify(new URL('../../../source/engine/storage/byte-limit.ts', import.meta.url).href)};
		let nowMs = 0;
		const budget = new ByteBudget(workerData, {monotonicMs: () => nowMs, async sleep(durationMs) { nowMs += durationMs; }});
		await Promise.all(Array.from({length: 1000}, async () => budget.take(1000)));
		parentPort.postMessage(nowMs);
	`;
	const workers = Array.from({length: 2}, () => new Worker(script, {eval: true, workerData: limit, execArgv: ['--input-type=module']}));
	const waits = await Promise.all(workers.map(async worker => new Promise<number>((resolve, reject) => {
		worker.once('message', resolve);
		worker.once('error', reject);
	})));
	await Promise.all(workers.map(async worker => worker.terminate()));
	t.is(Math.max(...waits), 2000, 'none of 2,000 takes of two threads at once was lost');
	const taking = new ByteBudget(limit, runtime).take(rate);
	await runtime.pass(2999);
	t.is(runtime.waiting, 1);
	await runtime.pass(1);
	await taking;
});

test('who discards an object waits no longer for its turn', async t => {
	const runtime = createManualRuntime();
	const storage = limitStorage(createMemoryStorage({runtime}), createByteLimit(minimumBytesPerSecond), runtime);
	const pending = await storage.create();
	const appending = throwsCoffer(t, async () => pending.append([Buffer.alloc(rate)]), 'aborted');
	await turn();
	await pending.discard();
	await appending;
	t.is(runtime.waiting, 0);
	t.deepEqual(await storage.list(''), []);
});

test('a small object does not wait for the whole of a large one', async t => {
	const runtime = createManualRuntime();
	const storage = limitStorage(createMemoryStorage({runtime}), createByteLimit(rate), runtime);
	const large = storage.write('large', Buffer.alloc(60 * rate));
	await runtime.pass(5000);
	let smallMs = 0;
	const small = (async () => {
		await storage.write('small', Buffer.alloc(100));
		smallMs = runtime.monotonicMs() - 5000;
	})();
	await runtime.pass(60_000);
	await Promise.all([large, small]);
	t.true(smallMs < 300, `${smallMs} ms`);
});

test('once the operation is stopped nobody waits any more; the next one is held to the limit again', async t => {
	const runtime = createManualRuntime();
	const limit = createByteLimit(minimumBytesPerSecond);
	const controller = new AbortController();
	holdToLimit(limit, controller.signal);
	const senders = [1, 2, 3].map(async number => limitStorage(createMemoryStorage({runtime}), limit, runtime).write(`${number}`, Buffer.alloc(rate)));
	await runtime.pass(1000);
	controller.abort();
	await runtime.pass(200);
	await Promise.all(senders);
	t.is(runtime.waiting, 0);
	const stopped = new AbortController();
	stopped.abort();
	holdToLimit(limit, stopped.signal);
	await new ByteBudget(limit, runtime).take(rate);
	holdToLimit(limit, undefined);
	const next = new ByteBudget(limit, runtime).take(1);
	await runtime.pass(1000);
	t.is(runtime.waiting, 1, 'what was reserved stays reserved');
	await runtime.pass(200_000);
	await next;
});

test('reading, listing, sizes and removing take no turn', async t => {
	const runtime = createManualRuntime();
	const inner = createMemoryStorage({runtime});
	await inner.write('object', Buffer.alloc(rate));
	const storage = limitStorage(inner, createByteLimit(minimumBytesPerSecond), runtime);
	t.is((await storage.read('object')).length, rate);
	t.is((await storage.list('')).length, 1);
	t.is(await storage.size('object'), rate);
	await storage.remove('object');
	await storage.write('empty', new Uint8Array(0));
	t.is(runtime.waiting, 0);
});

test('a rate that is none is a mistake; what it is can be handed on', t => {
	for (const bad of [0, -1, minimumBytesPerSecond - 1, 1e6 + 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
		t.throws(() => createByteLimit(bad), {instanceOf: RangeError});
	}

	const runtime = createTestRuntime();
	const folder = createFolder(t);
	t.is(openStorage(folder, runtime).limit, undefined);
	const limited = openStorage(folder, runtime, {bytesPerSecond: rate});
	t.is(limited.limit!.bytesPerSecond, rate);
	t.is(openStorage(folder, runtime, {limit: limited.limit}).limit!.memory, limited.limit!.memory);
});
