import {chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {keptReports, writeReport} from '../../source/cli/monitoring/report-files.ts';
import {createSystemRuntime, type JobRun, type Runtime} from '../../source/engine/index.ts';
import {ScheduleState} from '../../source/engine/state/schedule-state.ts';
import {prepareHost} from '../helpers/command-examples.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {createFolder} from '../helpers/source-folder.ts';
import {describeFolder} from '../helpers/walk-folder.ts';

const hour = 60 * 60 * 1000;
const day = 24 * hour;
/** So long before the tests were begun their stories begin: a Monday noon of the host's clock, so that the slots of the jobs lie where they are thought to. */
const noonMs = Date.UTC(2027, 2, 1, 12);
const startMs = Date.now();
const clock = (aheadMs: number): Runtime => {
	const system = createSystemRuntime();
	return Object.create(system, {now: {value: () => noonMs + aheadMs + Date.now() - startMs}}) as Runtime;
};

async function createHost(t: ExecutionContext): Promise<TestHost> {
	const host = new TestHost(t);
	await prepareHost(host);
	chmodSync(host.configFile, 0o600);
	writeFileSync(host.configFile, JSON.stringify({
		repository: host.repository, key: {file: 'key'}, sources: [{name: 'data', paths: [host.path('data')]}], schedule: {timeZone: 'UTC'},
	}));
	return host;
}

const logOf = (host: TestHost, channel: string) => readFileSync(path.join(host.stateFolder, 'logs', `${channel}.log`), 'utf8').trimEnd().split('\n').map(line => JSON.parse(line) as Record<string, string>);

/** What is remembered of the runs of a job. */
function runsOf(host: TestHost, job: string): JobRun[] {
	const state = new ScheduleState(host.stateFolder, host.repository, {runtime: createSystemRuntime(), warn() {
		throw new Error('A warning.');
	}});
	try {
		return state.runs({job});
	} finally {
		state.close();
	}
}

test('the job monitor: one line, the code of what it found, and done for its slot', async t => {
	const host = await createHost(t);
	chmodSync(host.repository, 0o777);
	chmodSync(host.stateFolder, 0o777);
	const {code, stdout} = await host.runHere(['schedule', 'run', 'health']);
	t.is(code, 21);
	t.regex(stdout, /^health: 1 critical, \d warnings?: \/.*\n$/);
	t.like(runsOf(host, 'health')[0]!.end, {outcome: 'ok', code: 21});
	t.true(logOf(host, 'monitor').some(({msg}) => (msg!).includes('others may write this state folder')));
	t.regex((await host.runHere(['schedule', 'run', 'health', '--if-due'])).stdout, /nothing to do/);
});

test('the job audit: everything it looked at stands in the log security; who forgot what since the last one', async t => {
	const host = await createHost(t);
	const audit = async () => {
		const before = logOf(host, 'backup').length;
		const outcome = await host.runHere(['schedule', 'run', 'audit']);
		t.true(before > 0);
		return outcome;
	};

	const first = await audit();
	t.is(first.code, 20);
	t.regex(first.stdout, /^audit: 1 warning; 1 key, 0 snapshots forgotten since the last audit\.\n$/);
	t.like(runsOf(host, 'audit')[0]!.end, {outcome: 'ok', code: 20});
	const parts = logOf(host, 'security').filter(({part}) => part !== undefined);
	t.deepEqual(parts.map(({part, level}) => `${part} ${level}`), ['permissions info', 'key slots info', 'keys warn', 'forgotten info', 'verification info', 'audit log info']);
	t.regex(parts[2]!['msg']!, /recovery key: there is none/);
	t.regex((await host.runHere(['status'])).stdout, /recovery key: there is none/, 'what an audit found is an alert');

	await host.runHere(['key', 'export', 'recovery.json', '--label', 'paper', '--code-file', 'paper.code']);
	await host.runHere(['backup']);
	const [{id}] = (await host.runHere(['snapshots', '--json'])).json()[0] as unknown as [{id: string}];
	await host.runHere(['forget', id]);
	await host.runHere(['verify']);
	const second = await audit();
	t.deepEqual([second.code, second.stdout], [0, 'audit: nothing to see to; 2 keys, 1 snapshot forgotten since the last audit.\n']);
	const forgotten = logOf(host, 'security').filter(({snapshot, part}) => snapshot === id && part === 'forgotten');
	t.is(forgotten.length, 1);
	t.regex(forgotten[0]!['msg']!, new RegExp(`^audit: snapshot ${id.slice(0, 8)} was forgotten by .+ on .+: `));
	t.notRegex((await host.runHere(['status'])).stdout, /recovery key/);
	t.regex((await audit()).stdout, /0 snapshots forgotten since the last audit\./);
	const before = describeFolder(host.repository);
	await audit();
	t.deepEqual(describeFolder(host.repository), before, 'it writes nothing to the repository');
});

test('the audit finds a damaged copy of a key slot, a tombstone that cannot be read, and open permissions', async t => {
	const host = await createHost(t);
	await host.runHere(['backup']);
	const [{id}] = (await host.runHere(['snapshots', '--json'])).json()[0] as unknown as [{id: string}];
	await host.runHere(['forget', id]);
	truncateSync(path.join(host.repository, 'tombstones', id), 60);
	const [slot] = readdirSync(path.join(host.repository, 'keys-copy'));
	rmSync(path.join(host.repository, 'keys-copy', slot!));
	chmodSync(host.configFile, 0o666);
	chmodSync(host.repository, 0o770);
	const {code, stdout} = await host.runHere(['schedule', 'run', 'audit']);
	t.is(code, 2, 'a configuration that others may write is not used at all');
	chmodSync(host.configFile, 0o620);
	const {code: found, stdout: line} = await host.runHere(['schedule', 'run', 'audit']);
	t.is(found, 21, stdout);
	t.regex(line, /^audit: 3 critical, 2 warnings; /);
	const errors = logOf(host, 'security').filter(({level, part}) => level !== 'info' && part !== undefined).map(({part, msg}) => `${part}: ${msg}`);
	const expected = ['others may write this configuration', 'others may write this repository', 'is not intact', 'cannot be read', 'recovery key: there is none'];
	for (const text of expected) {
		t.is(errors.filter(error => error.includes(text)).length, 1, text);
	}
});

test('the job report: Markdown and HTML of mode 600 in reports/, and the last 52 are kept', async t => {
	const host = await createHost(t);
	const {code, stdout} = await host.runHere(['schedule', 'run', 'report']);
	t.is(code, 0);
	const folder = path.join(host.stateFolder, 'reports');
	const [page, file, ...others] = readdirSync(folder).toSorted();
	t.deepEqual(others, []);
	t.is(page, file!.replace(/md$/, 'html'));
	t.regex(readFileSync(path.join(folder, page!), 'utf8'), /^<!DOCTYPE html>[\s\S]*<td>data<\/td>[\s\S]*<\/html>\n$/);
	t.is(statSync(path.join(folder, page!)).mode & 0o777, 0o600);
	t.regex(file!, /^report-\d{8}T\d{6}Z\.md$/);
	t.regex(stdout, new RegExp(`^report: 7 days: 1 run, 0 failed, \\d open alerts?; ${path.join(folder, file!)}\\.\n$`));
	t.is(statSync(path.join(folder, file!)).mode & 0o777, 0o600);
	t.is(statSync(folder).mode & 0o777, 0o700);
	t.regex(readFileSync(path.join(folder, file!), 'utf8'), /^# Backups of [\s\S]*\| data \|[\s\S]*## Keys/);
});

test('reports: whole, private, the oldest go, other files stay, nothing is followed', async t => {
	const folder = createFolder(t);
	const reports = path.join(folder, 'reports');
	mkdirSync(reports);
	writeFileSync(path.join(folder, 'victim'), 'mine');
	writeFileSync(path.join(reports, 'notes.md'), 'mine');
	symlinkSync(path.join(folder, 'victim'), path.join(reports, 'report-20261101T000000Z.md.tmp'));
	for (let count = 0; count < keptReports + 3; count++) {
		await writeReport(folder, {md: `${count}`, html: `<p>${count}</p>`}, Date.UTC(2026, 10, 1) + count * day);
	}

	const names = readdirSync(reports);
	t.is(names.length, 2 * keptReports + 1);
	t.true(names.includes('notes.md') && !names.includes('report-20261103T000000Z.md') && names.includes('report-20261104T000000Z.md'));
	t.is(readFileSync(path.join(folder, 'victim'), 'utf8'), 'mine');
	t.deepEqual([...new Set(names.filter(name => name !== 'notes.md').map(name => statSync(path.join(reports, name)).mode & 0o777))], [0o600]);
});

test('a state folder that is none: the report fails and says why', async t => {
	const host = await createHost(t);
	writeFileSync(path.join(host.stateFolder, 'reports'), 'a file');
	const {code, stderr} = await host.runHere(['schedule', 'run', 'report']);
	t.is(code, 1);
	t.regex(stderr, /The report could not be written below .*: /);
});

type Found = {key: string; kind: string; message: string; cause: string; nextStep: string};

async function lookAtSchedule(host: TestHost, aheadMs: number): Promise<Found[]> {
	const {json} = await host.runHere(['monitor', '--json'], {runtime: clock(aheadMs)});
	return (json()[0] as unknown as Found[]).filter(({kind}) => ['idle', 'missed', 'job'].includes(kind));
}

test('a schedule that nothing starts, one that runs, one job of it that was missed, and one that died', async t => {
	const host = await createHost(t);
	t.deepEqual(await lookAtSchedule(host, 0), [], 'it has just become known');
	t.deepEqual(await lookAtSchedule(host, 12 * hour), [], 'nothing was due by then but the monitor');

	// Tuesday noon: the daily jobs of the night were not started.
	const [idle, ...rest] = await lookAtSchedule(host, day);
	t.deepEqual(rest, []);
	t.like(idle, {kind: 'idle', cause: 'no job was ever started by cron, systemd, the daemon or the dashboard'});
	t.regex(idle!.message, /jobs are due, the first for 1[01] hours/);

	const start = async (job: string, aheadMs: number) => host.runHere(['schedule', 'run', job, '--trigger', 'timer'], {runtime: clock(aheadMs)});
	for (const job of ['daily', 'audit', 'verify', 'health', 'monitor']) {
		t.true([0, 20, 21].includes((await start(job, day)).code!), job);
	}

	t.deepEqual(await lookAtSchedule(host, day), []);

	// On Wednesday all are started but one.
	for (const job of ['daily', 'audit', 'health', 'monitor']) {
		await start(job, 2 * day);
	}

	const missed = await lookAtSchedule(host, 2 * day);
	t.deepEqual(missed.map(({kind, key}) => `${kind} ${path.basename(key)}`), ['missed verify']);
	t.regex(missed[0]!.message, /overdue for [67] hours/);

	// It is started, and its process is killed.
	const system = createSystemRuntime();
	const state = new ScheduleState(host.stateFolder, host.repository, {runtime: clock(2 * day), warn() {
		t.fail();
	}});
	const now = new Date(noonMs + 2 * day).toISOString();
	state.beginRun({id: 'f'.repeat(32), job: 'verify', trigger: 'timer', slot: now, started: now, process: {...system.identity, pid: 1, startTicks: 999_999_999_999}});
	state.close();
	const [dead, ...others] = await lookAtSchedule(host, 2 * day);
	t.deepEqual(others, []);
	t.like(dead, {kind: 'job', cause: 'its process ended without a word: it was killed, or the machine went down'});
	t.regex(dead!.message, /^its last run was interrupted .* with code 130$/);
	await start('verify', 2 * day);
	t.deepEqual(await lookAtSchedule(host, 2 * day), []);

	const report = (await host.runHere(['report', '--json', '--since', '4d'], {runtime: clock(2.2 * day)})).json()[0]!;
	const verify = (report['jobs'] as Array<Record<string, unknown>>).find(({name}) => name === 'verify');
	t.like(verify, {runs: 3, interrupted: 1, failed: 0, missed: 0});
});

test('a configuration without sources and without a schedule asks for no jobs', async t => {
	const host = await createHost(t);
	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}}));
	await lookAtSchedule(host, 0);
	t.deepEqual(await lookAtSchedule(host, 10 * day), []);
});
