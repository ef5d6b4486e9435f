import test from 'ava';
import {sendPing, type PingTarget} from '../../../../source/engine/alerts/channels/ping.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {answerInTurn, answerNever, answerWith, startHttpSink} from '../../../helpers/http-sink.ts';
import {createManualRuntime} from '../../../helpers/manual-runtime.ts';
import {noSignal, testSending} from '../../../helpers/test-channel.ts';

const runId = '0123456789abcdef0123456789abcdef';
const rid = '?rid=01234567-89ab-cdef-0123-456789abcdef';
const end = (isSuccess: boolean, code: number, summary = '3 sources') => ({runId, state: {kind: 'end', isSuccess, code, summary}} as const);

const pingTo = (url: PingTarget['url']): PingTarget => ({url, rules: {allow: ['loopback'], isInsecure: false}});

test('start, success, exit codes and failure, as Healthchecks takes them', async t => {
	const sink = await startHttpSink(t);
	const url = `${sink.origin}/0a1b2c/`;
	await sendPing(pingTo(url), {runId, state: {kind: 'start'}}, testSending(), noSignal);
	for (const state of [end(true, 0), end(true, 20), end(false, 3), end(false, 255), end(false, 0), end(false, 256), end(false, -1)]) {
		await sendPing(pingTo(url), state, testSending(), noSignal);
	}

	t.deepEqual(sink.requests.map(request => request.url.replace(rid, '')), ['/0a1b2c/start', '/0a1b2c', '/0a1b2c', '/0a1b2c/3', '/0a1b2c/255', '/0a1b2c/fail', '/0a1b2c/fail', '/0a1b2c/fail']);
	t.true(sink.requests.every(request => request.url.endsWith(rid) && request.method === 'POST'));
	t.deepEqual([sink.requests[0]!.body, sink.requests[1]!.body], ['', '3 sources']);
});

test('a query stays, a summary is one safe line, and a secret address is not told', async t => {
	const sink = await startHttpSink(t, {answer: answerInTurn(answerWith(200), answerWith(404))});
	const context = testSending({secrets: {URL: `${sink.origin}/secret-place?create=1`}});
	await sendPing(pingTo({env: 'URL'}), end(true, 0, 'a\r\n\u001B[31mb'), context, noSignal);
	t.is(sink.requests[0]!.url, `/secret-place?create=1&${rid.slice(1)}`);
	t.is(sink.requests[0]!.body, String.raw`a \x1b[31mb`);
	const error = await refusesAsync(t, async () => sendPing(pingTo({env: 'URL'}), end(true, 0), context, noSignal), 'channel-failed', /^The ping failed: 127\.0\.0\.1:\d+ answered with status 404\.$/);
	t.notRegex(error.message, /secret-place/);
});

test('who does not answer is given five seconds', async t => {
	const sink = await startHttpSink(t, {answer: answerNever});
	const runtime = createManualRuntime();
	const failed = refusesAsync(t, async () => sendPing(pingTo(sink.origin), end(true, 0), testSending({runtime}), noSignal), 'channel-failed', /took longer than 5 s/);
	await sink.received(1);
	await runtime.pass(5000);
	await failed;
});
