import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import type {Worker} from 'node:worker_threads';
import test, {type ExecutionContext} from 'ava';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {createByteStream} from '../helpers/test-runtime.ts';

/** A batch each: one that takes a thread. */
const files = 6;
const fileBytes = 4_500_000;

/** A host with more data than is worth a thread, and the names of the threads that a command line starts there. */
async function createHost(t: ExecutionContext): Promise<{readonly host: TestHost; readonly threadsOf: (...argv: readonly string[]) => Promise<string[]>}> {
	const host = new TestHost(t);
	await host.runHere(['init']);
	const noise = createByteStream('threads');
	mkdirSync(host.path('data'));
	for (let index = 0; index < files; index++) {
		writeFileSync(host.path('data', `${index}`), noise(fileBytes));
	}

	const threadsOf = async (...argv: readonly string[]): Promise<string[]> => {
		const names: string[] = [];
		const onWorker = (worker: Worker): void => {
			names.push(worker.threadName!);
		};

		process.on('worker', onWorker);
		try {
			const {code, stderr} = await host.runHere(argv);
			t.is(code, 0, stderr);
		} finally {
			process.off('worker', onWorker);
		}

		t.log(`${argv[0]} ${argv.at(-1)}: ${names.length} threads`);
		return names;
	};

	return {host, threadsOf};
}

const times = (count: number, name: string): string[] => Array.from({length: count}, () => name);

test.serial('backup, verify and restore start as many threads as --threads says', async t => {
	const {host, threadsOf} = await createHost(t);
	t.deepEqual(await threadsOf('backup', host.path('data'), '--threads=3'), times(3, 'coffer store'));
	// Each of the threads has written one pack: three packs, which three threads can share.
	t.deepEqual(await threadsOf('verify', '--read-data', '--threads=2'), times(2, 'coffer check'));
	t.deepEqual(await threadsOf('restore', 'latest', '--target', host.path('out'), '--threads=1'), times(1, 'coffer restore'));
	t.deepEqual(await threadsOf('restore', 'latest', '--target', host.path('again'), '--threads=3'), times(3, 'coffer restore'));
});

test.serial('without the flag the configuration says it, else the processors do', async t => {
	const host = new TestHost(t);
	await host.runHere(['init']);
	const threadsNow = async (): Promise<unknown> => {
		const [{settings}] = (await host.runHere(['config', 'show', '--json'])).json() as [{settings: Array<{name: string; value: unknown; from: string}>}];
		const {value, from} = settings.find(({name}) => name === 'threads')!;
		return [value, from];
	};

	t.deepEqual(await threadsNow(), [Math.min(8, createSystemRuntime().processorCount), 'default']);
	const config = JSON.parse(readFileSync(host.configFile, 'utf8')) as Record<string, unknown>;
	writeFileSync(host.configFile, JSON.stringify({...config, threads: 5}));
	t.deepEqual(await threadsNow(), [5, host.configFile]);
});

test.serial('little work starts no thread, whatever was asked for', async t => {
	const host = new TestHost(t);
	await host.runHere(['init']);
	let count = 0;
	const onWorker = (): void => {
		count++;
	};

	process.on('worker', onWorker);
	t.teardown(() => process.off('worker', onWorker));
	mkdirSync(host.path('data'));
	writeFileSync(host.path('data/file'), 'text');
	for (const argv of [['backup', host.path('data')], ['verify', '--read-data'], ['restore', 'latest', '--target', host.path('out')]]) {
		const {code, stderr} = await host.runHere([...argv, '--threads', '8']);
		t.is(code, 0, stderr);
	}

	t.is(count, 0);
});

for (const value of ['0', '33', '1.5', '-1', 'many', '']) {
	test.serial(`refused before the repository is looked for: --threads=${value}`, async t => {
		const {code, stderr} = await new TestHost(t).runHere(['verify', `--threads=${value}`]);
		t.is(code, 2);
		t.regex(stderr, value === '' ? /--threads needs a value/ : /--threads takes a whole number from 1 to 32, not "/);
	});
}
