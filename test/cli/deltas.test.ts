import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {createSystemRuntime, type Runtime} from '../../source/engine/index.ts';
import {createDump, editDump} from '../helpers/dump-days.ts';
import {TestHost} from '../helpers/run-coffer.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** A host with a source that changes a little from one backup to the next. */
async function createHost(t: ExecutionContext) {
	const host = new TestHost(t);
	await host.runHere(['init']);
	mkdirSync(host.path('data'));
	let dump = createDump(1000);
	let day = 0;
	const configure = (changes: Readonly<Record<string, unknown>>) => {
		const config = JSON.parse(readFileSync(host.configFile, 'utf8')) as Record<string, unknown>;
		writeFileSync(host.configFile, JSON.stringify({...config, sources: [{name: 'dumps', paths: [host.path('data')]}], ...changes}));
	};

	configure({});
	return {
		host, configure,
		/** Run coffer for the next day. @returns What it stored, as a part of the dump. */
		async run(...argv: readonly string[]): Promise<number> {
			writeFileSync(host.path('data', 'dump.sql'), dump);
			const bytes = dump.length;
			day++;
			dump = editDump(dump, day);
			const nowMs = Date.now() + (day * dayMs);
			const runtime = Object.create(createSystemRuntime(), {now: {value: () => nowMs}}) as Runtime;
			const {code, stderr, json} = await host.runHere([...argv, '--json'], {runtime});
			// The audit of a later day misses a recovery key.
			t.true(code === 0 || (code === 20 && argv[0] === '--headless'), `${code} ${stderr}`);
			return json().at(-1)!['storedBytes'] as number / bytes;
		},
	};
}

/** Of a dump that was never stored a third is left when it is packed; of a difference to yesterday's hardly anything. */
const whole = 0.2;

test('changes are stored as differences, unless --no-deltas says otherwise', async t => {
	const {run} = await createHost(t);
	const first = await run('backup');
	t.true(first > whole, `${first}`);
	const second = await run('backup');
	t.true(second < whole / 2, `${second}`);
	const third = await run('backup', '--no-deltas');
	t.true(third > whole, `${third}`);
	const fourth = await run('backup');
	t.true(fourth < whole / 2, `${fourth}`);
});

test('"deltas": false in the configuration holds for every run, headless ones too, and a flag beats it', async t => {
	const {host, configure, run} = await createHost(t);
	const setting = async (): Promise<unknown> => {
		const [{settings}] = (await host.runHere(['config', 'show', '--json'])).json() as [{settings: Array<{name: string; value: unknown; from: string}>}];
		const {value, from} = settings.find(({name}) => name === 'deltas')!;
		return [value, from];
	};

	t.deepEqual(await setting(), [true, 'default']);
	await run('--headless');
	t.true(await run('--headless') < whole / 2);
	configure({deltas: false});
	t.deepEqual(await setting(), [false, host.configFile]);
	t.true(await run('--headless') > whole);
	t.true(await run('backup') > whole);
	t.true(await run('backup', '--deltas') < whole / 2);
	configure({deltas: true});
	t.true(await run('backup') < whole / 2);
});

test('other commands do not know the flag', async t => {
	const {code, stderr} = await new TestHost(t).runHere(['verify', '--no-deltas']);
	t.is(code, 2);
	t.regex(stderr, /Unknown flag --no-deltas for "verify"/);
});
