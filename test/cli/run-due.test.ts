import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {worstCode} from '../../source/cli/commands/run-due.ts';
import {createSystemRuntime, dailySlot, type Runtime} from '../../source/engine/index.ts';
import {TestHost} from '../helpers/run-coffer.ts';

async function createHost(t: ExecutionContext, names: readonly string[]): Promise<TestHost> {
	const host = new TestHost(t);
	for (const name of names) {
		mkdirSync(host.path(name));
		writeFileSync(host.path(name, 'file'), name);
	}

	await host.runHere(['init']);
	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}, sources: names.map(name => ({name, paths: [host.path(name)]}))}));
	return host;
}

function runtimeAt(ms: number): Runtime {
	return Object.create(createSystemRuntime(), {now: {value: () => ms}}) as Runtime;
}

test('--headless runs what is due once, and says it in one line', async t => {
	const host = await createHost(t, ['a', 'b']);
	const noon = dailySlot(Date.now()).startMs + 10 * 60 * 60 * 1000;
	const day = 24 * 60 * 60 * 1000;
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
	t.deepEqual([[], [0, 0], [0, 3], [3, 1], [1, 13, 3]].map(codes => worstCode(codes)), [0, 0, 3, 1, 13]);
});

test('nothing configured, no repository: said, with the right code', async t => {
	const host = new TestHost(t);
	t.is((await host.runHere(['--headless'])).code, 2);
	writeFileSync(host.path('c.json'), JSON.stringify({sources: [{name: 'a', paths: ['/']}]}), {mode: 0o600});
	t.is((await host.runHere(['--headless', '--config', 'c.json'])).code, 10);
});
