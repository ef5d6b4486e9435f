import {once} from 'node:events';
import {createServer, type AddressInfo, type Socket} from 'node:net';
import test, {type ExecutionContext} from 'ava';
import Composer from 'nodemailer/lib/mail-composer';
import fc from 'fast-check';
import {composeMail, type EmailTarget} from '../../../../source/engine/alerts/channels/email.ts';
import {createCertificate} from '../../../helpers/certificates.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {mailUser, startMailSink, type ReceivedMail} from '../../../helpers/mail-sink.ts';
import {createManualRuntime} from '../../../helpers/manual-runtime.ts';
import {anyNotice, digestOf, noticeOf, testNotice} from '../../../helpers/notices.ts';
import {lackOf} from '../../../helpers/old-archives.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {parseMail} from '../../../helpers/parse-mail.ts';
import {channelSecrets, noSignal, testChannel} from '../../../helpers/test-channel.ts';
import {findFreePort} from '../../../services/free-port.ts';

const openssl = lackOf('openssl');

const mailTo = (port: number, changes: Partial<EmailTarget> = {}): EmailTarget => ({
	kind: 'email', host: '127.0.0.1', port, security: 'starttls', isInsecure: false, from: 'backup@example.org', to: ['admin@example.org'], ...changes,
});

const login = {user: mailUser, password: {env: 'PASSWORD'}};

function headersOf({mail}: Pick<ReceivedMail, 'mail'>): Map<string, string> {
	return new Map(mail.headers);
}

optionalTest(openssl, 'STARTTLS and a password: text and HTML arrive at all mailboxes, with one id at every attempt', async t => {
	const certificate = createCertificate(t);
	const sink = await startMailSink(t, {certificate, password: channelSecrets.PASSWORD});
	const notice = noticeOf([{severity: 'critical', object: 'Ärger', kind: 'failed'}, {}, {object: 'crm'}, {event: 'resolved', object: 'epoch 475d'}], {auditHead: '17:abcdef'});
	const channel = testChannel(mailTo(sink.port, {caFile: certificate.file, login, to: ['admin@example.org', 'boss@example.org']}));
	await channel.send(notice, noSignal);
	await channel.send(notice, noSignal);
	const [first, second] = sink.mails;
	t.deepEqual([first!.from, first!.to, first!.user, first!.isEncrypted], ['backup@example.org', ['admin@example.org', 'boss@example.org'], mailUser, true]);
	const headers = headersOf(first!);
	t.is(headers.get('Subject'), '[coffer] web1: 1 critical, 2 warnings, 1 resolved: Ärger, mail, crm, epoch 475d');
	t.is(headers.get('Message-ID'), `<${notice.id}@example.org>`);
	t.is(headersOf(second!).get('Message-ID'), headers.get('Message-ID'));
	t.is(headers.get('Auto-Submitted'), 'auto-generated');
	t.is(headers.get('To'), 'admin@example.org, boss@example.org');
	t.is(headers.get('Date'), 'Sun, 22 Nov 2026 12:00:00 +0000');
	t.deepEqual([...headers.keys()].filter(name => name.startsWith('X-')), ['X-Auto-Response-Suppress']);
	t.regex(headers.get('Content-Type')!, /^multipart\/alternative/);
	const [plain, html] = first!.mail.parts;
	t.regex(plain!.body, /\* Ärger: the newest backup is 3 days old.*\r?\n {4}Why: pg_dump ended with exit code 1\r?\n {4}Do: run "coffer backup mail"\r?\n/);
	t.regex(plain!.body, /Resolved:\r?\n {2}\* epoch 475d/);
	t.regex(plain!.body, /Audit log: 17:abcdef/);
	t.regex(html!.body, /<b style="color:#b3261e">Ärger: the newest/);
});

optionalTest(openssl, 'TLS from the first byte, and a name that is looked up', async t => {
	const certificate = createCertificate(t);
	const sink = await startMailSink(t, {certificate, options: {secure: true}});
	const target = mailTo(sink.port, {host: 'localhost', security: 'tls', caFile: certificate.file});
	await testChannel(target, {resolveHost: async () => [{address: '127.0.0.1', family: 4}]}).send(digestOf(), noSignal);
	t.is(sink.mails.length, 1);
	t.is(headersOf(sink.mails[0]!).get('Subject'), '[coffer] web1: open: 1 warning; 7 backups (1 failed, 1 incomplete); 1 raised, 2 resolved');
});

optionalTest(openssl, 'certificates: nobody vouches for it, it is for another host; the password is not sent', async t => {
	const certificate = createCertificate(t, 'DNS:mail.example.org');
	for (const security of ['starttls', 'tls'] as const) {
		const sink = await startMailSink(t, {certificate, password: 'x', options: {secure: security === 'tls'}});
		const send = async (changes: Partial<EmailTarget>) => refusesAsync(t, async () => testChannel(mailTo(sink.port, {security, login, ...changes}), {resolveHost: async () => [{address: '127.0.0.1', family: 4}]}).send(testNotice, noSignal), 'channel-failed');
		t.regex((await send({})).message, /showed a certificate that nobody vouches for/);
		t.regex((await send({host: 'other.example.org', caFile: certificate.file})).message, /showed a certificate of another host/);
		t.is(sink.mails.length, 0);
		t.deepEqual(sink.logins, []);
	}
});

test('a server without STARTTLS gets nothing, not even where somebody on the way has taken it out', async t => {
	const sink = await startMailSink(t, {options: {hideSTARTTLS: true, disabledCommands: ['AUTH', 'STARTTLS']}});
	const error = await refusesAsync(t, async () => testChannel(mailTo(sink.port, {login})).send(testNotice, noSignal), 'channel-failed', /offers no encryption \(STARTTLS\)/);
	t.false(error.message.includes(channelSecrets.PASSWORD));
	t.is(sink.mails.length, 0);
});

test('a server that does not speak TLS from the first byte', async t => {
	const sink = await startMailSink(t);
	await refusesAsync(t, async () => testChannel(mailTo(sink.port, {security: 'tls'})).send(testNotice, noSignal), 'channel-failed', /does not speak TLS on this port/);
	t.is(sink.mails.length, 0);
});

test('mail in the open: within this machine, elsewhere only where it is asked for', async t => {
	const sink = await startMailSink(t, {options: {hideSTARTTLS: true}});
	await testChannel(mailTo(sink.port, {security: 'none'})).send(testNotice, noSignal);
	t.false(sink.mails[0]!.isEncrypted);
	const outside = {resolveHost: async () => [{address: '10.0.0.7', family: 4}]};
	const error = await refusesAsync(t, async () => testChannel(mailTo(sink.port, {security: 'none', host: 'relay'}), outside).send(testNotice, noSignal), 'channel-failed', /would go over the network unencrypted/);
	t.false(error.isRetryable);
	await testChannel(mailTo(sink.port, {security: 'none', isInsecure: true})).send(testNotice, noSignal);
	t.is(sink.mails.length, 2);
});

optionalTest(openssl, 'a wrong password, a server that is busy, one that knows no login; what they quote is not shown', async t => {
	const certificate = createCertificate(t);
	const password = 'wrong "horse\\ battery';
	const send = async (options: Parameters<typeof startMailSink>[1]) => {
		const sink = await startMailSink(t, {certificate, password: channelSecrets.PASSWORD, ...options});
		const error = await refusesAsync(t, async () => testChannel(mailTo(sink.port, {login, caFile: certificate.file}), {secrets: {PASSWORD: password}}).send(testNotice, noSignal), 'channel-failed');
		t.false(error.message.includes('horse'), error.message);
		t.is(sink.mails.length, 0);
		return error;
	};

	const wrong = await send({});
	t.regex(wrong.message, /refused the user or the password \(status 535\)/);
	t.false(wrong.isRetryable);
	t.true((await send({loginReply: {code: 454, text: 'temporary failure'}})).isRetryable);
	t.false((await send({loginReply: {code: 535, text: 'PASSWORD is wrong'}})).isRetryable);
	const unknown = await send({options: {disabledCommands: ['AUTH']}});
	t.regex(unknown.message, /refused the user or the password \(status 500\)/);
	t.false(unknown.isRetryable);
});

test('mailboxes that are refused for now, for ever, and beside others', async t => {
	const sink = await startMailSink(t);
	const send = async (...to: readonly string[]) => refusesAsync(t, async () => testChannel(mailTo(sink.port, {to, security: 'none'})).send(testNotice, noSignal), 'channel-failed');
	const busy = await send('busy@example.org');
	t.regex(busy.message, /refused it for busy@example\.org \(451 try again later\)/);
	t.true(busy.isRetryable);
	const bounced = await send('bounce@example.org');
	t.regex(bounced.message, /refused it for bounce@example\.org \(550 no such user here\)/);
	t.false(bounced.isRetryable);
	t.true((await send('busy@example.org', 'bounce@example.org')).isRetryable);
	t.is(sink.mails.length, 0);
	const some = await send('admin@example.org', 'busy@example.org');
	t.regex(some.message, /took the mail for 1 of 2 mailboxes, but refused it for busy@example\.org \(451 try again later\)/);
	t.false(some.isRetryable);
	t.true(some.context['isPartial']);
	t.is(bounced.context['isPartial'], undefined);
	t.deepEqual(sink.mails.map(({to}) => to), [['admin@example.org']]);
});

test('a mail that is refused as a whole, for now or for ever, in one line', async t => {
	for (const [code, isRetryable] of [[452, true], [554, false]] as const) {
		const sink = await startMailSink(t, {dataReply: {code, text: `no \u001B[31m ${'x'.repeat(500)}`}});
		const error = await refusesAsync(t, async () => testChannel(mailTo(sink.port, {security: 'none'})).send(testNotice, noSignal), 'channel-failed', new RegExp(`refused the mail: ${code} no`));
		t.is(error.isRetryable, isRetryable);
		t.notRegex(error.message, /\u001B|x{300}/);
	}
});

/** A server that is no mail server. */
async function startServer(t: ExecutionContext, onConnection: (socket: Socket) => void): Promise<{readonly port: number; readonly connected: Promise<unknown>}> {
	const sockets = new Set<Socket>();
	const server = createServer(socket => {
		sockets.add(socket);
		socket.on('error', () => undefined);
		onConnection(socket);
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => {
		for (const socket of sockets) {
			socket.destroy();
		}

		server.close();
	});
	return {port: (server.address() as AddressInfo).port, connected: once(server, 'connection')};
}

test('a server that accepts and says nothing is given 30 seconds, also in the middle', async t => {
	const conversations: ReadonlyArray<(socket: Socket, heard: () => void) => void> = [
		(_socket, heard) => {
			heard();
		},
		(socket, heard) => {
			socket.write('220 ready\r\n');
			socket.once('data', heard);
		},
		(socket, heard) => {
			socket.write('220 ready\r\n');
			// After the first answer it goes on for ever, a line at a time.
			socket.once('data', () => {
				socket.write('250-never\r\n250-ending\r\n');
				heard();
			});
		},
	];
	for (const talk of conversations) {
		const heard = Promise.withResolvers<void>();
		const server = await startServer(t, socket => {
			talk(socket, heard.resolve);
		});
		const runtime = createManualRuntime({environment: channelSecrets});
		let isOver = false;
		const sending = testChannel(mailTo(server.port), {runtime}).send(testNotice, noSignal).finally(() => {
			isOver = true;
		});
		const failed = refusesAsync(t, async () => sending, 'channel-failed', /^The channel "ops" failed: it took longer than 30 s\.$/);
		await heard.promise;
		await runtime.pass(29_999);
		t.false(isOver);
		await runtime.pass(1);
		t.true((await failed).isRetryable);
		t.is(runtime.waiting, 0);
	}
});

test('servers that refuse, break off and talk nonsense', async t => {
	const reset = await startServer(t, socket => {
		socket.resetAndDestroy();
	});
	const nonsense = await startServer(t, socket => {
		socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
	});
	const full = await startServer(t, socket => {
		socket.end('421 too many connections\r\n');
	});
	const cases = [
		[await findFreePort(), /refused the connection/],
		[reset.port, /broke the connection off/],
		[nonsense.port, /answered with something that is not SMTP/],
		[full.port, /refused the mail: 421 too many connections/],
	] as const;
	for (const [port, message] of cases) {
		const error = await refusesAsync(t, async () => testChannel(mailTo(port)).send(testNotice, noSignal), 'channel-failed', message);
		t.true(error.isRetryable, error.message);
	}
});

test('who stops waiting ends it at once', async t => {
	const server = await startServer(t, () => undefined);
	const controller = new AbortController();
	const sending = testChannel(mailTo(server.port)).send(testNotice, controller.signal);
	await server.connected;
	controller.abort();
	await refusesAsync(t, async () => sending, 'aborted');
});

test('any texts give one well-formed mail to the right mailbox, whose parts say them on their lines', async t => {
	let count = 0;
	await fc.assert(fc.asyncProperty(anyNotice, async notice => {
		count++;
		const compiled = new Composer(composeMail({from: 'backup@example.org', to: ['admin@example.org']}, notice)).compile();
		const mail = parseMail(await compiled.build());
		const names = mail.headers.map(([name]) => name).toSorted();
		t.deepEqual(names, ['Auto-Submitted', 'Content-Type', 'Date', 'From', 'MIME-Version', 'Message-ID', 'Subject', 'To', 'X-Auto-Response-Suppress']);
		t.deepEqual(compiled.getEnvelope(), {from: 'backup@example.org', to: ['admin@example.org']});
		const subject = mail.headers.find(([name]) => name === 'Subject')![1];
		t.true(subject.startsWith('[coffer] '));
		t.notRegex(subject, /[\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/);
		t.is(mail.parts.length, 2);
		const [plain, html] = mail.parts;
		t.true(plain!.headers.some(([, value]) => value.startsWith('text/plain')));
		t.true(html!.headers.some(([, value]) => value.startsWith('text/html')));
		for (const {body} of mail.parts) {
			t.notRegex(body, /[\u0000-\u0009\v\f\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/);
		}

		// What opens an element is ours: names bring none in.
		const elements = new Set([...html!.body.matchAll(/<\/?(?<name>[^\s>]*)/g)].map(({groups}) => groups!['name']));
		t.deepEqual([...elements].filter(name => !['!DOCTYPE', 'html', 'head', 'meta', 'title', 'body', 'p', 'h3', 'ul', 'li', 'b', 'br', 'span'].includes(name!)), []);
		t.notRegex(html!.body.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, ''), /&|<(?:a|img|script|link|style)\b/);
	}), {numRuns: 150});
	t.log(`${count} mails`);
});
