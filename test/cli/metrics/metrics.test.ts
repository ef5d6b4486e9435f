import {mkdirSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {checkConfig} from '../../../source/cli/config.ts';
import type {MetricName} from '../../../source/cli/metrics/metric-table.ts';
import {prepareHost} from '../../helpers/command-examples.ts';
import {lintMetrics, parseMetrics, type ParsedFamily} from '../../helpers/prometheus-parser.ts';
import {TestHost} from '../../helpers/run-coffer.ts';
import {describeFolder} from '../../helpers/walk-folder.ts';

async function createHost(t: ExecutionContext, config: Readonly<Record<string, unknown>> = {}): Promise<TestHost> {
	const host = new TestHost(t);
	await prepareHost(host);
	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}, sources: [{name: 'data', paths: [host.path('data')]}], ...config}), {mode: 0o600});
	return host;
}

function parse(t: ExecutionContext, text: string): (name: MetricName) => number | undefined {
	const families: readonly ParsedFamily[] = parseMetrics(text);
	t.deepEqual(lintMetrics(families), []);
	return name => families.find(family => family.name === name)?.samples[0]?.value;
}

test('to stdout, as JSON, and into a file that everybody may read; the repository is as before', async t => {
	const host = await createHost(t);
	const before = describeFolder(host.repository);
	const printed = await host.runHere(['metrics']);
	t.deepEqual([printed.code, printed.stderr], [0, '']);
	const of = parse(t, printed.stdout);
	t.deepEqual([of('coffer_up'), of('coffer_snapshots'), of('coffer_snapshot_size_bytes')], [1, 1, 9]);
	t.true(of('coffer_storage_used_bytes')! > 0 && of('coffer_storage_size_bytes')! > 0);

	const [metrics] = (await host.runHere(['metrics', '--json'])).json() as unknown as [Array<{name: string; help: string; samples: Array<{labels: object; value: number}>}>];
	t.deepEqual(metrics.find(({name}) => name === 'coffer_snapshots')!.samples.map(({value}) => value), [1]);

	const umask = process.umask(0o077);
	t.teardown(() => process.umask(umask));
	mkdirSync(host.path('collector'));
	symlinkSync(host.path('collector/real.prom'), host.path('collector/coffer.prom'));
	writeFileSync(host.path('collector/real.prom'), 'old');
	const written = await host.runHere(['metrics', '--file', './collector/coffer.prom']);
	t.is(written.code, 0, written.stderr);
	t.regex(written.stdout, /^\d+ values written to .*\/collector\/coffer\.prom\.\n$/);
	t.deepEqual(readdirSync(host.path('collector')).toSorted(), ['coffer.prom', 'real.prom'], 'the link is one still, and nothing else is left');
	t.is(statSync(host.path('collector/real.prom')).mode & 0o777, 0o644);
	t.is(parse(t, readFileSync(host.path('collector/real.prom'), 'utf8'))('coffer_up'), 1);
	t.deepEqual(describeFolder(host.repository), before);
});

test('a name that node_exporter would not read, and a folder that is not there', async t => {
	const host = await createHost(t);
	const wrong = await host.runHere(['metrics', '--file', 'coffer.txt']);
	t.is(wrong.code, 2);
	t.regex(wrong.stderr, /must end with "\.prom"/);
	const missing = await host.runHere(['metrics', '--file', './none/coffer.prom']);
	t.is(missing.code, 1);
	t.regex(missing.stderr, /The metrics could not be written to .*none\/coffer\.prom: .*Make the folder/);
	mkdirSync(host.path('folder.prom'));
	const before = readdirSync(host.folder).toSorted();
	t.is((await host.runHere(['metrics', '--file', './folder.prom'])).code, 1, 'a folder in its place');
	t.deepEqual(readdirSync(host.folder).toSorted(), before, 'nothing half-written is left');
	const problems = async (metrics: unknown) => (await checkConfig(JSON.stringify({metrics}))).problems.map(({message}) => message);
	t.deepEqual(await problems({file: '/var/lib/coffer.txt'}), ['metrics.file must end with ".prom": node_exporter reads no other files']);
	t.deepEqual(await problems({fil: '/x.prom'}), ['metrics.fil is unknown here (did you mean "file"?)']);
	t.deepEqual(await problems({file: 'coffer.prom'}), []);
});

test('the repository cannot be opened: coffer_up is 0, and what this host remembers stands beside it', async t => {
	const host = await createHost(t);
	await host.runHere(['schedule', 'run', 'daily']);
	renameSync(host.keyFile, `${host.keyFile}.away`);
	const {stdout, stderr, code} = await host.runHere(['metrics']);
	t.is(code, 0);
	t.regex(stderr, /There is no key file/);
	const of = parse(t, stdout);
	t.deepEqual([of('coffer_up'), of('coffer_backup_last_run_success'), of('coffer_job_last_exit_code'), of('coffer_snapshots')], [0, 1, 0, undefined]);
	t.true(of('coffer_snapshot_last_success_timestamp_seconds')! > 1_700_000_000);
	t.is(of('coffer_alert_active'), 1);
	renameSync(`${host.keyFile}.away`, host.keyFile);
	renameSync(host.repository, `${host.repository}-away`);
	t.is(parse(t, (await host.runHere(['metrics'])).stdout)('coffer_up'), 0);
});

test('without any repository there is nothing to tell, and with a wrong configuration nothing is begun', async t => {
	const host = new TestHost(t);
	t.is((await host.runHere(['metrics'])).code, 10);
	mkdirSync(host.path('home/.config/coffer'), {recursive: true});
	writeFileSync(host.configFile, '{', {mode: 0o600});
	t.is((await host.runHere(['metrics'])).code, 2);
});

test('the job "monitor" writes them where the configuration says; a folder that is gone is told and stops nothing', async t => {
	const host = await createHost(t, {metrics: {file: '../../coffer.prom'}});
	const file = host.path('home/coffer.prom');
	await host.runHere(['schedule', 'run', 'monitor']);
	t.is(parse(t, readFileSync(file, 'utf8'))('coffer_up'), 1);
	const [settings] = (await host.runHere(['config', 'show', '--json'])).json();
	t.like((settings!['settings'] as Array<{name: string}>).find(({name}) => name === 'metrics.file'), {value: file, from: host.configFile});

	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}, sources: [{name: 'data', paths: [host.path('data')]}], metrics: {file: '/dev/null/coffer.prom'}}), {mode: 0o600});
	const {code, stderr} = await host.runHere(['schedule', 'run', 'monitor']);
	t.true([0, 20, 21].includes(code!), stderr);
	t.regex(stderr, /The metrics could not be written to \/dev\/null\/coffer\.prom/);
});
