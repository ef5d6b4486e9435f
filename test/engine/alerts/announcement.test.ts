import test from 'ava';
import fc from 'fast-check';
import {decodeAnnouncement, encodeAnnouncement, toAlert, toOpenAlerts, type Announcement} from '../../../source/engine/alerts/announcement.ts';
import {severities} from '../../../source/engine/monitoring/alert.ts';
import {UnexpectedShape} from '../../../source/engine/state/shapes.ts';

const time = '2026-11-21T18:46:00.000Z';
const text = fc.string({unit: 'binary', maxLength: 30});
const times = fc.date({min: new Date(0), max: new Date('2100-01-01T00:00:00.000Z'), noInvalidDate: true}).map(date => date.toISOString());
const severity = fc.constantFrom(...severities);
const announcements: fc.Arbitrary<Announcement> = fc.record({
	severity, first: times, last: times, count: fc.nat(), isEscalated: fc.boolean(),
	alert: fc.record({key: text, kind: text, severity, object: text, message: text, nextStep: text, cause: text, since: times}, {requiredKeys: ['key', 'kind', 'severity', 'object', 'message', 'nextStep', 'since']}),
});

test('what a channel was told is read back as it was written', t => {
	let count = 0;
	fc.assert(fc.property(announcements, announcement => {
		t.deepEqual(decodeAnnouncement(encodeAnnouncement(announcement)), announcement);
		count++;
	}));
	t.log(`${count} announcements`);
});

test('whatever else stands there is of an unexpected shape', t => {
	let refused = 0;
	fc.assert(fc.property(fc.oneof(text, fc.json()), announcements, (json, announcement) => {
		try {
			decodeAnnouncement({...encodeAnnouncement(announcement), alert: json});
		} catch (error) {
			t.true(error instanceof UnexpectedShape);
			refused++;
		}
	}));
	t.true(refused > 0);
	t.log(`${refused} refused`);
});

test('a severity of a later version counts as critical; a record without words is not told, but shown by its key', t => {
	const words = {kind: 'late', object: 'etc', message: 'm', nextStep: 'n'};
	const record = {key: 'late:h/etc', severity: 'apocalyptic', firstSeen: time, lastSeen: time};
	t.deepEqual(toOpenAlerts([record, {...record, key: 'x', text: words}]), [{key: 'x', severity: 'critical', since: time, isAcknowledged: false, ...words}]);
	t.like(toAlert(record), {key: 'late:h/etc', kind: 'late', severity: 'critical', object: 'late:h/etc', firstSeen: time});
	t.deepEqual(toAlert({...record, severity: 'warning', text: words}), {key: 'late:h/etc', severity: 'warning', firstSeen: time, lastSeen: time, ...words} as ReturnType<typeof toAlert>);
});
