import test from 'ava';
import {pingJob} from '../../../source/cli/jobs/ping-job.ts';
import {jobsOf} from '../../../source/cli/configured-jobs.ts';
import type {CommandContext} from '../../../source/cli/command-line.ts';
import {answerWith, startHttpSink} from '../../helpers/http-sink.ts';
import {createManualRuntime} from '../../helpers/manual-runtime.ts';
import {createScheduledHost} from '../../helpers/scheduled-host.ts';
import {createTestState} from '../../helpers/test-state.ts';
import {findFreePort} from '../../services/free-port.ts';

const loopback = {allow: ['loopback']};

test('runs of the schedule are told of: those that back up, unless others are named', async t => {
	const sink = await startHttpSink(t);
	const host = await createScheduledHost(t, ['docs']);
	const url = `${sink.origin}/uuid`;
	host.configure({}, {ping: {url, ...loopback}});
	t.is((await host.runHere(['schedule', 'run', 'daily'])).code, 0);
	t.is((await host.runHere(['schedule', 'run', 'cleanup'])).code, 0);
	const [run] = host.runs('daily');
	const rid = `?rid=${run!.id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`;
	t.deepEqual(sink.requests.map(request => request.url), [`/uuid/start${rid}`, `/uuid${rid}`]);
	t.is(sink.requests[1]!.body, run!.end!.summary);
	host.configure({}, {ping: {url, jobs: ['cleanup'], ...loopback}});
	await host.runHere(['schedule', 'run', 'daily']);
	await host.runHere(['schedule', 'run', 'cleanup']);
	t.is(sink.requests.length, 4);
	host.configure({}, {ping: {url, ...loopback}, sources: [{name: 'docs', paths: [host.path('gone')]}]});
	const {code} = await host.runHere(['schedule', 'run', 'daily']);
	t.not(code, 0);
	t.regex(sink.requests.at(-1)!.url, new RegExp(`^/uuid/${code}\\?rid=`));
});

test('a ping that fails changes nothing of the run, and stands in the log without its address', async t => {
	const host = await createScheduledHost(t, ['docs']);
	host.configure({}, {ping: {url: `http://127.0.0.1:${await findFreePort()}/secret-place`, ...loopback}});
	const {code, stderr} = await host.runHere(['schedule', 'run', 'daily']);
	t.is(code, 0);
	t.is(stderr, '');
	const log = host.log('cron');
	t.is(log.split('\n').filter(line => line.includes('The ping failed: 127.0.0.1:')).length, 2);
	t.notRegex(log, /secret-place/);
	host.configure({}, {ping: {url: 'https://127.0.0.1/secret-place'}});
	t.is((await host.runHere(['schedule', 'run', 'daily'])).code, 0);
	t.regex(host.log('cron'), /such addresses are asked only where/);
	t.is((await host.runHere(['schedule', 'run', 'daily'])).code, 0);
	const found = async () => ((await host.runHere(['monitor', '--json'])).json()[0] as unknown as Array<{kind: string; object: string; cause?: string}>).find(({kind}) => kind === 'channel');
	const finding = await found();
	t.is(finding?.object, 'ping');
	t.regex(finding!.cause!, /^The ping failed: 127\.0\.0\.1 is at/);
	const sink = await startHttpSink(t);
	host.configure({}, {ping: {url: sink.origin, ...loopback}});
	await host.runHere(['schedule', 'run', 'daily']);
	t.is(await found(), undefined);
});

test('who does not answer delays a run by ten seconds at most, and is told in order', async t => {
	const sink = await startHttpSink(t, {answer(response, request, count) {
		if (count > 2) {
			answerWith(200)(response, request, count);
		}
	}});
	const runtime = createManualRuntime();
	const lines: string[] = [];
	const log = {in: () => ({write(_level: string, message: string) {
		lines.push(message);
	}})};
	const config = async () => ({file: '/c', folder: '/', sources: [], repository: '/nonexistent', ping: {url: sink.origin, ...loopback}});
	const [daily] = jobsOf(undefined);
	const {stateFolder} = createTestState(t);
	const context = {runtime, log, config, environment: {}, cwd: '/', paths: {stateFolder}, arguments: {text: () => undefined}} as unknown as CommandContext;
	const end = pingJob(context, daily!, '0'.repeat(32));
	await sink.received(1);
	let isOver = false;
	const ended = end({isSuccess: true, code: 0, summary: ''}).finally(() => {
		isOver = true;
	});
	await runtime.pass(5000);
	await sink.received(2);
	await runtime.pass(4999);
	t.false(isOver);
	await runtime.pass(1);
	await ended;
	t.is(lines.length, 2);
	t.deepEqual(sink.requests.map(({url}) => url.split('?')[0]), ['/start', '/']);
});
