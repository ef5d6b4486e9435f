import test from 'ava';
import fc from 'fast-check';
import {describeNotice, worstOf} from '../../../../source/engine/alerts/texts/notice-content.ts';
import {oneLine, shorten} from '../../../../source/engine/alerts/texts/one-line.ts';
import {plainBody} from '../../../../source/engine/alerts/texts/plain-text.ts';
import {webhookBody} from '../../../../source/engine/alerts/texts/webhook-body.ts';
import {anyNotice, anyText, digestOf, noticeOf, testNotice} from '../../../helpers/notices.ts';

const subjectOf = (notice: Parameters<typeof describeNotice>[0]) => describeNotice(notice).subject;

test('subjects say the most: how many of what, and where', t => {
	t.is(subjectOf(noticeOf([{severity: 'critical', object: 'epoch 475d'}, {}, {object: 'crm'}])), '[coffer] web1: 1 critical, 2 warnings: epoch 475d, mail, crm');
	t.is(subjectOf(noticeOf([{}])), '[coffer] web1: 1 warning: mail');
	t.is(subjectOf(noticeOf([{}, {kind: 'failed'}])), '[coffer] web1: 2 warnings: mail');
	t.is(subjectOf(noticeOf([{event: 'resolved', severity: 'critical', object: 'old'}, {}])), '[coffer] web1: 1 warning, 1 resolved: mail, old');
	t.is(subjectOf(noticeOf([{event: 'resolved'}])), '[coffer] web1: 1 resolved: mail');
	t.is(subjectOf(digestOf({open: [], runs: {ok: 1, partial: 0, failed: 0}, raised: 0, resolved: 0})), '[coffer] web1: all is well; 1 backup; 0 raised, 0 resolved');
	t.is(subjectOf(testNotice), '[coffer] web1: a test of this channel');
	const long = subjectOf(noticeOf(Array.from({length: 100}, (_, index) => ({object: `source ${index}`}))));
	t.true(long.endsWith('…') && Buffer.byteLength(long) <= 180);
});

test('a whole text: what is new, what lasts, what is over', t => {
	t.is(plainBody(noticeOf([
		{severity: 'critical', event: 'escalated'}, {event: 'repeated', object: 'crm'}, {event: 'resolved', object: 'web'},
	], {url: 's3://key:hunter2@host/bucket', auditHead: '7:abc'})), `On web1: 1 critical, 1 warning, 1 resolved.

Critical:
  * mail: the newest backup is 3 days old; the limit is 25 hours (escalated)
    Why: pg_dump ended with exit code 1
    Do: run "coffer backup mail"
    Since: 2026-11-22 11:30 UTC
    See: docs/runbooks/late.md

Warnings:
  * crm: the newest backup is 3 days old; the limit is 25 hours (still open)
    Why: pg_dump ended with exit code 1
    Do: run "coffer backup mail"
    Since: 2026-11-22 11:30 UTC
    See: docs/runbooks/late.md

Resolved:
  * web: the newest backup is 3 days old; the limit is 25 hours
    Since: 2026-11-22 11:30 UTC

Repository: s3://key:***@host/bucket
Written: 2026-11-22 12:00 UTC
Audit log: 7:abc
`);
	const digest = plainBody(digestOf());
	t.regex(digest, /^On web1 since 2026-11-21 12:00 UTC: 7 backups \(1 failed, 1 incomplete\); alerts: 1 raised, 2 resolved\. Now open: 1 warning\.\n\nWarnings:\n/);
	t.regex(digest, /\n {2}\* mail: .* \(somebody took note of it\)\n/);
});

test('how bad a notice is', t => {
	t.is(worstOf(noticeOf([{}, {severity: 'critical'}])), 'critical');
	t.is(worstOf(noticeOf([{}, {event: 'resolved', severity: 'critical'}])), 'warning');
	t.is(worstOf(noticeOf([{event: 'resolved', severity: 'critical'}])), 'good');
	t.is(worstOf(digestOf()), 'warning');
	t.is(worstOf(digestOf({open: []})), 'good');
	t.is(worstOf(testNotice), 'good');
	t.notRegex(plainBody(noticeOf([{kind: 'unheard-of'}])), /See:/);
});

test('every text of anybody stays on its line, without a password of a URL', t => {
	fc.assert(fc.property(anyText, text => {
		t.notRegex(oneLine(text), /[\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/);
	}), {numRuns: 500});
	fc.assert(fc.property(anyNotice, notice => {
		const {subject, opening, sections, footer} = describeNotice(notice);
		const lines = 1 + 1 + sections.reduce((sum, {items}) => sum + 2 + items.reduce((inner, {details}) => inner + 1 + details.length, 0), 0) + footer.length;
		t.is(plainBody(notice).split('\n').length - 1, lines);
		t.false(subject.includes('\n') || opening.includes('\n'));
	}), {numRuns: 200});
	t.is(oneLine('a postgres://u:hunter2@h/db\n b'), 'a postgres://u:***@h/db b');
});

test('a text is cut between characters, and is never too long', t => {
	fc.assert(fc.property(fc.string({unit: 'grapheme', maxLength: 80}), fc.integer({min: 3, max: 60}), (text, maximum) => {
		const short = shorten(text, maximum);
		return Buffer.byteLength(short) <= maximum && !short.includes('\uFFFD') && (short === text || (short.endsWith('…') && text.startsWith(short.slice(0, -1))));
	}), {numRuns: 1000});
	t.is(shorten('äöü', 6), 'äöü');
	t.is(shorten('äöüß', 6), 'ä…');
});

test('the JSON says the same as the notice, whatever the texts', t => {
	fc.assert(fc.property(anyNotice, notice => {
		const json = JSON.parse(webhookBody(notice)) as Record<string, unknown>;
		t.is(json['version'], 1);
		t.is(json['host'], notice.host);
		if (notice.kind === 'alerts') {
			t.deepEqual((json['alerts'] as Array<Record<string, unknown>>).map(({event, key, object}) => [event, key, object]), notice.news.map(({event, alert: {key, object}}) => [event, key, object]));
		}
	}), {numRuns: 200});
});
