import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import type {ExecutionContext} from 'ava';
import {SMTPServer, type SMTPServerOptions} from 'smtp-server';
import type {TestCertificate} from './certificates.ts';
import {parseMail, type MailPart} from './parse-mail.ts';

/** A mail that was taken. */
export type ReceivedMail = {readonly from: string; readonly to: readonly string[]; readonly user: string | undefined; readonly isEncrypted: boolean; readonly bytes: Buffer; readonly mail: MailPart};

export type MailSink = {
	readonly port: number;
	readonly mails: readonly ReceivedMail[];
	/** Resolves when so many mails have come. */
	received(count: number): Promise<void>;
	/** Who has tried to log in. */
	readonly logins: ReadonlyArray<string | undefined>;
};

export const mailUser = 'backup';

export type MailSinkOptions = {
	/** @default the server's own, which nobody trusts */
	readonly certificate?: TestCertificate;
	/** What it takes. @default anything, and nobody logs in */
	readonly password?: string;
	/** What it does with whoever logs in, instead of looking at the password. */
	readonly loginReply?: {readonly code: number; readonly text: string};
	/** What it says to a mail that it was sent, instead of taking it. */
	readonly dataReply?: {readonly code: number; readonly text: string};
	readonly options?: SMTPServerOptions;
};

const reply = (code: number, text: string) => Object.assign(new Error(text), {responseCode: code});

/** Start a mail server on loopback that keeps what it takes, and ends with the test. Mailboxes called `bounce` are refused with 550, `busy` with 451. */
export async function startMailSink(t: ExecutionContext, {certificate, password, loginReply, dataReply, options = {}}: MailSinkOptions = {}): Promise<MailSink> {
	const mails: ReceivedMail[] = [];
	const logins: Array<string | undefined> = [];
	const waiting = new Set<() => void>();
	const server = new SMTPServer({
		...(certificate && {cert: certificate.certificate, key: certificate.key}),
		authOptional: password === undefined,
		...(password === undefined && {disabledCommands: ['AUTH']}),
		disableReverseLookup: true,
		logger: false,
		...options,
		onAuth({username, password: given}, _session, callback) {
			logins.push(username);
			if (loginReply) {
				callback(reply(loginReply.code, loginReply.text.replace('PASSWORD', () => given ?? '')));
			} else if (username === mailUser && given === password) {
				callback(null, {user: username});
			} else {
				callback(reply(535, 'authentication failed'));
			}
		},
		onRcptTo({address}, _session, callback) {
			const box = address.split('@')[0];
			callback(box === 'bounce' ? reply(550, 'no such user here') : (box === 'busy' ? reply(451, 'try again later') : null));
		},
		async onData(stream, {envelope, user, secure}, callback) {
			const pieces: Buffer[] = await Array.fromAsync(stream as AsyncIterable<Buffer>);

			if (dataReply) {
				callback(reply(dataReply.code, dataReply.text));
				return;
			}

			const bytes = Buffer.concat(pieces);
			mails.push({from: envelope.mailFrom === false ? '' : envelope.mailFrom.address, to: envelope.rcptTo.map(({address}) => address), user: user as string | undefined, isEncrypted: secure, bytes, mail: parseMail(bytes)});
			callback(null);
			for (const look of waiting) {
				look();
			}
		},
	});
	// Whoever breaks off is no error of the sink.
	server.on('error', () => undefined);
	const listening = server.listen(0, '127.0.0.1');
	await once(listening, 'listening');
	t.teardown(async () => new Promise<void>(resolve => {
		server.close(resolve);
		for (const connection of server.connections) {
			connection.close();
		}
	}));
	return {port: (listening.address() as AddressInfo).port, mails, logins, received: async count => new Promise(resolve => {
		const look = () => {
			if (mails.length >= count) {
				waiting.delete(look);
				resolve();
			}
		};

		waiting.add(look);
		look();
	})};
}
