import {chmodSync, mkdirSync, renameSync, rmdirSync, writeFileSync} from 'node:fs';
import {once} from 'node:events';
import {createServer, type AddressInfo} from 'node:net';
import path from 'node:path';
import test from 'ava';
import {createAlertingHost, newsOf, webhookTo} from '../../helpers/alerting-host.ts';
import {answerInTurn, answerNever, answerWith, startHttpSink} from '../../helpers/http-sink.ts';

test('a backup that fails is told at once, once on each channel; its end, too', async t => {
	const host = await createAlertingHost(t);
	const [one, other] = [await startHttpSink(t), await startHttpSink(t)];
	host.tellOn({one: webhookTo(host, one.origin), other: webhookTo(host, other.origin, {severity: 'critical'})});
	t.is((await host.runHere(['backup'])).code, 0);
	const begun = newsOf(one.requests).length;
	renameSync(host.path('etc'), host.path('away'));
	t.not((await host.runHere(['backup'])).code, 0);
	t.deepEqual(newsOf(one.requests).slice(begun), ['raised failed etc']);
	t.deepEqual(newsOf(other.requests), [], 'it is no critical one');
	for (let times = 0; times < 2; times++) {
		await host.runHere(['monitor']);
		await host.runHere(['schedule', 'run', 'monitor']);
	}

	t.deepEqual(newsOf(one.requests).slice(begun), ['raised failed etc']);
	t.is((await host.runHere(['schedule', 'run', 'daily'])).code, 1);
	t.deepEqual(newsOf(one.requests).slice(begun), ['raised failed etc'], 'what failed is known');
	await host.runHere(['backup']);
	t.deepEqual(newsOf(other.requests), ['raised failed etc'], 'the third failure is critical');
	renameSync(host.path('away'), host.path('etc'));
	t.is((await host.runHere(['schedule', 'run', 'daily'])).code, 0);
	t.deepEqual(newsOf(one.requests).slice(begun).toSorted(), ['escalated failed etc', 'raised failed etc', 'resolved failed etc']);
	t.deepEqual(newsOf(other.requests), ['raised failed etc', 'resolved failed etc']);
	t.regex(host.log('monitor'), /told on the channel \\"one\\"/);
});

test('a repository that cannot be opened is told by the backup that needed it', async t => {
	const host = await createAlertingHost(t);
	const sink = await startHttpSink(t);
	host.tellOn({hook: webhookTo(host, sink.origin)});
	await host.runHere(['backup']);
	const begun = newsOf(sink.requests).length;
	chmodSync(host.keyFile, 0o644);
	t.not((await host.runHere(['backup'])).code, 0);
	const told = newsOf(sink.requests).slice(begun);
	t.true(told.some(text => text.startsWith('raised key ')), told.join(', '));
	chmodSync(host.keyFile, 0o600);
	await host.runHere(['backup']);
	t.true(newsOf(sink.requests).slice(begun).some(text => text.startsWith('resolved key ')));
});

test('a state that cannot be used harms no backup, and is no reason to be told twice', async t => {
	const host = await createAlertingHost(t);
	const sink = await startHttpSink(t);
	host.tellOn({hook: webhookTo(host, sink.origin)});
	await host.runHere(['backup']);
	const count = sink.requests.length;
	const file = path.join(host.stateFolder, 'state.db');
	renameSync(file, `${file}.away`);
	mkdirSync(file);
	const outcome = await host.runHere(['backup']);
	t.is(outcome.code, 0, outcome.stderr);
	t.is(sink.requests.length, count);
	t.regex(host.log('monitor'), /alerts could not be told: What this host remembers could not be read/);
	rmdirSync(file);
	renameSync(`${file}.away`, file);
	await host.runHere(['backup']);
	t.is(sink.requests.length, count);
});

test('a repository that is not there is told by whatever was to use it', async t => {
	const host = await createAlertingHost(t);
	const sink = await startHttpSink(t);
	host.tellOn({hook: webhookTo(host, sink.origin)});
	await host.runHere(['backup']);
	const away = `${host.repository}.away`;
	const uses = [['backup'], ['verify'], ['--headless'], ['schedule', 'run', 'daily', '--if-due'], ['schedule', 'run', 'daily'], ['monitor']];
	for (const argv of uses) {
		const count = newsOf(sink.requests).length;
		renameSync(host.repository, away);
		t.not((await host.runHere(argv)).code, 0);
		renameSync(away, host.repository);
		const told = newsOf(sink.requests).slice(count);
		t.is(told.filter(text => text.startsWith('raised unreachable')).length, 1, `${argv.join(' ')}: ${told.join(', ')}`);
		await host.runHere(['backup']);
		t.is(newsOf(sink.requests).slice(count).filter(text => text.startsWith('resolved unreachable')).length, 1);
	}

	t.log(`${uses.length} commands`);
});

test('a repository that goes away during a backup is told at once', async t => {
	const host = await createAlertingHost(t);
	const sink = await startHttpSink(t);
	const dump = (script: string) => {
		host.configure({}, {sources: [{name: 'dump', kind: 'command', command: ['/bin/sh', '-c', script]}], alerts: {channels: {hook: webhookTo(host, sink.origin)}}});
	};

	dump('echo first');
	t.is((await host.runHere(['backup'])).code, 0);
	const count = newsOf(sink.requests).length;
	dump(`mv '${host.repository}' '${host.repository}.away'; echo second`);
	t.not((await host.runHere(['backup'])).code, 0);
	t.true(newsOf(sink.requests).slice(count).some(text => text.startsWith('raised unreachable')), newsOf(sink.requests).join(', '));
});

test('without channels nothing is looked at or told', async t => {
	const host = await createAlertingHost(t);
	await host.runHere(['backup']);
	renameSync(host.path('etc'), host.path('away'));
	await host.runHere(['backup']);
	t.deepEqual((await host.runHere(['alerts', 'list', '--json'])).json()[0], [], 'nobody has looked yet');
	await host.runHere(['monitor']);
	t.regex((await host.runHere(['alerts'])).stdout, /etc: the last backup failed/);
});

/** A port on loopback that nobody listens at. */
async function closedPort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
}

test('a channel that is down harms no backup, is told by the others, and gets everything later', async t => {
	const host = await createAlertingHost(t);
	const [working, mended] = [await startHttpSink(t), await startHttpSink(t)];
	const dead = `http://127.0.0.1:${await closedPort()}`;
	host.tellOn({working: webhookTo(host, working.origin), broken: webhookTo(host, dead)});
	await host.runHere(['backup']);
	renameSync(host.path('etc'), host.path('away'));
	const failed = await host.runHere(['backup']);
	t.notRegex(failed.stderr, /channel|127\.0\.0\.1/);
	t.true(newsOf(working.requests).includes('raised failed etc'));
	for (let times = 0; times < 3; times++) {
		t.is((await host.runHere(['alerts', 'test', 'broken'])).code, 1);
	}

	await host.runHere(['monitor']);
	t.true(newsOf(working.requests).includes('raised channel broken'));
	t.regex((await host.runHere(['alerts'])).stdout, /broken: nobody is told of alerts on this channel/);

	host.tellOn({working: webhookTo(host, working.origin), broken: webhookTo(host, mended.origin)});
	t.is((await host.runHere(['alerts', 'test', 'broken'])).code, 0);
	await host.runHere(['monitor']);
	t.true(newsOf(mended.requests).includes('raised failed etc'));
	t.false(newsOf(mended.requests).some(text => text.includes('channel broken')), 'never of itself');
	t.true(newsOf(working.requests).includes('resolved channel broken'));
	t.notRegex(host.log('monitor'), /a key of a webhook/);
});

test('the channels are tried on request, and each says how it went', async t => {
	const host = await createAlertingHost(t);
	const [good, bad] = [await startHttpSink(t), await startHttpSink(t, {answer: answerWith(404)})];
	t.regex((await host.runHere(['alerts', 'test'])).stderr, /no channels/);
	host.tellOn({good: webhookTo(host, good.origin), bad: webhookTo(host, bad.origin)});
	const all = await host.runHere(['alerts', 'test']);
	t.is(all.code, 1);
	t.regex(all.stdout, /^sent good\nfailed bad: .*404/);
	const one = await host.runHere(['alerts', 'test', 'good', '--json']);
	t.deepEqual([one.code, one.json()[0]], [0, [{channel: 'good', kind: 'webhook', ok: true, error: null}]] as unknown[] as [number, Record<string, unknown>]);
	t.deepEqual(newsOf(good.requests), ['test', 'test']);
	t.true(good.requests.every(({body}) => /"auditHead":"\d+:[\da-f]{64}"/.test(body)), 'with the end of the audit log');
	const obstacle = path.join(host.stateFolder, 'state.db-wal');
	mkdirSync(obstacle);
	const unnoted = await host.runHere(['alerts', 'test', 'good']);
	rmdirSync(obstacle);
	t.deepEqual([unnoted.code, unnoted.stdout], [0, 'sent good\n']);
	t.regex(unnoted.stderr, /could not be written/);
	const wrong = await host.runHere(['alerts', 'test', 'god']);
	t.is(wrong.code, 2);
	t.regex(wrong.stderr, /There is no channel "god"\. Did you mean "good"\?/);
});

test('alerts are listed, acknowledged by a part of their key, and their history kept', async t => {
	const host = await createAlertingHost(t);
	host.configure({}, {sources: [{name: 'etc', paths: [host.path('etc')]}, {name: 'www', paths: [host.path('etc')]}]});
	t.regex((await host.runHere(['alerts'])).stdout, /^No alert is open\.$/m);
	await host.runHere(['monitor']);
	const keysOf = async () => ((await host.runHere(['alerts', '--json'])).json()[0] as unknown as Array<{key: string; kind: string; acknowledged: {user: string; note?: string} | null}>).filter(({kind}) => kind === 'never');
	t.deepEqual((await keysOf()).map(({key, acknowledged}) => [key.slice(key.lastIndexOf('/')), acknowledged]), [['/etc', null], ['/www', null]]);

	const ambiguous = await host.runHere(['alerts', 'ack', 'never:']);
	t.is(ambiguous.code, 2);
	t.regex(ambiguous.stderr, /"never:" is a part of several keys: "never:.*\/etc" and "never:.*\/www"/);
	t.regex((await host.runHere(['alerts', 'ack', 'nothing'])).stderr, /No alert is open whose key has "nothing" in it\. There are "/);
	t.regex((await host.runHere(['alerts', 'ack'])).stderr, /Which alert is meant\?/);
	t.is((await host.runHere(['alerts', 'ack', '/etc', '--undo', '--note', 'x'])).code, 2);
	t.is((await host.runHere(['alerts', 'list', '--note', 'x'])).code, 2);

	t.is((await host.runHere(['alerts', 'ack', '/etc', '--note', 'ticket\n 7'])).code, 0);
	t.deepEqual((await keysOf()).map(({acknowledged}) => acknowledged?.note), ['ticket 7', undefined]);
	t.regex((await host.runHere(['alerts'])).stdout, /etc: .*took note of it/);
	t.is((await host.runHere(['alerts', 'ack', '/etc', '--undo'])).code, 0);
	t.deepEqual((await keysOf()).map(({acknowledged}) => acknowledged), [null, null]);
	await host.runHere(['alerts', 'ack', '--all']);
	t.regex((await host.runHere(['alerts', 'ack', '--all'])).stdout, /^No alert is open that nobody has taken note of\.$/m);
	t.true((await keysOf()).every(({acknowledged}) => acknowledged !== null));

	await host.runHere(['backup']);
	await host.runHere(['monitor']);
	const history = (await host.runHere(['alerts', '--all', '--json'])).json()[0] as unknown as Array<{event: string; key: string; note: string | null}>;
	t.deepEqual(history.filter(({key}) => key.endsWith('/etc')).map(({event, note}) => [event, note]), [['raised', null], ['acknowledged', 'ticket 7'], ['unacknowledged', null], ['acknowledged', null], ['resolved', null]]);
	t.regex((await host.runHere(['alerts', '--since', '1h'])).stdout, /^\S+ \S+ {2}acknowledged {4}critical {2}etc: .* \(by \S+: ticket 7\)$/m);
	t.is((await host.runHere(['alerts', '--since', 'soon'])).code, 2);
	const audited = (await host.runHere(['audit', 'show', '--json'])).json()[0] as unknown as Array<{operation: string; result: string; detail?: string | null}>;
	t.true(audited.some(({operation, result, detail}) => operation === 'alert-acknowledge' && result === 'begun' && detail?.startsWith('ticket')));
	t.true(audited.some(({operation}) => operation === 'alert-unacknowledge'));
});

test('pings that fail are an alert, too', async t => {
	const host = await createAlertingHost(t);
	const [hook, ping] = [await startHttpSink(t), await startHttpSink(t, {answer: answerInTurn(...Array.from({length: 4}, () => answerWith(500)), answerWith(200))})];
	writeFileSync(host.path('ping.url'), `${ping.origin}/secret-path`, {mode: 0o600});
	host.configure({}, {alerts: {channels: {hook: webhookTo(host, hook.origin)}}, ping: {url: {file: host.path('ping.url')}, allow: ['loopback']}});
	await host.runHere(['schedule', 'run', 'daily']);
	await host.runHere(['schedule', 'run', 'daily']);
	await host.runHere(['monitor']);
	t.true(newsOf(hook.requests).includes('raised channel ping'));
	await host.runHere(['schedule', 'run', 'daily']);
	t.true(newsOf(hook.requests).includes('resolved channel ping'));
	t.notRegex(host.log('monitor') + host.log('cron'), /secret-path/);
});

test('a second signal is not needed to leave a channel that says nothing', async t => {
	const host = await createAlertingHost(t);
	const sink = await startHttpSink(t, {answer: answerNever});
	host.tellOn({hook: webhookTo(host, sink.origin)});
	const {child, ended} = host.start(['monitor']);
	await sink.received(1);
	child.kill('SIGINT');
	const {code} = await ended;
	t.true(code === 20 || code === 21, 'what the monitor found is known by then');
	t.is((await host.runHere(['alerts'])).code, 0);
});
