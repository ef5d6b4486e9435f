import test from 'ava';
import fc from 'fast-check';
import type {Announcement, OpenAlert} from '../../../source/engine/alerts/announcement.ts';
import type {ChannelSettings} from '../../../source/engine/alerts/channel.ts';
import {planAnnouncements} from '../../../source/engine/alerts/plan-announcements.ts';
import {isWithin} from '../../../source/engine/alerts/quiet-hours.ts';
import type {AlertSettings} from '../../../source/engine/alerts/settings.ts';
import type {Severity} from '../../../source/engine/monitoring/alert.ts';

const minute = 60_000;
const hour = 60 * minute;
const startMs = Date.parse('2026-11-21T12:00:00.000Z');
const settings: AlertSettings = {repeatAfterMs: 24 * hour, escalateAfterMs: 4 * hour};
const night: AlertSettings = {...settings, quietHours: {fromMinute: 22 * 60, toMinute: 7 * 60, timeZone: 'UTC'}};
const mail: ChannelSettings = {name: 'mail', kind: 'email', leastSeverity: 'warning', hasDigest: false};

const open = (key: string, severity: Severity = 'warning', isAcknowledged = false): OpenAlert => ({
	key, kind: 'late', severity, object: key, message: `${key} is late`, nextStep: 'look', since: '2026-11-21T12:00:00.000Z', isAcknowledged,
});

type Step = {readonly hours: number; readonly alerts: readonly OpenAlert[]};

/** What a channel is told, step by step: `raised a`. */
function tell(steps: readonly Step[], {settings: given = settings, channel = mail}: {readonly settings?: AlertSettings; readonly channel?: ChannelSettings} = {}): string[][] {
	let announcements: readonly Announcement[] = [];
	return steps.map(({hours, alerts}) => {
		const plan = planAnnouncements({alerts, announcements, settings: given, channel, nowMs: startMs + hours * hour});
		announcements = plan.announcements;
		return plan.news.map(({event, alert}) => `${event} ${alert.key}`);
	});
}

const always = (alerts: readonly OpenAlert[], ...hours: readonly number[]): Step[] => hours.map(each => ({hours: each, alerts}));

test('told once, again after a day, and when it is over', t => {
	t.deepEqual(tell([...always([open('a')], 0, 0.5, 23.9, 24, 47, 48), {hours: 49, alerts: []}, {hours: 50, alerts: []}]), [['raised a'], [], [], ['repeated a'], [], ['repeated a'], ['resolved a'], []]);
	t.deepEqual(tell([{hours: 0, alerts: [open('b'), open('a', 'critical')]}]), [['raised a', 'raised b']], 'the most severe first');
});

test('told again when it becomes more severe, and once when nobody takes note of a critical one', t => {
	t.deepEqual(tell([...always([open('a')], 0), ...always([open('a', 'critical')], 1, 4.9, 5, 6, 24, 29)]), [['raised a'], ['escalated a'], [], ['escalated a'], [], [], ['repeated a']]);
	t.deepEqual(tell(always([open('a', 'critical')], 0, 3.9, 4, 8, 28)), [['raised a'], [], ['escalated a'], [], ['repeated a']]);
	t.deepEqual(tell(always([open('a')], 0, 4, 8)), [['raised a'], [], []], 'warnings wait for their repeat');
});

test('one that goes to and fro is told of once in some hours', t => {
	const flapping = Array.from({length: 16}, (_, index): Step => ({hours: index / 4, alerts: [open('a', index % 2 === 0 ? 'warning' : 'critical')]}));
	t.deepEqual(tell(flapping).flat(), ['raised a', 'escalated a']);
	t.deepEqual(tell([...always([open('a', 'critical')], 0), ...always([open('a')], 4), ...always([open('a', 'critical')], 5)]), [['raised a'], [], ['escalated a']]);
});

test('one that somebody took note of is silent until it becomes worse, or is over', t => {
	const taken = open('a', 'warning', true);
	t.deepEqual(tell([...always([open('a')], 0), ...always([taken], 24, 48), ...always([open('a', 'critical')], 49), ...always([open('a', 'critical', true)], 60, 90), {hours: 91, alerts: []}]), [['raised a'], [], [], ['escalated a'], [], [], ['resolved a']]);
	t.deepEqual(tell([...always([taken], 0), ...always([], 1)]), [[], []], 'what was never told needs no end');
});

test('a channel is told of what is severe enough for it, and never of itself', t => {
	const channel: ChannelSettings = {...mail, leastSeverity: 'critical'};
	t.deepEqual(tell([...always([open('a')], 0), ...always([open('a', 'critical')], 1), ...always([open('a')], 2, 40), {hours: 41, alerts: []}], {channel}), [[], ['raised a'], [], [], ['resolved a']]);
	const own = {...open('channel:mail'), kind: 'channel', object: 'mail'};
	t.deepEqual(tell([...always([own], 0, 30), ...always([], 31)]), [[], [], []]);
	t.deepEqual(tell(always([own], 0), {channel: {...mail, name: 'hook'}}), [['raised channel:mail']]);
});

test('in quiet hours only criticals are told; what lasts is told when they end, what came and went is not', t => {
	const [lasting, passing, critical] = [open('lasting'), open('passing'), open('critical', 'critical')];
	t.deepEqual(tell([
		{hours: 9.9, alerts: [open('early')]},
		{hours: 11, alerts: [lasting, passing]},
		{hours: 12, alerts: [lasting, critical]},
		{hours: 13, alerts: [lasting]},
		{hours: 18.9, alerts: [lasting]},
		{hours: 19, alerts: [lasting]},
	], {settings: night}), [['raised early'], [], ['raised critical'], ['resolved critical'], [], ['raised lasting', 'resolved early']]);
});

test('quiet hours follow the clocks of their zone, over midnight and over the change to summer time', t => {
	const berlin = {fromMinute: 22 * 60, toMinute: 7 * 60, timeZone: 'Europe/Berlin'};
	const isQuiet = (time: string) => isWithin(Date.parse(time), berlin);
	t.deepEqual(['2026-11-21T20:59:59Z', '2026-11-21T21:00:00Z', '2026-11-22T05:59:59Z', '2026-11-22T06:00:00Z'].map(time => isQuiet(time)), [false, true, true, false]);
	t.deepEqual(['2026-03-29T04:59:00Z', '2026-03-29T05:00:00Z', '2026-03-28T05:59:00Z'].map(time => isQuiet(time)), [true, false, true], 'summer time begins in the night to the 29th');
	const noon = {fromMinute: 720, toMinute: 780, timeZone: 'UTC'};
	t.deepEqual([11.99, 12, 12.99, 13, -1_000_000 + 12.5].map(hours => isWithin(hours * hour, noon)), [false, true, true, false, false]);
});

test('a clock that jumps tells at most one repeat, and then waits as usual', t => {
	const year = 365 * 24;
	t.deepEqual(tell(always([open('a')], 0, 10 * year, 10 * year + 1, 1, 2, 24, 25)), [['raised a'], ['repeated a'], [], [], [], [], ['repeated a']]);
	t.deepEqual(tell(always([open('a')], 10 * year, 0, 1, 23.9, 24)), [['raised a'], [], [], [], ['repeated a']]);
});

const keys = ['a', 'b', 'c'] as const;
const severityOf = fc.constantFrom('none', 'warning', 'critical', 'taken');
const looks = fc.array(fc.record({minutes: fc.integer({min: 1, max: 600}), states: fc.tuple(severityOf, severityOf, severityOf)}), {maxLength: 60});

test('whatever happens: one raise a life, nothing at night but criticals, an end for all that was told, a bounded number', t => {
	let told = 0;
	fc.assert(fc.property(looks, fc.boolean(), (steps, isQuietAtNight) => {
		const given = isQuietAtNight ? night : settings;
		let announcements: readonly Announcement[] = [];
		let nowMs = startMs;
		const living = new Map<string, {severity: Severity; times: number[]}>();
		const look = (alerts: readonly OpenAlert[]) => {
			const plan = planAnnouncements({alerts, announcements, settings: given, channel: mail, nowMs});
			announcements = plan.announcements;
			for (const {event, alert: {key, severity}} of plan.news) {
				told++;
				const life = living.get(key);
				t.is(event === 'raised', life === undefined, `${event} ${key}`);
				if (given.quietHours && isWithin(nowMs, given.quietHours)) {
					t.true(severity === 'critical' || life?.severity === 'critical');
				}

				if (event === 'resolved') {
					living.delete(key);
					t.false(alerts.some(alert => alert.key === key));
				} else {
					t.false(alerts.find(alert => alert.key === key)!.isAcknowledged);
					living.set(key, {severity, times: [...life?.times ?? [], nowMs]});
				}
			}

			t.is(new Set(plan.news.map(({alert}) => alert.key)).size, plan.news.length);
			t.deepEqual(announcements.map(({alert}) => alert.key).toSorted(), [...living.keys()].toSorted());
		};

		for (const {minutes, states} of steps) {
			nowMs += minutes * minute;
			look(keys.flatMap((key, index) => states[index] === 'none' ? [] : [open(key, states[index] === 'critical' ? 'critical' : 'warning', states[index] === 'taken')]));
			const dayAgoMs = nowMs - 24 * hour;
			for (const {times} of living.values()) {
				t.true(times.filter(time => time > dayAgoMs).length <= 8, 'a raise or repeat, one for being overlooked, and one for each ease of four hours');
			}
		}

		// The next noon, when nothing is wrong any more.
		nowMs += 24 * hour - ((nowMs - startMs) % (24 * hour));
		look([]);
		t.is(living.size, 0);
	}), {numRuns: 500});
	t.log(`${told} news`);
});
