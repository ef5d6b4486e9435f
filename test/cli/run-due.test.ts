import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {worstCode} from '../../source/cli/worst-code.ts';
import {createSystemRuntime, slotAt, type Runtime} from '../../source/engine/index.ts';
import {createForwardClock} from '../helpers/forward-clock.ts';
import {TestHost} from '../helpers/run-coffer.ts';

const day = 24 * 60 * 60 * 1000;

/** What an audit finds depends on the host that runs the tests. */
const quiet = {audit: {enabled: false}};

async function createHost(t: ExecutionContext, names: readonly string[]): Promise<TestHost> {
	const host = new TestHost(t);
	for (const name of names) {
		mkdirSync(host.path(name));
		writeFileSync(host.path(name, 'file'), name);
	}

	await host.runHere(['init']);
	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}, sources: names.map(name => ({name, paths: [host.path(name)]})), schedule: {jobs: quiet}}));
	return host;
}

function runtimeAt(ms: number): Runtime {
	return Object.create(createSystemRuntime(), {now: {value: () => ms}}) as Runtime;
}

test('--headless runs what is due once, and says it in one line', async t => {
	const host = await createHost(t, ['a', 'b']);
	const noon = slotAt({expression: '0 2 * * *', timeZone: 'UTC'}, Date.now()).startMs + 10 * 60 * 60 * 1000;
	const runAt = async (ms: number, ...argv: string[]) => host.runHere(['--headless', ...argv], {runtime: runtimeAt(ms), isTerminal: true});
	const first = await runAt(noon);
	t.is(first.code, 0, first.stderr);
	t.regex(first.stdout, /^2 of 2 sources due: 2 backed up; 2 files, [^\n]+\n$/);
	t.is(first.stderr, '');
	t.is((await runAt(noon + 1000)).stdout, '0 of 2 sources due; nothing to do.\n');
	// Seven nights without a run are made up for by one.
	t.regex((await runAt(noon + (7 * day))).stdout, /^2 of 2 sources due: 2 backed up/);
	t.regex((await runAt(noon + (7 * day) + 1000)).stdout, /^0 of 2/);
	// The clock goes back a day: that slot had no run of its own.
	const back = await runAt(noon + (6 * day), '--json');
	t.like(back.json().at(-1), {event: 'summary', configured: 2, due: 2, failed: 0, partial: 0, files: 2});
	t.like((await runAt(noon + (6 * day) + 1000, '--json')).json().at(-1), {due: 0, snapshots: []});
	t.is((await runAt(noon + (8 * day), '--quiet')).stdout, '');
	t.is((await host.runHere(['snapshots', '--json'])).json()[0]!['length'], 8);
	// A Sunday has passed: its class serves for the day as well.
	const jobs = (await runAt(noon + (16 * day), '--json')).json().at(-1)!['jobs'] as Array<{name: string; outcome: string}>;
	t.true(['weekly', 'monthly'].includes(jobs[0]!.name));
	t.false(jobs.some(({name}) => name === 'daily'));
	t.true(jobs.some(({name}) => name === 'verify'));
	t.true(jobs.every(({outcome}) => outcome === 'ok'), JSON.stringify(jobs));
	t.deepEqual((await runAt(noon + (16 * day) + 1000, '--json')).json().at(-1)!['jobs'], []);
});

test('a backup that somebody ran counts; another source of the same paths does not', async t => {
	const host = await createHost(t, ['a', 'b']);
	await host.runHere(['backup', 'a']);
	await host.runHere(['backup', './b']);
	t.regex((await host.runHere(['--headless'])).stdout, /^1 of 2 sources due: 1 backed up; 1 file, /);
});

test('one that fails keeps no other from being run; the worst code counts', async t => {
	const host = await createHost(t, ['a', 'b']);
	rmSync(host.path('a'), {recursive: true});
	const {code, stdout, stderr} = await host.runHere(['--headless']);
	t.is(code, 1);
	t.regex(stderr, /^coffer: a: [^\n]+\n$/);
	t.regex(stdout, /^2 of 2 sources due: 1 backed up, 1 failed; 1 file, [^\n]+\n$/);
	const again = await host.runHere(['--headless']);
	t.is(again.code, 1);
	t.regex(again.stdout, /^1 of 2 sources due: 0 backed up, 1 failed; /);
	t.deepEqual([[], [0, 0], [0, 3], [3, 1], [1, 13, 3], [3, 20], [21, 20], [21, 1]].map(codes => worstCode(codes)), [0, 0, 3, 1, 13, 20, 21, 1]);
});

test('with keys.rotate automatic a key that is old enough is rotated; a failure there counts and keeps no backup from being made', async t => {
	const host = await createHost(t, ['a']);
	const config = JSON.parse(readFileSync(host.configFile, 'utf8')) as Record<string, unknown>;
	const configure = (keys: unknown, command?: readonly string[]) => {
		writeFileSync(host.configFile, JSON.stringify({...config, keys, ...(command && {key: {command}})}));
	};

	const clock = createForwardClock();
	const run = async (...argv: string[]) => host.runHere(['--headless', ...argv], {runtime: clock.runtime});
	const readEpoch = async () => {
		const {json} = await host.runHere(['key', 'status', '--json']);
		const [{id}] = json()[0]!['epochs'] as [{id: string}];
		return id;
	};

	const first = await readEpoch();
	configure({rotateAfterDays: 10, rotate: 'automatic'});
	t.like((await run('--json')).json().at(-1), {due: 1, failed: 0});
	clock.forward(11 * day);
	configure({rotateAfterDays: 10});
	t.is((await run()).code, 0);
	t.is(await readEpoch(), first);

	configure({rotateAfterDays: 10, rotate: 'automatic'}, ['cat', host.keyFile]);
	clock.forward(day);
	const failed = await run('--json');
	t.is(failed.code, 2);
	t.regex(failed.stderr, /"code":"usage"[^\n]*comes from a program/);
	t.like(failed.json().at(-1), {event: 'summary', due: 1, failed: 0, rotation: 'failed'});

	configure({rotateAfterDays: 10, rotate: 'automatic', reencrypt: true});
	const rotated = await run();
	t.is(rotated.code, 0, rotated.stderr);
	t.regex(rotated.stdout, /^0 of 1 source due\. rotate: the key was rotated, epoch [\da-f]{8}\.\n$/);
	t.not(await readEpoch(), first);
	t.is((await host.runHere(['key', 'status', '--json'], {runtime: clock.runtime})).json()[0]!['age'], 'ok');
	t.is((await run()).stdout, '0 of 1 source due; nothing to do.\n');
	t.is((await host.runHere(['verify', '--read-data'])).code, 0);
});

test('nothing configured, no repository: said, with the right code', async t => {
	const host = new TestHost(t);
	t.is((await host.runHere(['--headless'])).code, 2);
	writeFileSync(host.path('c.json'), JSON.stringify({sources: [{name: 'a', paths: ['/']}]}), {mode: 0o600});
	t.is((await host.runHere(['--headless', '--config', 'c.json'])).code, 10);
});
