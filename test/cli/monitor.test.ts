import {appendFileSync, chmodSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {spawnSync} from 'node:child_process';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {createSystemRuntime, type Runtime} from '../../source/engine/index.ts';
import {prepareHost} from '../helpers/command-examples.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {TestHost, type Outcome} from '../helpers/run-coffer.ts';
import {describeFolder} from '../helpers/walk-folder.ts';

const hour = 60 * 60 * 1000;
const day = 24 * hour;
const later = (ms: number): Runtime => {
	const system = createSystemRuntime();
	return Object.create(system, {now: {value: () => system.now() + ms}}) as Runtime;
};

type Found = {key: string; kind: string; severity: string; object: string; message: string; cause: string | null; nextStep: string; since: string};

/** Not how full the disk of this machine is, nor that nothing starts the schedule: watch-jobs.test.ts. */
const isAbout = ({kind}: Pick<Found, 'kind'>): boolean => !['storage', 'space', 'inodes', 'idle'].includes(kind);
const findingsOf = ({json}: Outcome): Found[] => (json()[0] as unknown as Found[]).filter(finding => isAbout(finding));

/** A host that is well, backed up and verified. */
async function createHost(t: ExecutionContext): Promise<TestHost> {
	const host = new TestHost(t);
	await prepareHost(host);
	chmodSync(host.configFile, 0o600);
	return host;
}

async function look(t: ExecutionContext, host: TestHost, options: Parameters<TestHost['runHere']>[1] = {}): Promise<Found[]> {
	const outcome = await host.runHere(['monitor', '--json'], options);
	t.is(outcome.stderr, '');
	t.is(outcome.json().length, 1, 'one document');
	const all = outcome.json()[0] as unknown as Found[];
	t.is(outcome.code, all.some(({severity}) => severity === 'critical') ? 21 : (all.length > 0 ? 20 : 0));
	t.is(new Set(all.map(({key}) => key)).size, all.length, 'of one key there is one');
	return findingsOf(outcome);
}

test('all is well: nothing is found, nothing is written to the repository', async t => {
	const host = await createHost(t);
	const before = describeFolder(host.repository);
	t.deepEqual(await look(t, host), []);
	const {stdout, code} = await host.runHere(['health']);
	t.true(code === 0 ? stdout === 'All is well.\n' : code === 20 || code === 21, stdout);
	t.deepEqual(describeFolder(host.repository), before);
});

const damageSomePack = (host: TestHost): void => {
	const name = Object.keys(describeFolder(path.join(host.repository, 'packs'))).find(each => statSync(path.join(host.repository, 'packs', each)).isFile());
	truncateSync(path.join(host.repository, 'packs', name!), 40);
};

type Trouble = {
	readonly title: string;
	readonly make: (host: TestHost) => void | Promise<unknown>;
	readonly mend: (host: TestHost) => void | Promise<unknown>;
	readonly kind: string;
	readonly severity: 'warning' | 'critical';
	readonly says: RegExp;
	readonly aheadMs?: number;
};

const configure = (host: TestHost, names: readonly string[]) => {
	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}, sources: names.map(name => ({name, paths: [host.path('data')]}))}));
};

const troubles: readonly Trouble[] = [
	{
		title: 'a source that was never backed up', kind: 'never', severity: 'critical', says: /coffer backup other/,
		make(host) {
			configure(host, ['data', 'other']);
		},
		mend: async host => host.runHere(['backup', 'other']),
	},
	{
		title: 'a source that cannot be read', kind: 'failed', severity: 'warning', says: /the last backup failed.*data/,
		async make(host) {
			renameSync(host.path('data'), host.path('away'));
			await host.runHere(['backup']);
		},
		async mend(host) {
			renameSync(host.path('away'), host.path('data'));
			await host.runHere(['backup']);
		},
	},
	{
		title: 'damage that a verification found', kind: 'damage', severity: 'critical', says: /the verification of .* found damage in/,
		async make(host) {
			damageSomePack(host);
			await host.runHere(['verify']);
		},
		async mend(host) {
			rmSync(host.repository, {recursive: true});
			rmSync(host.keyFile);
			rmSync(host.configFile);
			await prepareHost(host);
			chmodSync(host.configFile, 0o600);
		},
	},
	{
		title: 'a key file that others may read', kind: 'key', severity: 'critical', says: /others may read it.*chmod 600/,
		make(host) {
			chmodSync(host.keyFile, 0o644);
		},
		mend(host) {
			chmodSync(host.keyFile, 0o600);
		},
	},
	{
		title: 'no key file', kind: 'key', severity: 'critical', says: /There is no key file/,
		make(host) {
			renameSync(host.keyFile, `${host.keyFile}.away`);
		},
		mend(host) {
			renameSync(`${host.keyFile}.away`, host.keyFile);
		},
	},
	{
		title: 'a configuration that its group may write', kind: 'permissions', severity: 'critical', says: /others may write this configuration \(mode 660\).*chmod go-w/,
		make(host) {
			chmodSync(host.configFile, 0o660);
		},
		mend(host) {
			chmodSync(host.configFile, 0o600);
		},
	},
	{
		title: 'a state folder that others may write', kind: 'permissions', severity: 'critical', says: /others may write this state folder/,
		make(host) {
			chmodSync(host.stateFolder, 0o777);
		},
		mend(host) {
			chmodSync(host.stateFolder, 0o700);
		},
	},
	{
		title: 'a repository that others may write', kind: 'permissions', severity: 'warning', says: /others may write this repository/,
		make(host) {
			chmodSync(host.repository, 0o777);
		},
		mend(host) {
			chmodSync(host.repository, 0o700);
		},
	},
	{
		title: 'a repository that is not mounted', kind: 'unreachable', severity: 'critical', says: /the repository cannot be reached.*There is no repository at/,
		make(host) {
			renameSync(host.repository, `${host.repository}.away`);
		},
		mend(host) {
			renameSync(`${host.repository}.away`, host.repository);
		},
	},
	{
		title: 'a repository that does not open', kind: 'damage', severity: 'critical', says: /so damaged that it cannot be opened/,
		make(host) {
			for (const folder of ['keys', 'keys-copy']) {
				renameSync(path.join(host.repository, folder), path.join(host.repository, `${folder}.away`));
				mkdirSync(path.join(host.repository, folder));
				for (const name of Object.keys(describeFolder(path.join(host.repository, `${folder}.away`)))) {
					writeFileSync(path.join(host.repository, folder, name), 'garbage');
				}
			}
		},
		mend(host) {
			for (const folder of ['keys', 'keys-copy']) {
				rmSync(path.join(host.repository, folder), {recursive: true});
				renameSync(path.join(host.repository, `${folder}.away`), path.join(host.repository, folder));
			}
		},
	},
	{
		title: 'keys that were put back', kind: 'rolled-back', severity: 'critical', says: /older than those that this host has seen.*coffer key rotate/,
		async make(host) {
			for (const folder of ['keys', 'keys-copy']) {
				cpSync(path.join(host.repository, folder), host.path(folder), {recursive: true});
			}

			await host.runHere(['key', 'add', '--role', 'auditor', '--label', 'eve', '--new-key-file', 'eve.key']);
			await host.runHere(['status']);
			for (const folder of ['keys', 'keys-copy']) {
				renameSync(path.join(host.repository, folder), host.path(`${folder}.new`));
				renameSync(host.path(folder), path.join(host.repository, folder));
			}
		},
		mend(host) {
			for (const folder of ['keys', 'keys-copy']) {
				rmSync(path.join(host.repository, folder), {recursive: true});
				renameSync(host.path(`${folder}.new`), path.join(host.repository, folder));
			}
		},
	},
	{
		title: 'another repository in the place of the one that this host knows', kind: 'exchanged', severity: 'critical', says: /another repository lies there/,
		async make(host) {
			await host.runHere(['init', '--repository', './other', '--key-file', './other.key', '--config', './other.json']);
			renameSync(host.repository, host.path('own'));
			renameSync(host.path('other'), host.repository);
			renameSync(host.keyFile, host.path('own.key'));
			renameSync(host.path('other.key'), host.keyFile);
			await host.runHere(['backup']);
		},
		mend(host) {
			rmSync(host.repository, {recursive: true});
			renameSync(host.path('own'), host.repository);
			renameSync(host.path('own.key'), host.keyFile);
		},
	},
	{
		title: 'an unfinished object of a run that was killed', kind: 'leftovers', severity: 'warning', says: /1 unfinished object of runs that died/, aheadMs: 24.5 * hour,
		make(host) {
			mkdirSync(path.join(host.repository, 'tmp'), {recursive: true});
			writeFileSync(path.join(host.repository, 'tmp', 'a'.repeat(32)), 'x');
		},
		mend(host) {
			rmSync(path.join(host.repository, 'tmp', 'a'.repeat(32)));
		},
	},
];

for (const {title, make, mend, kind, severity, says, aheadMs = 0} of troubles) {
	test(`${title}: ${kind}, told with cause and next step, and gone when it is mended`, async t => {
		const host = await createHost(t);
		await make(host);
		const options = {runtime: later(aheadMs)};
		const [finding, ...others] = await look(t, host, options);
		t.deepEqual(others, []);
		t.like(finding, {kind, severity});
		t.regex(`${finding!.message} ${finding!.cause} ${finding!.nextStep}`, says);
		t.notRegex(`${finding!.message}${finding!.cause}${finding!.nextStep}`, /\.$/);
		const [again] = await look(t, host, options);
		t.is(again!.since, finding!.since, 'it stays the same finding');
		await mend(host);
		t.deepEqual(await look(t, host, options), []);
	});
}

test('what time does: late, an old key, unverified, and a wrong clock', async t => {
	const host = await createHost(t);
	const kinds = async (aheadMs: number) => (await look(t, host, {runtime: later(aheadMs)})).map(({kind, severity}) => `${kind} ${severity}`);
	t.deepEqual(await kinds(30 * hour), ['late warning']);
	t.deepEqual(await kinds(85 * day), ['late critical', 'key-age warning', 'unverified warning']);
	t.deepEqual(await kinds(95 * day), ['late critical', 'key-age critical', 'unverified warning', 'unverified warning'], 'the oldest first; not all data was read for long');
	t.deepEqual(await kinds(400 * day), ['late critical', 'key-age critical', 'unverified warning', 'unverified warning', 'clock warning']);
	t.deepEqual(await kinds(-hour), ['clock warning']);
	t.deepEqual(await kinds(-2 * day), ['clock critical']);
	t.deepEqual(await kinds(0), []);
});

test('for people: most severe first, with what to do; --quiet leaves out the sum; and the log tells the same', async t => {
	const host = await createHost(t);
	configure(host, ['data', 'other']);
	chmodSync(host.repository, 0o777);
	const {code, stdout} = await host.runHere(['monitor']);
	t.is(code, 21);
	const lines = stdout.trimEnd().split('\n');
	t.is(lines[0], 'critical other: it was never backed up (seen first: now)');
	t.true(lines.some(line => line.startsWith('  do:  run "chmod go-w ')));
	t.regex(lines.at(-1)!, /^\d findings?, 1 of them critical\.$/);
	t.is((await host.runHere(['monitor', '--quiet'])).stdout.trimEnd().split('\n').length, lines.length - 1);
	const log = readFileSync(path.join(host.stateFolder, 'logs/monitor.log'), 'utf8').trimEnd().split('\n').map(line => JSON.parse(line) as Record<string, string>);
	const never = log.find(({key}) => key?.startsWith('never:'));
	t.like(never, {level: 'error', msg: 'other: it was never backed up', nextStep: 'run "coffer backup other"'});
	t.true(log.some(({msg, level}) => level === 'info' && msg!.startsWith('monitor: 1 critical, ')));
});

test('what only monitor finds stands in status, too, until it is mended', async t => {
	const host = await createHost(t);
	const alerts = async (runtime?: Runtime) => {
		const {json} = await host.runHere(['status', '--json'], runtime && {runtime});
		return (json()[0]!['alerts'] as Found[]).filter(alert => isAbout(alert)).map(({kind}) => kind);
	};

	chmodSync(host.repository, 0o777);
	t.deepEqual(await alerts(), []);
	await look(t, host);
	t.deepEqual(await alerts(), ['permissions']);
	await host.runHere(['backup']);
	t.deepEqual(await alerts(later(24 * hour)), ['permissions']);
	t.deepEqual(await alerts(later(50 * hour)), ['late'], 'nobody has looked for two days');
	t.deepEqual(await alerts(), ['permissions']);
	chmodSync(host.repository, 0o700);
	await look(t, host);
	t.deepEqual(await alerts(), []);
});

test('that the repository is unreachable is told by nobody who has opened it', async t => {
	const host = await createHost(t);
	renameSync(host.repository, `${host.repository}.away`);
	t.deepEqual((await look(t, host)).map(({kind}) => kind), ['unreachable']);
	renameSync(`${host.repository}.away`, host.repository);
	t.notRegex((await host.runHere(['status'])).stdout, /cannot be reached/);
});

test('without a configuration: a repository and a key are enough; without a repository it is 10, without a valid configuration 2', async t => {
	const host = await createHost(t);
	rmSync(host.configFile);
	renameSync(host.keyFile, host.path('my.key'));
	const named = ['--repository', host.repository, '--key-file', host.path('my.key')];
	t.deepEqual(findingsOf(await host.runHere(['monitor', '--json', ...named])), []);
	const late = findingsOf(await host.runHere(['monitor', '--json', ...named], {runtime: later(30 * hour)}));
	t.deepEqual(late.map(({kind, object}) => [kind, object]), [['late', 'data']], 'its sources are those of the snapshots');
	t.is((await host.runHere(['monitor'])).code, 10);
	writeFileSync(host.configFile, '{"sourcse": []}');
	const invalid = await host.runHere(['monitor', ...named]);
	t.is(invalid.code, 2);
	t.regex(invalid.stderr, /sourcse/);
});

test('names and messages of others reach neither terminal nor log raw', async t => {
	const host = await createHost(t);
	const name = 'a\u001B]52;c;eA==\u0007\u202Eb\nc';
	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}, sources: [{name: 'data', paths: [host.path('data')]}]}));
	mkdirSync(host.path(name));
	writeFileSync(host.path(name, 'x'), 'x');
	await host.runHere(['backup', `./${name}/`]);
	rmSync(host.path(name), {recursive: true});
	await host.runHere(['backup', `./${name}/`]);
	rmSync(host.configFile);
	const named = ['--repository', host.repository, '--key-file', host.keyFile];
	const people = await host.runHere(['monitor', ...named]);
	const machine = await host.runHere(['monitor', '--json', ...named]);
	t.regex(people.stdout, /failed/);
	const log = readFileSync(path.join(host.stateFolder, 'logs/monitor.log'), 'utf8');
	for (const text of [people.stdout, people.stderr, machine.stdout, log]) {
		t.notRegex(text.replaceAll('\n', ''), /[\u0000-\u001F\u007F-\u009F\u202E]/);
	}

	t.true(findingsOf(machine).some(({object}) => object.endsWith(name)), 'JSON says the name as it is');
});

test('a state that cannot be written stops no finding', async t => {
	const host = await createHost(t);
	rmSync(host.stateFolder, {recursive: true});
	writeFileSync(host.stateFolder, 'a file');
	configure(host, ['data', 'other']);
	const {code, json} = await host.runHere(['monitor', '--json']);
	t.is(code, 21);
	t.is(json().length, 1, 'one document');
	t.deepEqual(findingsOf({json} as Outcome).map(({kind}) => kind), ['never', 'permissions']);
});

function mountTmpfs(t: ExecutionContext, folder: string, sizeBytes: number): void {
	mkdirSync(folder, {recursive: true});
	const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes},mode=700`, 'tmpfs', folder]);
	t.is(mounted.status, 0, String(mounted.stderr));
	t.teardown(() => {
		spawnSync('umount', [folder]);
	});
}

const canMount = process.geteuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;
optionalTest(canMount ? undefined : 'only root mounts file systems', 'a full disk: of the repository, and of what this host remembers', async t => {
	const host = new TestHost(t);
	mountTmpfs(t, host.repository, 8_000_000);
	await prepareHost(host);
	chmodSync(host.configFile, 0o600);
	const onRepository = async () => ((await host.runHere(['monitor', '--json'])).json()[0] as unknown as Found[]).filter(({object}) => object === host.repository);
	t.deepEqual(await onRepository(), []);
	appendFileSync(path.join(host.repository, 'filler'), Buffer.alloc(7_500_000));
	t.like(await onRepository(), [{kind: 'storage', severity: 'critical'}]);
	rmSync(path.join(host.repository, 'filler'));

	const state = host.path('small');
	mountTmpfs(t, state, 300_000_000);
	const environment = {...host.environment, COFFER_STATE_DIRECTORY: state};
	chmodSync(state, 0o700);
	const room = async () => ((await host.runHere(['monitor', '--json'], {environment})).json()[0] as unknown as Found[]).filter(({kind}) => kind === 'space').map(({severity, object}) => [severity, object]);
	t.deepEqual(await room(), []);
	writeFileSync(path.join(state, 'filler'), Buffer.alloc(150_000_000));
	t.deepEqual(await room(), [['critical', state]]);
});
