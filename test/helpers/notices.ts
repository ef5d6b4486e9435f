import fc from 'fast-check';
import {alertEvents, type AnnouncedAlert, type Notice} from '../../source/engine/alerts/notice.ts';
import {alertKinds, severities} from '../../source/engine/monitoring/alert.ts';
import {hostileNames} from './hostile-names.ts';

const head = {id: '0123456789abcdef0123456789abcdef', time: '2026-11-22T12:00:00.000Z', host: 'web1', url: '/srv/backup'};

/** An alert as it is told; late backups of a source where nothing else is said. */
export function announced(changes: Partial<AnnouncedAlert> = {}): AnnouncedAlert {
	return {
		key: 'late:web1/mail', kind: 'late', severity: 'warning', object: 'mail', message: 'the newest backup is 3 days old; the limit is 25 hours', cause: 'pg_dump ended with exit code 1', nextStep: 'run "coffer backup mail"', since: '2026-11-22T11:30:00.000Z',
		...changes,
	};
}

/** A notice of alerts that were raised, unless they say otherwise. */
export function noticeOf(news: Array<Partial<AnnouncedAlert> & {readonly event?: (typeof alertEvents)[number]}> = [{}], changes: Partial<typeof head> & {readonly auditHead?: string} = {}): Notice {
	return {...head, ...changes, kind: 'alerts', news: news.map(({event = 'raised', ...alert}) => ({event, alert: announced(alert)}))};
}

export const testNotice: Notice = {...head, kind: 'test'};

/** @param changes - @default one open alert, one that came, two that went, seven backups of which one failed */
export function digestOf(changes: Partial<Extract<Notice, {kind: 'digest'}>> = {}): Notice {
	return {...head, kind: 'digest', from: '2026-11-21T12:00:00.000Z', open: [{...announced(), isAcknowledged: true}], raised: 1, resolved: 2, runs: {ok: 5, partial: 1, failed: 1}, ...changes};
}

/** Texts as they come from disks and servers, with what could end a line, a header, an element or a link. */
export const anyText = fc.oneof(
	fc.string({unit: 'binary', maxLength: 60}),
	fc.constantFrom(...hostileNames),
	fc.constantFrom('a\r\nBcc: all@example.org\r\n\r\nbody', '<script>alert(1)</script>', '<!channel> <https://evil.example|click>', '<img src="https://evil.example/x.png">', '"><b>', '.\r\n.\r\nQUIT', '=?utf-8?B?eA==?=', '--boundary--', 'From someone', '&lt;', '@here <@U123>', 'evil.example/x', '\u001B]0;x\u0007', '日本語 ünïcödé'),
);

const anyAlert: fc.Arbitrary<AnnouncedAlert> = fc.record({
	key: anyText, kind: fc.constantFrom(...alertKinds), severity: fc.constantFrom(...severities), object: anyText, message: anyText, cause: anyText, nextStep: anyText, since: fc.constant(head.time),
});

/** Notices of every kind with any texts in them. */
export const anyNotice: fc.Arbitrary<Notice> = fc.record({host: anyText, url: anyText, auditHead: anyText}).chain(around => {
	const base = {...head, ...around};
	return fc.oneof(
		fc.array(fc.record({event: fc.constantFrom(...alertEvents), alert: anyAlert}), {minLength: 1, maxLength: 4}).map((news): Notice => ({...base, kind: 'alerts', news})),
		fc.array(fc.tuple(anyAlert, fc.boolean()), {maxLength: 3}).map((open): Notice => ({...base, kind: 'digest', from: head.time, open: open.map(([alert, isAcknowledged]) => ({...alert, isAcknowledged})), raised: 1, resolved: 0, runs: {ok: 1, partial: 0, failed: 0}})),
		fc.constant<Notice>({...base, kind: 'test'}),
	);
});
