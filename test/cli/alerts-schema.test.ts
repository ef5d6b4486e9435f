import test from 'ava';
import {checkConfig, describeProblems} from '../../source/cli/config.ts';
import {alertSettingsOf} from '../../source/cli/alerts/alert-settings.ts';
import {createChannels} from '../../source/cli/alerts/create-channels.ts';
import {describeAlerts} from '../../source/cli/effective-alerts.ts';
import {namedSecretVariables} from '../../source/cli/secrets.ts';
import {createTestRuntime} from '../helpers/test-runtime.ts';

const email = {type: 'email', host: 'mail.example.org', user: 'backup', password: {file: 'mail-password'}, from: 'backup@example.org', to: ['admin@example.org', 'boss@example.org']};
const webhook = {type: 'webhook', url: 'https://hooks.example.org/coffer', key: {env: 'WEBHOOK_KEY'}};
const whole = {
	alerts: {
		repeatHours: 12, escalateHours: 2.5, quiet: {from: '22:00', to: '07:00', timeZone: 'Europe/Berlin'}, digest: '07:30', timeZone: 'UTC',
		channels: {
			mail: email,
			relay: {type: 'email', host: 'localhost', security: 'none', from: 'root@localhost', to: 'root@localhost', severity: 'critical', digest: false},
			hook: {...webhook, allow: ['10.0.0.0/8', 'loopback', '192.168.1.5', 'fd00::/8'], insecure: true, ca: 'ca.pem', digest: true},
			slack: {type: 'slack', url: {command: ['/usr/bin/pass', 'slack']}},
			phone: {type: 'ntfy', topic: 'web1-backup', token: {env: 'NTFY_TOKEN'}},
			log: {type: 'syslog'},
		},
	},
	ping: {url: {env: 'PING_URL'}, jobs: ['daily', 'weekly'], allow: ['loopback']},
};

async function load(content: unknown) {
	const {config, problems} = await checkConfig(JSON.stringify(content));
	if (config === undefined) {
		throw new Error(describeProblems(problems));
	}

	return {...config, file: '/etc/coffer/config.json', folder: '/etc/coffer'};
}

test('the whole section becomes settings and channels, in its order', async t => {
	const config = await load(whole);
	t.deepEqual(alertSettingsOf(config), {
		repeatAfterMs: 12 * 3_600_000, escalateAfterMs: 9_000_000, quietHours: {fromMinute: 1320, toMinute: 420, timeZone: 'Europe/Berlin'}, digest: {minute: 450, timeZone: 'UTC'},
	});
	const channels = createChannels({runtime: createTestRuntime()}, config);
	t.deepEqual(channels.map(({name, kind, leastSeverity, hasDigest}) => [name, kind, leastSeverity, hasDigest]), [
		['mail', 'email', 'warning', true], ['relay', 'email', 'critical', false], ['hook', 'webhook', 'warning', true], ['slack', 'slack', 'warning', false], ['phone', 'ntfy', 'warning', false], ['log', 'syslog', 'warning', false],
	]);
});

test('without the section there are defaults, and no channels', async t => {
	t.deepEqual(alertSettingsOf(undefined), {repeatAfterMs: 86_400_000, escalateAfterMs: 14_400_000});
	t.deepEqual(createChannels({runtime: createTestRuntime()}, undefined), []);
	t.deepEqual(createChannels({runtime: createTestRuntime()}, await load({})), []);
	const {quietHours, digest} = alertSettingsOf(await load({alerts: {quiet: {from: '22:00', to: '07:00'}, digest: '00:00'}, schedule: {timeZone: 'Asia/Tokyo'}}));
	t.is(quietHours?.timeZone, 'Asia/Tokyo');
	t.deepEqual(digest, {minute: 0, timeZone: 'Asia/Tokyo'});
});

test('variables that hold secrets of channels are kept from other programs', async t => {
	t.deepEqual(namedSecretVariables(await load(whole)).toSorted(), ['NTFY_TOKEN', 'PING_URL', 'WEBHOOK_KEY']);
});

test('what is effective is told with where it comes from, and without arguments of programs', async t => {
	const given = describeAlerts(await load(whole));
	const valueOf = (name: string) => given.find(setting => setting.name === name)?.value;
	t.deepEqual([valueOf('alerts.repeatHours'), valueOf('alerts.digest'), valueOf('alerts.channels.slack.url'), valueOf('alerts.channels.mail.password'), valueOf('ping.url')], [12, '07:30', {command: ['/usr/bin/pass', '…']}, {file: '/etc/coffer/mail-password'}, {env: 'PING_URL'}]);
	t.true(given.every(({from}) => from === '/etc/coffer/config.json'));
	t.deepEqual(describeAlerts(undefined).slice(0, 4).map(({name, value, from}) => [name, value, from]), [
		['alerts.repeatHours', 24, 'default'], ['alerts.escalateHours', 4, 'default'], ['alerts.quiet', null, 'default'], ['alerts.digest', null, 'default'],
	]);
});

const channel = (value: unknown) => ({alerts: {channels: {ops: value}}});

const wrong: ReadonlyArray<readonly [string, unknown, RegExp]> = [
	['no object', {alerts: []}, /^alerts must be an object/],
	['a key misspelt', {alerts: {repeatHour: 1}}, /^alerts\.repeatHour is unknown here \(did you mean "repeatHours"\?\) \(line 1, column 12\)/],
	['no hours', {alerts: {repeatHours: 0}}, /^alerts\.repeatHours must be a number of hours from 0\.5 to 8760/],
	['hours as a text', {alerts: {escalateHours: '4'}}, /^alerts\.escalateHours must be a number/],
	['a time that is none', {alerts: {digest: '7:30'}}, /^alerts\.digest must be a time of the day such as "07:30"/],
	['a time after midnight', {alerts: {digest: '24:00'}}, /^alerts\.digest must be a time of the day/],
	['half a quiet time', {alerts: {quiet: {from: '22:00'}}}, /^alerts\.quiet\.to is missing/],
	['a quiet time of no length', {alerts: {quiet: {from: '22:00', to: '22:00'}}}, /^alerts\.quiet\.to must be another time than "from"/],
	['a key of the quiet time misspelt', {alerts: {quiet: {from: '22:00', till: '07:00'}}}, /alerts\.quiet\.till is unknown here/],
	['a time zone misspelt', {alerts: {timeZone: 'Europe/Berln'}}, /^alerts\.timeZone must be the name of a time zone .*\(did you mean "Europe\/Berlin"\?\)/],
	['a channel without a type', channel({url: 'https://x'}), /^alerts\.channels\.ops\.type is missing/],
	['a type that is none', channel({type: 'mail'}), /^alerts\.channels\.ops\.type must be one of "email", "webhook", "slack", "ntfy", "syslog"/],
	['no channel', channel('x'), /^alerts\.channels\.ops must be an object/],
	['a name with a space', {alerts: {channels: {'a b': {type: 'syslog'}}}}, /^alerts\.channels\.a b is no name of a channel/],
	['the name of the pings', {alerts: {channels: {ping: {type: 'syslog'}}}}, /^alerts\.channels\.ping is the name of what "ping" of the configuration does/],
	['a name that records leave out', '{"alerts": {"channels": {"__proto__": {"type": "syslog"}}}}', /^alerts\.channels\.__proto__ is no name of a channel/],
	['a severity that is none', channel({type: 'syslog', severity: 'error'}), /^alerts\.channels\.ops\.severity must be one of "warning", "critical"/],
	['a digest that has no time', channel({type: 'syslog', digest: true}), /^alerts\.channels\.ops\.digest has no time: "alerts" needs a "digest"/],
	['a key of another type', channel({...webhook, topic: 'x'}), /^alerts\.channels\.ops\.topic is unknown here/],
	['a key of its type misspelt', channel({...webhook, alow: []}), /^alerts\.channels\.ops\.alow is unknown here \(did you mean "allow"\?\)/],
	['a key of mail misspelt', channel({...email, secruity: 'tls'}), /^alerts\.channels\.ops\.secruity is unknown here \(did you mean "security"\?\)/],
	['a password in the open', channel({...email, password: 'hunter2'}), /^alerts\.channels\.ops\.password must be \{"file": PATH\}/],
	['a password without a user', channel({...email, user: undefined}), /^alerts\.channels\.ops\.user is missing/],
	['a user without a password', channel({...email, password: undefined}), /^alerts\.channels\.ops\.password is missing/],
	['a host that could be more', channel({...email, host: 'mail.example.org/x'}), /^alerts\.channels\.ops\.host must be the name or the address of a mail server/],
	['a security that is none', channel({...email, security: 'ssl'}), /^alerts\.channels\.ops\.security must be one of "starttls", "tls", "none"/],
	['a port beyond all', channel({...email, port: 65_536}), /^alerts\.channels\.ops\.port must be from 1 to 65535/],
	['a mailbox with a name', channel({...email, from: 'Backup <backup@example.org>'}), /^alerts\.channels\.ops\.from must be the address of a mailbox/],
	['a mailbox with a line feed', channel({...email, to: 'a@example.org\nBcc: all@example.org'}), /^alerts\.channels\.ops\.to must be the address of a mailbox/],
	['no mailbox', channel({...email, to: []}), /^alerts\.channels\.ops\.to must/],
	['a URL that is none', channel({...webhook, url: 'hooks.example.org'}), /^alerts\.channels\.ops\.url must be an address that begins with https:/],
	['a URL with a password', channel({...webhook, url: 'https://u:hunter2@example.org/'}), /^alerts\.channels\.ops\.url must be an address .* neither user nor password/],
	['a URL of another kind', channel({...webhook, url: 'file:///etc/passwd'}), /^alerts\.channels\.ops\.url must be an address/],
	['a URL of Slack in the open', channel({type: 'slack', url: 'https://hooks.slack.com/services/hunter2'}), /^alerts\.channels\.ops\.url must be \{"file": PATH\}/],
	['a webhook without a key', channel({...webhook, key: undefined}), /^alerts\.channels\.ops\.key is missing/],
	['a network that is none', channel({...webhook, allow: ['10.0.0.0/33']}), /^alerts\.channels\.ops\.allow\[0\] must be an address such as "192\.168\.1\.5", a network/],
	['a name where an address belongs', channel({...webhook, allow: ['localhost']}), /^alerts\.channels\.ops\.allow\[0\] must be an address/],
	['a topic that is none', channel({type: 'ntfy', topic: 'a/b'}), /^alerts\.channels\.ops\.topic must be the name of a topic/],
	['a ping without an address', {ping: {}}, /^ping\.url (?:is missing|must be an address)/],
	['a ping of no jobs', {ping: {url: 'https://hc.example.org/x', jobs: []}}, /^ping\.jobs must name at least one job/],
	['a ping of a job that is none', {ping: {url: 'https://hc.example.org/x', jobs: ['daily', 'weakly']}}, /^ping\.jobs\[1\] is no job of the schedule: "weakly" \(did you mean "weekly"\?\)/],
	['a key of ping misspelt', {ping: {url: 'https://hc.example.org/x', job: []}}, /^ping\.job is unknown here \(did you mean "jobs"\?\)/],
];

for (const [what, content, message] of wrong) {
	test(`refused with its place: ${what}`, async t => {
		const {problems} = await checkConfig(typeof content === 'string' ? content : JSON.stringify(content));
		t.true(problems.length > 0);
		const text = describeProblems(problems);
		t.regex(text, message);
		t.false(text.includes('hunter2'));
	});
}
