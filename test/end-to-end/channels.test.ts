import {writeFileSync} from 'node:fs';
import process from 'node:process';
import {logChannels} from '../../source/logs/channel.ts';
import {createCertificate} from '../helpers/certificates.ts';
import {answerWith, startHttpSink} from '../helpers/http-sink.ts';
import {mailUser, startMailSink} from '../helpers/mail-sink.ts';
import {lackOf} from '../helpers/old-archives.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {createScheduledHost} from '../helpers/scheduled-host.ts';

const secrets = {mail: 'canary-of-the-mail', hook: 'canary-of-the-webhook-key', slack: 'canary-of-slack', token: 'canary-of-ntfy', gone: 'canary-of-the-gone'};

optionalTest(lackOf('openssl'), 'the program tells on every channel, names those that fail, and shows no secret anywhere', async t => {
	const certificate = createCertificate(t);
	const mail = await startMailSink(t, {certificate, password: secrets.mail});
	const [sink, encrypted, gone] = [await startHttpSink(t), await startHttpSink(t, {certificate}), await startHttpSink(t, {answer: answerWith(404, {}, secrets.gone)})];
	const host = await createScheduledHost(t, ['etc']);
	const secretFile = (name: string, content: string) => {
		writeFileSync(host.path(name), `${content}\n`, {mode: 0o600});
		return {file: host.path(name)};
	};

	const allow = ['loopback'];
	host.configure({}, {alerts: {channels: {
		mail: {type: 'email', host: 'localhost', port: mail.port, user: mailUser, password: secretFile('mail', secrets.mail), ca: certificate.file, from: 'backup@example.org', to: 'admin@example.org'},
		hook: {type: 'webhook', url: `${encrypted.origin}/hook`, key: secretFile('hook', secrets.hook), ca: certificate.file, allow},
		slack: {type: 'slack', url: {command: [process.execPath, '-e', `console.log(${JSON.stringify(`${sink.origin}/services/${secrets.slack}`)})`]}, allow},
		phone: {type: 'ntfy', server: sink.origin, topic: 'web1', token: {env: 'NTFY_TOKEN'}, allow},
		gone: {type: 'slack', url: secretFile('gone', `${gone.origin}/services/${secrets.gone}`), allow},
		closed: {type: 'webhook', url: `${sink.origin}/${secrets.gone}`, key: {file: host.path('hook')}},
	}}});
	const {ended} = host.start(['alerts', 'test'], {environment: {NTFY_TOKEN: secrets.token}});
	const {code, stdout, stderr} = await ended;
	t.is(code, 1, stderr);
	const lines = stdout.trimEnd().split('\n');
	t.deepEqual(lines.slice(0, 4), ['sent mail', 'sent hook', 'sent slack', 'sent phone']);
	t.regex(lines[4]!, /^failed gone: The channel "gone" failed: 127\.0\.0\.1:\d+ answered with status 404\.$/);
	t.regex(lines[5]!, /^failed closed: The channel "closed" failed: 127\.0\.0\.1:\d+ is at 127\.0\.0\.1, which is loopback/);
	t.deepEqual(mail.mails.map(({user, isEncrypted, to}) => [user, isEncrypted, to]), [[mailUser, true, ['admin@example.org']]]);
	t.regex(mail.mails[0]!.mail.headers.find(([name]) => name === 'Subject')![1], /^\[coffer\] .+: a test of this channel$/);
	t.deepEqual(encrypted.requests.map(({url}) => url), ['/hook']);
	t.deepEqual(sink.requests.map(({url}) => url).toSorted(), ['/', `/services/${secrets.slack}`]);
	t.is(sink.requests.find(({url}) => url === '/')!.headers.authorization, `Bearer ${secrets.token}`);
	const shown = [stdout, stderr, ...logChannels.map(channel => host.log(channel))].join('\n');
	t.true(shown.includes('a test was sent on the channel'));
	for (const secret of Object.values(secrets)) {
		t.false(shown.includes(secret), secret);
	}
});
