import test from 'ava';
import fc from 'fast-check';
import {slackText} from '../../../../source/engine/alerts/texts/slack-text.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {answerInTurn, answerWith, startHttpSink} from '../../../helpers/http-sink.ts';
import {anyNotice, noticeOf} from '../../../helpers/notices.ts';
import {noSignal, testChannel} from '../../../helpers/test-channel.ts';

const rules = {allow: ['loopback'], isInsecure: false};

test('a text without previews goes to the address, which is a secret', async t => {
	const sink = await startHttpSink(t, {answer: answerInTurn(answerWith(200), answerWith(404, {}, 'no_service'))});
	const channel = testChannel({kind: 'slack', url: {env: 'URL'}, rules}, {secrets: {URL: `${sink.origin}/services/T0/B0/XyZsecret`}});
	await channel.send(noticeOf([{severity: 'critical', object: '<!channel> *mail*'}]), noSignal);
	const [{url, body}] = sink.requests as [typeof sink.requests[number]];
	t.is(url, '/services/T0/B0/XyZsecret');
	const {text, ...rest} = JSON.parse(body) as {text: string};
	t.deepEqual(rest, {mrkdwn: true, unfurl_links: false, unfurl_media: false} as never);
	t.true(text.includes(':rotating_light: &lt;!channel&gt; *\u200Bmail*\u200B: the newest backup is 3 days old'), text);
	const error = await refusesAsync(t, async () => channel.send(noticeOf(), noSignal), 'channel-failed', /answered with status 404\.$/);
	t.notRegex(error.message, /XyZsecret|services/);
	t.false(error.isRetryable);
});

test('no text mentions people, links or forms anything', t => {
	fc.assert(fc.property(anyNotice, notice => {
		const text = slackText(notice);
		// The marks are ours.
		t.notRegex(text.replaceAll(/^:(?:rotating_light|warning|white_check_mark):/gm, ''), /[<>]|&(?!(?:amp|lt|gt);)|[*_~`@](?!\u200B)|:\/\/|\.\w/);
		t.true(Buffer.byteLength(text) <= 30_000);
	}), {numRuns: 300});
});

test('of more alerts than fit, the others are counted', t => {
	const text = slackText(noticeOf(Array.from({length: 500}, (_, index) => ({object: `source ${index}`}))));
	const shown = text.split(':warning:').length - 1;
	t.true(shown > 20 && Buffer.byteLength(text) < 13_000);
	t.true(text.includes(`\n\n… and ${500 - shown} more\n\nRepository: `));
});
