import {EventEmitter} from 'node:events';
import {existsSync, mkdirSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {createSystemRuntime, type Runtime} from '../../source/engine/runtime.ts';
import {parseRate} from '../../source/cli/upload-limit.ts';
import {until} from '../helpers/processes.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {createByteStream} from '../helpers/test-runtime.ts';

const fileBytes = 3_000_000;

/** The system's runtime, but who sleeps only puts the clock forward. */
function createSleepless(): {readonly runtime: Runtime; readonly sleptMs: () => number} {
	const system = createSystemRuntime();
	let sleptMs = 0;
	const runtime = Object.create(system, {
		monotonicMs: {value: () => system.monotonicMs() + sleptMs},
		sleep: {async value(durationMs: number) {
			sleptMs += durationMs;
			await system.yieldToEvents();
		}},
	}) as Runtime;
	return {runtime, sleptMs: () => sleptMs};
}

async function createHost(t: ExecutionContext): Promise<TestHost> {
	const host = new TestHost(t);
	await host.runHere(['init']);
	mkdirSync(host.path('data'));
	writeFileSync(host.path('data/noise'), createByteStream('upload')(fileBytes));
	return host;
}

test('--limit-upload holds up a backup by what its bytes take, and restores the same', async t => {
	const host = await createHost(t);
	const {runtime, sleptMs} = createSleepless();
	const startMs = runtime.monotonicMs();
	const {code, stderr} = await host.runHere(['backup', host.path('data'), '--limit-upload=500k'], {runtime});
	t.is(code, 0, stderr);
	const tookMs = runtime.monotonicMs() - startMs;
	t.true(tookMs >= fileBytes / 500 - 250, `${tookMs} ms`);
	t.true(sleptMs() > 0);
	t.is((await host.runHere(['verify', '--read-data'])).code, 0);
	t.log(`${fileBytes} bytes at 500 kB a second: ${Math.round(tookMs)} ms, of which slept ${Math.round(sleptMs())} ms`);
});

test('worker threads keep to one limit together, and when the run is stopped none of them waits for its turn', async t => {
	const host = await createHost(t);
	const noise = createByteStream('threads');
	for (let index = 0; index < 6; index++) {
		writeFileSync(host.path('data', `${index}`), noise(4_500_000));
	}

	// A process is an EventEmitter, too.
	// eslint-disable-next-line unicorn/prefer-event-target
	const signals = new EventEmitter();
	const unfinished = path.join(host.repository, 'tmp');
	const sentBytes = () => existsSync(unfinished) ? readdirSync(unfinished).reduce((sum, name) => sum + statSync(path.join(unfinished, name)).size, 0) : 0;
	const ended = host.runHere(['backup', host.path('data'), '--limit-upload=16k', '--threads=3'], {signals});
	await until('something was sent', () => sentBytes() > 0);
	const atFirst = sentBytes();
	signals.emit('SIGINT', 'SIGINT');
	const {code, stderr} = await ended;
	t.is(code, 130, stderr);
	t.true(atFirst < 1_000_000, `${atFirst} bytes`);
	t.is(sentBytes(), 0, 'nothing unfinished is left');
	t.log(`${atFirst} of 27,000,000 bytes were sent when it was stopped`);
});

test('without it nothing waits', async t => {
	const host = await createHost(t);
	const {runtime, sleptMs} = createSleepless();
	t.is((await host.runHere(['backup', host.path('data')], {runtime})).code, 0);
	t.is(sleptMs(), 0);
});

for (const value of ['0', '15k', '-1', 'fast', '20 M', '1e9', '50%', 'all']) {
	test(`refused before the repository is looked for: --limit-upload=${value}`, async t => {
		const {code, stderr} = await new TestHost(t).runHere(['backup', './data', `--limit-upload=${value}`]);
		t.is(code, 2);
		t.true(stderr.includes(`--limit-upload takes an amount a second of at least 16k, such as 500k or 20M, not "${value}"`), stderr);
	});
}

test('rates are powers of 1000', t => {
	t.deepEqual(['16k', '16000', '1.5M', '20MB', '1g', '15999', '', 'M'].map(text => parseRate(text)), [16_000, 16_000, 1_500_000, 20_000_000, 1e9, undefined, undefined, undefined]);
});
