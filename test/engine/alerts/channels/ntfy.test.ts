import test from 'ava';
import fc from 'fast-check';
import type {NtfyTarget} from '../../../../source/engine/alerts/channels/ntfy.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {startHttpSink} from '../../../helpers/http-sink.ts';
import {anyNotice, noticeOf, testNotice} from '../../../helpers/notices.ts';
import {channelSecrets, noSignal, testChannel} from '../../../helpers/test-channel.ts';

const ntfyTo = (server: string, changes: Partial<NtfyTarget> = {}): NtfyTarget => ({kind: 'ntfy', server, topic: 'web1-backup', rules: {allow: ['loopback'], isInsecure: false}, ...changes});

test('title, priority and tags by what it is about; the token in its header', async t => {
	const sink = await startHttpSink(t);
	const channel = testChannel(ntfyTo(sink.origin, {token: {env: 'TOKEN'}}));
	await channel.send(noticeOf([{severity: 'critical'}, {event: 'resolved'}]), noSignal);
	await channel.send(noticeOf([{}]), noSignal);
	await channel.send(noticeOf([{event: 'resolved', severity: 'critical'}]), noSignal);
	await testChannel(ntfyTo(sink.origin, {topic: {env: 'TOKEN'}})).send(testNotice, noSignal);
	const bodies = sink.requests.map(({body}) => JSON.parse(body) as Record<string, unknown>);
	t.deepEqual(bodies.map(({topic, priority, tags}) => [topic, priority, tags]), [
		['web1-backup', 5, ['rotating_light']], ['web1-backup', 4, ['warning']], ['web1-backup', 2, ['white_check_mark']], [channelSecrets.TOKEN, 2, ['white_check_mark']],
	]);
	t.is(bodies[0]!['title'], '[coffer] web1: 1 critical, 1 resolved: mail');
	t.regex(bodies[0]!['message'] as string, /\* mail: the newest backup is 3 days old/);
	t.deepEqual(sink.requests.map(({url, headers}) => [url, headers.authorization]), [['/', `Bearer ${channelSecrets.TOKEN}`], ['/', `Bearer ${channelSecrets.TOKEN}`], ['/', `Bearer ${channelSecrets.TOKEN}`], ['/', undefined]]);
});

test('any texts stay within what is a message there, and within a title of one line', async t => {
	const sink = await startHttpSink(t);
	const channel = testChannel(ntfyTo(sink.origin));
	await fc.assert(fc.asyncProperty(anyNotice, async notice => {
		await channel.send(notice, noSignal);
		const {title, message} = JSON.parse(sink.requests.at(-1)!.body) as {title: string; message: string};
		t.true(Buffer.byteLength(message) <= 3500);
		t.true(Buffer.byteLength(title) <= 180);
		t.notRegex(title, /[\u0000-\u001F\u007F-\u009F]/);
		t.notRegex(message, /[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
	}), {numRuns: 60});
});

test('a topic and a token that are none are not sent', async t => {
	const send = async (changes: Partial<NtfyTarget>, BAD: string) => refusesAsync(t, async () => testChannel(ntfyTo('https://127.0.0.1/', changes), {secrets: {BAD}}).send(testNotice, noSignal), 'channel-failed');
	t.regex((await send({topic: {env: 'BAD'}}, 'a/secret')).message, /its "topic" is no name of one/);
	const error = await send({token: {env: 'BAD'}}, 'tk_secret\u00E9');
	t.regex(error.message, /its "token" is none/);
	t.notRegex(error.message, /secret/);
});
