import {spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {Worker} from 'node:worker_threads';
import test from 'ava';
import {isCofferError} from '../../source/engine/errors.ts';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import {optionalTest} from '../helpers/optional-test.ts';

const runtime = createSystemRuntime();

test('this process is alive, and is known again', t => {
	t.true(runtime.isAlive(runtime.identity));
	t.is(runtime.identity.pid, process.pid);
	t.true(runtime.identity.startTicks > 0);
});

test('a process that has ended is dead', t => {
	const {pid} = spawnSync(process.execPath, ['--version']);
	t.false(runtime.isAlive({...runtime.identity, pid}));
});

test('a number that now belongs to another process is dead', t => {
	t.false(runtime.isAlive({...runtime.identity, startTicks: runtime.identity.startTicks + 1}));
});

test('a process of an earlier boot is dead', t => {
	t.false(runtime.isAlive({...runtime.identity, bootId: `00000000-0000-0000-0000-000000000000 ${runtime.identity.bootId.split(' ')[1]}`}));
});

test('what cannot be known counts as alive: other hosts, other containers, systems that tell nothing', t => {
	const {identity} = runtime;
	t.true(runtime.isAlive({...identity, host: 'elsewhere', pid: 1, startTicks: 0}));
	t.true(runtime.isAlive({...identity, bootId: '', pid: 1, startTicks: 0}));
	t.true(runtime.isAlive({...identity, bootId: `${identity.bootId.split(' ', 1)[0]} pid:[1]`, pid: 1, startTicks: 0}));
});

optionalTest(spawnSync('taskset', ['--version']).status === 0 ? undefined : 'no taskset', 'of the processors only those count that this process may use', t => {
	const first = /^Cpus_allowed_list:\s+(?<first>\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))!.groups!['first']!;
	const script = `import {createSystemRuntime} from ${JSON.stringify(path.resolve('source/engine/runtime.ts'))}; console.log(createSystemRuntime().processorCount)`;
	const {stdout, stderr} = spawnSync('taskset', ['--cpu-list', first, process.execPath, '--input-type=module', '--eval', script], {encoding: 'utf8'});
	t.is(stdout.trim(), '1', stderr);
	t.log(`${runtime.processorCount} here, 1 under taskset`);
});

test('the clock that never runs backwards is the same in all threads', async t => {
	const script = `import {parentPort} from 'node:worker_threads'; import * as runtime from ${JSON.stringify(path.resolve('source/engine/runtime.ts'))}; parentPort.postMessage(runtime.createSystemRuntime().monotonicMs())`;
	const startMs = runtime.monotonicMs();
	const worker = new Worker(script, {eval: true, execArgv: ['--input-type=module']});
	const [told] = await once(worker, 'message') as [number];
	t.true(told >= startMs && told <= runtime.monotonicMs());
});

test('a sleep ends with the signal', async t => {
	const controller = new AbortController();
	const sleep = runtime.sleep(60_000, controller.signal);
	controller.abort();
	t.true(isCofferError(await t.throwsAsync(sleep), 'aborted'));
});

test('what is repeated stops when told', async t => {
	const turnsOf = async (wanted: number): Promise<void> => new Promise(resolve => {
		let turns = 0;
		const stop = runtime.every(1, () => {
			turns++;
			if (turns === wanted) {
				stop();
				resolve();
			}
		});
	});
	// `every` does not keep a process alive.
	const controller = new AbortController();
	const hold = runtime.sleep(60_000, controller.signal);
	let count = 0;
	const stop = runtime.every(1, () => {
		count++;
	});
	await turnsOf(3);
	stop();
	const before = count;
	t.true(before > 0);
	await turnsOf(10);
	t.is(count, before);
	controller.abort();
	await t.throwsAsync(hold);
});

test('random bytes differ and have the length asked for', t => {
	t.is(runtime.randomBytes(32).byteLength, 32);
	t.notDeepEqual(runtime.randomBytes(32), runtime.randomBytes(32));
});
