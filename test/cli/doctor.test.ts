import {chmodSync, mkdirSync, rmSync, truncateSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {checkSpace} from '../../source/cli/checks/folders.ts';
import {checkExtendedAttributes, checkNode} from '../../source/cli/checks/host.ts';
import {createSystemRuntime, type Runtime} from '../../source/engine/index.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {TestHost, type Outcome} from '../helpers/run-coffer.ts';
import {describeFolder} from '../helpers/walk-folder.ts';

type Check = {name: string; state: string; evidence: string; advice?: string};

const checksOf = ({json}: Outcome): Check[] => json()[0]!['checks'] as Check[];
const find = (outcome: Outcome, name: string): Check => checksOf(outcome).find(check => check.name === name)!;

/** A host with a source, backed up once. */
async function createHost(t: ExecutionContext): Promise<TestHost> {
	const host = new TestHost(t);
	mkdirSync(host.path('data'));
	writeFileSync(host.path('data/x'), 'x');
	await host.runHere(['init']);
	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}, sources: [{name: 'data', paths: [host.path('data')]}]}));
	await host.runHere(['backup']);
	return host;
}

function runtimeAt(offsetMs: number): Runtime {
	const system = createSystemRuntime();
	return Object.create(system, {now: {value: () => system.now() + offsetMs}}) as Runtime;
}

test('all well: exit code 0, and nothing is changed', async t => {
	const host = await createHost(t);
	const before = describeFolder(host.path('home'));
	const outcome = await host.runHere(['doctor']);
	t.is(outcome.code, 0, outcome.stdout);
	t.regex(outcome.stdout, /^STATE +CHECK +EVIDENCE$/m);
	t.regex(outcome.stdout, /^ok +key +\S+key, mode 600, opens the repository$/m);
	t.regex(outcome.stdout, /^\d+ checks, all well\.$/m);
	t.is((await host.runHere(['doctor', '--quiet'])).stdout, '');
	const asJson = await host.runHere(['doctor', '--json']);
	t.like(asJson.json()[0], {failures: 0, warnings: 0});
	t.deepEqual(describeFolder(host.path('home')), before);
	t.deepEqual(checksOf(asJson).map(({name}) => name), ['node', 'extended attributes', 'configuration', 'state folder', 'space for state', 'repository', 'access', 'space', 'key', 'rotation', 'leftovers', 'clock', 'source data']);
	t.log(`${checksOf(asJson).length} checks`);
});

const troubles: ReadonlyArray<readonly [title: string, make: (host: TestHost) => void, check: string, state: string, says: RegExp]> = [
	['a key file that others may read', host => {
		chmodSync(host.keyFile, 0o644);
	}, 'key', 'fail', /chmod 600/],
	['no key file', host => {
		rmSync(host.keyFile);
	}, 'key', 'fail', /There is no key file/],
	['another repository\'s key', host => {
		host.run(['init', '--repository', host.path('r2'), '--key-file', host.path('k2')]);
		writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: host.path('k2')}}));
	}, 'key', 'fail', /does not open the repository/],
	['no repository', host => {
		rmSync(host.repository, {recursive: true});
	}, 'repository', 'fail', /There is no repository at/],
	['a damaged snapshot', host => {
		const [name] = Object.keys(describeFolder(path.join(host.repository, 'snapshots')));
		truncateSync(path.join(host.repository, 'snapshots', name!), 50);
	}, 'repository', 'fail', /damaged: snapshots\/.*verify --read-data/],
	['a broken configuration', host => {
		writeFileSync(host.configFile, '{');
	}, 'configuration', 'fail', /not valid JSON \(line 1, column 2\)/],
	['a configuration that its group may write', host => {
		chmodSync(host.configFile, 0o660);
	}, 'configuration', 'warn', /chmod 600/],
	['no configuration', host => {
		rmSync(host.configFile);
	}, 'configuration', 'warn', /coffer init/],
	['a state folder that others may write', host => {
		chmodSync(path.dirname(path.dirname(host.logFile)), 0o777);
	}, 'state folder', 'fail', /chmod go-w/],
	['a repository that others may write', host => {
		chmodSync(host.repository, 0o777);
	}, 'access', 'warn', /Others may delete the backups/],
	['an unfinished object of a run that was killed', host => {
		mkdirSync(path.join(host.repository, 'tmp'), {recursive: true});
		writeFileSync(path.join(host.repository, 'tmp', 'a'.repeat(32)), 'x');
		utimesSync(path.join(host.repository, 'tmp', 'a'.repeat(32)), 1_790_000_000, 1_790_000_000);
	}, 'leftovers', 'warn', /1 unfinished object older than a day.*next backup clears it away/],
	['a source that is gone', host => {
		rmSync(host.path('data'), {recursive: true});
	}, 'source data', 'fail', /is not there/],
	['a program that is not installed', host => {
		writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}, passphrase: {command: ['no-such-program-here']}}));
	}, 'program no-such-program-here', 'fail', /is not found.*Install it/],
];

for (const [title, make, name, state, says] of troubles) {
	test(`${title}: ${state}`, async t => {
		const host = await createHost(t);
		make(host);
		const outcome = await host.runHere(['doctor', '--json']);
		const check = find(outcome, name);
		t.is(check.state, state, JSON.stringify(check));
		t.regex(`${check.evidence} ${check.advice ?? ''}`, says);
		t.is(outcome.code, checksOf(outcome).some(each => each.state === 'fail') ? 1 : 0);
		t.is((await host.runHere(['doctor'])).code, outcome.code);
	});
}

test('the clock: years back, years ahead, a few minutes back', async t => {
	const host = await createHost(t);
	const day = 24 * 60 * 60 * 1000;
	const cases = [[-3650 * day, 'fail', 1], [-2 * day, 'fail', 1], [-60 * 60 * 1000, 'warn', 0], [0, 'ok', 0], [3650 * day, 'warn', 0]] as const;
	for (const [offsetMs, state, code] of cases) {
		const outcome = await host.runHere(['doctor', '--json'], {runtime: runtimeAt(offsetMs)});
		t.is(find(outcome, 'clock').state, state, `${offsetMs / day} days`);
		t.is(outcome.code, code);
	}

	t.log(`${cases.length} clocks`);
});

test('what no test machine has: an old Node, no module, a full disk', t => {
	t.like(checkNode('20.1.0'), {state: 'fail', advice: 'Install Node 24 or newer.'});
	t.is(checkNode('24.0.0').state, 'ok');
	t.is(checkExtendedAttributes(false).state, 'warn');
	t.is(checkSpace('space', '/r', {freeBytes: 1e6, totalBytes: 1e12}).state, 'fail');
	t.is(checkSpace('space', '/r', {freeBytes: 9e10, totalBytes: 1e12}).state, 'warn');
	t.is(checkSpace('space', '/r', {freeBytes: 2e11, totalBytes: 1e12}).state, 'ok');
	t.is(checkSpace('space', '/r', {}).state, 'ok');
});

optionalTest(process.geteuid?.() === 0 ? 'root may write everywhere' : undefined, 'folders that this user may not write', async t => {
	const host = await createHost(t);
	chmodSync(host.repository, 0o500);
	t.is(find(await host.runHere(['doctor', '--json']), 'access').state, 'warn');
	chmodSync(host.repository, 0o700);
});
