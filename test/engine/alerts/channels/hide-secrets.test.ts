import {Buffer} from 'node:buffer';
import test from 'ava';
import fc from 'fast-check';
import type {ChannelTarget} from '../../../../source/engine/alerts/channels/create-channel.ts';
import {hideSecrets} from '../../../../source/engine/alerts/channels/hide-secrets.ts';
import {errorText} from '../../../../source/engine/errors.ts';
import {answerWith, startHttpSink} from '../../../helpers/http-sink.ts';
import {startMailSink} from '../../../helpers/mail-sink.ts';
import {testNotice} from '../../../helpers/notices.ts';
import {noSignal, testChannel} from '../../../helpers/test-channel.ts';

test('secrets are taken out however they are given back', t => {
	const secret = fc.string({unit: 'grapheme', minLength: 4, maxLength: 40}).filter(text => !'***'.includes(text) && !/^\*|\*$/.test(text));
	fc.assert(fc.property(secret, fc.string(), fc.string(), (text, before, after) => {
		const forms = [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1), Buffer.from(text).toString('base64'), Buffer.from(text).toString('base64url')];
		return forms.every(form => !hideSecrets(`${before}${form}${after}`, [text]).replaceAll('***', '').includes(form));
	}), {numRuns: 1000});
	t.is(hideSecrets('POST /services/T0/B00000000/abcdefghijkl failed for abcdefghijkl', ['https://hooks.slack.com/services/T0/B00000000/abcdefghijkl']), 'POST *** failed for ***');
	t.is(hideSecrets('nothing of a, b or c', ['a', 'b', 'c']), 'nothing of a, b or c');
});

/** What an error shows anywhere: to people, in logs, and to programs. */
function everythingOf(error: unknown): string {
	const {message, stack = '', cause} = error as Error;
	return `${message} ${stack} ${JSON.stringify(error)} ${cause === undefined ? '' : `${errorText(cause)} ${JSON.stringify(cause)}`}`;
}

test('whatever a server answers, no error shows a secret', async t => {
	const texts: string[] = [];
	const sink = await startHttpSink(t, {answer(response, request, count) {
		// It gives everything back, in its headers and its body.
		const all = JSON.stringify([request.url, request.headers, request.body]);
		answerWith((request.headers.host!.length % 2 === 0 ? 302 : 418), {Location: request.url, 'X-All': Buffer.from(all).toString('base64').slice(0, 2000)}, all)(response, request, count);
	}});
	const mail = await startMailSink(t, {password: 'none', loginReply: {code: 535, text: 'PASSWORD'}, options: {hideSTARTTLS: true, allowInsecureAuth: true}});
	const secretText = fc.string({unit: fc.constantFrom(...'abcXYZ019-_'), minLength: 20, maxLength: 40});
	await fc.assert(fc.asyncProperty(secretText, secretText, async (first, second) => {
		const secrets = {URL: `${sink.origin}/${first}/x?token=${second}`, PLACE: `https://${first}:${second}@127.0.0.1/${first}`, NONSENSE: first, KEY: second, TOKEN: second, TOPIC: first, PASSWORD: second};
		const rules = {allow: ['loopback'], isInsecure: false};
		const closed = {allow: [], isInsecure: true};
		const key = {env: 'KEY'};
		const targets: ChannelTarget[] = [
			...[rules, closed].flatMap((one): ChannelTarget[] => [
				{kind: 'webhook', url: {env: 'URL'}, key, rules: one},
				{kind: 'slack', url: {env: 'URL'}, rules: one},
				{kind: 'ntfy', server: {env: 'URL'}, topic: {env: 'TOPIC'}, token: {env: 'TOKEN'}, rules: one},
			]),
			{kind: 'webhook', url: {env: 'PLACE'}, key, rules},
			{kind: 'slack', url: {env: 'NONSENSE'}, rules},
			{kind: 'email', host: '127.0.0.1', port: mail.port, security: 'none', isInsecure: false, login: {user: 'backup', password: {env: 'PASSWORD'}}, from: 'a@example.org', to: ['b@example.org']},
		];
		for (const target of targets) {
			const error = await t.throwsAsync(testChannel(target, {secrets}).send(testNotice, noSignal));
			const text = everythingOf(error);
			texts.push(text);
			for (const secret of [first, second]) {
				t.false(text.includes(secret), text);
				t.false(text.includes(Buffer.from(secret).toString('base64').replaceAll('=', '')), text);
			}
		}
	}), {numRuns: 20});
	t.log(`${texts.length} errors`);
});
