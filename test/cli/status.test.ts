import {rmSync, writeFileSync} from 'node:fs';
import {DatabaseSync} from 'node:sqlite';
import test from 'ava';
import {createSystemRuntime, type Runtime} from '../../source/engine/index.ts';
import {prepareHost} from '../helpers/command-examples.ts';
import {TestHost} from '../helpers/run-coffer.ts';

const hour = 60 * 60 * 1000;
const later = (ms: number): Runtime => Object.create(createSystemRuntime(), {now: {value: () => Date.now() + ms}}) as Runtime;

/** A second source, of which there is no backup. */
function configureOther(host: TestHost): void {
	const sources = ['data', 'other'].map(name => ({name, paths: [host.path('data')]}));
	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}, sources}));
}

test('status tells what is wrong, why, and what to do; and ends with 0', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	configureOther(host);
	const {code, stdout, stderr} = await host.runHere(['status'], {runtime: later(30 * hour)});
	t.is(code, 0);
	t.is(stderr, '');
	const lines = stdout.split('\n');
	t.true(lines.includes('critical other: it was never backed up (seen first: now)'));
	t.true(lines.includes('  do:  run "coffer backup other"'));
	const late = lines.findIndex(line => line.startsWith('warning data: the newest backup is 30 hours old; the limit is 25 hours'));
	t.true(late > lines.findIndex(line => line.startsWith('critical ')), 'the worst first');
	t.regex(lines[late + 1]!, /^ {2}why: no run has begun since/);
	t.regex(lines[late + 2]!, /^ {2}do: {2}run "coffer backup data"/);
});

test('status --json: alerts with all their fields, the next run, the last runs', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	rmSync(host.path('data'), {recursive: true});
	t.is((await host.runHere(['backup'])).code, 1);
	const {code, json} = await host.runHere(['status', '--json']);
	t.is(code, 0);
	const [value] = json();
	const alerts = value!['alerts'] as Array<Record<string, unknown>>;
	const failed = alerts.find(({kind}) => kind === 'failed')!;
	t.deepEqual(Object.keys(failed), ['key', 'kind', 'severity', 'object', 'message', 'cause', 'nextStep', 'firstSeen', 'lastSeen', 'acknowledged']);
	t.like(failed, {severity: 'warning', object: 'data', acknowledged: null});
	const [source] = value!['sources'] as Array<Record<string, unknown>>;
	t.true(Date.parse(source!['nextRun'] as string) > Date.now());
	t.deepEqual((source!['runs'] as Array<{outcome: string}>).map(({outcome}) => outcome), ['ok', 'failed']);
	t.true((value!['ratios'] as {compression: number}).compression > 0);
	t.deepEqual(value!['activities'], []);
});

test('who took note of an alert is shown, with no control character of theirs', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	configureOther(host);
	await host.runHere(['status']);
	const database = new DatabaseSync(host.path('home/.local/state/coffer/state.db'));
	database.prepare('UPDATE alert SET acknowledged = ?, acknowledged_by = ?, note = ?').run('2026-11-21T18:46:00.000Z', 'adm\u{1B}[31min', 'x');
	database.close();
	const {stdout} = await host.runHere(['status']);
	t.regex(stdout, /^critical other: .*adm.*in took note of it\)$/m);
	t.notRegex(stdout, /\u{1B}/u);
	writeFileSync(host.path('data/file'), 'more');
	await host.runHere(['backup']);
	t.notRegex((await host.runHere(['status'])).stdout, /other: it was never/);
});
