import test, {type ExecutionContext} from 'ava';
import {AlertDesk} from '../../../source/engine/alerts/alert-desk.ts';
import type {Channel} from '../../../source/engine/alerts/channel.ts';
import type {Notice} from '../../../source/engine/alerts/notice.ts';
import {sendTest} from '../../../source/engine/alerts/try-channel.ts';
import {defaultAlertSettings, type AlertSettings} from '../../../source/engine/alerts/settings.ts';
import {CofferError} from '../../../source/engine/errors.ts';
import type {RepositoryId} from '../../../source/engine/ids.ts';
import {ageAlerts, compareSeverity} from '../../../source/engine/monitoring/alert-life.ts';
import type {Finding, Severity} from '../../../source/engine/monitoring/alert.ts';
import {findChannelTrouble} from '../../../source/engine/monitoring/channel-findings.ts';
import {AuditHeadState} from '../../../source/engine/state/audit-head.ts';
import {maximumWaiting} from '../../../source/engine/state/outbox.ts';
import {createFakeChannel} from '../../helpers/fake-channel.ts';
import {createTestState, idOf} from '../../helpers/test-state.ts';

const minute = 60_000;
const hour = 60 * minute;
const {signal} = new AbortController();
const down = new CofferError('channel-failed', 'mail.example.org: connection refused.', {isRetryable: true});
const refused = new CofferError('channel-failed', 'mail.example.org: 550 no such user.');

const finding = (key: string, severity: Severity = 'warning'): Finding => ({key, kind: 'late', severity, object: key, message: `${key} is late`, cause: 'cron is dead', nextStep: 'look'});

/** A host whose alerts are told. */
function createScene(t: ExecutionContext, settings: AlertSettings = defaultAlertSettings) {
	const {open, stateFolder, runtime} = createTestState(t);
	const state = open();
	state.checkPlace('/r');
	const openDesk = () => {
		const desk = AlertDesk.open({stateFolder, url: '/r', runtime, warn: t.fail})!;
		t.teardown(() => {
			desk.close();
		});
		return desk;
	};

	const desk = openDesk();
	const find = (...findings: readonly Finding[]) => {
		const nowMs = runtime.now();
		state.alerts.change({time: new Date(nowMs).toISOString(), compare: compareSeverity}, before => ageAlerts(before, findings, nowMs).records);
	};

	return {
		state, desk, open, openDesk, runtime, stateFolder,
		find,
		/** Announce and deliver, and say how each delivery went. */
		async tell(...channels: readonly Channel[]) {
			desk.announce(channels, settings);
			return (await desk.deliver(channels, signal)).map(({channel, outcome}) => `${channel} ${outcome}`);
		},
	};
}

const newsOf = (notices: readonly Notice[]): string[] => notices.map(notice => notice.kind === 'alerts' ? notice.news.map(({event, alert}) => `${event} ${alert.key}`).join(', ') : notice.kind);

test('where this host knows no repository there is nothing to tell', t => {
	const {stateFolder, runtime} = createTestState(t);
	t.is(AlertDesk.open({stateFolder, url: '/r', runtime, warn: t.fail}), undefined);
});

test('several things at once are one notice a channel, told once whoever looks', async t => {
	const {find, tell, desk, openDesk, runtime} = createScene(t);
	const [mail, hook] = [createFakeChannel('mail'), createFakeChannel('hook', {leastSeverity: 'critical'})];
	find(finding('a'), finding('b', 'critical'));
	t.deepEqual(await tell(mail, hook), ['mail sent', 'hook sent']);
	t.deepEqual(await tell(mail, hook), []);
	openDesk().announce([mail, hook], defaultAlertSettings);
	t.deepEqual(await openDesk().deliver([mail, hook], signal), []);
	t.deepEqual([newsOf(mail.arrived), newsOf(hook.arrived)], [['raised b, raised a'], ['raised b']]);
	const [notice] = mail.arrived;
	t.like(notice, {kind: 'alerts', host: 'test-host', url: '/r', time: new Date(runtime.now()).toISOString()});
	t.regex(notice!.id, /^[\da-f]{32}$/);
	t.like(notice?.kind === 'alerts' ? notice.news[1] : undefined, {alert: {key: 'a', kind: 'late', severity: 'warning', object: 'a', message: 'a is late', cause: 'cron is dead', nextStep: 'look', since: notice!.time}});

	find(finding('b', 'critical'));
	t.deepEqual(await tell(mail, hook), ['mail sent']);
	desk.acknowledge('b', {note: 'on it'});
	runtime.forward(48 * hour);
	find(finding('b', 'critical'));
	t.deepEqual(await tell(mail, hook), []);
	find();
	t.deepEqual(await tell(mail, hook), ['mail sent', 'hook sent']);
	t.deepEqual([newsOf(mail.arrived), newsOf(hook.arrived)], [['raised b, raised a', 'resolved a', 'resolved b'], ['raised b', 'resolved b']]);
	t.deepEqual(desk.history().map(({event, key}) => `${event} ${key}`), ['raised a', 'raised b', 'resolved a', 'acknowledged b', 'resolved b']);
});

test('a channel that is down is tried less and less often, and gets everything in its order when it is back', async t => {
	const {find, tell, state, runtime} = createScene(t);
	const [mail, hook] = [createFakeChannel('mail'), createFakeChannel('hook')];
	mail.failWith(down);
	find(finding('a'));
	t.deepEqual(await tell(mail, hook), ['mail failed', 'hook sent']);
	const attemptsAt: number[] = [];
	for (let minutes = 1; minutes <= 240; minutes++) {
		runtime.forward(minute);
		const before = mail.attempts();
		await tell(mail, hook);
		if (mail.attempts() > before) {
			attemptsAt.push(minutes);
		}
	}

	const waits = attemptsAt.map((each, index) => each - (attemptsAt[index - 1] ?? 0));
	t.log(`minutes between attempts: ${waits.join(', ')}`);
	for (const [index, least] of [1, 2, 5, 15, 30, 60, 60].entries()) {
		const wait = waits[index];
		t.true(wait === undefined ? index >= 6 : wait >= least && wait <= Math.ceil(least * 1.2), `attempt ${index}`);
	}

	find(finding('b', 'critical'));
	t.deepEqual(await tell(mail, hook), ['mail failed', 'hook sent'], 'what is new is tried at once');
	mail.failWith();
	runtime.forward(72 * minute);
	t.deepEqual(await tell(mail, hook), ['mail sent', 'mail sent']);
	t.deepEqual(newsOf(mail.arrived), ['raised a', 'raised b, resolved a']);
	t.deepEqual(state.outbox.channels().map(({channel, failures, error, failingSince}) => [channel, failures, error, failingSince]), [['hook', 0, undefined, undefined], ['mail', 0, undefined, undefined]]);
});

test('a channel that is out of order is a finding, which the others tell, and it never tells itself', async t => {
	const {find, tell, state, runtime} = createScene(t);
	const [mail, hook] = [createFakeChannel('mail'), createFakeChannel('hook')];
	mail.failWith(down);
	const trouble = () => findChannelTrouble({channels: state.outbox.channels(), nowMs: runtime.now()});
	find(finding('a'));
	await tell(mail, hook);
	t.deepEqual(trouble(), [], 'once is nothing');
	runtime.forward(2 * minute);
	await tell(mail, hook);
	runtime.forward(3 * minute);
	await tell(mail, hook);
	t.like(trouble()[0], {key: 'channel:mail', kind: 'channel', severity: 'warning', object: 'mail', cause: 'mail.example.org: connection refused'});
	t.is(trouble().length, 1);
	find(finding('a'), ...trouble());
	await tell(mail, hook);
	mail.failWith();
	runtime.forward(hour);
	await tell(mail, hook);
	find(finding('a'), ...trouble());
	await tell(mail, hook);
	t.deepEqual(newsOf(mail.arrived), ['raised a']);
	t.deepEqual(newsOf(hook.arrived), ['raised a', 'raised channel:mail', 'resolved channel:mail']);

	hook.failWith(down);
	find();
	await tell(hook);
	runtime.forward(29 * minute);
	t.deepEqual(trouble(), []);
	runtime.forward(minute);
	t.regex(trouble()[0]!.message, /failing for 30 minutes/);
});

test('what is refused is tried again after an hour, others before it, and given up after three days', async t => {
	const {find, tell, state, runtime} = createScene(t);
	const mail = createFakeChannel('mail');
	mail.failWith(refused);
	find(finding('a'));
	t.deepEqual(await tell(mail), ['mail failed']);
	runtime.forward(59 * minute);
	t.deepEqual(await tell(mail), []);
	find(finding('a'), finding('b'));
	mail.failWith();
	t.deepEqual(await tell(mail), ['mail sent', 'mail sent']);
	t.deepEqual(newsOf(mail.arrived), ['raised b', 'raised a'], 'what was refused goes last');

	mail.failWith(refused);
	find();
	const outcomes: string[] = [];
	for (let hours = 0; hours < 80; hours++) {
		outcomes.push(...await tell(mail));
		runtime.forward(73 * minute);
	}

	t.is(outcomes.at(-1), 'mail given-up');
	t.is(outcomes.length, Math.ceil(72 * 60 / 73) + 1);
	t.deepEqual(state.outbox.waiting('mail'), []);
	t.log(`${outcomes.length} attempts in three days`);
});

test('a clock that was years ahead keeps nothing waiting for years', async t => {
	const {find, tell, runtime} = createScene(t);
	const mail = createFakeChannel('mail');
	mail.failWith(down);
	runtime.forward(10 * 365 * 24 * hour);
	find(finding('a'));
	t.deepEqual(await tell(mail), ['mail failed']);
	runtime.forward(-10 * 365 * 24 * hour);
	mail.failWith();
	t.deepEqual(await tell(mail), ['mail sent']);
});

test('two deliveries at once send each notice once; what a dead process had taken is free', async t => {
	const {find, desk, openDesk, state, runtime} = createScene(t);
	const mail = createFakeChannel('mail');
	const {promise, resolve} = Promise.withResolvers<void>();
	mail.waitFor(promise);
	find(finding('a'));
	desk.announce([mail], defaultAlertSettings);
	const both = [desk.deliver([mail], signal), openDesk().deliver([mail], signal)];
	resolve();
	t.deepEqual((await Promise.all(both)).map(deliveries => deliveries.length), [1, 0]);
	t.is(mail.arrived.length, 1);

	find();
	desk.announce([mail], defaultAlertSettings);
	t.truthy(state.outbox.claim('mail', hour));
	t.is(state.outbox.claim('mail', hour), undefined);
	runtime.kill(runtime.identity);
	t.truthy(state.outbox.claim('mail', hour));
	t.log('1 of 2 deliveries sent it');
});

test('a process that nobody can look at holds a notice for ten minutes', t => {
	const {find, desk, state, runtime} = createScene(t);
	find(finding('a'));
	desk.announce([createFakeChannel('mail')], defaultAlertSettings);
	t.truthy(state.outbox.claim('mail', hour));
	runtime.forward(10 * minute - 1);
	t.is(state.outbox.claim('mail', hour), undefined);
	runtime.forward(1);
	t.truthy(state.outbox.claim('mail', hour));
});

test('a delivery that is stopped keeps the notice, and blames nobody', async t => {
	const {find, desk, state} = createScene(t);
	const mail = createFakeChannel('mail');
	const {promise, resolve} = Promise.withResolvers<void>();
	mail.waitFor(promise);
	find(finding('a'));
	desk.announce([mail], defaultAlertSettings);
	const stopping = new AbortController();
	const delivering = desk.deliver([mail], stopping.signal);
	stopping.abort();
	resolve();
	t.deepEqual(await delivering, []);
	t.deepEqual([mail.arrived.length, state.outbox.channels()], [0, []]);
	t.deepEqual((await desk.deliver([mail], signal)).map(({outcome}) => outcome), ['sent']);
});

test(`at most ${maximumWaiting} notices wait for a channel: repeats go first, then the oldest`, t => {
	const {find, desk, state, runtime} = createScene(t);
	const mail = createFakeChannel('mail');
	find(finding('lasting'));
	let dropped = 0;
	const announce = () => {
		dropped += desk.announce([mail], defaultAlertSettings).get('mail') ?? 0;
	};

	announce();
	for (let number = 0; number < maximumWaiting; number++) {
		runtime.forward(number < 3 ? 24 * hour : minute);
		find(finding('lasting'), ...(number < 3 || number % 2 === 0 ? [] : [finding('passing')]));
		announce();
	}

	const news = newsOf(state.outbox.waiting('mail').map(({notice}) => JSON.parse(notice) as Notice));
	t.is(news.length, maximumWaiting);
	t.is(dropped, 1);
	t.deepEqual(news.slice(0, 4), ['raised lasting', 'repeated lasting', 'repeated lasting', 'raised passing']);
	find();
	announce();
	find(finding('x'));
	announce();
	find(finding('x'), finding('y'));
	announce();
	t.deepEqual(newsOf(state.outbox.waiting('mail').map(({notice}) => JSON.parse(notice) as Notice)).slice(0, 2), ['raised passing', 'resolved passing'], 'then the oldest');
	t.is(dropped, 4);
	t.log(`${dropped} dropped`);
});

test('a digest a day, in its minute, also after sleep, with what came and went in the night', async t => {
	const settings: AlertSettings = {...defaultAlertSettings, quietHours: {fromMinute: 22 * 60, toMinute: 7 * 60, timeZone: 'UTC'}, digest: {minute: 7 * 60 + 30, timeZone: 'UTC'}};
	const {find, tell, runtime, state} = createScene(t, settings);
	const [mail, hook] = [createFakeChannel('mail', {hasDigest: true}), createFakeChannel('hook')];
	const digests = () => mail.arrived.filter(notice => notice.kind === 'digest');
	const begun = new Date(runtime.now()).toISOString();
	find(finding('a'));
	await tell(mail, hook);
	const until = async (time: string) => {
		runtime.forward(Date.parse(time) - runtime.now());
		await tell(mail, hook);
	};

	await until('2026-11-22T00:00:00Z');
	find(finding('a'), finding('passing'));
	await until('2026-11-22T01:00:00Z');
	find(finding('a'));
	state.recordRun('etc', {time: '2026-11-22T02:00:00.000Z', outcome: 'ok', durationMs: 1});
	state.recordRun('www', {time: '2026-11-22T02:00:00.000Z', outcome: 'partial', durationMs: 1});
	state.recordRun('www', {time: '2026-11-22T02:30:00.000Z', outcome: 'interrupted', durationMs: 1});
	await until('2026-11-22T07:29:59Z');
	t.deepEqual(digests(), []);
	await until('2026-11-22T07:30:00Z');
	await until('2026-11-22T07:31:00Z');
	t.is(digests().length, 1);
	t.like(digests()[0], {time: '2026-11-22T07:30:00.000Z', from: begun, raised: 2, resolved: 1, runs: {ok: 1, partial: 1, failed: 1}});
	t.deepEqual(digests()[0]!.open.map(({key, isAcknowledged}) => [key, isAcknowledged]), [['a', false]]);
	t.false(newsOf(mail.arrived).some(text => text.includes('passing')));

	await until('2026-11-25T15:00:00Z');
	await until('2026-11-25T16:00:00Z');
	t.deepEqual(digests().map(({from, time}) => [from, time]).slice(1), [['2026-11-22T07:30:00.000Z', '2026-11-25T15:00:00.000Z']], 'one for all the days it slept');
	await until('2036-01-01T00:00:00Z');
	await until('2026-11-25T17:00:00Z');
	await until('2026-11-26T07:00:00Z');
	t.is(digests().length, 3, 'one for the clock that jumped');
	await until('2026-11-26T08:00:00Z');
	t.is(digests().length, 4);
	t.deepEqual(hook.arrived.filter(({kind}) => kind === 'digest'), []);
});

test('channels that are configured no more are forgotten, and told anew when they come back', async t => {
	const {find, tell, desk, state} = createScene(t);
	const [mail, hook] = [createFakeChannel('mail'), createFakeChannel('hook')];
	mail.failWith(down);
	find(finding('a'));
	await tell(mail, hook);
	desk.note('ping', 'no answer');
	desk.announce([hook], defaultAlertSettings, ['ping']);
	t.deepEqual(state.outbox.channels().map(({channel}) => channel), ['hook', 'ping']);
	t.deepEqual(state.outbox.waiting('mail'), []);
	mail.failWith();
	t.deepEqual(await tell(mail, hook), ['mail sent']);
	t.deepEqual(state.outbox.channels().map(({channel}) => channel), ['hook', 'mail']);
});

test('what is told bears the end of the audit log', async t => {
	const {find, tell, stateFolder, runtime} = createScene(t);
	const mail = createFakeChannel('mail');
	find(finding('a'));
	await tell(mail);
	const audit = new AuditHeadState(stateFolder, idOf('a'), {runtime, warn: t.fail});
	audit.advance(() => ({number: 7, mac: 'ab'}));
	audit.close();
	find();
	await tell(mail);
	t.deepEqual(mail.arrived.map(({auditHead}) => auditHead), [undefined, '7:ab']);
});

test('a test notice goes out at once', async t => {
	const {runtime} = createScene(t);
	const mail = createFakeChannel('mail');
	mail.failWith(down);
	await t.throwsAsync(sendTest(mail, {runtime, url: '/r', signal}), {code: 'channel-failed'});
	mail.failWith();
	await sendTest(mail, {runtime, url: '/r', signal});
	t.deepEqual(mail.arrived.map(({kind, url, host}) => [kind, url, host]), [['test', '/r', 'test-host']]);
	t.regex(mail.arrived[0]!.id, /^[\da-f]{32}$/);
});

test('how something went that never waited counts for the channel', t => {
	const {desk, state} = createScene(t);
	desk.note('ping', down.message);
	desk.note('ping', down.message);
	t.like(state.outbox.channels()[0], {channel: 'ping', failures: 2, error: down.message});
	desk.note('ping');
	t.like(state.outbox.channels()[0], {failures: 0, error: undefined});
});

test('another repository was put in its place: what is wrong with that one is told', async t => {
	const {open, stateFolder, desk, runtime} = createScene(t);
	const repository = idOf<RepositoryId>('b');
	const time = new Date(runtime.now()).toISOString();
	const {key, severity, ...text} = finding('exchanged:/r', 'critical');
	open(repository).alerts.change({time, compare: compareSeverity}, () => [{key, severity, firstSeen: time, lastSeen: time, text}]);
	const mail = createFakeChannel('mail');
	const of = AlertDesk.open({stateFolder, url: '/r', repository, runtime, warn: t.fail})!;
	for (const each of [desk, of]) {
		each.announce([mail], defaultAlertSettings);
		await each.deliver([mail], signal);
	}

	t.deepEqual(newsOf(mail.arrived), ['raised exchanged:/r']);
	t.deepEqual(desk.open(), []);
	t.deepEqual(of.open().map(alert => [alert.key, alert.kind, alert.severity, alert.firstSeen]), [['exchanged:/r', 'late', 'critical', time]]);
	of.close();
});
