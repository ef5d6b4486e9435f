import {spawn} from 'node:child_process';
import {createHmac, timingSafeEqual} from 'node:crypto';
import process from 'node:process';
import test from 'ava';
import type {WebhookTarget} from '../../../../source/engine/alerts/channels/webhook.ts';
import {createCertificate} from '../../../helpers/certificates.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {answerInTurn, answerNever, answerWith, startHttpSink, type HttpSinkOptions} from '../../../helpers/http-sink.ts';
import {createManualRuntime} from '../../../helpers/manual-runtime.ts';
import {digestOf, noticeOf, testNotice} from '../../../helpers/notices.ts';
import {lackOf} from '../../../helpers/old-archives.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {channelSecrets, noSignal, testChannel} from '../../../helpers/test-channel.ts';
import {findFreePort} from '../../../services/free-port.ts';

const loopback = {allow: ['loopback'], isInsecure: false};

const webhookTo = (url: string, changes: Partial<WebhookTarget> = {}): WebhookTarget => ({kind: 'webhook', url, key: {env: 'KEY'}, rules: loopback, ...changes});

test('a signed notice arrives as JSON, with an id that is the same at every attempt', async t => {
	const sink = await startHttpSink(t, {answer: answerInTurn(answerWith(500), answerWith(204))});
	const channel = testChannel(webhookTo(`${sink.origin}/in?x=1`));
	const notice = noticeOf([{cause: 'https://u:hunter2@h/ failed'}], {auditHead: '7:abc'});
	const error = await refusesAsync(t, async () => channel.send(notice, noSignal), 'channel-failed', /^The channel "ops" failed: 127\.0\.0\.1:\d+ answered with status 500\.$/);
	t.true(error.isRetryable);
	await channel.send(notice, noSignal);
	const [first, second] = sink.requests;
	for (const {method, url, headers, body} of [first!, second!]) {
		t.is(`${method} ${url}`, 'POST /in?x=1');
		t.is(headers['content-type'], 'application/json');
		t.is(headers['user-agent'], 'coffer/1.2.3');
		t.is(headers['idempotency-key'], notice.id);
		// As docs/alerts.md tells receivers to do it.
		const expected = createHmac('sha256', channelSecrets.KEY).update(`${headers['x-coffer-timestamp'] as string}.${body}`).digest();
		t.true(timingSafeEqual(Buffer.from((headers['x-coffer-signature'] as string).replace('sha256=', ''), 'hex'), expected));
	}

	t.deepEqual(JSON.parse(second!.body), {
		version: 1, kind: 'alerts', id: notice.id, time: notice.time, host: 'web1', repository: '/srv/backup', auditHead: '7:abc',
		alerts: [{event: 'raised', key: 'late:web1/mail', kind: 'late', severity: 'warning', object: 'mail', message: 'the newest backup is 3 days old; the limit is 25 hours', cause: 'https://u:***@h/ failed', nextStep: 'run "coffer backup mail"', page: 'docs/runbooks/late.md', since: '2026-11-22T11:30:00.000Z'}],
	});
});

test('digests and tests have their members', async t => {
	const sink = await startHttpSink(t);
	const channel = testChannel(webhookTo(sink.origin));
	await channel.send(digestOf(), noSignal);
	await channel.send(testNotice, noSignal);
	const [digest, last] = sink.requests.map(({body}) => JSON.parse(body) as Record<string, unknown>);
	t.deepEqual(digest!['runs'], {ok: 5, partial: 1, failed: 1});
	t.true((digest!['open'] as Array<{acknowledged: boolean}>)[0]!.acknowledged);
	t.deepEqual(Object.keys(last!), ['version', 'kind', 'id', 'time', 'host', 'repository']);
});

test('what each status means, and whether another attempt is worth it', async t => {
	const sink = await startHttpSink(t, {answer(response, request, count) {
		answerWith(Number(request.url.slice(1)), {Location: 'http://127.0.0.1/secret-place'}, 'hunter2')(response, request, count);
	}});
	for (const status of [200, 201, 202, 204, 299]) {
		await testChannel(webhookTo(`${sink.origin}/${status}`)).send(testNotice, noSignal);
	}

	const forNow = new Set([408, 425, 429, 500, 502, 503, 504]);
	for (const status of [301, 302, 307, 308, 400, 401, 403, 404, 410, ...forNow]) {
		const error = await refusesAsync(t, async () => testChannel(webhookTo(`${sink.origin}/${status}`)).send(testNotice, noSignal), 'channel-failed', new RegExp(String.raw`127\.0\.0\.1:\d+ answered with .*\b${status}\b`));
		t.is(error.isRetryable, forNow.has(status), String(status));
		t.notRegex(error.message, /secret-place|hunter2/);
	}

	t.is(sink.requests.length, 5 + 16);
});

test('addresses that are not public are not asked, however they are written, unless they are allowed', async t => {
	const sink = await startHttpSink(t);
	const hosts = ['127.0.0.1', '2130706433', '0x7f.1', '127.1', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[64:ff9b::7f00:1]'];
	for (const host of hosts) {
		const error = await refusesAsync(t, async () => testChannel(webhookTo(`http://${host}:${sink.port}/token`, {rules: {allow: [], isInsecure: true}})).send(testNotice, noSignal), 'channel-failed', /which is loopback, and such addresses are asked only where "allow" names them/);
		t.false(error.isRetryable);
		t.false(error.message.includes('token'));
	}

	for (const [address, name] of [['169.254.169.254', 'link-local'], ['10.0.0.1', 'private'], ['0.0.0.0', 'reserved'], ['fd00:ec2::254', 'private']] as const) {
		await refusesAsync(t, async () => testChannel(webhookTo('https://meta.example.org/', {rules: loopback}), {resolveHost: async () => [{address, family: address.includes(':') ? 6 : 4}]}).send(testNotice, noSignal), 'channel-failed', new RegExp(`meta\\.example\\.org is at ${address.replaceAll('.', '\\.')}, which is ${name}`));
	}

	t.is(sink.requests.length, 0);
	await testChannel(webhookTo(`http://127.0.0.1:${sink.port}/`)).send(testNotice, noSignal);
	t.is(sink.requests.length, 1);
});

test('a name is looked up once, and what was checked is what is connected to', async t => {
	const sink = await startHttpSink(t);
	let asked = 0;
	const resolveHost = async () => {
		asked++;
		// An address that may be asked, and one that may not: the second is left out.
		return [{address: '169.254.169.254', family: 4}, {address: asked === 1 ? '127.0.0.1' : '10.9.9.9', family: 4}];
	};

	const channel = testChannel(webhookTo(`http://rebinding.example.org:${sink.port}/`), {resolveHost});
	await channel.send(testNotice, noSignal);
	t.is(asked, 1);
	t.is(sink.requests[0]!.headers.host, `rebinding.example.org:${sink.port}`);
	await refusesAsync(t, async () => channel.send(testNotice, noSignal), 'channel-failed', /is at 169\.254\.169\.254/);
	t.is(sink.requests.length, 1);
});

test('http is refused where somebody on the way could read it', async t => {
	const host = 'example.org';
	const resolveHost = async () => [{address: '127.0.0.1', family: 4}, {address: '1.1.1.1', family: 4}];
	const error = await refusesAsync(t, async () => testChannel(webhookTo(`http://${host}/`), {resolveHost}).send(testNotice, noSignal), 'channel-failed', /example\.org would be asked over http/);
	t.false(error.isRetryable);
	const sink = await startHttpSink(t);
	await testChannel(webhookTo(sink.origin, {rules: {...loopback, isInsecure: true}})).send(testNotice, noSignal);
	t.is(sink.requests.length, 1);
});

optionalTest(lackOf('openssl'), 'certificates are checked: those of Node, or the one that is named, and for the right host', async t => {
	const certificate = createCertificate(t);
	const sink = await startHttpSink(t, {certificate});
	const trusting = {...loopback, caFile: certificate.file};
	process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
	t.teardown(() => {
		delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
	});
	await refusesAsync(t, async () => testChannel(webhookTo(sink.origin)).send(testNotice, noSignal), 'channel-failed', /showed a certificate that nobody vouches for; name its certificate.*"ca"/);
	await testChannel(webhookTo(sink.origin, {rules: trusting})).send(testNotice, noSignal);
	await testChannel(webhookTo(`https://localhost:${sink.port}`, {rules: trusting})).send(testNotice, noSignal);
	await refusesAsync(t, async () => testChannel(webhookTo(`https://other.example.org:${sink.port}`, {rules: trusting}), {resolveHost: async () => [{address: '127.0.0.1', family: 4}]}).send(testNotice, noSignal), 'channel-failed', /showed a certificate of another host/);
	await refusesAsync(t, async () => testChannel(webhookTo(sink.origin, {rules: {...loopback, caFile: '/nonexistent/ca.pem'}})).send(testNotice, noSignal), 'channel-failed', /the certificates that its "ca" names cannot be read/);
	t.is(sink.requests.length, 2);
});

test('servers that refuse, break off, talk nonsense or are not known', async t => {
	const reset = await startHttpSink(t, {answer(response) {
		response.socket!.resetAndDestroy();
	}});
	const nonsense = await startHttpSink(t, {answer(response) {
		response.socket!.end('220 smtp.example.org ESMTP\r\n');
	}});
	const upgrade = await startHttpSink(t, {answer(response) {
		response.socket!.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
	}});
	const cases: ReadonlyArray<readonly [string, RegExp]> = [
		[`http://127.0.0.1:${await findFreePort()}/token`, /127\.0\.0\.1:\d+ refused the connection\.$/],
		[`${reset.origin}/token`, /broke the connection off\.$/],
		[`${nonsense.origin}/token`, /answered with something that is not HTTP\.$/],
		[`${upgrade.origin}/token`, /broke the connection off\.$/],
		[`${nonsense.origin.replace('http:', 'https:')}/token`, /does not speak TLS on this port/],
	];
	for (const [url, message] of cases) {
		const error = await refusesAsync(t, async () => testChannel(webhookTo(url)).send(testNotice, noSignal), 'channel-failed', message);
		t.true(error.isRetryable);
		t.false(error.message.includes('token'));
	}

	const resolveHost = async () => {
		throw Object.assign(new Error('getaddrinfo ENOTFOUND nowhere.example.org'), {code: 'ENOTFOUND'});
	};

	t.true((await refusesAsync(t, async () => testChannel(webhookTo('https://nowhere.example.org/'), {resolveHost}).send(testNotice, noSignal), 'channel-failed', /nowhere\.example\.org is a name that is not known\.$/)).isRetryable);
	t.true((await refusesAsync(t, async () => testChannel(webhookTo('https://nowhere.example.org/'), {resolveHost: async () => []}).send(testNotice, noSignal), 'channel-failed', /has no address/)).isRetryable);
});

test('slow servers are given 30 seconds: no answer, a slow one', async t => {
	const answers: readonly HttpSinkOptions[] = [
		{answer: answerNever},
		{answer(response) {
			response.socket!.write('HTTP/1.1 200 OK\r\nX-Slow: ');
		}},
	];
	for (const options of answers) {
		const sink = await startHttpSink(t, options);
		const runtime = createManualRuntime({environment: channelSecrets});
		const sending = testChannel(webhookTo(sink.origin), {runtime}).send(testNotice, noSignal);
		let isOver = false;
		const failed = refusesAsync(t, async () => sending.finally(() => {
			isOver = true;
		}), 'channel-failed', /^The channel "ops" failed: it took longer than 30 s\.$/);
		await sink.received(1);
		await runtime.pass(29_999);
		t.false(isOver);
		await runtime.pass(1);
		t.true((await failed).isRetryable);
		t.is(runtime.waiting, 0);
	}
});

test('who says that it took the notice has it, whatever becomes of the rest of its answer: one without an end, a huge one, one that breaks off', async t => {
	const answers: ReadonlyArray<NonNullable<HttpSinkOptions['answer']>> = [
		response => {
			response.writeHead(200).write('x');
		},
		response => {
			response.writeHead(204).end();
		},
		response => {
			response.writeHead(200).write(Buffer.alloc(10_000_000));
		},
		response => {
			response.writeHead(200, {'Content-Length': '100'}).write('x', () => {
				response.socket?.resetAndDestroy();
			});
		},
	];
	for (const answer of answers) {
		const closed = Promise.withResolvers<void>();
		const sink = await startHttpSink(t, {answer(response, ...rest) {
			response.on('close', () => {
				closed.resolve();
			});
			answer(response, ...rest);
		}});
		await testChannel(webhookTo(sink.origin)).send(testNotice, noSignal);
		await closed.promise;
		t.is(sink.requests.length, 1);
	}

	t.log(`${answers.length} answers`);
});

test('who stops waiting ends it at once', async t => {
	const sink = await startHttpSink(t, {answer: answerNever});
	const controller = new AbortController();
	const sending = testChannel(webhookTo(sink.origin)).send(testNotice, controller.signal);
	await sink.received(1);
	controller.abort();
	await refusesAsync(t, async () => sending, 'aborted');
	await refusesAsync(t, async () => testChannel(webhookTo(sink.origin)).send(testNotice, controller.signal), 'aborted');
	t.is(sink.requests.length, 1);
});

test('secrets that are not there, too short, or no addresses', async t => {
	const send = async (target: WebhookTarget, secrets: Readonly<Record<string, string>> = {}) => refusesAsync(t, async () => testChannel(target, {secrets}).send(testNotice, noSignal), 'channel-failed');
	t.regex((await send(webhookTo('https://h/', {key: {env: 'NONE'}}))).message, /variable NONE that its "key" names is not set/);
	t.regex((await send(webhookTo('https://h/', {key: {file: '/nonexistent/key'}}))).message, /\/nonexistent\/key that its "key" names cannot be read/);
	t.regex((await send(webhookTo('https://h/', {key: {env: 'SHORT'}}), {SHORT: 'fifteen-bytes-x'})).message, /its "key" is shorter than 16 bytes/);
	for (const url of ['hooks.example.org/secret-path', 'ftp://hooks.example.org/secret-path', 'https://user:secret-path@example.org/', 'secret-path']) {
		t.notRegex((await send(webhookTo('', {url: {env: 'URL'}}), {URL: url})).message, /secret-path/);
	}
});

test('no proxy of the environment is asked', async t => {
	const [sink, proxy] = [await startHttpSink(t), await startHttpSink(t)];
	const script = `
		const {testChannel, noSignal} = await import('./test/helpers/test-channel.ts');
		const {testNotice} = await import('./test/helpers/notices.ts');
		await testChannel(${JSON.stringify(webhookTo(sink.origin))}).send(testNotice, noSignal);
	`;
	const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {env: {...process.env, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy.origin, http_proxy: proxy.origin, NO_PROXY: ''}, stdio: ['ignore', 'ignore', 'pipe']});
	let errors = '';
	child.stderr.on('data', (text: Buffer) => {
		errors += text.toString();
	});
	const code = await new Promise(resolve => {
		child.on('close', resolve);
	});
	t.is(code, 0, errors);
	t.deepEqual([sink.requests.length, proxy.requests.length], [1, 0]);
});
